// Values in words, as libs/client/words.cc has them.
import type { Finding, Level, Rep } from '../model/types';
import { repVerdict } from '../ui/words';
import type { Labels } from './labels';

// Milliseconds -> "1:05.3".
export function clockTime(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  const seconds = String(Math.floor(tenths / 10) % 60).padStart(2, '0');
  return `${Math.floor(tenths / 600)}:${seconds}.${tenths % 10}`;
}

const DIGITS: Record<string, number> = { degrees: 0, seconds: 1 };

// As many digits as tell one value from the next; never "-0".
export const numberIn = (value: number, unit: string) =>
  value.toFixed(DIGITS[unit] ?? 2).replace(/^-(?=[0.]*$)/, '');

const unitWords = (unit: string) =>
  unit === 'ratio' ? '' : unit === 'seconds' ? 's' : unit.replaceAll('_', ' ');

export function measuredWords({ measured, unit }: Finding, labels: Labels): string {
  const n = numberIn(measured, unit);
  const words = unitWords(unit);
  return words ? labels.of(`{n} ${words}`, { n }) : n;
}

// "at most 100"; empty where there are no limits.
export function rangeWords({ low, high, unit }: Finding, labels: Labels): string {
  const ends = { low: numberIn(low ?? 0, unit), high: numberIn(high ?? 0, unit) };
  if (low !== null && high !== null) return labels.of('{low} to {high}', ends);
  if (low !== null) return labels.of('at least {low}', ends);
  return high !== null ? labels.of('at most {high}', ends) : '';
}

// "at most 100 degrees"
export function rangeInUnits(finding: Finding, labels: Labels): string {
  const range = rangeWords(finding, labels);
  const words = unitWords(finding.unit);
  return range && words ? labels.of(`{range} ${words}`, { range }) : range;
}

const VERDICTS = { good: 'correct', clearly: 'not correct', partial: 'partial' };
export const verdictWord = (rep: Rep, labels: Labels) => labels.of(VERDICTS[repVerdict(rep)]);

export const isOff = ({ level }: { level: Level }) => level === 'slightly' || level === 'clearly';

// What is off in a repetition, clearly before slightly.
export function findingsOff(rep: Rep): Finding[] {
  const off = rep.findings.filter(isOff);
  return [
    ...off.filter(({ level }) => level === 'clearly'),
    ...off.filter(({ level }) => level !== 'clearly'),
  ];
}

export const inSeconds = (ms: number) => (ms / 1000).toFixed(1);
