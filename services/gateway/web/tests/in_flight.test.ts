import { expect, it } from 'vitest';
import { InFlight } from '../src/session/in_flight';

it('has room for as many frames as it is told', () => {
  const flight = new InFlight(2);
  flight.add(0, 0);
  expect(flight.hasRoom).toBe(true);
  flight.add(1, 10);
  expect(flight.hasRoom).toBe(false);
  expect(flight.answered(0, 50)).toBe(true);
  expect(flight.hasRoom).toBe(true);
});

it('tells how long the oldest frame has waited', () => {
  const flight = new InFlight(2);
  expect(flight.waitedMs(500)).toBe(0);
  flight.add(0, 100);
  flight.add(1, 200);
  expect(flight.waitedMs(500)).toBe(400);
  flight.answered(0, 500);
  expect(flight.waitedMs(500)).toBe(300);
});

it('does not count an answer to nothing', () => {
  const flight = new InFlight(2);
  expect(flight.answered(7, 0)).toBe(false);
  expect(flight.latency(0.5)).toBeNull();
});

it('tells median and 95th percentile of what answers took', () => {
  const flight = new InFlight(1);
  for (let i = 1; i <= 100; ++i) {
    flight.add(i, 1000);
    flight.answered(i, 1000 + i);
  }
  expect(flight.latency(0.5)).toBe(51);
  expect(flight.latency(0.95)).toBe(96);
});

it('tells the rate over the last two seconds', () => {
  const flight = new InFlight(1);
  for (let ms = 0; ms <= 9_900; ms += 100) {
    flight.add(ms, ms);
    flight.answered(ms, ms);
  }
  expect(flight.rate(9_999)).toBe(10);
  expect(flight.rate(20_000)).toBe(0);
});
