import type { Output, StartSettings } from '../cli/index.ts';
import { Cluster } from './cluster.ts';
import { prepare } from './prepare.ts';

/**
 * Runs a group on this machine until it is told to stop. Gives what the process ends with.
 *
 * @param program how this very program was started: the interpreter, its options, the script.
 * @throws SmaltiError `STORAGE_*`, `ADDRESS_IN_USE`, `BAD_OPTION`, before any node was started.
 */
export async function runStart(
  settings: StartSettings,
  program: readonly string[],
  output: Output,
): Promise<number> {
  const { layout, made, kept, release } = await prepare(settings);
  for (const name of kept) output.out(`left ${name}, which start did not make\n`);
  const what = made ? 'a new group' : 'the group';
  output.out(
    `starting ${what} of ${layout.nodes.length} in ${layout.directory}; logs are in n1.log and so on\n`,
  );
  const cluster = new Cluster(layout, settings, program, output);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cluster.stop());
  const code = await cluster.run();
  await release();
  return code;
}
