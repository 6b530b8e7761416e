// The report's diagrams, as libs/report/charts.cc draws them; colours come from its style sheet, by class.
import type { Finding, Level, Rep } from '../model/types';
import { anglesOf } from '../model/phase';
import { repVerdict, type RepVerdict } from '../ui/words';
import type { Labels } from './labels';
import type { PoseTrack } from './poses';
import { clockTime, measuredWords, rangeWords, verdictWord } from './words';

// Where values are in a drawing, and what they range over.
interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  x: readonly [number, number];
  y: readonly [number, number];
}

const at = (n: number) => n.toFixed(1);
const xOf = ({ left, width, x }: Plot, value: number) => left + ((value - x[0]) / (x[1] - x[0])) * width;
const yOf = ({ top, height, y }: Plot, value: number) =>
  top + height - ((value - y[0]) / (y[1] - y[0])) * height;

// 1, 2 or 5 times a power of ten, so that `range` has three to six steps.
function roundStep(range: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(range, 1e-6) / 3));
  return ([5, 2].find((factor) => range / (factor * power) >= 2.5) ?? 1) * power;
}

// The multiples of `step` from `low` to `high`.
function ticks(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step + 1e-6) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
}

function Grid({ plot, unit }: { plot: Plot; unit: string }) {
  return (
    <>
      {ticks(plot.y[0], plot.y[1], roundStep(plot.y[1] - plot.y[0])).map((y) => (
        <g key={y}>
          <line
            x1={at(plot.left)}
            y1={at(yOf(plot, y))}
            x2={at(plot.left + plot.width)}
            y2={at(yOf(plot, y))}
            class="grid"
          />
          <text x={at(plot.left - 6)} y={at(yOf(plot, y) + 4)} text-anchor="end" class="tick">
            {Math.round(y * 1e6) / 1e6}
            {unit}
          </text>
        </g>
      ))}
    </>
  );
}

// A curve with gaps where values are null.
function Curve({ points, style }: { points: ({ x: number; y: number } | null)[]; style: string }) {
  const path = points
    .map((point, i) => (point ? `${points[i - 1] ? 'L' : 'M'}${at(point.x)} ${at(point.y)}` : ''))
    .join('');
  return path ? <path d={path} class={`curve ${style}`} /> : null;
}

const [SMALL_WIDTH, SMALL_HEIGHT] = [300, 170];

const smallPlot = (count: number, y: readonly [number, number]): Plot => ({
  left: 46,
  top: 32,
  width: SMALL_WIDTH - 60,
  height: SMALL_HEIGHT - 56,
  x: [-0.5, count - 0.5],
  y,
});

// Numbers below the plot, as many as there is room for.
function Numbers({ plot, reps }: { plot: Plot; reps: Rep[] }) {
  const every = 1 + Math.floor(reps.length / 16);
  return (
    <>
      {reps.map(
        ({ number }, i) =>
          i % every === 0 && (
            <text
              key={i}
              x={at(xOf(plot, i))}
              y={at(plot.top + plot.height + 16)}
              text-anchor="middle"
              class="tick"
            >
              {number}
            </text>
          ),
      )}
    </>
  );
}

const tip = (rep: Rep, value: string, labels: Labels) =>
  labels.of('Repetition {n}: {value}', { n: rep.number, value });

// About as wide as text of a legend becomes: Latin letters take half the room of Korean ones.
const textWidth = (text: string) =>
  Array.from(text, (letter) => (letter.charCodeAt(0) < 128 ? 8 : 13)).reduce((sum, width) => sum + width, 0);

// Where the measured value of a finding lies, beside the good range.
export function RangeGauge({ finding, labels }: { finding: Finding; labels: Labels }) {
  const [width, height, left, bar] = [220, 34, 4, 14];
  const { measured, unit } = finding;
  // Room on both sides, and one scale for all values that are not far beyond the limits.
  const goodLow = finding.low ?? finding.high ?? measured;
  const goodHigh = finding.high ?? goodLow;
  const span = Math.max(
    goodHigh - goodLow,
    Math.abs(measured - goodLow),
    Math.abs(measured - goodHigh),
    0.6 * Math.max(Math.abs(goodLow), Math.abs(goodHigh)),
    1e-3,
  );
  const low = Math.min(goodLow, measured) - 0.4 * span;
  const high = Math.max(goodHigh, measured) + 0.4 * span;
  const x = (value: number) => left + ((width - 2 * left) * (value - low)) / (high - low);
  const from = finding.low === null ? left : x(finding.low);
  const to = finding.high === null ? width - left : x(finding.high);
  const limits = [finding.low, finding.high].filter((limit) => limit !== null);
  const words = (value: number) =>
    unit === 'degrees' ? `${value.toFixed(0)}°` : String(Number(value.toPrecision(2)));
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={labels.of('{value}, good: {range}', {
        value: measuredWords(finding, labels),
        range: rangeWords(finding, labels),
      })}
    >
      <rect x={left} y={bar} width={width - 2 * left} height="7" rx="3.5" class="track" />
      <rect x={at(from)} y={bar} width={at(to - from)} height="7" rx="3.5" class="fill good" />
      <circle cx={at(x(measured))} cy={bar + 3.5} r="6.5" class={`marker ${finding.level}`} />
      {limits.map((limit) => (
        <text
          key={limit}
          x={at(Math.min(width - 14, Math.max(14, x(limit))))}
          y={height - 1}
          text-anchor="middle"
          class="tick"
        >
          {words(limit)}
        </text>
      ))}
    </svg>
  );
}

const ANGLE_NAMES = ['Elbows', 'Shoulders', 'Hips', 'Knees']; // in the order of anglesOf
const SEEN = 0.4;
const BESIDE_MS = 1000;
const MOST_POINTS = 1200; // of a curve
const GAP_MS = 500; // without skeletons, where a curve is interrupted

interface Moment {
  timeMs: number;
  angles: (number | null)[];
}

// The values of an angle that are known.
const known = (moments: Moment[], angle: number) =>
  moments.map(({ angles }) => angles[angle] ?? null).filter((value) => value !== null);

// Mean over the repetitions of how far the angle moves in each.
function movement(moments: Moment[], reps: Rep[], angle: number): number {
  const ranges = reps.map(({ startMs, endMs }) => {
    const values = known(
      moments.filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs),
      angle,
    );
    return values.length ? Math.max(...values) - Math.min(...values) : 0;
  });
  return ranges.reduce((sum, range) => sum + range, 0) / ranges.length;
}

// The two angles that move most, over the repetitions; null where no skeleton shows them.
export function AngleCurves({ poses, reps, labels }: { poses: PoseTrack; reps: Rep[]; labels: Labels }) {
  const [first, last] = [reps[0], reps.at(-1)];
  if (!first || !last) return null;
  const moments: Moment[] = poses
    .between(first.startMs - BESIDE_MS, last.endMs + BESIDE_MS)
    .map((skeleton) => ({ timeMs: skeleton.timeMs, angles: anglesOf(skeleton, poses.aspect, SEEN) }));
  const moved = ANGLE_NAMES.map((name, angle) => ({ name, angle, by: movement(moments, reps, angle) }))
    .sort((a, b) => b.by - a.by)
    .slice(0, 2);
  const values = moved.flatMap(({ angle }) => known(moments, angle));
  const [low, high] = [
    values.reduce((least, value) => Math.min(least, value), 180),
    values.reduce((most, value) => Math.max(most, value), 0),
  ];
  const [start, end] = [moments[0]?.timeMs ?? 0, moments.at(-1)?.timeMs ?? 0];
  if (low >= high || start >= end) return null;
  const [width, height] = [960, 250];
  const plot: Plot = {
    left: 52,
    top: 44,
    width: width - 66,
    height: height - 74,
    x: [start, end],
    y: [low - 5, high + 5],
  };
  const begin = poses.skeletons[0]?.timeMs ?? 0;
  const seconds = [(start - begin) / 1000, (end - begin) / 1000] as const;
  const names = moved.map(({ name }) => labels.of(name));
  const step = 1 + Math.floor(moments.length / MOST_POINTS);
  const shown = moments.filter((_, i) => i % step === 0);
  const points = (angle: number) =>
    shown.flatMap(({ timeMs, angles }, i) => {
      const value = angles[angle] ?? null;
      const point = value === null ? null : { x: xOf(plot, timeMs), y: yOf(plot, value) };
      return i > 0 && timeMs - (shown[i - 1]?.timeMs ?? 0) > GAP_MS ? [null, point] : [point];
    });
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={labels.of('Angles of {first} and {second}', {
        first: names[0] ?? '',
        second: names[1] ?? '',
      })}
    >
      {reps.map((rep) => {
        const [from, to] = [xOf(plot, rep.startMs), xOf(plot, rep.endMs)];
        return (
          <g key={rep.number}>
            <rect
              x={at(from)}
              y={at(plot.top)}
              width={at(to - from)}
              height={at(plot.height)}
              rx="4"
              class={`band ${repVerdict(rep)}`}
            >
              <title>{tip(rep, verdictWord(rep, labels), labels)}</title>
            </rect>
            {to - from > 9 && (
              <text x={at((from + to) / 2)} y={at(plot.top - 6)} text-anchor="middle" class="tick">
                {rep.number}
              </text>
            )}
          </g>
        );
      })}
      <Grid plot={plot} unit="°" />
      {ticks(seconds[0], seconds[1], Math.max(1, roundStep(seconds[1] - seconds[0]))).map((t) => (
        <text
          key={t}
          x={at(xOf(plot, begin + t * 1000))}
          y={at(plot.top + plot.height + 18)}
          text-anchor="middle"
          class="tick"
        >
          {clockTime(t * 1000)}
        </text>
      ))}
      {moved.map(({ angle }, i) => {
        const style = i === 0 ? 'first' : 'second';
        const legend = plot.left + (i === 0 ? 0 : 50 + textWidth(names[0] ?? ''));
        return (
          <g key={angle}>
            <Curve points={points(angle)} style={style} />
            <line x1={legend} y1="14" x2={legend + 22} y2="14" class={`curve ${style}`} />
            <text x={legend + 28} y="18" class="legend">
              {names[i]}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

export interface Trend {
  title: string;
  unit: string;
  values: (number | null)[]; // of each repetition
  classes: (RepVerdict | Level)[];
  least: number; // what is shown at least
  most: number;
  low: number | null; // of the good range
  high: number | null;
}

export function TrendChart({ trend, reps, labels }: { trend: Trend; reps: Rep[]; labels: Labels }) {
  const { title, unit, values, classes, least, most } = trend;
  const seen = [...values, trend.low, trend.high].filter((value) => value !== null);
  const [low, high] = [Math.min(least, ...seen), Math.max(most, ...seen)];
  const room = Math.max(0.08 * (high - low), 1e-3);
  const plot = smallPlot(values.length, [low < least ? low - room : low, high + room]);
  const banded = trend.low !== null || trend.high !== null;
  const top = trend.high === null ? plot.top : yOf(plot, trend.high);
  const bottom = trend.low === null ? plot.top + plot.height : yOf(plot, trend.low);
  const points = values.map((value, i) =>
    value === null ? null : { x: xOf(plot, i), y: yOf(plot, value), value },
  );
  return (
    <svg viewBox={`0 0 ${SMALL_WIDTH} ${SMALL_HEIGHT}`} role="img" aria-label={title}>
      <text x="4" y="16" class="title">
        {title}
      </text>
      {banded && (
        <rect
          x={at(plot.left)}
          y={at(top)}
          width={at(plot.width)}
          height={at(Math.max(1, bottom - top))}
          class="band good"
        />
      )}
      <Grid plot={plot} unit={unit} />
      <Numbers plot={plot} reps={reps} />
      <Curve points={points} style="trend" />
      {points.map((point, i) => {
        const rep = reps[i];
        if (!point || !rep) return null;
        return (
          <circle key={i} cx={at(point.x)} cy={at(point.y)} r="4.5" class={`marker ${classes[i]}`}>
            <title>{tip(rep, `${Number(point.value.toPrecision(3))}${unit}`, labels)}</title>
          </circle>
        );
      })}
    </svg>
  );
}

export function TempoChart({ reps, labels }: { reps: Rep[]; labels: Labels }) {
  const partsOf = (rep: Rep) => [
    { name: labels.of('out'), style: 'lowering', ms: rep.loweringMs },
    { name: labels.of('pause'), style: 'pause', ms: rep.pauseMs },
    { name: labels.of('back'), style: 'lifting', ms: rep.liftingMs },
  ];
  const longest = Math.max(
    0.5,
    ...reps.map((rep) => partsOf(rep).reduce((sum, { ms }) => sum + ms, 0) / 1000),
  );
  const plot = smallPlot(reps.length, [0, longest * 1.08]);
  const width = Math.min(22, (plot.width / reps.length) * 0.7);
  let legend = SMALL_WIDTH - 14;
  const legends = [...partsOf(reps[0] as Rep)].reverse().map(({ name, style }) => {
    const right = legend;
    const swatch = legend - 10 - 0.8 * textWidth(name);
    legend = swatch - 14;
    return { name, style, right, swatch };
  });
  return (
    <svg viewBox={`0 0 ${SMALL_WIDTH} ${SMALL_HEIGHT}`} role="img" aria-label={labels.of('Tempo')}>
      <text x="4" y="16" class="title">
        {labels.of('Tempo')}
      </text>
      {legends.map(({ name, style, right, swatch }) => (
        <g key={style}>
          <text x={at(right)} y="16" text-anchor="end" class="tick">
            {name}
          </text>
          <rect x={at(swatch - 4)} y="8" width="8" height="8" rx="2" class={`fill ${style}`} />
        </g>
      ))}
      <Grid plot={plot} unit={labels.of('{n} s', { n: '' })} />
      <Numbers plot={plot} reps={reps} />
      {reps.map((rep, i) => {
        let from = 0;
        return partsOf(rep).map(({ name, style, ms }) => {
          const to = from + ms / 1000;
          const [top, height] = [yOf(plot, to), yOf(plot, from) - yOf(plot, to)];
          from = to;
          return (
            <rect
              key={`${i}-${style}`}
              x={at(xOf(plot, i) - width / 2)}
              y={at(top)}
              width={at(width)}
              height={at(height)}
              rx="1.5"
              class={`fill ${style}`}
            >
              <title>
                {tip(rep, `${name} ${labels.of('{n} s', { n: (ms / 1000).toFixed(2) })}`, labels)}
              </title>
            </rect>
          );
        });
      })}
    </svg>
  );
}
