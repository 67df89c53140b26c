import { setTimeout as pause } from 'node:timers/promises';
import { ErrorReply, RespClient } from '@smalti/cluster-tests/processes';
import type { Subject } from '../field/subject.ts';

const VALUE = 'x'.repeat(32 * 1024);
const KEYS = 8;
const AT_ONCE = 4;
const BACK_OFF_MS = 20;
const DEADLINE_MS = 3_000;
/** So much later the next ones: what a follower cannot take while the group writes makes only the other logs longer. */
const PAUSE_MS = 10;

/**
 * Makes logs long: large values at few keys, to whoever takes them, until the condition holds.
 *
 * @throws Error if it does not within this time, in milliseconds.
 */
export async function flood(
  what: string,
  subjects: readonly Subject[],
  condition: () => boolean,
  patienceMs: number,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  const isOver = (): boolean => condition() || performance.now() > deadline;
  await Promise.all(
    subjects.map(async (subject) => {
      while (!isOver()) {
        const taken = subject.node.alive && (await some(subject).catch(() => false));
        await pause(taken ? PAUSE_MS : BACK_OFF_MS);
      }
    }),
  );
  if (!condition()) throw new Error(`not within ${patienceMs} ms of large writes: ${what}`);
}

/** False if the node does not take them now. */
async function some({ node }: Subject): Promise<boolean> {
  const client = await RespClient.connect(node.resp);
  const timer = setTimeout(() => client.close(), DEADLINE_MS);
  try {
    const sets = Array.from({ length: AT_ONCE }, (_, i) => client.call('SET', `flood-${i % KEYS}`, VALUE));
    const replies = await Promise.all(sets);
    return !replies.some((reply) => reply instanceof ErrorReply);
  } finally {
    clearTimeout(timer);
    client.close();
  }
}
