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
export function linkWords(link: Link, nowMs: number, t: Translate): string {
  switch (link.state) {
    case 'connecting':
      return t('connecting');
    case 'failed':
      return link.problem.kind === 'refused'
        ? t('refused', { reason: link.problem.reason })
        : problemWords(link, 0, t);
    case 'waiting':
      return problemWords(link, Math.max(1, Math.ceil((link.untilMs - nowMs) / 1000)), t);
    default:
      return '';
  }
}

function problemWords(link: Extract<Link, { state: 'waiting' | 'failed' }>, n: number, t: Translate): string {
  switch (link.problem.kind) {
    case 'full':
      return t('full', { n });
    case 'restarting':
      return t('restarting');
    case 'blocked':
      return t('blocked', { n });
    case 'gone':
      return link.state === 'failed' ? t('problemGone') : t('gone', { n });
    case 'refused':
      return t('refused', { reason: link.problem.reason });
  }
}
