import { mutants } from './command/mutants.ts';

process.exitCode = await mutants(process.argv.slice(2), (line) => console.log(line));
