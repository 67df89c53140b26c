import { createServer } from 'node:net';
import { SmaltiError } from '@smalti/core';
import { listenOn } from '../service/listen.ts';
import type { Layout } from './layout.ts';

const USES = [
  ['resp', 'the Redis protocol'],
  ['http', 'HTTP'],
  ['listen', 'the group'],
] as const;

/**
 * Looks whether all ports are free.
 *
 * @throws SmaltiError `ADDRESS_IN_USE`, or `BAD_OPTION`, naming port and flag.
 */
export async function checkPorts(layout: Layout, basePort: number): Promise<void> {
  for (const node of layout.nodes) {
    for (const [use, name] of USES) await checkPort(node[use], `${name} of ${node.id}`, basePort);
  }
}

async function checkPort(address: string, use: string, basePort: number): Promise<void> {
  const server = createServer();
  try {
    await listenOn(server, '', address);
  } catch (error) {
    if (!(error instanceof SmaltiError)) throw error;
    const port = address.slice(address.lastIndexOf(':') + 1);
    const problem = error.code === 'ADDRESS_IN_USE' ? 'is in use' : 'cannot be listened at';
    throw new SmaltiError(
      error.code,
      `--base-port ${basePort}: port ${port}, for ${use}, ${problem}; stop what is there, or choose another base`,
      { cause: error, details: { port: Number(port), flag: '--base-port' } },
    );
  }
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
