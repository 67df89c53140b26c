import { until } from '@smalti/cluster-tests/processes';
import type { Field } from '../field/field.ts';
import { writable } from '../field/writable.ts';

/** What is asked of a cluster that nothing stands in the way of, in milliseconds. */
export const WRITABLE_WITHIN_MS = 10_000;
const BACK_WITHIN_MS = 60_000;
const ATTEMPTS = 6;

/** What a heal took. */
export interface Healed {
  /** Until a write was acknowledged; null if none was in time. */
  readonly writableMs: number | null;
  /** Until every node was ready, and sure of its own disk; null if one was not in time. */
  readonly backMs: number | null;
}

/** Called when all is healed: what does not hold then goes to the field's faults. */
export async function checkHealed(field: Field): Promise<Healed> {
  const began = performance.now();
  const writableMs = await writable(field.subjects, WRITABLE_WITHIN_MS);
  if (writableMs === null) {
    field.faults.push(`no write within ${WRITABLE_WITHIN_MS} ms of healing; ${await describe(field)}`);
  }
  const backMs = await back(field, began);
  if (backMs !== null) await compareDigests(field);
  return { writableMs, backMs };
}

async function back(field: Field, began: number): Promise<number | null> {
  try {
    await field.cluster.ready(BACK_WITHIN_MS);
    await until(
      'no node doubts its own log',
      async () => {
        const statuses = await field.statuses();
        return statuses.length === field.subjects.length && statuses.every(({ doubt }) => !doubt);
      },
      BACK_WITHIN_MS,
    );
    return performance.now() - began;
  } catch (error) {
    field.faults.push(`after healing: ${(error as Error).message}; ${await describe(field)}`);
    return null;
  }
}

/** The same digest everywhere at one index that is still to come: writes go on meanwhile. */
async function compareDigests(field: Field): Promise<void> {
  let ahead = 100;
  let seen = '';
  for (let i = 0; i < ATTEMPTS; i++) {
    const applied = (await field.statuses()).map((status) => status.applied);
    const index = Math.max(...applied) + ahead;
    const query = `?digest=${index}&timeout=20000`;
    const said = await Promise.allSettled(field.cluster.nodes.map((node) => node.status(query, 21_000)));
    const digests = said.flatMap((each) => (each.status === 'fulfilled' ? [each.value.digest] : []));
    if (digests.length < said.length) {
      // One had passed it before it was asked: farther ahead, then.
      seen = said.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : [])).join('; ');
      ahead *= 2;
      continue;
    }
    if (new Set(digests.map((digest) => digest?.sha256)).size > 1) {
      field.faults.push(`replicas differ at ${index}: ${JSON.stringify(digests)}`);
    }
    return;
  }
  field.faults.push(`the digests of the replicas could not be compared: ${seen}`);
}

/** What each node says of itself. */
export async function describe(field: Field): Promise<string> {
  const said = (await field.statuses(500)).map(
    ({ id, role, term, leader, committed, applied, online, trouble, doubt }) =>
      `${id} ${role} of term ${term}, leader ${leader}, committed ${committed}, applied ${applied}` +
      `${online ? '' : ', not online'}${doubt ? ', in doubt' : ''}${trouble === null ? '' : `, ${trouble}`}`,
  );
  return said.join('; ') || 'nobody answers';
}
