// Frames as JPEG files.
import { shrunk } from '../model/geometry';

const QUALITY = 0.8;

export type Canvas = HTMLCanvasElement | OffscreenCanvas;

export async function encodeJpeg(canvas: Canvas): Promise<Uint8Array> {
  const blob =
    canvas instanceof HTMLCanvasElement
      ? await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
      : await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  if (!blob) throw new Error('this browser encodes no JPEG');
  return new Uint8Array(await blob.arrayBuffer());
}

// What the video shows now, as it is, never mirrored; `side`: pixels of the longer side at most.
export function copyFrame(video: HTMLVideoElement, side: number, canvas: HTMLCanvasElement) {
  const { width, height } = shrunk({ width: video.videoWidth, height: video.videoHeight }, side);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext('2d', { alpha: false })?.drawImage(video, 0, 0, width, height);
}
