// A video file through the same session: every frame is answered, none is dropped.
import type { SessionOptions } from '../contract';
import { encodeJpeg, type Canvas } from '../media/pictures';
import { framesOf } from '../media/video_file';
import { contain } from '../model/geometry';
import { Journal } from '../model/journal';
import { analyzeUrl, answersHttp } from '../session/connection';
import { Session, type Link } from '../session/session';
import { drawSkeleton } from '../ui/skeleton';

const SIDE = 640; // pixels
const QUALITY = 0.95; // as `trackfit analyze`; ADR 30 has what compression without loss would change
const IN_FLIGHT = 6;
const RATE = 31; // frames per second of the video

export class FileAnalysis {
  readonly journal = new Journal();
  readonly language: string;
  link: Link = { state: 'connecting' };
  progress = 0; // [0, 1]
  remainingMs = 0;
  private readonly session: Session;
  private readonly pictures = new Map<number, Canvas>(); // in flight, by sequence
  private wake: () => void = () => undefined;
  private streaming = false;
  private stopped = false;

  constructor(
    private readonly file: Blob,
    private readonly video: HTMLVideoElement, // that shows the file
    private readonly overlay: HTMLCanvasElement, // upon it
    options: SessionOptions,
    protocols: () => string[], // see ApiKey
    onChange: () => void,
  ) {
    this.language = options.language;
    this.session = new Session(
      options,
      {
        url: analyzeUrl(window.location),
        protocols,
        now: () => performance.now(),
        answersHttp,
        beginsAnew: false,
        inFlight: IN_FLIGHT,
      },
      {
        onLink: (link) => {
          this.link = link;
          if (link.state === 'open' && !this.streaming) void this.stream();
          if (link.state === 'failed') this.stopped = true;
          this.wake();
          onChange();
        },
        onResponse: (response, run) => {
          this.journal.apply(response, run);
          const { case: kind, value } = response.response;
          if (kind === 'frameResult') this.draw(Number(value.sequence));
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
    this.streaming = true;
    const begin = performance.now();
    try {
      for await (const { canvas, timeMs } of framesOf(this.file, this.video, SIDE, RATE)) {
        const picture = await encodeJpeg(canvas, QUALITY);
        while (!this.isStopped() && !this.session.canSend) await this.change();
        if (this.isStopped()) return;
        this.pictures.set(this.session.send(timeMs, performance.now(), picture), canvas);
        this.progress = Math.min(1, timeMs / 1000 / this.video.duration);
        const spent = performance.now() - begin;
        this.remainingMs = this.progress > 0 ? (spent / this.progress) * (1 - this.progress) : 0;
      }
    } catch {
      // The rest of the file cannot be read; what was sent is summed up.
    }
    if (!this.isStopped()) this.finish();
  }

  // It changes while something is awaited.
  private isStopped(): boolean {
    return this.stopped;
  }

  // Until something is answered.
  private change(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  // The frame and its skeleton together.
  private draw(sequence: number) {
    const picture = this.pictures.get(sequence);
    this.pictures.delete(sequence);
    const context = this.overlay.getContext('2d');
    if (!context || !picture) return;
    const place = contain(picture, this.overlay);
    context.clearRect(0, 0, this.overlay.width, this.overlay.height);
    context.drawImage(picture, place.left, place.top, place.width, place.height);
    const skeleton = this.journal.skeletons.at(-1);
    if (skeleton?.sequence === sequence) drawSkeleton(context, place, skeleton.joints, []);
  }
}
