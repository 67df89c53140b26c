import { setTimeout as pause } from 'node:timers/promises';
import { answerTo, RespClient } from '@smalti/cluster-tests/processes';
import type { SimRandom } from '@smalti/simulator';
import type { ClientRecord } from './client-record.ts';
import type { KeyRing } from './key-ring.ts';
import { lostOutcome, replyOutcome } from './outcome.ts';
import { request } from './request.ts';

/** A client gives a connection up after so long without an answer, in milliseconds. */
export const DEADLINE_MS = 2_000;
const BACK_OFF_MS = 60;

export interface WorkerOptions {
  readonly name: string;
  readonly address: string;
  /** How many requests it sends at once. */
  readonly depth: number;
  /** From and to, between two rounds of requests, in milliseconds. */
  readonly pauseMs: readonly [number, number];
  readonly keys: KeyRing;
  readonly record: ClientRecord;
  readonly random: SimRandom;
}

/** A Redis client of one node, until the signal. */
export async function respWorker(options: WorkerOptions, stop: AbortSignal): Promise<void> {
  const { address, depth, pauseMs, random } = options;
  let client: RespClient | null = null;
  for (let turn = 0; !stop.aborted; turn++) {
    if (client === null || !client.open) {
      client = await RespClient.connect(address).catch(() => null);
      if (client === null) {
        await pause(BACK_OFF_MS);
        continue;
      }
    }
    const sender = client;
    const sent = Array.from({ length: depth }, (_, i) => send(options, sender, `${turn}.${i}`));
    const timer = setTimeout(() => sender.close(), DEADLINE_MS);
    const answered = await Promise.all(sent);
    clearTimeout(timer);
    await pause(answered.every(Boolean) ? random.between(...pauseMs) : BACK_OFF_MS);
  }
  client?.close();
}

/** True if it was carried out. */
async function send(options: WorkerOptions, client: RespClient, turn: string): Promise<boolean> {
  const { name, keys, record, random } = options;
  const key = keys.next();
  const { input, words, toOutput } = request(key, random, `${name}.${turn}`);
  key.uses++;
  const settle = record.begin(name, input);
  const outcome = await client.call(...words).then(
    (reply) => replyOutcome(reply, toOutput, answerTo),
    (error: unknown) => lostOutcome(error),
  );
  settle(outcome);
  if (outcome.kind === 'open') key.open++;
  return outcome.kind === 'ok';
}
