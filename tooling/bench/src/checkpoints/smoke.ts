/**
 * `node src/checkpoints/smoke.ts`: runs each benchmark of checkpoints at a size that takes seconds, to see that it works.
 * What they print then says nothing. Fails if one of them does.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const RUNS: readonly (readonly string[])[] = [
  ['snapshot-catch-up', '2', '1'],
  ['checkpoint-cost', '16', '2', '2'],
  ['snapshot-memory', '16'],
  ['delta', '20000'],
  ['interrupted', '10'],
  ['join-under-load', '5', '300', '4'],
];

const failed = RUNS.filter(([name, ...sizes]) => {
  process.stdout.write(`${name} ${sizes.join(' ')}\n`);
  const file = join(import.meta.dirname, `${name}.ts`);
  return spawnSync(process.execPath, [file, ...sizes], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  process.stderr.write(`failed: ${failed.map(([name]) => name).join(', ')}\n`);
  process.exit(1);
}
