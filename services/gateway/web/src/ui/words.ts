// Values in words.
import { exercises } from '../gen/coach';
import type { Finding, Rep, Verdict } from '../model/types';
import type { Link } from '../session/session';
import type { CameraProblem } from '../media/camera';
import type { TextKey, Translate } from '../texts';

export function exerciseTitle(exercise: string, language: string): string {
  const known = exercises.find((entry) => entry.exercise === exercise);
  return known?.title[language] ?? known?.title['en'] ?? exercise.replaceAll('_', ' ');
}

export function verdictTitle(verdict: Verdict, t: Translate, language: string): string {
  return verdict.known ? verdict.title || exerciseTitle(verdict.exercise, language) : t('verdictUnknown');
}

export const clock = (ms: number) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

export const when = (at: number, language: string) =>
  new Date(at).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });

export const seconds = (ms: number) => (ms / 1000).toFixed(1);

export type RepVerdict = 'good' | 'clearly' | 'partial';

export function repVerdict(rep: Rep): RepVerdict {
  return !rep.complete ? 'partial' : rep.correct ? 'good' : 'clearly';
}

const VERDICTS: Record<RepVerdict, TextKey> = { good: 'correct', clearly: 'notCorrect', partial: 'partial' };

export const repWord = (rep: Rep, t: Translate) => t(VERDICTS[repVerdict(rep)]);

const UNITS: Record<string, { key: TextKey; digits: number }> = {
  degrees: { key: 'unit_degrees', digits: 0 },
  torso_lengths: { key: 'unit_torso_lengths', digits: 2 },
  ratio: { key: 'unit_ratio', digits: 2 },
  seconds: { key: 'unit_seconds', digits: 1 },
};

// "82°, good: at least 90°"
export function measuredLine({ measured, low, high, unit }: Finding, t: Translate): string {
  const { key, digits } = UNITS[unit] ?? { key: 'unit_ratio' as const, digits: 2 };
  const value = (n: number) => t(key, { n: n.toFixed(digits) });
  const range =
    low !== null && high !== null
      ? t('goodBetween', { low: low.toFixed(digits), high: value(high) })
      : low !== null
        ? t('goodAtLeast', { low: value(low) })
        : high !== null
          ? t('goodAtMost', { high: value(high) })
          : '';
  return [value(measured), range].filter(Boolean).join(', ');
}

const CAMERA: Record<CameraProblem, TextKey> = {
  insecure: 'cameraInsecure',
  none: 'cameraNone',
  refused: 'cameraRefused',
  busy: 'cameraBusy',
};
export const cameraWords = (problem: CameraProblem, t: Translate) => t(CAMERA[problem]);

// What to say about the link; empty while all is well.
export function linkWords(link: Link, t: Translate): string {
  if (link.state === 'connecting') return t('connecting');
  if (link.state !== 'waiting' && link.state !== 'failed') return '';
  const { problem } = link;
  switch (problem.kind) {
    case 'gone':
      return t(link.state === 'failed' ? 'problemGone' : 'gone');
    case 'key':
      return t('apiKeyWanted');
    case 'refused':
      return t('refused', { reason: problem.reason });
    default:
      return t(problem.kind);
  }
}

// Seconds to the next attempt; null where none is worth telling.
export function nextTry(link: Link, nowMs: number): number | null {
  if (link.state !== 'waiting' || link.problem.kind === 'restarting') return null;
  return Math.max(1, Math.ceil((link.untilMs - nowMs) / 1000));
}
