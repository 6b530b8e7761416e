// A training in front of the camera: pictures out, at most two unanswered; skeletons drawn as their answers come.
import { NoticeCode, type AnalyzeResponse, type SessionOptions } from '../contract';
import { copyFrame, encodeJpeg } from '../media/pictures';
import type { PoseFinder } from '../media/pose_finder';
import { repOf } from '../model/convert';
import { contain } from '../model/geometry';
import { Journal } from '../model/journal';
import { PhaseFollower } from '../model/phase';
import type { Watched } from '../model/types';
import { analyzeUrl, answersHttp, type Sight } from '../session/connection';
import { Session, type Link } from '../session/session';
import { drawSkeleton } from '../ui/skeleton';
import type { Voice } from '../voice';

const SIDE = 480; // pixels
const QUALITY = 0.8;
const IN_FLIGHT = 2;
const STALLED_MS = 2000; // without an answer until it is said
const NOBODY_MS = 2000; // without anybody in sight until it is said
const POINTED_OUT_MS = 4000; // how long a repetition's findings are marked

export interface LiveParts {
  video: HTMLVideoElement; // that shows the camera
  overlay: HTMLCanvasElement; // upon it
  mirrored: boolean; // the picture as shown, not as sent
  options: SessionOptions;
  voice: Voice | null;
  poses: PoseFinder | null; // finds skeletons here, so that no picture is sent
  protocols: () => string[]; // see ApiKey
}

export class LiveTraining {
  readonly journal = new Journal();
  private upstreamAway = false; // skeletons may come all the same
  link: Link = { state: 'connecting' };
  paused = false;
  phase: number | null = null;
  aspect = 4 / 3;
  private readonly session: Session;
  private readonly picture = document.createElement('canvas');
  private readonly phases = new PhaseFollower();
  private readonly context: CanvasRenderingContext2D | null;
  private pointedOut: { watched: Watched[]; untilMs: number } = { watched: [], untilMs: 0 };
  private lastSeenMs = performance.now();
  private lastTimeMs = -1;
  private taking = false;
  private callback = 0;

  constructor(
    private readonly parts: LiveParts,
    private readonly onChange: () => void,
  ) {
    this.context = parts.overlay.getContext('2d');
    this.session = new Session(
      parts.options,
      {
        url: analyzeUrl(window.location),
        protocols: parts.protocols,
        now: () => performance.now(),
        answersHttp,
        beginsAnew: true,
        inFlight: IN_FLIGHT,
      },
      {
        onLink: (link) => {
          this.link = link;
          if (link.state !== 'open') this.clear();
          this.upstreamAway = false;
          onChange();
        },
        onResponse: (response, run) => this.respond(response, run),
      },
    );
    this.watch();
  }

  get language(): string {
    return this.parts.options.language;
  }

  // Of the latest frame, in the frames' own time.
  get timeMs(): number {
    return this.lastTimeMs;
  }

  get rate(): number {
    return this.session.inFlight.rate(performance.now());
  }
  // Milliseconds from when a frame was shown to when its skeleton was drawn.
  lag(share: number): number | null {
    return this.session.inFlight.latency(share);
  }

  // On the device nobody is in sight, of which the server is told nothing; else it says so itself.
  get seesNobody(): boolean {
    return (
      this.parts.poses !== null &&
      this.link.state === 'open' &&
      !this.paused &&
      performance.now() - this.lastSeenMs > NOBODY_MS
    );
  }

  // The connection stands, but a server behind the gateway is gone or overloaded.
  get stalled(): boolean {
    const waitedMs = this.session.inFlight.waitedMs(performance.now());
    return this.link.state === 'open' && (this.upstreamAway || waitedMs > STALLED_MS);
  }

  pause(paused: boolean) {
    this.paused = paused;
    this.session.pause(paused);
    if (paused) this.parts.voice?.stop();
    this.onChange();
  }

  retry() {
    this.session.retry();
  }

  // The link tells when all is summed up.
  finish() {
    this.stopWatching();
    this.session.finish();
  }

  // Leaves without a summary.
  abandon() {
    this.stopWatching();
    this.session.close();
    this.parts.voice?.stop();
  }

  private watch() {
    this.callback = this.parts.video.requestVideoFrameCallback((now, { captureTime }) => {
      this.watch();
      if (!this.taking && this.session.canSend) void this.send(now, captureTime ?? now);
    });
  }

  private stopWatching() {
    this.parts.video.cancelVideoFrameCallback(this.callback);
  }

  private async send(shownMs: number, capturedMs: number) {
    this.taking = true;
    try {
      const { video } = this.parts;
      this.aspect = video.videoWidth / video.videoHeight;
      const sight = await this.see(video, capturedMs);
      if (!sight || !this.session.canSend) return;
      this.lastTimeMs = Math.max(capturedMs, this.lastTimeMs + 1);
      this.session.send(this.lastTimeMs, shownMs, sight);
    } finally {
      this.taking = false;
    }
  }

  // null: nobody is there, and of that a session of skeletons has nothing to send.
  private async see(video: HTMLVideoElement, timeMs: number): Promise<Sight | null> {
    if (this.parts.poses) {
      const pose = this.parts.poses.find(video, timeMs);
      if (pose) this.lastSeenMs = performance.now();
      else this.clear();
      return pose;
    }
    copyFrame(video, SIDE, this.picture);
    return encodeJpeg(this.picture, QUALITY);
  }

  private respond(response: AnalyzeResponse, run: number) {
    for (const { code } of response.notices) {
      if (code === NoticeCode.UPSTREAM_AWAY) this.upstreamAway = true;
      if (code === NoticeCode.UPSTREAM_BACK) this.upstreamAway = false;
    }
    this.journal.apply(response, run);
    const { case: kind, value } = response.response;
    if (kind === 'frameResult') {
      const skeleton = this.journal.skeletons.at(-1);
      const seen = skeleton && skeleton.sequence === Number(value.sequence) ? skeleton : null;
      if (seen) this.phase = this.phases.follow(seen, this.aspect);
      this.draw(seen?.joints ?? null);
    }
    if (kind === 'repetition') this.repetitionEnded(repOf(value));
    if (kind === 'advice' || (kind === 'hint' && !value.withdrawn)) this.parts.voice?.say(value.text);
    this.onChange();
  }

  private repetitionEnded(rep: ReturnType<typeof repOf>) {
    this.phases.learn(rep);
    const watched = rep.findings.flatMap(({ level, joints }) =>
      level === 'slightly' || level === 'clearly' ? joints.map((joint) => ({ joint, level })) : [],
    );
    this.pointedOut = { watched, untilMs: performance.now() + POINTED_OUT_MS };
    if (rep.complete && rep.heldMs === 0) this.parts.voice?.count(this.journal.count);
  }

  private draw(joints: Float32Array | null) {
    this.clear();
    if (!this.context || !joints) return;
    const { overlay, mirrored } = this.parts;
    const place = contain({ width: this.aspect, height: 1 }, overlay, mirrored);
    const counted = this.journal.reps.length > 0;
    const pointedOut = performance.now() < this.pointedOut.untilMs ? this.pointedOut.watched : [];
    drawSkeleton(this.context, place, joints, counted ? pointedOut : this.journal.watched);
  }

  private clear() {
    this.context?.clearRect(0, 0, this.parts.overlay.width, this.parts.overlay.height);
  }
}
