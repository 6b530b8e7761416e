// A finished session: what is shown as its summary, kept in the history and exported.
import type { Journal } from './journal';
import type { Rep, Saying, Skeleton, Verdict } from './types';

export interface Workout {
  id: string;
  startedAt: number; // milliseconds since 1970
  source: 'live' | 'file';
  name: string; // of the file; empty: live
  language?: string; // of what the server says; not in trainings that were kept before it was
  aspect: number; // of the picture, width / height
  startMs: number; // of the frames' own time
  endMs: number;
  reps: Rep[];
  sayings: Saying[];
  overall: Verdict | null;
  complete: boolean; // the server summed it up
  skeletons: Skeleton[];
}

// Unique enough for one browser; crypto.randomUUID() is not there for pages that came over plain HTTP.
const newId = (startedAt: number) => `${startedAt.toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

export function workoutOf(
  journal: Journal,
  about: Pick<Workout, 'startedAt' | 'source' | 'name' | 'aspect' | 'language'>,
): Workout {
  return {
    ...about,
    id: newId(about.startedAt),
    startMs: journal.skeletons[0]?.timeMs ?? 0,
    endMs: journal.skeletons.at(-1)?.timeMs ?? 0,
    reps: journal.reps,
    sayings: journal.sayings,
    overall: journal.overall,
    complete: journal.summarised,
    skeletons: journal.skeletons,
  };
}

// The latest skeleton at that time; null where there is none within half a second before.
export function skeletonAt(skeletons: Skeleton[], timeMs: number): Skeleton | null {
  let [low, high] = [0, skeletons.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((skeletons[middle]?.timeMs ?? Infinity) <= timeMs + 1) low = middle + 1;
    else high = middle;
  }
  const found = skeletons[low - 1];
  return found && timeMs - found.timeMs < 500 ? found : null;
}

export function timeOf(workout: Workout, sequence: number): number {
  const { skeletons } = workout;
  return (skeletons.find((skeleton) => skeleton.sequence >= sequence) ?? skeletons.at(-1))?.timeMs ?? 0;
}

// Joints that are off around the moment that is shown.
export function watchedAt(workout: Workout, timeMs: number) {
  const rep = workout.reps.find(({ startMs, endMs }) => timeMs >= startMs && timeMs <= endMs);
  return (rep?.findings ?? []).flatMap(({ level, joints, sequence }) =>
    (level === 'slightly' || level === 'clearly') && Math.abs(timeOf(workout, sequence) - timeMs) < 400
      ? joints.map((joint) => ({ joint, level }))
      : [],
  );
}

// Skeletons take most of the room: to a ten-thousandth of the picture, joints of one frame on one line.
export function exported(workouts: Workout[]): string {
  return JSON.stringify({ format: 'trackfit-workouts', version: 1, workouts }, (_, value: unknown) =>
    value instanceof Float32Array ? Array.from(value, (x) => Math.round(x * 1e4) / 1e4) : value,
  );
}
