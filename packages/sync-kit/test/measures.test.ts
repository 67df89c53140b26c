import { describe, expect, it } from 'vitest';
import { Latencies, RateMeter } from '../src/index.ts';

describe('measures', () => {
  it('know the latency that most answers keep, of the last ones', () => {
    const latencies = new Latencies();
    expect(latencies.percentile(0.95)).toBeNull();
    for (let ms = 1; ms <= 100; ms++) latencies.record(ms);
    expect(latencies.percentile(0.95)).toBe(96);
    for (let i = 0; i < 128; i++) latencies.record(7);
    expect(latencies.percentile(0.95)).toBe(7);
  });

  it('estimate the time left from how fast it goes, from the beginning on', () => {
    const rate = new RateMeter();
    expect(rate.remainingMs(100)).toBeNull();
    rate.record(0, 1_000);
    rate.record(500, 1_500);
    expect(rate.remainingMs(1_000)).toBe(1_000);
    rate.record(500, 1_500);
    for (let i = 1; i <= 100; i++) rate.record(500 + i * 2_000, 1_500 + i * 1_000);
    expect(rate.remainingMs(1_000)).toBeCloseTo(500, -1);
    expect(rate.remainingMs(0)).toBe(0);
    rate.record(0, 200_000);
    expect(rate.remainingMs(1_000)).not.toBeNull();
  });
});
