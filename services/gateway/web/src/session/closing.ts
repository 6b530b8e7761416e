// Why a connection ended, read from the WebSocket's close code: 4000 + a gRPC status, or one of the protocol's own.

export type Problem =
  | { kind: 'full'; retryMs: number } // all sessions are taken
  | { kind: 'restarting' } // the server drains: another, or itself again, will take over
  | { kind: 'gone' } // the connection broke, or could not be made
  | { kind: 'blocked' } // HTTP arrives, WebSocket does not
  | { kind: 'key' } // the server asks for an API key, or does not accept this one
  | { kind: 'refused'; reason: string }; // what was sent is not accepted: trying again would not help

// What a connection tells its session.
export type Ending = Problem | { kind: 'forgotten' }; // the server does not have the session any more: only a new one is possible

const GRPC = 4000;
const RESOURCE_EXHAUSTED = 8;
const FORGOTTEN = [5, 10]; // NOT_FOUND; ABORTED: another stream has taken it over
const UNAUTHENTICATED = 16;
const NOT_WORTH_A_RETRY = [3, 7, 9, 11, 12]; // INVALID_ARGUMENT, PERMISSION_DENIED, ...
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TOO_BIG = 1009;
const DEFAULT_RETRY_MS = 2000;

// "all 4 sessions are in use; try again in 1000 ms"
function retryAfter(reason: string): number {
  const match = /(\d+)\s*ms\b/.exec(reason);
  return match ? Math.max(500, Number(match[1])) : DEFAULT_RETRY_MS;
}

export function endingOf(code: number, reason: string): Ending {
  if (code === GOING_AWAY) return { kind: 'restarting' };
  if (code === GRPC + RESOURCE_EXHAUSTED) return { kind: 'full', retryMs: retryAfter(reason) };
  if (code === GRPC + UNAUTHENTICATED) return { kind: 'key' };
  if (FORGOTTEN.includes(code - GRPC)) return { kind: 'forgotten' };
  if (code === POLICY_VIOLATION || code === TOO_BIG || NOT_WORTH_A_RETRY.includes(code - GRPC)) {
    return { kind: 'refused', reason: reason || `code ${code}` };
  }
  return { kind: 'gone' };
}

const DELAYS_MS = [300, 700, 1500, 3000, 5000];

// How long to wait before the nth attempt (from 0) after a problem; null: do not try again.
export function retryDelay(problem: Problem, attempt: number): number | null {
  if (problem.kind === 'refused' || problem.kind === 'key') return null;
  if (problem.kind === 'full') return problem.retryMs;
  return DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? null;
}
