// What a session told, as plain data: shown, kept in the browser's store and exported as JSON. Times are milliseconds of
// the frames' own clock.

export type Level = 'good' | 'slightly' | 'clearly' | 'unseen';

export interface Finding {
  code: string;
  title: string;
  level: Level;
  measured: number;
  low: number | null; // of the good range; null: no such end
  high: number | null;
  unit: string;
  joints: string[];
  sequence: number; // of the frame in which it was worst
  text: string;
}

export interface Rep {
  set: number; // from 1, over the whole session
  number: number; // from 1, within the set
  exercise: string;
  title: string;
  firstSequence: number;
  lastSequence: number;
  startMs: number;
  endMs: number;
  complete: boolean;
  correct: boolean;
  score: number; // [0, 100]
  range: number; // of motion; 1 = full
  loweringMs: number;
  pauseMs: number;
  liftingMs: number;
  heldMs: number; // of held exercises
  findings: Finding[];
  measures?: Measures; // not in trainings that were kept before there were any
}

// 0: not measured, but for `sway`.
export interface Measures {
  rangeDegrees: number; // of the driving joint
  leftRightDegrees: number; // left minus right, at the turning point
  peakSpeed: number; // full ranges per second
  pathRatio: number; // 1 = straight
  sway: number; // of the trunk, torso lengths
}

export interface FindingCount {
  code: string;
  title: string;
  judged: number;
  off: number; // slightly or clearly
  clearly: number;
  text: string; // the latest sentence about it; may be empty
}

// From the first third of a set's complete repetitions to the last.
export interface Drift {
  tempo: number; // durations, last / first
  rangeLost: number; // share of the full range, first - last
}

export interface WorkoutSet {
  set: number;
  exercise: string;
  title: string;
  repetitions: number; // complete ones
  partial: number;
  correct: number;
  score: number;
  startMs: number;
  endMs: number;
  restMs: number; // before it
  heldMs: number; // the longest hold
  tensionMs: number; // sum of the repetitions' durations
  drift: Drift | null; // null: fewer than three complete repetitions
  findings: FindingCount[];
}

// A skeleton: x, y as fractions of the picture and visibility of each of the 33 joints, one after the other.
export interface Skeleton {
  sequence: number;
  timeMs: number;
  joints: Float32Array; // [33 * 3]
}

export interface Saying {
  kind: 'advice' | 'hint' | 'notice';
  text: string;
  timeMs: number;
}

export interface Hint {
  code: string;
  text: string;
}

export interface Verdict {
  exercise: string;
  title: string; // may be empty
  known: boolean;
  confidence: number; // [0, 1]
  formScore: number | null; // percentile; null: not judged
}

export interface Watched {
  joint: string;
  level: 'slightly' | 'clearly';
}
