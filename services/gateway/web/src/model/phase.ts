// Where in a repetition somebody is, while it is under way. The contract tells of repetitions when they have ended; what
// the last one looked like tells where the next one is: the joint that bent most then drives, from its angle at rest to
// its angle at the turning point.
import { ANGLES } from './joints';
import type { Rep, Skeleton } from './types';

const REMEMBERED = 900; // frames
const LEAST_RANGE = 15; // degrees
const LEAST_VISIBILITY = 0.3;

interface Driver {
  angle: number; // index into ANGLES
  rest: number; // degrees
  turn: number;
}

// Degrees at the middle joint, in a picture `aspect` times as wide as high; null where a joint is hardly seen.
function angleAt(
  joints: Float32Array,
  corner: readonly number[],
  aspect: number,
  seenFrom: number,
): number | null {
  const [a, b, c] = corner.map((joint) => ({
    x: (joints[joint * 3] ?? 0) * aspect,
    y: joints[joint * 3 + 1] ?? 0,
    seen: (joints[joint * 3 + 2] ?? 0) >= seenFrom,
  }));
  if (!a?.seen || !b?.seen || !c?.seen) return null;
  const turn = Math.atan2(a.y - b.y, a.x - b.x) - Math.atan2(c.y - b.y, c.x - b.x);
  const degrees = Math.abs((turn * 180) / Math.PI);
  return degrees > 180 ? 360 - degrees : degrees;
}

// The mean of both sides, or the one that is seen: whose visibilities are `seenFrom` at least.
export function anglesOf(
  { joints }: Skeleton,
  aspect: number,
  seenFrom = LEAST_VISIBILITY,
): (number | null)[] {
  return ANGLES.map((sides) => {
    const seen = sides
      .map((corner) => angleAt(joints, corner, aspect, seenFrom))
      .filter((angle) => angle !== null);
    return seen.length ? seen.reduce((sum, angle) => sum + angle, 0) / seen.length : null;
  });
}

export class PhaseFollower {
  private history: { sequence: number; angles: (number | null)[] }[] = [];
  private driver: Driver | null = null;

  // 0 = at rest, 1 = at the last repetition's turning point; null before the first repetition.
  follow(skeleton: Skeleton, aspect: number): number | null {
    const angles = anglesOf(skeleton, aspect);
    this.history.push({ sequence: skeleton.sequence, angles });
    if (this.history.length > REMEMBERED) this.history.shift();
    const angle = this.driver && angles[this.driver.angle];
    if (!this.driver || angle === null || angle === undefined) return null;
    const phase = (angle - this.driver.rest) / (this.driver.turn - this.driver.rest);
    return Math.min(1.15, Math.max(0, phase));
  }

  learn(rep: Rep) {
    const frames = this.history.filter(
      ({ sequence }) => sequence >= rep.firstSequence && sequence <= rep.lastSequence,
    );
    let best: Driver | null = null;
    for (let angle = 0; angle < ANGLES.length; ++angle) {
      const course = frames.map(({ angles }) => angles[angle]).filter((a) => typeof a === 'number');
      const rest = course[0];
      if (rest === undefined) continue;
      const turn = course.reduce((far, a) => (Math.abs(a - rest) > Math.abs(far - rest) ? a : far), rest);
      if (Math.abs(turn - rest) > Math.max(LEAST_RANGE, best ? Math.abs(best.turn - best.rest) : 0)) {
        best = { angle, rest, turn };
      }
    }
    if (best && rep.complete) this.driver = best;
  }
}
