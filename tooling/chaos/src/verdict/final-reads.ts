import { answerTo, RespClient } from '@smalti/cluster-tests/processes';
import { kvModel } from '@smalti/simulator';
import type { Subject } from '../field/subject.ts';
import type { ClientRecord } from '../load/client-record.ts';
import { lostOutcome, replyOutcome } from '../load/outcome.ts';
import { get } from '../load/request.ts';

const AT_ONCE = 100;

/** A strong read of every key that was ever used, at every node, as a part of the history. Gives what is wrong. */
export async function readEverything(subjects: readonly Subject[], record: ClientRecord): Promise<string[]> {
  const keys = [...new Set(record.history().flatMap(({ input }) => kvModel.keysOf?.(input) ?? []))];
  const faults: string[] = [];
  for (const { id, node } of subjects) {
    const client = await RespClient.connect(node.resp);
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const outcomes = await Promise.all(
        keys.slice(at, at + AT_ONCE).map(async (key) => {
          const { input, words, toOutput } = get(key);
          const settle = record.begin(`last at ${id}`, input);
          const outcome = await client.call(...words).then(
            (reply) => replyOutcome(reply, toOutput, answerTo),
            (error: unknown) => lostOutcome(error),
          );
          settle(outcome);
          return outcome;
        }),
      );
      for (const outcome of outcomes) {
        if (outcome.kind !== 'ok')
          faults.push(`${id} does not answer a read when all is well: ${outcome.why}`);
      }
    }
    client.close();
  }
  return faults;
}
