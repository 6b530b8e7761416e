// Reads a video file frame by frame, as the browser decodes it.
import { shrunk } from '../model/geometry';
import { copyFrame, type Canvas } from './pictures';

export class VideoFileError extends Error {}

export interface VideoPicture {
  timeMs: number; // of the video
  canvas: Canvas; // the picture, upright; not used again
}

const SEEK_TIMEOUT_MS = 10_000;
const SEEKING_RATE = 15; // frames per second of the video at most, where each has to be sought

function once(target: EventTarget, event: string, failure: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (finish: () => void) => () => {
      clearTimeout(timer);
      target.removeEventListener(event, succeed);
      target.removeEventListener(failure, fail);
      finish();
    };
    const succeed = done(resolve);
    const fail = done(() => reject(new VideoFileError(failure)));
    const timer = setTimeout(fail, SEEK_TIMEOUT_MS);
    target.addEventListener(event, succeed);
    target.addEventListener(failure, fail);
  });
}

// Shows the file in the element. Throws a VideoFileError when the browser cannot play it. The address it returns is to be
// revoked when the video is no longer shown.
export async function loadVideo(video: HTMLVideoElement, file: Blob): Promise<string> {
  const url = URL.createObjectURL(file);
  try {
    const loaded = once(video, 'loadeddata', 'error');
    video.src = url;
    await loaded;
    if (!video.videoWidth || !Number.isFinite(video.duration)) throw new VideoFileError('no pictures');
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
  return url;
}

// The frames of a file in order, at most `rate` per second of it, shrunk to `side` pixels. `video` shows the same file; frames
// are sought in it where the browser decodes none for scripts (WebCodecs: a recent browser, and HTTPS or localhost).
export async function* framesOf(file: Blob, video: HTMLVideoElement, side: number, rate: number) {
  const decoded = await decodedFrames(file, side).catch(() => null); // what decodes cannot be loaded
  let next = -Infinity;
  for await (const frame of decoded ?? soughtFrames(video, side)) {
    if (frame.timeMs < next) continue;
    yield frame;
    next = frame.timeMs + (1000 / rate) * 0.9;
  }
}

async function decodedFrames(file: Blob, side: number): Promise<AsyncGenerator<VideoPicture> | null> {
  if (!('VideoDecoder' in window)) return null;
  const { BlobSource, CanvasSink, Input, MATROSKA, MP4, QTFF, WEBM } = await import('mediabunny');
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] });
  const track = await input.getPrimaryVideoTrack().catch(() => null);
  if (!track || !(await track.canDecode())) return null;
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const size = shrunk({ width, height }, side);
  const sink = new CanvasSink(track, { ...size, fit: 'fill' });
  return (async function* () {
    for await (const { canvas, timestamp } of sink.canvases()) yield { canvas, timeMs: timestamp * 1000 };
  })();
}

async function* soughtFrames(video: HTMLVideoElement, side: number): AsyncGenerator<VideoPicture> {
  let last = -1;
  for (let step = 0; step / SEEKING_RATE < video.duration; ++step) {
    const shown = await seek(video, step / SEEKING_RATE + 1e-3);
    if (shown <= last) continue; // the video has fewer frames
    last = shown;
    const canvas = document.createElement('canvas');
    copyFrame(video, side, canvas);
    yield { canvas, timeMs: shown * 1000 };
  }
}

// The time of the frame that is then shown; of a page in the background, which is told no such thing, the time asked for.
async function seek(video: HTMLVideoElement, seconds: number): Promise<number> {
  let shown = seconds;
  const callback = video.requestVideoFrameCallback((_, { mediaTime }) => (shown = mediaTime));
  const sought = once(video, 'seeked', 'error');
  video.currentTime = seconds;
  await sought;
  await new Promise((resolve) => setTimeout(resolve));
  video.cancelVideoFrameCallback(callback);
  return shown;
}
