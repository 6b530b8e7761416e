// Frames as JPEG files.
import { shrunk } from '../model/geometry';

export type Canvas = HTMLCanvasElement | OffscreenCanvas;

// `quality` in (0, 1].
export async function encodeJpeg(canvas: Canvas, quality: number): Promise<Uint8Array> {
  const blob =
    canvas instanceof HTMLCanvasElement
      ? await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
      : await canvas.convertToBlob({ type: 'image/jpeg', quality });
  if (!blob) throw new Error('this browser encodes no JPEG');
  return new Uint8Array(await blob.arrayBuffer());
}

// What the video shows now, as it is, never mirrored; `side`: pixels of the longer side at most.
export function copyFrame(video: HTMLVideoElement, side: number, canvas: HTMLCanvasElement) {
  const { width, height } = shrunk({ width: video.videoWidth, height: video.videoHeight }, side);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext('2d', { alpha: false })?.drawImage(video, 0, 0, width, height);
}
