import { runBackup, runRestore, runVerify } from './backup/index.ts';
import { type Output, runProgram } from './cli/index.ts';
import { runClient } from './client/index.ts';
import { runNodeProcess } from './node/index.ts';
import { runStart } from './start/index.ts';

/** How long what was written may take to leave this process, in milliseconds. */
const FLUSH_MS = 500;

const output: Output = {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
};
// Whoever reads this may go away, as `head` does: what is said is lost then, and the nodes go on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
/**
 * Of nodes that `start` runs, several on one machine. With a larger young generation V8 marks the whole heap more often
 * than it has to, and with more threads for it the nodes take the cores from each other.
 */
const NODE_OPTIONS = ['--max-semi-space-size=16', '--v8-pool-size=1'];

const [, script = ''] = process.argv;
const program = [process.execPath, ...NODE_OPTIONS, ...process.execArgv, script];

process.exitCode = await runProgram(
  process.argv.slice(2),
  {
    node: runNodeProcess,
    start: (settings) => runStart(settings, program, output),
    client: (settings) => runClient(settings, output),
    backup: (settings) => runBackup(settings, output),
    verify: (settings) => runVerify(settings, output),
    restore: (settings, keys) => runRestore(settings, keys, output),
  },
  output,
);
// Everything was closed; nothing that was overlooked may keep the process.
if (process.connected === true) process.disconnect();
setTimeout(() => process.exit(), FLUSH_MS).unref();
