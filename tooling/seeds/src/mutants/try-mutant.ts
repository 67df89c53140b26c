/**
 * Runs seeds with one bug planted, until one of them finds it. A process of its own, because what was loaded stays
 * loaded: `node try-mutant.ts <id> <most seeds>`. Prints one line of JSON for each seed.
 */
import { MUTANTS } from './catalogue.ts';
import { plant } from './plant.ts';

const [id, most] = process.argv.slice(2);
const mutant = MUTANTS.find((each) => each.id === id);
if (mutant === undefined) throw new Error(`no mutant is called ${id}`);
plant(mutant);
const { draw } = await import('../run/plan.ts');
const { runPlan } = await import('../run/run-plan.ts');
for (let seed = 1; seed <= Number(most); seed++) {
  const { violation } = await runPlan(draw(seed));
  console.log(JSON.stringify({ seed, violation }));
  if (violation !== null) break;
}
