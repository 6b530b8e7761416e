// Frames that are sent and not yet answered, how long answers take and how many come.

const RATE_WINDOW_MS = 2000;
const REMEMBERED = 600;

export class InFlight {
  private readonly sent = new Map<number, number>(); // sequence -> when its picture was taken
  private latencies: number[] = [];
  private answers: number[] = [];

  constructor(private readonly limit: number) {}

  get hasRoom(): boolean {
    return this.sent.size < this.limit;
  }
  get size(): number {
    return this.sent.size;
  }

  add(sequence: number, takenMs: number) {
    this.sent.set(sequence, takenMs);
  }

  // For how long the oldest frame in flight has waited for its answer; 0 when there is none.
  waitedMs(nowMs: number): number {
    return Math.max(0, ...[...this.sent.values()].map((taken) => nowMs - taken));
  }

  // False when nobody asked. Times are of one clock, in milliseconds.
  answered(sequence: number, nowMs: number): boolean {
    const taken = this.sent.get(sequence);
    if (taken === undefined) return false;
    this.sent.delete(sequence);
    this.latencies.push(nowMs - taken);
    if (this.latencies.length > REMEMBERED) this.latencies.shift();
    this.answers.push(nowMs);
    return true;
  }

  // What was in flight is lost with its session.
  clear() {
    this.sent.clear();
  }

  // So are those from this one on, which never arrived.
  forgetFrom(first: number) {
    for (const sequence of [...this.sent.keys()]) if (sequence >= first) this.sent.delete(sequence);
  }

  // Answers per second over the last two.
  rate(nowMs: number): number {
    this.answers = this.answers.filter((at) => at > nowMs - RATE_WINDOW_MS);
    return (this.answers.length * 1000) / RATE_WINDOW_MS;
  }

  // `share` 0.5 is the median, of the latest 600; null before the first answer.
  latency(share: number): number | null {
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
  }
}
