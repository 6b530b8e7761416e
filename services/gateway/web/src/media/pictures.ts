// Frames of a <video> as JPEG files.
import { shrunk } from '../model/geometry';

const QUALITY = 0.8;

export class PictureTaker {
  private readonly canvas = document.createElement('canvas');

  // `side`: pixels of the longer side at most.
  constructor(private readonly side: number) {}

  // What the video shows now, as it is, never mirrored.
  async take(video: HTMLVideoElement): Promise<Uint8Array> {
    const { width, height } = shrunk({ width: video.videoWidth, height: video.videoHeight }, this.side);
    if (this.canvas.width !== width || this.canvas.height !== height)
      Object.assign(this.canvas, { width, height });
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser has no canvas');
    context.drawImage(video, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) =>
      this.canvas.toBlob(resolve, 'image/jpeg', QUALITY),
    );
    if (!blob) throw new Error('this browser encodes no JPEG');
    return new Uint8Array(await blob.arrayBuffer());
  }
}
