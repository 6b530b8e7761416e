import { describe, expect, it } from 'vitest';
import { contain, pointIn, shrunk } from '../src/model/geometry';
import { ANGLES } from '../src/model/joints';
import { PhaseFollower, anglesOf } from '../src/model/phase';
import { setsOf, worstFindings } from '../src/model/sets';
import type { Finding, Skeleton } from '../src/model/types';
import { exported, skeletonAt, watchedAt, type Workout } from '../src/model/workout';
import { rep } from './support';

const finding = (code: string, level: Finding['level'], sequence = 0): Finding => ({
  code,
  title: code,
  level,
  measured: 1,
  low: 2,
  high: null,
  unit: 'degrees',
  joints: ['left_knee'],
  sequence,
  text: '',
});

// A right knee and a left one, bent so; the rest of the body is not seen.
function kneesBent(sequence: number, degrees: number): Skeleton {
  const joints = new Float32Array(33 * 3);
  const turn = (degrees * Math.PI) / 180;
  for (const [hip, knee, ankle] of [
    [23, 25, 27],
    [24, 26, 28],
  ] as const) {
    joints.set([0.5, 0.2, 1], hip * 3);
    joints.set([0.5, 0.5, 1], knee * 3);
    joints.set([0.5 + 0.3 * Math.sin(turn), 0.5 - 0.3 * Math.cos(turn), 1], ankle * 3);
  }
  return { sequence, timeMs: sequence * 40, joints };
}

describe('sets', () => {
  it('sums up what belongs together', () => {
    const sets = setsOf([
      rep({ findings: [finding('depth', 'good')] }),
      rep({
        number: 2,
        startMs: 3000,
        endMs: 5000,
        correct: false,
        score: 50,
        findings: [{ ...finding('depth', 'clearly'), text: 'Go lower.' }],
      }),
      rep({
        number: 3,
        startMs: 6000,
        endMs: 7000,
        complete: false,
        correct: false,
        score: 0,
        findings: [finding('depth', 'unseen')],
      }),
      rep({ set: 2, startMs: 67_000, endMs: 69_000 }),
    ]);
    expect(sets[0]).toMatchObject({
      repetitions: 2,
      partial: 1,
      correct: 1,
      score: 50,
      startMs: 0,
      endMs: 7000,
      drift: null,
    });
    expect(sets[0]?.findings).toEqual([
      { code: 'depth', title: 'depth', judged: 2, off: 1, clearly: 1, text: 'Go lower.' },
    ]);
    expect(sets[1]).toMatchObject({ set: 2, repetitions: 1, restMs: 60_000 });
  });

  it('tells how tempo and range drift from the first third to the last', () => {
    const reps = [2000, 2000, 2000, 3000].map((ms, i) =>
      rep({ number: i + 1, startMs: i * 4000, endMs: i * 4000 + ms, range: 1 - i / 10 }),
    );
    expect(setsOf(reps)[0]?.drift).toEqual({ tempo: 1.5, rangeLost: expect.closeTo(0.3) as number });
    expect(setsOf(reps)[0]?.tensionMs).toBe(9000);
  });

  it('puts first what is clearly off, over all sets', () => {
    const off = (set: number, ...findings: Finding[]) => rep({ set, findings });
    const sets = setsOf([
      off(1, finding('slight', 'slightly'), finding('clear', 'clearly'), finding('fine', 'good')),
      off(2, finding('slight', 'slightly')),
    ]);
    const worst = worstFindings(sets, 5).map(({ code, off: times }) => [code, times]);
    expect(worst).toEqual([
      ['clear', 1],
      ['slight', 2],
    ]);
  });
});

describe('phase', () => {
  it('measures angles in pixels, not in fractions of the picture', () => {
    const knees = ANGLES.length - 1;
    expect(anglesOf(kneesBent(0, 90), 1)[knees]).toBeCloseTo(90, 1);
    expect(anglesOf(kneesBent(0, 135), 1)[knees]).toBeCloseTo(135, 1);
    expect(anglesOf(kneesBent(0, 135), 2)[knees]).toBeLessThan(120);
  });

  it('knows nothing before the first repetition, then where the next one is', () => {
    const phases = new PhaseFollower();
    const course = [170, 150, 110, 80, 110, 150, 170];
    expect(course.map((angle, i) => phases.follow(kneesBent(i, angle), 1))).toEqual(course.map(() => null));
    phases.learn(rep({ firstSequence: 0, lastSequence: 6 }));
    expect(phases.follow(kneesBent(7, 170), 1)).toBeCloseTo(0, 1);
    expect(phases.follow(kneesBent(8, 125), 1)).toBeCloseTo(0.5, 1);
    expect(phases.follow(kneesBent(9, 80), 1)).toBeCloseTo(1, 1);
    expect(phases.follow(kneesBent(10, 20), 1)).toBeCloseTo(1.15, 2);
  });

  it('does not learn from a repetition that did not count', () => {
    const phases = new PhaseFollower();
    [170, 140, 170].forEach((angle, i) => phases.follow(kneesBent(i, angle), 1));
    phases.learn(rep({ firstSequence: 0, lastSequence: 2, complete: false }));
    expect(phases.follow(kneesBent(3, 150), 1)).toBeNull();
  });
});

describe('geometry', () => {
  it('places a picture as object-fit: contain does', () => {
    expect(contain({ width: 4, height: 3 }, { width: 800, height: 300 })).toMatchObject({
      left: 200,
      top: 0,
      width: 400,
      height: 300,
    });
  });
  it('mirrors points, and only sideways', () => {
    const place = contain({ width: 1, height: 1 }, { width: 100, height: 100 }, true);
    expect(pointIn(place, 0.2, 0.3)).toEqual({ x: 80, y: 30 });
  });
  it('shrinks the longer side and never enlarges', () => {
    expect(shrunk({ width: 1920, height: 1080 }, 480)).toEqual({ width: 480, height: 270 });
    expect(shrunk({ width: 320, height: 240 }, 480)).toEqual({ width: 320, height: 240 });
  });
});

describe('workout', () => {
  const workout: Workout = {
    id: 'a',
    startedAt: 0,
    source: 'file',
    name: 'squat.mp4',
    aspect: 1,
    startMs: 0,
    endMs: 4000,
    reps: [rep({ findings: [finding('depth', 'clearly', 25), finding('feet', 'good', 25)] })],
    sayings: [],
    overall: null,
    complete: true,
    skeletons: Array.from({ length: 100 }, (_, i) => kneesBent(i, 90)),
  };

  it('finds the skeleton of a moment, and none where nobody was seen', () => {
    expect(skeletonAt(workout.skeletons, 1000)?.sequence).toBe(25);
    expect(skeletonAt(workout.skeletons, 1038)?.sequence).toBe(25);
    expect(skeletonAt(workout.skeletons, 9000)).toBeNull();
  });
  it('points out what was off around the moment it was worst', () => {
    expect(watchedAt(workout, 1000)).toEqual([{ joint: 'left_knee', level: 'clearly' }]);
    expect(watchedAt(workout, 1900)).toEqual([]);
  });
  it('is exported as JSON with its skeletons', () => {
    const read = JSON.parse(exported([workout])) as { workouts: { skeletons: { joints: number[] }[] }[] };
    expect(read.workouts[0]?.skeletons[0]?.joints).toHaveLength(99);
  });
});
