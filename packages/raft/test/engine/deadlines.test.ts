import { describe, expect, it } from 'vitest';
import { Bench, heartbeat } from './support/bench.ts';
import { key, TIMING } from './support/members.ts';

/** Lets every deadline come, exactly when it is due, and expects that it is then over. */
function runsOnDeadlines(bench: Bench, ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    bench.tick();
    expect(bench.engine.nextDeadline()).toBeGreaterThan(bench.now);
  }
}

describe('deadlines', () => {
  it('are over once they have come, to the last bit of the clock', () => {
    for (let i = 0; i < 300; i++) {
      // Any fraction of a millisecond: what is added and subtracted again is seldom what it was.
      const follower = new Bench();
      follower.now = i * 1.000_71 + i / 7;
      follower.step({ type: 'tick' });
      follower.hear('b', heartbeat(2));
      follower.step({ type: 'read', id: 1 });
      expect(follower.engine.nextDeadline()).toBeLessThanOrEqual(follower.now + TIMING.electionMinMs);
      runsOnDeadlines(follower, 3);

      const leader = new Bench();
      leader.now = i * 1.000_71 + i / 7;
      leader.lead();
      leader.step({ type: 'persisted', seq: leader.writes[0] ?? 0 });
      runsOnDeadlines(leader, 10);
      expect(leader.engine.role).not.toBe('leader');
    }
  });

  it('wake a leader whose disk hangs when its patience ends', () => {
    for (let i = 0; i < 100; i++) {
      const bench = new Bench({ voters: ['a'] });
      bench.now = i / 3;
      bench.step({ type: 'tick' });
      bench.tick();
      bench.complete();
      bench.complete();
      expect(bench.engine.role).toBe('leader');
      bench.now += 0.1 + i / 9;
      bench.step({ type: 'propose', drafts: [] });
      bench.step({ type: 'propose', drafts: [{ kind: 3, payload: new Uint8Array(1) }] });
      const stalled = bench.now + TIMING.diskStallMs;
      while (bench.engine.role === 'leader') {
        bench.tick();
        expect(bench.now).toBeLessThanOrEqual(stalled);
        expect(bench.engine.nextDeadline()).toBeGreaterThan(bench.now);
      }
      expect(bench.now).toBe(stalled);
    }
  });

  it('exist in every role', () => {
    const bench = new Bench();
    for (const role of ['follower', 'pre-candidate'] as const) {
      expect(bench.engine.role).toBe(role);
      expect(Number.isFinite(bench.engine.nextDeadline())).toBe(true);
      bench.tick();
    }
    bench.lead();
    expect(bench.engine.nextDeadline()).toBe(bench.now);
    bench.step({ type: 'step-down', reason: 'a test', lasting: false });
    expect(bench.engine.nextDeadline()).toBe(bench.now + 2 * TIMING.electionMaxMs);
    bench.step({ type: 'unbonded', peer: key('b') });
  });
});
