import type { Output, StartSettings } from '../cli/index.ts';
import { Cluster } from './cluster.ts';
import { writeMarker } from './marker.ts';
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
  const { layout, made, cluster: known, kept, release } = await prepare(settings);
  for (const name of kept) output.out(`left ${name}, which start did not make\n`);
  const what = made ? 'a new group' : 'the group';
  output.out(
    `starting ${what} of ${layout.nodes.length} in ${layout.directory}; logs are in n1.log and so on\n`,
  );
  const remember = (born: string): void => {
    const marker = { nodes: layout.nodes.length, cluster: born };
    writeMarker(layout.directory, marker).catch((error: unknown) => {
      output.error(`smalti: could not note which cluster this is: ${String(error)}\n`);
    });
  };
  const cluster = new Cluster(layout, settings, program, output, known, remember);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cluster.stop());
  const code = await cluster.run();
  await release();
  return code;
}
