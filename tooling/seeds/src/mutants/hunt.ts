import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Violation } from '../observe/truth.ts';
import type { Mutant } from './mutant.ts';

/** What came of a mutant. */
export interface Hunted {
  readonly mutant: Mutant;
  /** How many seeds it took, or were tried. */
  readonly seeds: number;
  /** What found it; null if nothing did. */
  readonly by: string | null;
}

/** A seed that takes so long goes in a circle, also on a machine that has other things to do. */
const STUCK_MS = 900_000;

/** Lets seeds look for a planted bug, in a process of its own. */
export function hunt(mutant: Mutant, mostSeeds: number): Promise<Hunted> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, 'try-mutant.ts');
    const child = spawn(process.execPath, [script, mutant.id, String(mostSeeds)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let seeds = 0;
    let by: string | null = null;
    let stuck = false;
    let errors = '';
    let timer: NodeJS.Timeout;
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stuck = true;
        child.kill('SIGKILL');
      }, STUCK_MS);
    };
    watch();
    createInterface({ input: child.stdout }).on('line', (line) => {
      watch();
      const said = JSON.parse(line) as { readonly seed: number; readonly violation: Violation | null };
      seeds = said.seed;
      by = said.violation?.invariant ?? null;
    });
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (stuck) resolve({ mutant, seeds: seeds + 1, by: 'a run that does not end' });
      else if (code === 0) resolve({ mutant, seeds, by });
      else reject(new Error(`mutant ${mutant.id} could not be tried:\n${errors}`));
    });
  });
}
