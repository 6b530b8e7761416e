// One figure over the trainings of an exercise.
import { usePage } from './context';

const [WIDTH, HEIGHT, MARGIN] = [260, 96, 14];

interface ProgressChartProps {
  what: string;
  exercise: string;
  points: { at: number; value: number }[]; // two at least, in order of time
}

export function ProgressChart({ what, exercise, points }: ProgressChartProps) {
  const { settings, t } = usePage();
  const top = Math.max(...points.map(({ value }) => value), 1) * 1.1;
  const placed = points.map(({ value }, i) => ({
    x: MARGIN + (i / (points.length - 1)) * (WIDTH - 2 * MARGIN),
    y: HEIGHT - MARGIN - (value / top) * (HEIGHT - 2 * MARGIN),
  }));
  const [first, last] = [points[0], points.at(-1)];
  const day = (at: number | undefined) =>
    at === undefined
      ? ''
      : new Date(at).toLocaleDateString(settings.language, { month: 'short', day: 'numeric' });
  const value = String(Math.round(last?.value ?? 0));
  return (
    <figure class="progress">
      <figcaption>
        {what} <b>{value}</b>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t('progressChart', { what, exercise, n: points.length, value })}
      >
        <line class="grid" x1={0} x2={WIDTH} y1={HEIGHT - MARGIN} y2={HEIGHT - MARGIN} />
        <polyline class="curve" points={placed.map(({ x, y }) => `${x},${y}`).join(' ')} />
        {placed.map(({ x, y }, i) => (
          <circle key={i} class="dot" cx={x} cy={y} r={4} />
        ))}
        <text x={0} y={HEIGHT - 2}>
          {day(first?.at) !== day(last?.at) && day(first?.at)}
        </text>
        <text x={WIDTH} y={HEIGHT - 2} text-anchor="end">
          {day(last?.at)}
        </text>
      </svg>
    </figure>
  );
}
