import { describe, expect, it } from 'vitest';
import { endingOf, retryDelay } from '../src/session/closing';

describe('endingOf', () => {
  it('reads when to try a full server again', () => {
    const reason = 'all 4 sessions are in use; try again in 1500 ms';
    expect(endingOf(4008, reason)).toEqual({ kind: 'full', retryMs: 1500 });
    expect(endingOf(4008, 'no time told')).toEqual({ kind: 'full', retryMs: 2000 });
  });
  it('takes a drain for a restart', () => {
    expect(endingOf(1001, 'shutting down')).toEqual({ kind: 'restarting' });
  });
  it('does not try again what the server refuses', () => {
    const problem = endingOf(4003, 'config.expected_exercise: unknown');
    expect(problem).toEqual({ kind: 'refused', reason: 'config.expected_exercise: unknown' });
    expect(retryDelay({ kind: 'refused', reason: 'no' }, 0)).toBeNull();
  });
  it('asks for a key instead of trying again', () => {
    expect(endingOf(4016, 'this API key was revoked')).toEqual({ kind: 'key' });
    expect(retryDelay({ kind: 'key' }, 0)).toBeNull();
  });
  it('knows when a session cannot be resumed', () => {
    expect(endingOf(4005, 'start a new session').kind).toBe('forgotten');
    expect(endingOf(4010, 'resumed on another stream').kind).toBe('forgotten');
  });
  it('takes a broken connection and an unavailable server for gone', () => {
    expect(endingOf(1006, '').kind).toBe('gone');
    expect(endingOf(4014, 'no extractor').kind).toBe('gone');
  });
});

describe('retryDelay', () => {
  it('waits longer each time, and never more than five seconds', () => {
    const delays = [0, 1, 2, 3, 4, 50].map((attempt) => retryDelay({ kind: 'gone' }, attempt) ?? 0);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays.at(-1)).toBe(5000);
  });
  it('waits as long as a full server asks', () => {
    expect(retryDelay({ kind: 'full', retryMs: 7000 }, 3)).toBe(7000);
  });
});
