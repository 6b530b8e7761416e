// Trainings kept in this browser (IndexedDB): results and skeletons, never pictures.
import { setsOf } from './model/sets';
import type { Skeleton } from './model/types';
import type { Workout } from './model/workout';

const DATABASE = 'trackfit';
const WORKOUTS = 'workouts';
const SKELETONS = 'skeletons'; // apart, because they are large and a list needs none
const VALUES = 33 * 3; // of a skeleton

interface PackedSkeletons {
  id: string; // of the workout
  sequences: Float64Array;
  timesMs: Float64Array;
  joints: Float32Array; // [number of skeletons * VALUES]
}

function pack(id: string, skeletons: Skeleton[]): PackedSkeletons {
  const joints = new Float32Array(skeletons.length * VALUES);
  skeletons.forEach((skeleton, i) => joints.set(skeleton.joints, i * VALUES));
  return {
    id,
    sequences: Float64Array.from(skeletons, ({ sequence }) => sequence),
    timesMs: Float64Array.from(skeletons, ({ timeMs }) => timeMs),
    joints,
  };
}

function unpack({ sequences, timesMs, joints }: PackedSkeletons): Skeleton[] {
  return Array.from(sequences, (sequence, i) => ({
    sequence,
    timeMs: timesMs[i] ?? 0,
    joints: joints.subarray(i * VALUES, (i + 1) * VALUES),
  }));
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

export class History {
  private constructor(private readonly database: IDBDatabase) {}

  // Rejects where the browser keeps nothing for the page.
  static async open(factory: IDBFactory = indexedDB): Promise<History> {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const store of [WORKOUTS, SKELETONS]) request.result.createObjectStore(store, { keyPath: 'id' });
    };
    return new History(await settled(request));
  }

  async add(workout: Workout): Promise<void> {
    await this.write((workouts, skeletons) => {
      workouts.put({ ...workout, skeletons: [] });
      skeletons.put(pack(workout.id, workout.skeletons));
    });
  }

  // The latest first, without their skeletons.
  async all(): Promise<Workout[]> {
    const store = this.database.transaction(WORKOUTS).objectStore(WORKOUTS);
    const workouts = (await settled(store.getAll())) as Workout[];
    return workouts.sort((a, b) => b.startedAt - a.startedAt);
  }

  // With its skeletons.
  async whole(workout: Workout): Promise<Workout> {
    const store = this.database.transaction(SKELETONS).objectStore(SKELETONS);
    const packed = (await settled(store.get(workout.id))) as PackedSkeletons | undefined;
    return { ...workout, skeletons: packed ? unpack(packed) : [] };
  }

  async remove(id: string): Promise<void> {
    await this.write((...stores) => stores.forEach((store) => store.delete(id)));
  }

  async clear(): Promise<void> {
    await this.write((...stores) => stores.forEach((store) => store.clear()));
  }

  private write(change: (workouts: IDBObjectStore, skeletons: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction([WORKOUTS, SKELETONS], 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
      change(transaction.objectStore(WORKOUTS), transaction.objectStore(SKELETONS));
    });
  }
}

export interface ProgressPoint {
  startedAt: number;
  repetitions: number; // complete ones
  range: number; // mean share of the full range of motion, of complete repetitions
  score: number; // mean, [0, 100]
}

// By exercise, the one done most often first; each in order of time.
export function progressOf(
  workouts: Workout[],
): { exercise: string; title: string; points: ProgressPoint[] }[] {
  const byExercise = new Map<string, { exercise: string; title: string; points: ProgressPoint[] }>();
  for (const workout of [...workouts].sort((a, b) => a.startedAt - b.startedAt)) {
    const titles = new Map(setsOf(workout.reps).map(({ exercise, title }) => [exercise, title]));
    for (const [exercise, title] of titles) {
      const reps = workout.reps.filter((rep) => rep.exercise === exercise);
      const complete = reps.filter((rep) => rep.complete);
      const mean = (values: number[]) =>
        values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
      const progress = byExercise.get(exercise) ?? { exercise, title, points: [] };
      progress.points.push({
        startedAt: workout.startedAt,
        repetitions: complete.length,
        range: mean(complete.map(({ range }) => range)),
        score: mean(reps.map(({ score }) => score)),
      });
      byExercise.set(exercise, progress);
    }
  }
  return [...byExercise.values()].sort((a, b) => b.points.length - a.points.length);
}
