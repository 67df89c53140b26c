/** Runs the checks that need no build, for `pnpm lint`. The test command runs all of them. */
import { checks } from './all.ts';
import { format, readRepository } from './repository.ts';

const repository = readRepository();
const violations = Object.values(checks).flatMap((check) => check(repository));
for (const violation of violations) console.error(format(violation));
if (violations.length > 0) {
  console.error(`\n${violations.length} violations of the rules of the house (see CONTRIBUTING.md)`);
  process.exitCode = 1;
}
