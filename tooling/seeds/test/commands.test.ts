import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFlags } from '../src/command/flags.ts';
import { mutants } from '../src/command/mutants.ts';
import { sim } from '../src/command/sim.ts';
import { draw } from '../src/run/plan.ts';

async function run(command: typeof sim, ...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await command(args, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

describe('sim', () => {
  it.each([
    [['--seeds', 'many'], '--seeds must be a whole number of at least 1, not "many"'],
    [['--hours', '0'], '--hours must be a number above 0'],
    [['--trace'], '--trace needs --seed or --plan'],
    [['--seed', '1', '--seeds', '2'], 'exclude each other'],
    [['--sedes', '3'], 'sedes'],
  ])('refuses %j', async (args, why) => {
    const { code, text } = await run(sim, ...args);
    expect(code).toBe(2);
    expect(text).toContain(why);
    expect(text).toContain('--plan FILE');
  });

  it('takes 300 seeds if it is told nothing else', () => {
    expect(parseFlags([])).toMatchObject({ seeds: 300, first: 1, seed: null, hours: null });
  });

  it('prints what happened in a seed', async () => {
    const { code, text } = await run(sim, '--seed', '2', '--trace');
    expect(code).toBe(0);
    for (const told of [
      'leads term',
      'everything heals',
      'digest ',
      '1 seeds',
      'times as fast',
      'nothing violated',
    ])
      expect(text).toContain(told);
  });

  it('runs a plan from a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'smalti-plan-')), 'plan.json');
    writeFileSync(file, JSON.stringify(draw(4, { lengthMs: 3_000 })));
    const { code, text } = await run(sim, '--plan', file);
    expect(code).toBe(0);
    expect(text).toContain('nothing violated');
  });
});

describe('sim:mutants', () => {
  it('refuses names that it does not know', async () => {
    const { code, text } = await run(mutants, '--only', 'no-such-bug');
    expect(code).toBe(2);
    expect(text).toContain('no mutant is called no-such-bug');
  });

  it('lists what there is', async () => {
    const { code, text } = await run(mutants, '--list');
    expect(code).toBe(0);
    expect(text.split('\n').length).toBeGreaterThanOrEqual(25);
  });
});
