// A video file through the same session: every frame is answered, none is dropped.
import type { SessionOptions } from '../contract';
import { PictureTaker } from '../media/pictures';
import { visitFrames } from '../media/video_file';
import { contain } from '../model/geometry';
import { Journal } from '../model/journal';
import { analyzeUrl, answersHttp } from '../session/connection';
import { Session, type Link } from '../session/session';
import { drawSkeleton } from '../ui/skeleton';

const SIDE = 640; // pixels
const IN_FLIGHT = 6;
const RATE = 30; // frames per second of the video

export class FileAnalysis {
  readonly journal = new Journal();
  link: Link = { state: 'connecting' };
  progress = 0; // [0, 1]
  remainingMs = 0;
  private readonly session: Session;
  private readonly pictures = new PictureTaker(SIDE);
  private wake: () => void = () => undefined;
  private stopped = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly overlay: HTMLCanvasElement,
    options: SessionOptions,
    onChange: () => void,
  ) {
    this.session = new Session(
      options,
      {
        url: analyzeUrl(window.location),
        now: () => performance.now(),
        answersHttp,
        reconnects: false,
        inFlight: IN_FLIGHT,
      },
      {
        onLink: (link) => {
          this.link = link;
          if (link.state === 'open') void this.stream();
          if (link.state === 'failed') this.stopped = true;
          this.wake();
          onChange();
        },
        onResponse: (response, connection) => {
          this.journal.apply(response, connection);
          if (response.response.case === 'frameResult') this.draw();
          this.wake();
          onChange();
        },
      },
    );
  }

  // Sums up what has been sent so far.
  finish() {
    this.stopped = true;
    this.session.finish();
    this.wake();
  }

  abandon() {
    this.stopped = true;
    this.session.close();
    this.wake();
  }

  private async stream() {
    const begin = performance.now();
    const send = async (timeMs: number) => {
      const picture = await this.pictures.take(this.video);
      while (!this.stopped && !this.session.canSend) await this.change();
      if (this.stopped) return false;
      this.session.send(timeMs, performance.now(), picture);
      this.progress = timeMs / 1000 / this.video.duration;
      const spent = performance.now() - begin;
      this.remainingMs = this.progress > 0 ? (spent / this.progress) * (1 - this.progress) : 0;
      return true;
    };
    try {
      await visitFrames(this.video, RATE, send);
    } catch {
      // The rest of the file cannot be read; what was sent is summed up.
    }
    if (!this.stopped) this.finish();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  private draw() {
    const context = this.overlay.getContext('2d');
    if (!context) return;
    const place = contain({ width: this.video.videoWidth, height: this.video.videoHeight }, this.overlay);
    drawSkeleton(context, place, this.journal.skeletons.at(-1)?.joints ?? null, []);
  }
}
