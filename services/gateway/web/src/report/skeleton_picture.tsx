// A small picture of a skeleton, over an outline of how it should look.
import { BONES, JOINTS, LEFT_EAR, RIGHT_EAR } from '../model/joints';
import type { Finding, Skeleton } from '../model/types';

const [WIDTH, HEIGHT, MARGIN] = [180, 190, 22];
const SEEN = 0.3;

type Spot = { x: number; y: number } | null; // null: not seen

interface PictureProps {
  pose: Skeleton;
  outline: Skeleton | null;
  worst: Finding | undefined; // whose joints are marked
  aspect: number;
  label: string;
}

const spotsOf = ({ joints }: Skeleton, aspect: number): Spot[] =>
  JOINTS.map((_, i) =>
    (joints[i * 3 + 2] ?? 0) < SEEN ? null : { x: joints[i * 3] ?? 0, y: (joints[i * 3 + 1] ?? 0) / aspect },
  );

function middle(spots: Spot[], left: number, right: number): Spot {
  const [a, b] = [spots[left], spots[right]];
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : (a ?? b ?? null);
}

const pair = (spots: Spot[], name: string) =>
  middle(spots, JOINTS.indexOf(`left_${name}`), JOINTS.indexOf(`right_${name}`));

// So that the feet, or else the hips, are where `to` has them.
function aligned(spots: Spot[], to: Spot[]): Spot[] {
  for (const name of ['ankle', 'hip']) {
    const [a, b] = [pair(spots, name), pair(to, name)];
    if (a && b) return spots.map((spot) => spot && { x: spot.x + b.x - a.x, y: spot.y + b.y - a.y });
  }
  return spots;
}

// Fits what is seen of all of them into the picture.
function fitted(all: Spot[][]): Spot[][] {
  const seen = all.flat().filter((spot) => spot !== null);
  const [xs, ys] = [seen.map(({ x }) => x), seen.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / Math.max(right - left, 1e-3),
    (HEIGHT - 2 * MARGIN) / Math.max(bottom - top, 1e-3),
  );
  const place = (spot: Spot) =>
    spot && {
      x: WIDTH / 2 + (spot.x - (left + right) / 2) * scale,
      y: HEIGHT / 2 + (spot.y - (top + bottom) / 2) * scale,
    };
  return all.map((spots) => spots.map(place));
}

const at = (n: number) => n.toFixed(1);

function Figure({ spots, style }: { spots: Spot[]; style: 'outline' | 'bone' }) {
  const ears = middle(spots, LEFT_EAR, RIGHT_EAR);
  const neck = pair(spots, 'shoulder');
  const reach = ears && neck ? Math.hypot(ears.x - neck.x, ears.y - neck.y) : 0;
  return (
    <>
      {BONES.map(({ from, to, side }) => {
        const [a, b] = [spots[from], spots[to]];
        if (!a || !b) return null;
        const name = style === 'outline' || side === 'middle' ? style : `${style} ${side}`;
        return (
          <line key={`${from}-${to}`} x1={at(a.x)} y1={at(a.y)} x2={at(b.x)} y2={at(b.y)} class={name} />
        );
      })}
      {ears && neck && (
        <circle
          cx={at(ears.x)}
          cy={at(ears.y)}
          r={at(Math.min(14, Math.max(4, reach * 0.55)))}
          class={style === 'outline' ? style : 'bone head'}
        />
      )}
    </>
  );
}

export function SkeletonPicture({ pose, outline, worst, aspect, label }: PictureProps) {
  const joints = spotsOf(pose, aspect);
  const all = fitted(outline ? [joints, aligned(spotsOf(outline, aspect), joints)] : [joints]);
  const [placed = [], placedOutline] = all;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {placedOutline && <Figure spots={placedOutline} style="outline" />}
      <Figure spots={placed} style="bone" />
      {(worst?.joints ?? []).map((name) => {
        const spot = placed[JOINTS.indexOf(name)];
        if (!spot) return null;
        return (
          <g key={name}>
            <circle cx={at(spot.x)} cy={at(spot.y)} r="10" class={`halo ${worst?.level}`} />
            <circle cx={at(spot.x)} cy={at(spot.y)} r="4.5" class={`dot ${worst?.level}`} />
          </g>
        );
      })}
    </svg>
  );
}
