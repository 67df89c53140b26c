/** `node try-seed.ts <seed> <milliseconds>`: runs one seed, and prints its digest. For other versions of Node.js. */
import { draw } from './run/plan.ts';
import { runPlan } from './run/run-plan.ts';

const [seed = '1', lengthMs] = process.argv.slice(2);
const { digest, violation } = await runPlan(draw(seed, { lengthMs: Number(lengthMs) }));
console.log(JSON.stringify({ digest, violation, node: process.version }));
