import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Session, type Link } from '../src/session/session';
import type { SessionOptions } from '../src/contract';
import { FakeSocket, answer, numbered, repetition, resumable, response, resumed, started } from './support';

const OPTIONS = { delivery: 'live', expectedExercise: 'squat', language: 'ko', voice: 'calm' } as const;

const LOSSLESS: SessionOptions = { ...OPTIONS, delivery: 'lossless' };

let links: Link[];
let told: [string | undefined, number][];
let httpAnswers: boolean;
let protocols: string[] = [];

function open(beginsAnew = true, options: SessionOptions = OPTIONS): Session {
  return new Session(
    options,
    {
      url: 'ws://host/v1/analyze',
      protocols: () => protocols,
      openSocket: FakeSocket.open,
      now: () => Date.now(),
      answersHttp: () => Promise.resolve(httpAnswers),
      beginsAnew,
      inFlight: 2,
    },
    {
      onLink: (link) => links.push(link),
      onResponse: ({ response: { case: kind } }, run) => told.push([kind, run]),
    },
  );
}

function accept(first = started) {
  FakeSocket.latest.accept();
  FakeSocket.latest.deliver(first);
}

// A session that was told how to be resumed, with two frames sent and none answered, and its connection breaks.
async function breaks(beginsAnew = true, options: SessionOptions = OPTIONS): Promise<Session> {
  const session = open(beginsAnew, options);
  accept(resumable);
  session.send(0, 0, picture);
  session.send(1, 1, picture);
  FakeSocket.latest.drop(1006);
  await vi.advanceTimersByTimeAsync(1000);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.latest.accept();
  return session;
}

const kinds = () => FakeSocket.latest.requests.map(({ request: { case: kind } }) => kind);

const picture = new Uint8Array([1]);

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all.length = 0;
  links = [];
  told = [];
  httpAnswers = false;
});
afterEach(() => vi.useRealTimers());

describe('Session', () => {
  it('sends the configuration first, then frames', () => {
    const session = open();
    expect(session.canSend).toBe(false);
    accept();
    expect(session.canSend).toBe(true);
    session.send(40, 0, picture);
    const [config, frame] = FakeSocket.latest.requests.map(({ request }) => request);
    expect(config).toMatchObject({
      case: 'config',
      value: { expectedExercise: 'squat', coach: { language: 'ko' } },
    });
    expect(frame).toMatchObject({ case: 'frame', value: { sequence: 0n, timestampUs: 40000n } });
  });

  it('sends a skeleton instead of a picture', () => {
    const session = open();
    accept();
    const joint = { x: 0.25, y: 0.5, z: 0, visibility: 1 };
    const landmarks = Array.from({ length: 33 }, () => joint);
    session.send(40, 0, { landmarks, world: landmarks, width: 640, height: 480 });
    expect(FakeSocket.latest.requests.at(-1)?.request).toMatchObject({
      case: 'pose',
      value: {
        sequence: 0n,
        timestampUs: 40000n,
        imageWidth: 640,
        imageHeight: 480,
        landmarks: { 32: { x: 0.25 } },
      },
    });
  });

  it('holds frames back while two are unanswered', () => {
    const session = open();
    accept();
    session.send(0, 0, picture);
    session.send(1, 1, picture);
    expect(session.canSend).toBe(false);
    FakeSocket.latest.deliver(answer(0));
    expect(session.canSend).toBe(true);
  });

  it('ends with a half-close, the summary and a close', async () => {
    const session = open();
    accept();
    session.finish();
    expect(FakeSocket.latest.sent.at(-1)).toHaveLength(0);
    expect(session.canSend).toBe(false);
    FakeSocket.latest.deliver(response({ case: 'summary', value: {} }));
    FakeSocket.latest.drop(1000);
    await vi.runAllTimersAsync();
    expect(told.at(-1)?.[0]).toBe('summary');
    expect(links.at(-1)).toEqual({ state: 'done' });
  });

  it('is done although the server never sums up', async () => {
    const session = open();
    accept();
    session.finish();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(links.at(-1)).toEqual({ state: 'done' });
  });

  it('connects again when the server goes, and goes on with higher sequences', async () => {
    const session = open();
    accept();
    session.send(0, 0, picture);
    session.send(1, 1, picture);
    FakeSocket.latest.drop(1006);
    await vi.advanceTimersByTimeAsync(0);
    expect(links.at(-1)).toMatchObject({ state: 'waiting', problem: { kind: 'gone' } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeSocket.all).toHaveLength(2);
    accept();
    expect(session.send(2, 2, picture)).toBe(2);
    FakeSocket.latest.deliver(repetition(1, 1, 0));
    expect(told.at(-1)).toEqual(['repetition', 1]);
  });

  it('resumes where the connection broke', async () => {
    const session = await breaks();
    expect(FakeSocket.latest.requests[0]?.request).toMatchObject({
      case: 'config',
      value: { resume: { token: 'secret', lastNumber: 1n }, expectedExercise: '', resumable: false },
    });
    FakeSocket.latest.deliver(resumed(1));
    expect(links.at(-1)).toEqual({ state: 'open' });
    FakeSocket.latest.deliver(numbered(answer(0), 2));
    expect(told.at(-1)).toEqual(['frameResult', 0]);
    expect(session.inFlight.size).toBe(0); // the second never arrived, and is old by now
    expect(session.send(2, 2, picture)).toBe(2);
    expect(kinds()).toEqual(['config', 'frame']);
  });

  it('tells what arrived last when the connection breaks again', async () => {
    await breaks();
    FakeSocket.latest.deliver(resumed(2));
    FakeSocket.latest.deliver(numbered(answer(0), 2));
    FakeSocket.latest.deliver(numbered(answer(1), 3));
    FakeSocket.latest.drop(1006);
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.latest.accept();
    expect(FakeSocket.latest.requests[0]?.request.value).toMatchObject({ resume: { lastNumber: 3n } });
  });

  it('sends the frames of a file again that did not arrive', async () => {
    const session = await breaks(false, LOSSLESS);
    FakeSocket.latest.deliver(resumed(1));
    expect(FakeSocket.latest.requests.at(-1)?.request).toMatchObject({
      case: 'frame',
      value: { sequence: 1n },
    });
    expect(session.inFlight.size).toBe(2);
    FakeSocket.latest.deliver(numbered(answer(0), 2));
    FakeSocket.latest.deliver(numbered(answer(1), 3));
    expect(session.inFlight.size).toBe(0);
  });

  it('sends all again where none arrived', async () => {
    await breaks(false, LOSSLESS);
    FakeSocket.latest.deliver(resumed(0));
    expect(kinds()).toEqual(['config', 'frame', 'frame']);
  });

  it('begins anew where the server has forgotten the session', async () => {
    const session = await breaks();
    FakeSocket.latest.drop(4005, 'start a new session');
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeSocket.all).toHaveLength(3);
    accept(resumable);
    expect(FakeSocket.latest.requests[0]?.request).toMatchObject({ value: { expectedExercise: 'squat' } });
    FakeSocket.latest.deliver(numbered(repetition(1, 1, 0), 2));
    expect(told.at(-1)).toEqual(['repetition', 1]);
    expect(session.inFlight.size).toBe(0);
  });

  it('fails with a file where the server has forgotten the session', async () => {
    await breaks(false, LOSSLESS);
    FakeSocket.latest.drop(4005, 'start a new session');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSocket.all).toHaveLength(2);
    expect(links.at(-1)).toEqual({ state: 'failed', problem: { kind: 'gone' } });
  });

  it('does not ask for a session whose time has passed', async () => {
    await breaks();
    FakeSocket.latest.drop(1006);
    for (let second = 0; second < 31; ++second) {
      if (FakeSocket.latest.readyState === 0) FakeSocket.latest.drop(1006);
      await vi.advanceTimersByTimeAsync(1000);
    }
    FakeSocket.latest.drop(1006);
    await vi.advanceTimersByTimeAsync(6000);
    FakeSocket.latest.accept();
    expect(FakeSocket.latest.requests[0]?.request).toMatchObject({ value: { expectedExercise: 'squat' } });
  });

  it('gets the summary although the connection breaks at the end', async () => {
    const session = open();
    accept(resumable);
    session.finish();
    FakeSocket.latest.drop(1006);
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.latest.accept();
    FakeSocket.latest.deliver(resumed(0));
    expect(FakeSocket.latest.sent.at(-1)).toHaveLength(0);
    FakeSocket.latest.deliver(response({ case: 'summary', value: {} }));
    FakeSocket.latest.drop(1000);
    await vi.runAllTimersAsync();
    expect(told.at(-1)?.[0]).toBe('summary');
    expect(links.at(-1)).toEqual({ state: 'done' });
  });

  it('gets the summary when it is ended while the connection is broken', async () => {
    const session = open();
    accept(resumable);
    FakeSocket.latest.drop(1006);
    await vi.advanceTimersByTimeAsync(0);
    session.finish();
    expect(links.at(-1)?.state).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.latest.accept();
    FakeSocket.latest.deliver(resumed(0));
    FakeSocket.latest.drop(1000);
    await vi.runAllTimersAsync();
    expect(links.at(-1)).toEqual({ state: 'done' });
  });

  it('says that WebSocket is blocked where plain HTTP arrives', async () => {
    httpAnswers = true;
    open();
    FakeSocket.latest.drop(1006);
    await vi.advanceTimersByTimeAsync(0);
    expect(links.at(-1)).toMatchObject({ problem: { kind: 'blocked' } });
  });

  it('waits as long as a full server asks', async () => {
    open(false);
    FakeSocket.latest.accept();
    FakeSocket.latest.drop(4008, 'try again in 4000 ms');
    await vi.advanceTimersByTimeAsync(3900);
    expect(FakeSocket.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('gives up where it is told not to reconnect', async () => {
    open(false);
    accept();
    FakeSocket.latest.drop(1006);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(links.at(-1)).toEqual({ state: 'failed', problem: { kind: 'gone' } });
  });

  it('does not miss a connection while paused', async () => {
    const session = open();
    accept();
    session.pause(true);
    expect(session.canSend).toBe(false);
    FakeSocket.latest.drop(4004, 'idle');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(1);
    session.pause(false);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('asks for a key, and goes on with the next one', async () => {
    const session = open();
    FakeSocket.latest.accept();
    FakeSocket.latest.drop(4016, 'this gateway wants an API key');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(links.at(-1)).toEqual({ state: 'failed', problem: { kind: 'key' } });
    expect(FakeSocket.all).toHaveLength(1);
    protocols = ['trackfit.v1', 'trackfit.key.dGZfYV9i'];
    session.retry();
    expect(FakeSocket.latest.protocols).toEqual(protocols);
    accept();
    expect(session.canSend).toBe(true);
  });
});
