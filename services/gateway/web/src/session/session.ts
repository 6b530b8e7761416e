// A session that outlives its connections: when one breaks, it connects again and resumes, or where the server does not have it
// any more, begins anew.
import { encodeConfig, encodeResume, type AnalyzeResponse, type SessionOptions } from '../contract';
import { retryDelay, type Ending, type Problem } from './closing';
import { Connection, type OpenSocket, type Sight } from './connection';
import { InFlight } from './in_flight';

export type Link =
  | { state: 'connecting' }
  | { state: 'open' }
  | { state: 'waiting'; problem: Problem; untilMs: number } // tries again then
  | { state: 'paused' } // the connection ended while nothing was to be sent
  | { state: 'done' }
  | { state: 'failed'; problem: Problem };

export interface SessionEvents {
  onLink(link: Link): void;
  // `run` counts how often it began anew: then the server knows nothing of what the coach told before.
  onResponse(response: AnalyzeResponse, run: number): void;
}

export interface SessionEnvironment {
  url: string;
  protocols?: () => string[]; // that a connection offers
  openSocket?: OpenSocket;
  now: () => number; // milliseconds
  answersHttp: () => Promise<boolean>;
  beginsAnew: boolean; // where it cannot be resumed
  inFlight: number;
}

const FINISH_TIMEOUT_MS = 15000;

interface Sent {
  timeMs: number;
  sight: Sight;
}

export class Session {
  readonly inFlight: InFlight;
  private connection: Connection | undefined;
  private run = -1;
  private attempts = 0;
  private lastSequence = -1;
  private link: Link = { state: 'connecting' };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private finishTimer: ReturnType<typeof setTimeout> | undefined;
  private finishing = false;
  private paused = false;
  private token = ''; // empty: it cannot be resumed
  private keptMs = 0; // by the server, when the connection has broken
  private brokenMs: number | null = null; // since when
  private lastNumber = 0n; // of the responses
  private readonly unanswered = new Map<number, Sent>(); // of a lossless session, whose every frame counts

  constructor(
    private readonly options: SessionOptions,
    private readonly environment: SessionEnvironment,
    private readonly events: SessionEvents,
  ) {
    this.inFlight = new InFlight(environment.inFlight);
    this.connect();
  }

  get canSend(): boolean {
    return (
      !this.finishing &&
      !this.paused &&
      this.link.state === 'open' &&
      this.inFlight.hasRoom &&
      this.connection?.isReady === true
    );
  }

  // The frame's sequence, which grows over all connections. Call it only when canSend; `takenMs` is of environment.now.
  send(timeMs: number, takenMs: number, sight: Sight): number {
    const sequence = ++this.lastSequence;
    this.inFlight.add(sequence, takenMs);
    if (this.options.delivery === 'lossless') this.unanswered.set(sequence, { timeMs, sight });
    this.connection?.sendSight(sequence, timeMs, sight);
    return sequence;
  }

  // While paused a lost connection is not missed.
  pause(paused: boolean) {
    this.paused = paused;
    if (!paused && this.link.state === 'paused') this.connect();
  }

  // After it has failed, for what was in the way is not any more.
  retry() {
    if (this.link.state !== 'failed') return;
    this.attempts = 0;
    this.connect();
  }

  // Asks for the summary; 'done' follows, with or without it.
  finish() {
    if (this.finishing) return;
    this.finishing = true;
    if (this.link.state !== 'open' && !this.canResume) {
      this.close();
      return;
    }
    this.finishTimer = setTimeout(() => this.close(), FINISH_TIMEOUT_MS);
    if (this.link.state === 'open') this.connection?.halfClose();
    else if (this.link.state === 'paused') this.connect();
  }

  // Ends at once; nothing is told any more but 'done'.
  close() {
    this.finishing = true;
    this.connection?.abandon();
    if (this.link.state !== 'failed') this.done();
  }

  private get canResume(): boolean {
    return (
      this.token !== '' && (this.brokenMs === null || this.environment.now() - this.brokenMs < this.keptMs)
    );
  }

  private connect() {
    this.set({ state: 'connecting' });
    if (!this.canResume) this.beginAnew();
    const connection = new Connection(
      this.environment.url,
      this.token ? encodeResume(this.token, this.lastNumber) : encodeConfig(this.options),
      {
        onOpen: () => undefined,
        onResponse: (response) => this.respond(response),
        onEnd: (ending) => void this.ended(connection, ending),
      },
      this.environment.protocols?.() ?? [],
      this.environment.openSocket,
    );
    this.connection = connection;
  }

  private beginAnew() {
    ++this.run;
    this.token = '';
    this.lastNumber = 0n;
    this.inFlight.clear();
    this.unanswered.clear();
  }

  private respond(response: AnalyzeResponse) {
    const { case: kind, value } = response.response;
    if (response.number > 0n) this.lastNumber = response.number;
    if (kind === 'started') {
      this.token = value.resumeToken;
      this.keptMs = value.resumeSeconds * 1000;
      this.opened();
    }
    if (kind === 'resumed') {
      this.sendAgain(Number(value.nextSequence));
      this.opened();
      if (this.finishing) this.connection?.halfClose();
      return;
    }
    this.events.onResponse(response, this.run);
    if (kind === 'frameResult') {
      // after it was drawn, which is part of the latency
      const sequence = Number(value.sequence);
      this.inFlight.answered(sequence, this.environment.now());
      this.unanswered.delete(sequence);
    }
  }

  private opened() {
    if (this.link.state === 'open') return;
    this.attempts = 0;
    this.brokenMs = null;
    this.set({ state: 'open' });
  }

  // What the server did not receive; of a live session it is old by now.
  private sendAgain(from: number) {
    if (this.options.delivery === 'live') this.inFlight.forgetFrom(from);
    for (const [sequence, { timeMs, sight }] of this.unanswered) {
      if (sequence >= from) this.connection?.sendSight(sequence, timeMs, sight);
    }
  }

  private async ended(connection: Connection, told: Ending | null) {
    this.brokenMs ??= this.environment.now();
    if (told && ['forgotten', 'refused', 'key'].includes(told.kind)) this.token = '';
    if (this.finishing && (told === null || !this.canResume)) {
      this.done();
      return;
    }
    let problem: Problem = !told
      ? { kind: 'restarting' }
      : told.kind === 'forgotten'
        ? { kind: 'gone' }
        : told;
    if (problem.kind === 'gone' && !connection.wasOpen && (await this.environment.answersHttp())) {
      problem = { kind: 'blocked' };
    }
    if (this.link.state === 'done') return; // it was closed meanwhile
    if (this.paused && !this.finishing) {
      this.set({ state: 'paused' });
      return;
    }
    const goesOn = this.environment.beginsAnew || this.canResume || problem.kind === 'full';
    const delay = goesOn ? retryDelay(problem, this.attempts++) : null;
    if (delay === null) {
      this.set({ state: 'failed', problem });
      return;
    }
    this.set({ state: 'waiting', problem, untilMs: this.environment.now() + delay });
    this.timer = setTimeout(() => this.connect(), delay);
  }

  private done() {
    clearTimeout(this.timer);
    clearTimeout(this.finishTimer);
    this.set({ state: 'done' });
  }

  private set(link: Link) {
    this.link = link;
    this.events.onLink(link);
  }
}
