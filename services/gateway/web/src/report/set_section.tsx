// What came of a set: its course, its conditions, every repetition, all measures.
import type { Finding, Rep, WorkoutSet } from '../model/types';
import { repVerdict } from '../ui/words';
import { AngleCurves, TempoChart, TrendChart, type Trend } from './charts';
import type { Labels } from './labels';
import type { PoseTrack } from './poses';
import { RepetitionCard } from './repetition_card';
import { inSeconds, isOff, numberIn, rangeInUnits, verdictWord } from './words';

interface SetSectionProps {
  set: WorkoutSet;
  reps: Rep[];
  poses: PoseTrack;
  labels: Labels;
}

const NOTABLE_DRIFT = 0.05; // of tempo or range, over a set

function factsOf(set: WorkoutSet, { of }: Labels): string[] {
  const counted = (one: string, many: string, n: number) => of(n === 1 ? one : many, { n });
  const drift = (change: number, more: string, less: string) =>
    Math.abs(change) >= NOTABLE_DRIFT &&
    of(change > 0 ? more : less, { n: (Math.abs(change) * 100).toFixed(0) });
  return [
    ...(set.heldMs > 0
      ? [
          counted('1 hold', '{n} holds', set.repetitions + set.partial),
          of('longest hold {n} s', { n: inSeconds(set.heldMs) }),
        ]
      : [
          counted('1 repetition', '{n} repetitions', set.repetitions),
          set.partial > 0 && of('{n} partial', { n: set.partial }),
        ]),
    of('{n} correct', { n: set.correct }),
    of('score {n}', { n: set.score.toFixed(0) }),
    of('{n} s under tension', { n: inSeconds(set.tensionMs) }),
    set.restMs > 0 && of('after {n} s of rest', { n: inSeconds(set.restMs) }),
    set.drift && drift(set.drift.tempo - 1, '{n} % slower towards the end', '{n} % faster towards the end'),
    set.drift && drift(set.drift.rangeLost, '{n} % of the range lost', '{n} % of the range gained'),
  ].filter((fact) => fact !== false && fact !== null);
}

// A condition and what was found of it in each repetition.
interface Condition {
  code: string;
  title: string;
  findings: (Finding | undefined)[];
}

// In the exercise's order.
function conditionsOf(reps: Rep[]): Condition[] {
  const titles = new Map(reps.flatMap(({ findings }) => findings).map(({ code, title }) => [code, title]));
  return [...titles].map(([code, title]) => ({
    code,
    title,
    findings: reps.map(({ findings }) => findings.find((finding) => finding.code === code)),
  }));
}

const judged = (finding: Finding | undefined) =>
  finding && finding.level !== 'unseen' ? finding : undefined;

function conditionTrend({ title, findings }: Condition, labels: Labels): Trend | null {
  const seen = findings.map(judged).filter((finding) => finding !== undefined);
  const last = seen.at(-1);
  if (!last || !seen.some(isOff)) return null;
  const values = seen.map(({ measured }) => measured);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Room on the good side of a single limit, so that the band shows.
  const room = 0.15 * Math.max(Math.abs(least), Math.abs(most));
  const { low, high, unit } = last;
  return {
    title,
    unit: unit === 'degrees' ? '°' : unit === 'seconds' ? labels.of('{n} s', { n: '' }) : '',
    values: findings.map((finding) => judged(finding)?.measured ?? null),
    classes: findings.map((finding) => finding?.level ?? 'unseen'),
    least: low === null && high !== null ? Math.min(least, high - room) : least,
    most: high === null && low !== null ? Math.max(most, low + room) : most,
    low,
    high,
  };
}

function trendsOf(reps: Rep[], conditions: Condition[], labels: Labels): Trend[] {
  const held = reps.some(({ heldMs }) => heldMs > 0);
  const trend = (title: string, unit: string, most: number, value: (rep: Rep) => number): Trend => ({
    title,
    unit,
    values: reps.map(value),
    classes: reps.map(repVerdict),
    least: 0,
    most,
    low: null,
    high: null,
  });
  return [
    trend(labels.of('Score'), '', 100, ({ score }) => score),
    held
      ? trend(labels.of('Held'), labels.of('{n} s', { n: '' }), 0, ({ heldMs }) => heldMs / 1000)
      : trend(labels.of('Range of motion'), ' %', 100, ({ range }) => range * 100),
    ...conditions.map((condition) => conditionTrend(condition, labels)).filter((found) => found !== null),
  ];
}

function Trends({ reps, conditions, labels }: { reps: Rep[]; conditions: Condition[]; labels: Labels }) {
  const [first, second, ...rest] = trendsOf(reps, conditions, labels);
  const chart = (trend: Trend | undefined) =>
    trend && (
      <figure key={trend.title}>
        <TrendChart trend={trend} reps={reps} labels={labels} />
      </figure>
    );
  return (
    <div class="trends">
      {chart(first)}
      {chart(second)}
      {!reps.some(({ heldMs }) => heldMs > 0) && (
        <figure>
          <TempoChart reps={reps} labels={labels} />
        </figure>
      )}
      {rest.map(chart)}
    </div>
  );
}

// A condition may be measured otherwise where the view is another, so that degrees stand beside lengths.
const cellOf = ({ measured, unit }: Finding) => numberIn(measured, unit) + (unit === 'degrees' ? '°' : '');

function Matrix({ reps, conditions, labels }: { reps: Rep[]; conditions: Condition[]; labels: Labels }) {
  const title = labels.of('Conditions of good form');
  return (
    <div class="wide" tabIndex={0} role="group" aria-label={title}>
      <table class="matrix">
        <thead>
          <tr>
            <th>{labels.of('Condition')}</th>
            {reps.map(({ number }) => (
              <th key={number}>{number}</th>
            ))}
            <th>{labels.of('Good range')}</th>
          </tr>
        </thead>
        <tbody>
          {conditions.map(({ code, title: name, findings }) => {
            const last = findings.findLast((finding) => finding !== undefined);
            return (
              <tr key={code}>
                <th title={code}>{name}</th>
                {findings.map((finding, i) => {
                  const seen = judged(finding);
                  return (
                    <td key={i} class={seen?.level ?? 'unseen'}>
                      {seen ? cellOf(seen) : '–'}
                    </td>
                  );
                })}
                <td class="range">{last && rangeInUnits(last, labels)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const COLUMNS = [
  'Score',
  'Time<br>s',
  'Out<br>s',
  'Pause<br>s',
  'Back<br>s',
  'Range<br>%',
  'Range<br>degrees',
  'Left − right<br>degrees',
  'Peak speed<br>ranges/s',
  'Path<br>1 = straight',
  'Sway<br>torsos',
];

function measuresOf(rep: Rep): string[] {
  const { measures } = rep;
  const unless0 = (value: number | undefined, digits: number) => (value ? value.toFixed(digits) : '–');
  return [
    rep.score.toFixed(0),
    inSeconds(rep.heldMs > 0 ? rep.heldMs : rep.endMs - rep.startMs),
    inSeconds(rep.loweringMs),
    inSeconds(rep.pauseMs),
    inSeconds(rep.liftingMs),
    (rep.range * 100).toFixed(0),
    unless0(measures?.rangeDegrees, 0),
    unless0(measures?.leftRightDegrees, 0),
    unless0(measures?.peakSpeed, 1),
    unless0(measures?.pathRatio, 2),
    measures ? measures.sway.toFixed(2) : '–',
  ];
}

function MeasuresTable({ reps, labels }: { reps: Rep[]; labels: Labels }) {
  return (
    <div class="wide" tabIndex={0} role="group" aria-label={labels.of('Measures')}>
      <table class="measures">
        <thead>
          <tr>
            <th>#</th>
            <th></th>
            {COLUMNS.map((column) => {
              const [name, unit] = labels.of(column).split('<br>');
              return (
                <th key={column}>
                  {name}
                  {unit && <br />}
                  {unit}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {reps.map((rep) => (
            <tr key={rep.number}>
              <th>{rep.number}</th>
              <td>
                <span class={`chip ${repVerdict(rep)}`}>{verdictWord(rep, labels)}</span>
              </td>
              {measuresOf(rep).map((value, i) => (
                <td key={i}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function SetSection({ set, reps, poses, labels }: SetSectionProps) {
  const { of } = labels;
  const conditions = conditionsOf(reps);
  const curves = AngleCurves({ poses, reps, labels });
  return (
    <section class="set">
      <h2>
        {of('Set {n}', { n: set.set })} · {set.title}
      </h2>
      <p class="facts">{factsOf(set, labels).join(' · ')}</p>
      {curves && (
        <>
          <h3>{of('Angles over time')}</h3>
          <figure class="curves">{curves}</figure>
        </>
      )}
      <h3>{of('From repetition to repetition')}</h3>
      <Trends reps={reps} conditions={conditions} labels={labels} />
      {conditions.length > 0 && (
        <>
          <h3>{of('Conditions of good form')}</h3>
          <Matrix reps={reps} conditions={conditions} labels={labels} />
        </>
      )}
      <h3>{of('Every repetition')}</h3>
      <div class="cards">
        {reps.map((rep) => (
          <RepetitionCard key={rep.number} rep={rep} others={reps} poses={poses} labels={labels} />
        ))}
      </div>
      <h3>{of('Measures')}</h3>
      <MeasuresTable reps={reps} labels={labels} />
    </section>
  );
}
