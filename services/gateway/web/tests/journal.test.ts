import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { FrameStatus, NoticeCode } from '../src/contract';
import { NoticeSchema } from '../src/gen/trackfit/v1/common_pb';
import { Journal } from '../src/model/journal';
import { repetition, response, started } from './support';

describe('Journal', () => {
  it('counts the repetitions of the latest set', () => {
    const journal = new Journal();
    for (const message of [repetition(1, 1, 0), repetition(1, 2, 3000), repetition(2, 1, 60_000)]) {
      journal.apply(message, 0);
    }
    expect(journal.count).toBe(1);
    expect(journal.reps.map(({ set }) => set)).toEqual([1, 1, 2]);
  });

  it('goes on with a set after the connection broke', () => {
    const journal = new Journal();
    journal.apply(repetition(1, 1, 0), 0);
    journal.apply(repetition(1, 2, 3000), 0);
    journal.apply(started, 1);
    journal.apply(repetition(1, 1, 9000), 1);
    journal.apply(repetition(2, 1, 90_000), 1);
    expect(journal.reps.map(({ set, number }) => [set, number])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
  });

  it('begins a set of its own with another exercise after the connection broke', () => {
    const journal = new Journal();
    journal.apply(repetition(1, 1, 0), 0);
    journal.apply(repetition(1, 1, 5000, 'lunge'), 1);
    expect(journal.reps.map(({ set, number }) => [set, number])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('forgets a hint when it is withdrawn or the connection is new', () => {
    const journal = new Journal();
    const hint = (code: string, withdrawn: boolean) =>
      response({ case: 'hint', value: { code, text: code, withdrawn } });
    journal.apply(hint('too_far', false), 0);
    journal.apply(hint('nobody', false), 0);
    journal.apply(hint('too_far', true), 0);
    expect(journal.hints.map(({ code }) => code)).toEqual(['nobody']);
    journal.apply(started, 1);
    expect(journal.hints).toEqual([]);
  });

  it('keeps skeletons with the time of their frames, all visible where no visibility is sent', () => {
    const journal = new Journal();
    const landmarks = Array.from({ length: 33 }, () => ({ x: 0.25, y: 0.5 }));
    const pose = { sequence: 4n, timestampUs: 120_000n, landmarks };
    journal.apply(
      response({ case: 'frameResult', value: { sequence: 4n, status: FrameStatus.POSE, pose } }),
      0,
    );
    expect(journal.timeMs).toBe(120);
    expect([...(journal.skeletons[0]?.joints.slice(0, 3) ?? [])]).toEqual([0.25, 0.5, 1]);
  });

  it('does not say that the gateway asks to reconnect, which the session does by itself', () => {
    const journal = new Journal();
    const notices = [{ code: NoticeCode.RECONNECT, message: 'old' }];
    journal.apply({ ...response(undefined), notices: notices.map((of) => create(NoticeSchema, of)) }, 0);
    journal.apply(response({ case: 'summary', value: { notices } }), 0);
    expect(journal.sayings).toEqual([]);
  });

  it('says each notice of the summary once', () => {
    const journal = new Journal();
    journal.apply(response(undefined, ['little light']), 0);
    journal.apply(
      response({ case: 'summary', value: { notices: [{ message: 'little light' }, { message: 'short' }] } }),
      0,
    );
    expect(journal.sayings.map(({ text }) => text)).toEqual(['little light', 'short']);
    expect(journal.summarised).toBe(true);
  });
});
