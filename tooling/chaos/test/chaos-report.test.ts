import { expect, it } from 'vitest';
import { type ChaosReport, neverSeen, summary } from '../src/run/chaos-report.ts';

const outcomes = { ok: 9, refused: 2, open: 1, dropped: 1 };
const report: ChaosReport = {
  seed: '7',
  nodes: 3,
  rounds: 2,
  outcomes,
  nemeses: { kill: 1, pause: 1 },
  slowestWritableMs: 12.4,
  slowestBackMs: 800,
  slowestStartMs: 700,
  judgement: { faults: [], operations: 10, keys: 2, steps: 11 },
  faults: [],
  history: '/tmp/history.json',
  kept: null,
};

it('a run that saw all of it proves enough', () => {
  expect(neverSeen({ kill: 1, pause: 3 }, outcomes)).toEqual([]);
});

it('a run that never did something, or in which nothing ever was in doubt, proves too little', () => {
  expect(neverSeen({ kill: 1, pause: 0 }, outcomes)).toEqual([expect.stringContaining("no 'pause'")]);
  expect(neverSeen({ kill: 1 }, { ...outcomes, open: 0 })).toEqual([expect.stringContaining("no 'open'")]);
});

it('the end of a run says what was wrong and where its traces are', () => {
  expect(summary(report)).toMatch(/verdict: nothing was wrong$/);
  const bad = summary({ ...report, faults: ['n1 lost its log'], kept: '/tmp/kept' });
  expect(bad).toMatch(/^WRONG: n1 lost its log$/m);
  expect(bad).toMatch(/^data and logs are kept in \/tmp\/kept$/m);
  expect(bad).toMatch(/verdict: 1 things were wrong$/);
});
