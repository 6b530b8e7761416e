import { describe, expect, it } from 'vitest';
import type { Finding, Skeleton } from '../src/model/types';
import type { Workout } from '../src/model/workout';
import { reportOf } from '../src/report/report';
import { rep } from './support';

const finding = (level: Finding['level'], measured: number, changes: Partial<Finding> = {}): Finding => ({
  code: 'squat_depth',
  title: 'Depth',
  level,
  measured,
  low: null,
  high: 100,
  unit: 'degrees',
  joints: ['left_hip', 'left_knee'],
  sequence: 10,
  text: level === 'good' ? '' : 'Go lower.',
  ...changes,
});

// Somebody whose knees bend and stretch, all of whom is seen.
function skeleton(sequence: number): Skeleton {
  const joints = new Float32Array(33 * 3);
  for (let joint = 0; joint < 33; ++joint) joints.set([0.3 + 0.01 * joint, 0.2 + 0.02 * joint, 1], joint * 3);
  const bent = 0.1 * Math.sin(sequence / 5);
  for (const knee of [25, 26]) joints.set([0.5 + bent, 0.7, 1], knee * 3);
  return { sequence, timeMs: 1000 + sequence * 40, joints };
}

const workout = (changes: Partial<Workout> = {}): Workout => ({
  id: 'a',
  startedAt: Date.UTC(2026, 2, 1, 12),
  source: 'file',
  name: 'squats.mp4',
  language: 'en',
  aspect: 4 / 3,
  startMs: 1000,
  endMs: 7000,
  reps: [
    rep({ startMs: 1000, endMs: 2000, findings: [finding('good', 90)] }),
    rep({
      number: 2,
      startMs: 3000,
      endMs: 4000,
      correct: false,
      score: 40,
      findings: [finding('clearly', 110, { sequence: 60 })],
      measures: { rangeDegrees: 83.2, leftRightDegrees: -4, peakSpeed: 1.25, pathRatio: 0, sway: 0.031 },
    }),
    rep({
      number: 3,
      startMs: 5000,
      endMs: 6000,
      complete: false,
      correct: false,
      score: 10,
      findings: [finding('unseen', 0)],
    }),
  ],
  sayings: [
    { kind: 'hint', text: 'Step back.', timeMs: 1500 },
    { kind: 'advice', text: 'Lower!', timeMs: 4500 },
    { kind: 'notice', text: 'The network was slow.', timeMs: 5000 },
  ],
  overall: null,
  complete: true,
  skeletons: Array.from({ length: 150 }, (_, i) => skeleton(i)),
  ...changes,
});

const words = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
// From the nth card on to its end.
const card = (html: string, n: number) => html.split('<article')[n]?.split('</article>')[0] ?? '';

describe('report', () => {
  const html = reportOf(workout(), 'en');

  it('has a card with a skeleton for each repetition', () => {
    expect(words(card(html, 1))).toContain('Repetition 1 correct 100');
    expect(words(card(html, 2))).toContain('Repetition 2 not correct 40');
    expect(words(card(html, 3))).toContain('Repetition 3 partial 10');
    for (const n of [1, 2, 3]) expect(card(html, n)).toContain(`aria-label="Skeleton of repetition ${n}"`);
  });

  it('says by how much a condition is off, over the outline of the best repetition', () => {
    expect(words(card(html, 2))).toContain('Go lower. Depth: 110 degrees (at most 100)');
    expect(card(html, 2)).toContain('aria-label="110 degrees, good: at most 100"');
    expect(card(html, 2).match(/halo clearly/g)).toHaveLength(2);
    expect(words(card(html, 2))).toContain('At 0:02.4, outline: repetition 1');
    expect(card(html, 1)).not.toMatch(/halo|outline/);
  });

  it('begins with totals and what to work on', () => {
    const text = words(html);
    expect(text).toContain('squats.mp4 · 0:06.0 long · 150 frames · Squat');
    expect(text).toContain('2 repetitions, 1 partial 1 of 3 correct 50 mean score of 100 1 set');
    expect(text).toContain('Depth: off in 1 of 2; repetition 2 of set 1');
    expect(text).toContain('2 repetitions · 1 partial · 1 correct · score 50 · 3.0 s under tension');
  });

  it('shows never as good what was not judged, and no measure that there is not', () => {
    expect(html).toContain('<td class="good">90°</td>');
    expect(html).toContain('<td class="unseen">–</td>');
    const [first = '', second = ''] =
      html.split('class="measures"')[1]?.split('<tbody>')[1]?.split('</tr>') ?? [];
    expect(words(second)).toContain('83 -4 1.3 – 0.03');
    expect(words(first)).toContain('– – – – –');
  });

  it('tells what was said, by whom', () => {
    expect(words(html)).toContain('0:00.5 Camera Step back. 0:03.5 Coach Lower!');
    expect(words(html)).toContain('Notices The network was slow.');
  });

  it('shows the angles that move most', () => {
    expect(html).toContain('aria-label="Angles of Knees and Hips"');
  });

  it('is Korean where the session was, whatever the page speaks', () => {
    const korean = reportOf(
      workout({
        name: '스쿼트',
        language: 'ko',
        reps: workout().reps.map((one) => ({
          ...one,
          title: '스쿼트',
          findings: one.findings.map((f) => ({
            ...f,
            title: '깊이',
            text: '더 낮게',
            unit: 'torso_lengths',
          })),
        })),
        sayings: [{ kind: 'hint', text: '뒤로', timeMs: 0 }],
      }),
      'en',
    );
    expect(korean).toContain('<html lang="ko">');
    const labels = [...korean.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label).join(' ');
    expect(`${words(korean)} ${labels}`.match(/[A-Za-z]{2,}/g)).toEqual(['TrackFit']);
  });

  it('is what it is without repetitions and without skeletons', () => {
    expect(words(reportOf(workout({ reps: [], sayings: [] }), 'en'))).toContain('No repetition was counted.');
    expect(words(reportOf(workout({ skeletons: [] }), 'en'))).toContain('Repetition 3 partial');
  });

  it('runs and loads nothing, whatever names and servers say', () => {
    const nasty = '<img src=x onerror=alert(1)>"\'';
    const text = reportOf(
      workout({
        name: nasty,
        reps: [rep({ title: nasty, findings: [finding('clearly', 110, { title: nasty, text: nasty })] })],
        sayings: [{ kind: 'advice', text: nasty, timeMs: 0 }],
      }),
      'en',
    );
    expect(text).not.toMatch(/<img|<script|https?:|url\(/);
    expect(text).toContain("default-src 'none'");
  });
});
