// Repetitions in sets.
import type { Drift, FindingCount, Rep, WorkoutSet } from './types';

function countFindings(reps: Rep[]): FindingCount[] {
  const counts = new Map<string, FindingCount>();
  for (const { code, title, level, text } of reps.flatMap(({ findings }) => findings)) {
    if (level === 'unseen') continue;
    const count = counts.get(code) ?? { code, title, judged: 0, off: 0, clearly: 0, text: '' };
    ++count.judged;
    if (level !== 'good') ++count.off;
    if (level === 'clearly') ++count.clearly;
    count.text = text || count.text;
    counts.set(code, count);
  }
  return [...counts.values()];
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function driftOf(complete: Rep[]): Drift | null {
  const third = Math.floor(complete.length / 3);
  if (third === 0) return null;
  const [first, last] = [complete.slice(0, third), complete.slice(-third)];
  const time = (reps: Rep[]) => mean(reps.map(({ startMs, endMs }) => endMs - startMs));
  const range = (reps: Rep[]) => mean(reps.map((rep) => rep.range));
  return { tempo: time(last) / time(first), rangeLost: range(first) - range(last) };
}

function setOf(reps: Rep[], before: WorkoutSet | undefined): WorkoutSet | undefined {
  const first = reps[0];
  const last = reps.at(-1);
  if (!first || !last) return undefined;
  const complete = reps.filter((rep) => rep.complete);
  return {
    set: first.set,
    exercise: last.exercise,
    title: last.title,
    repetitions: complete.length,
    partial: reps.length - complete.length,
    correct: reps.filter((rep) => rep.correct).length,
    score: mean(reps.map(({ score }) => score)),
    startMs: first.startMs,
    endMs: last.endMs,
    restMs: before ? first.startMs - before.endMs : 0,
    heldMs: Math.max(...reps.map((rep) => rep.heldMs)),
    tensionMs: reps.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
    drift: driftOf(complete),
    findings: countFindings(reps),
  };
}

// `reps` in order of time.
export function setsOf(reps: Rep[]): WorkoutSet[] {
  const sets: WorkoutSet[] = [];
  for (const number of new Set(reps.map((rep) => rep.set))) {
    const set = setOf(
      reps.filter((rep) => rep.set === number),
      sets.at(-1),
    );
    if (set) sets.push(set);
  }
  return sets;
}

// A set goes on where the connection broke, if the same exercise does so soon.
const SAME_SET_MS = 30_000;

// Where a new connection's repetitions stand among those told before: add these to its numbers.
export function offsetsAfter(before: Rep | undefined, next: Rep): { set: number; number: number } {
  if (!before) return { set: 0, number: 0 };
  const goesOn = before.exercise === next.exercise && next.startMs - before.endMs < SAME_SET_MS;
  return goesOn
    ? { set: before.set - next.set, number: before.number - next.number + 1 }
    : { set: before.set + 1 - next.set, number: 0 };
}

// What to change first: off in the most repetitions, clearly off before slightly.
export function worstFindings(sets: WorkoutSet[], limit: number): FindingCount[] {
  const merged = new Map<string, FindingCount>();
  for (const finding of sets.flatMap(({ findings }) => findings)) {
    const sum = merged.get(finding.code);
    merged.set(
      finding.code,
      sum
        ? {
            ...sum,
            judged: sum.judged + finding.judged,
            off: sum.off + finding.off,
            clearly: sum.clearly + finding.clearly,
            text: finding.text || sum.text,
          }
        : finding,
    );
  }
  return [...merged.values()]
    .filter(({ off }) => off > 0)
    .sort((a, b) => b.clearly - a.clearly || b.off - a.off)
    .slice(0, limit);
}
