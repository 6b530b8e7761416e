// A session that outlives its connections: when the server goes, it connects again and goes on.
import type { AnalyzeResponse, SessionOptions } from '../contract';
import { retryDelay, type Problem } from './closing';
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
  // `connection` counts the connections from 0: a new one knows nothing of what the coach told before.
  onResponse(response: AnalyzeResponse, connection: number): void;
}

export interface SessionEnvironment {
  url: string;
  openSocket?: OpenSocket;
  now: () => number; // milliseconds
  answersHttp: () => Promise<boolean>;
  reconnects: boolean;
  inFlight: number;
}

const FINISH_TIMEOUT_MS = 15000;

export class Session {
  readonly inFlight: InFlight;
  private connection: Connection | undefined;
  private connections = -1;
  private attempts = 0;
  private lastSequence = -1;
  private link: Link = { state: 'connecting' };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private finishing = false;
  private paused = false;

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
    this.connection?.sendSight(sequence, timeMs, sight);
    return sequence;
  }

  // While paused a lost connection is not missed.
  pause(paused: boolean) {
    this.paused = paused;
    if (!paused && this.link.state === 'paused') this.connect();
  }

  // Asks for the summary; 'done' follows, with or without it.
  finish() {
    if (this.finishing) return;
    this.finishing = true;
    clearTimeout(this.timer);
    if (this.link.state !== 'open') {
      this.close();
      return;
    }
    this.connection?.halfClose();
    this.timer = setTimeout(() => this.close(), FINISH_TIMEOUT_MS);
  }

  // Ends at once; nothing is told any more but 'done'.
  close() {
    clearTimeout(this.timer);
    this.finishing = true;
    this.connection?.abandon();
    if (this.link.state !== 'failed') this.set({ state: 'done' });
  }

  private connect() {
    this.set({ state: 'connecting' });
    this.inFlight.clear();
    const number = ++this.connections;
    const connection = new Connection(
      this.environment.url,
      this.options,
      {
        onOpen: () => undefined,
        onResponse: (response) => this.respond(response, number),
        onEnd: (problem) => void this.ended(connection, problem),
      },
      this.environment.openSocket,
    );
    this.connection = connection;
  }

  private respond(response: AnalyzeResponse, connection: number) {
    if (this.link.state === 'connecting' && response.response.case === 'started') {
      this.attempts = 0;
      this.set({ state: 'open' });
    }
    this.events.onResponse(response, connection);
    if (response.response.case === 'frameResult') {
      // after it was drawn, which is part of the latency
      this.inFlight.answered(Number(response.response.value.sequence), this.environment.now());
    }
  }

  private async ended(connection: Connection, told: Problem | null) {
    if (this.finishing) {
      clearTimeout(this.timer);
      this.set({ state: 'done' });
      return;
    }
    let problem: Problem = told ?? { kind: 'restarting' };
    if (problem.kind === 'gone' && !connection.wasOpen && (await this.environment.answersHttp())) {
      problem = { kind: 'blocked' };
    }
    if (this.isFinishing()) return;
    if (this.paused) {
      this.set({ state: 'paused' });
      return;
    }
    const delay =
      this.environment.reconnects || problem.kind === 'full' ? retryDelay(problem, this.attempts++) : null;
    if (delay === null) {
      this.set({ state: 'failed', problem });
      return;
    }
    this.set({ state: 'waiting', problem, untilMs: this.environment.now() + delay });
    this.timer = setTimeout(() => this.connect(), delay);
  }

  // finish() may have been called while something was awaited.
  private isFinishing(): boolean {
    return this.finishing;
  }

  private set(link: Link) {
    this.link = link;
    this.events.onLink(link);
  }
}
