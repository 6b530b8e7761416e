// The skeletons of a session in order of time.
import type { Skeleton } from '../model/types';

const NEAR_FRAMES = 5;

export class PoseTrack {
  constructor(
    readonly skeletons: Skeleton[],
    readonly aspect: number, // of the picture, width / height
  ) {}

  // Of a frame, or of the nearest one within five.
  near(sequence: number): Skeleton | null {
    const nearest = this.closest((skeleton) => Math.abs(skeleton.sequence - sequence));
    return nearest && Math.abs(nearest.sequence - sequence) <= NEAR_FRAMES ? nearest : null;
  }

  nearTime(timeMs: number): Skeleton | null {
    return this.closest((skeleton) => Math.abs(skeleton.timeMs - timeMs));
  }

  between(startMs: number, endMs: number): Skeleton[] {
    return this.skeletons.filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs);
  }

  private closest(distance: (skeleton: Skeleton) => number): Skeleton | null {
    return this.skeletons.reduce<Skeleton | null>(
      (best, skeleton) => (best && distance(best) <= distance(skeleton) ? best : skeleton),
      null,
    );
  }
}
