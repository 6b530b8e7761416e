// Reads a video file frame by frame, as the browser decodes it.

export class VideoFileError extends Error {}

const SEEK_TIMEOUT_MS = 10_000;

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
  video.src = url;
  video.muted = true;
  try {
    await once(video, 'loadeddata', 'error');
    if (!video.videoWidth || !Number.isFinite(video.duration)) throw new VideoFileError('no pictures');
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
  return url;
}

// Goes from frame to frame, `rate` per second of the video at most, and calls `visit` with the time of each while the video
// shows it; the next one waits for `visit`. Ends early when it returns false.
export async function visitFrames(
  video: HTMLVideoElement,
  rate: number,
  visit: (timeMs: number) => Promise<boolean>,
): Promise<void> {
  let last = -1;
  for (let step = 0; ; ++step) {
    const wanted = step / rate;
    if (wanted >= video.duration) return;
    const shown = await seek(video, wanted + 1e-3);
    if (shown <= last) continue; // fewer frames than asked for
    last = shown;
    if (!(await visit(shown * 1000))) return;
  }
}

// The time of the frame that is then shown; of a page in the background, which is told no such thing, the time asked for.
async function seek(video: HTMLVideoElement, seconds: number): Promise<number> {
  let shown: number | undefined;
  const callback = video.requestVideoFrameCallback((_, { mediaTime }) => {
    shown = mediaTime;
  });
  const sought = once(video, 'seeked', 'error');
  video.currentTime = seconds;
  await sought;
  if (shown === undefined && document.visibilityState === 'visible') {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  video.cancelVideoFrameCallback(callback);
  return shown ?? seconds;
}
