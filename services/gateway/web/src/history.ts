// Trainings kept in this browser (IndexedDB): results and skeletons, never pictures.
import { setsOf } from './model/sets';
import type { Workout } from './model/workout';

const DATABASE = 'trackfit';
const STORE = 'workouts';

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
      request.result.createObjectStore(STORE, { keyPath: 'id' });
    };
    return new History(await settled(request));
  }

  async add(workout: Workout): Promise<void> {
    await settled(this.store('readwrite').put(workout));
  }

  // The latest first.
  async all(): Promise<Workout[]> {
    const workouts = (await settled(this.store('readonly').getAll())) as Workout[];
    return workouts.sort((a, b) => b.startedAt - a.startedAt);
  }

  async remove(id: string): Promise<void> {
    await settled(this.store('readwrite').delete(id));
  }

  async clear(): Promise<void> {
    await settled(this.store('readwrite').clear());
  }

  private store(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(STORE, mode).objectStore(STORE);
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
