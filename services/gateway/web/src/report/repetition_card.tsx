// A repetition: how it was, how it looked, what to change.
import type { Finding, Rep, Skeleton } from '../model/types';
import { repVerdict } from '../ui/words';
import { RangeGauge } from './charts';
import type { Labels } from './labels';
import type { PoseTrack } from './poses';
import { SkeletonPicture } from './skeleton_picture';
import { clockTime, findingsOff, inSeconds, measuredWords, rangeWords, verdictWord } from './words';

interface CardProps {
  rep: Rep;
  others: Rep[];
  poses: PoseTrack;
  labels: Labels;
}

// How a condition looks when it is met, in the best repetition that meets it.
function goodExample(code: string, reps: Rep[], poses: PoseTrack): { rep: Rep; pose: Skeleton } | null {
  return reps.reduce<{ rep: Rep; pose: Skeleton } | null>((best, rep) => {
    if (best && rep.score <= best.rep.score) return best;
    const met = rep.findings.find((finding) => finding.code === code && finding.level === 'good');
    const pose = met && poses.near(met.sequence);
    return pose ? { rep, pose } : best;
  }, null);
}

// At the worst moment, else in the middle of the rest at the turning point.
function Picture({ rep, worst, others, poses, labels }: CardProps & { worst: Finding | undefined }) {
  const pose = worst
    ? poses.near(worst.sequence)
    : poses.nearTime(rep.startMs + rep.loweringMs + rep.pauseMs / 2);
  if (!pose) return null;
  const example = worst ? goodExample(worst.code, others, poses) : null;
  const beginMs = poses.skeletons[0]?.timeMs ?? 0;
  return (
    <figure>
      <SkeletonPicture
        pose={pose}
        outline={example?.pose ?? null}
        worst={worst}
        aspect={poses.aspect}
        label={labels.of('Skeleton of repetition {n}', { n: rep.number })}
      />
      <figcaption>
        {labels.of('At {time}', { time: clockTime(pose.timeMs - beginMs) })}
        {example && labels.of(', outline: repetition {n}', { n: example.rep.number })}
      </figcaption>
    </figure>
  );
}

function factsOf(rep: Rep, { of }: Labels): string {
  if (rep.heldMs > 0) return of('held {n} s', { n: inSeconds(rep.heldMs) });
  const tempo = of('{all} s: {out} s out, {pause} s pause, {back} s back', {
    all: inSeconds(rep.endMs - rep.startMs),
    out: inSeconds(rep.loweringMs),
    pause: inSeconds(rep.pauseMs),
    back: inSeconds(rep.liftingMs),
  });
  return `${tempo} · ${of('range {n} %', { n: (rep.range * 100).toFixed(0) })}`;
}

export function RepetitionCard(props: CardProps) {
  const { rep, labels } = props;
  const off = findingsOff(rep);
  return (
    <article class="repetition">
      <header>
        <h4>{labels.of(rep.heldMs > 0 ? 'Hold {n}' : 'Repetition {n}', { n: rep.number })}</h4>
        <span class={`chip ${repVerdict(rep)}`}>{verdictWord(rep, labels)}</span>
        <span class="score">{rep.score.toFixed(0)}</span>
      </header>
      <p class="facts">{factsOf(rep, labels)}</p>
      <Picture {...props} worst={off[0]} />
      {off.map((finding) => (
        <div key={finding.code} class={`finding ${finding.level}`}>
          <p>{finding.text || finding.title}</p>
          <p class="value">
            {finding.title}: <b>{measuredWords(finding, labels)}</b> ({rangeWords(finding, labels)})
          </p>
          <RangeGauge finding={finding} labels={labels} />
        </div>
      ))}
    </article>
  );
}
