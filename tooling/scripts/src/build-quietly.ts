/**
 * Builds one package and what it needs, if anything has changed, and says nothing unless that fails: standard output
 * belongs to the program that is about to run.
 *
 * Usage: node build-quietly.ts <package>
 */
import { turbo } from './turbo.ts';

const target = process.argv[2];
if (target === undefined) {
  console.error('usage: build-quietly.ts <package>');
  process.exit(2);
}

const build = turbo(['run', 'build', `--filter=${target}`, '--output-logs=errors-only'], { output: 'pipe' });
if (build.error !== undefined) {
  console.error(`cannot run turbo: ${build.error.message}`);
  process.exit(1);
}
if (build.status !== 0) {
  process.stderr.write(build.stdout + build.stderr);
  console.error(`\nbuilding ${target} failed`);
  process.exit(1);
}
