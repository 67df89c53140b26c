/**
 * Builds packages and what they need, if anything has changed, and says nothing unless that fails: standard output
 * belongs to the program that is about to run.
 *
 * Usage: node build-quietly.ts <package>…
 */
import { turbo } from './turbo.ts';

const targets = process.argv.slice(2);
if (targets.length === 0) {
  console.error('usage: build-quietly.ts <package>…');
  process.exit(2);
}

const filters = targets.map((target) => `--filter=${target}`);
const build = turbo(['run', 'build', ...filters, '--output-logs=errors-only'], { output: 'pipe' });
if (build.error !== undefined) {
  console.error(`cannot run turbo: ${build.error.message}`);
  process.exit(1);
}
if (build.status !== 0) {
  process.stderr.write(build.stdout + build.stderr);
  console.error(`\nbuilding ${targets.join(', ')} failed`);
  process.exit(1);
}
