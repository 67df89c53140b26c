import { sim } from './command/sim.ts';

process.exitCode = await sim(process.argv.slice(2), (line) => console.log(line));
