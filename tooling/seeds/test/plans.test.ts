import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { timelineOf } from '../src/run/failure.ts';
import type { Plan } from '../src/run/plan.ts';
import { runPlan } from '../src/run/run-plan.ts';

const FOLDER = join(import.meta.dirname, 'plans');

describe('what once led to a violation does not any more', () => {
  it.each(readdirSync(FOLDER))('%s', async (file) => {
    const plan = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Plan;
    const outcome = await runPlan(plan);
    expect(outcome.violation?.what ?? '', timelineOf(outcome).join('\n')).toBe('');
    for (const { fault } of plan.faults) expect(outcome.counts.faults[fault], fault).toBeGreaterThan(0);
  });
});
