// Messages of the contract -> plain data.
import { FindingLevel, QualityLevel, type Assessment, type Pose, type Repetition } from '../contract';
import type { Finding, Level, Rep, Skeleton, Verdict, Watched } from './types';

const LEVELS: Record<FindingLevel, Level> = {
  [FindingLevel.UNSPECIFIED]: 'unseen',
  [FindingLevel.GOOD]: 'good',
  [FindingLevel.SLIGHTLY]: 'slightly',
  [FindingLevel.CLEARLY]: 'clearly',
  [FindingLevel.NOT_JUDGED]: 'unseen',
};

const finite = (value: number) => (Number.isFinite(value) ? value : null);
const milliseconds = (us: bigint) => Number(us) / 1000;

export function repOf(repetition: Repetition): Rep {
  const findings = repetition.findings.map((f): Finding => ({
    code: f.code,
    title: f.title || f.code,
    level: LEVELS[f.level],
    measured: f.measured,
    low: finite(f.goodLow),
    high: finite(f.goodHigh),
    unit: f.unit,
    joints: f.joints,
    sequence: Number(f.sequence),
    text: f.text,
  }));
  return {
    set: repetition.set,
    number: repetition.number,
    exercise: repetition.exercise,
    title: repetition.exerciseTitle || repetition.exercise,
    firstSequence: Number(repetition.firstSequence),
    lastSequence: Number(repetition.lastSequence),
    startMs: milliseconds(repetition.startUs),
    endMs: milliseconds(repetition.endUs),
    complete: repetition.complete,
    correct: repetition.correct,
    score: repetition.score,
    range: repetition.rangeOfMotion,
    loweringMs: milliseconds(repetition.loweringUs),
    pauseMs: milliseconds(repetition.pauseUs),
    liftingMs: milliseconds(repetition.liftingUs),
    heldMs: milliseconds(repetition.heldUs),
    findings,
    measures: {
      rangeDegrees: repetition.rangeDegrees,
      leftRightDegrees: repetition.leftRightDegrees,
      peakSpeed: repetition.peakSpeed,
      pathRatio: repetition.pathRatio,
      sway: repetition.sway,
    },
  };
}

export function skeletonOf(pose: Pose): Skeleton {
  const joints = new Float32Array(pose.landmarks.length * 3);
  const visible = pose.landmarks.some(({ visibility }) => visibility > 0);
  pose.landmarks.forEach(({ x, y, visibility }, i) => joints.set([x, y, visible ? visibility : 1], i * 3));
  return { sequence: Number(pose.sequence), timeMs: milliseconds(pose.timestampUs), joints };
}

export function verdictOf(assessment: Assessment): Verdict {
  return {
    exercise: assessment.exercise,
    title: assessment.exerciseTitle,
    known: assessment.known,
    confidence: assessment.confidence,
    formScore:
      assessment.known && assessment.quality && assessment.quality.level !== QualityLevel.UNSPECIFIED
        ? assessment.quality.score
        : null,
  };
}

const WATCHED_JOINTS = 3;
const RARE = 95;
const VERY_RARE = 99;

// The joints that are further off than in nearly all correct executions, the worst first.
export function watchedJoints(assessment: Assessment): Watched[] {
  if (!assessment.known) return [];
  return assessment.jointErrors
    .filter(({ judged, percentile }) => judged && percentile >= RARE)
    .sort((a, b) => b.percentile - a.percentile)
    .slice(0, WATCHED_JOINTS)
    .map(({ name, percentile }) => ({
      joint: name,
      level: percentile >= VERY_RARE ? 'clearly' : 'slightly',
    }));
}
