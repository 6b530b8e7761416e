import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { History, progressOf } from '../src/history';
import type { Workout } from '../src/model/workout';
import { loadSettings, saveSettings, type Settings } from '../src/settings';
import { TABLES, filled, preferredLanguage } from '../src/texts';
import { rep } from './support';

const workout = (id: string, startedAt: number): Workout => ({
  id,
  startedAt,
  source: 'live',
  name: '',
  aspect: 1,
  startMs: 0,
  endMs: 1000,
  reps: [rep({ range: 0.8, score: 60 }), rep({ number: 2, complete: false, range: 0.2, score: 20 })],
  sayings: [],
  overall: null,
  complete: true,
  skeletons: [0, 1].map((i) => ({
    sequence: 7 + i,
    timeMs: 40 * i,
    joints: new Float32Array(99).fill(i + 0.5),
  })),
});

describe('texts', () => {
  it('say every value in every language', () => {
    const names = (text: string) => new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name));
    const { en, ...others } = TABLES;
    if (!en) throw new Error('no English');
    for (const table of Object.values(others)) {
      for (const key of Object.keys(en) as (keyof typeof en)[]) {
        expect([...names(table[key])].sort(), key).toEqual([...names(en[key])].sort());
      }
    }
  });
  it('count', () => {
    expect(filled('{n|repetition|repetitions}', { n: 1 })).toBe('1 repetition');
    expect(filled('{n|repetition|repetitions} of {m}', { n: 2, m: 3 })).toBe('2 repetitions of 3');
  });
  it('come in the first language of the browser that there is', () => {
    expect(preferredLanguage(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(preferredLanguage(['fr'])).toBe('en');
  });
});

describe('settings', () => {
  it('are remembered', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const settings: Settings = {
      ...loadSettings(storage, ['en']),
      language: 'ko',
      exercise: 'squat',
      spoken: false,
    };
    saveSettings(storage, settings);
    expect(loadSettings(storage, ['en'])).toEqual(settings);
  });
  it('are the usual ones where storage is forbidden or spoilt', () => {
    const forbidden = {
      getItem: () => {
        throw new DOMException('denied');
      },
    };
    expect(loadSettings(forbidden, ['ko']).language).toBe('ko');
    expect(loadSettings({ getItem: () => '{"language": "xx"' }, ['en']).voice).toBe('neutral');
  });
});

describe('History', () => {
  it('gives back what was kept, the latest first, and forgets when asked', async () => {
    const history = await History.open();
    await history.add(workout('a', 1));
    await history.add(workout('b', 2));
    const all = await history.all();
    expect(all.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(all[0]?.skeletons).toEqual([]);
    expect(await history.whole(workout('b', 2))).toEqual(workout('b', 2));
    await history.remove('b');
    expect((await history.all()).map(({ id }) => id)).toEqual(['a']);
    await history.clear();
    expect(await history.all()).toEqual([]);
    expect((await history.whole(workout('a', 1))).skeletons).toEqual([]);
  });

  it('tells progress by exercise in order of time, ranges of what counted', () => {
    const [progress] = progressOf([workout('b', 2), workout('a', 1)]);
    expect(progress?.points).toEqual([
      { startedAt: 1, repetitions: 1, range: 0.8, score: 40 },
      { startedAt: 2, repetitions: 1, range: 0.8, score: 40 },
    ]);
  });
});
