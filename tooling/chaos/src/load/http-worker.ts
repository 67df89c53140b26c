import { setTimeout as pause } from 'node:timers/promises';
import { http } from '@smalti/cluster-tests/processes';
import type { KvInput } from '@smalti/simulator';
import type { Key } from './key-ring.ts';
import { httpOutcome, lostOutcome } from './outcome.ts';
import { DEADLINE_MS, type WorkerOptions } from './resp-worker.ts';

const BACK_OFF_MS = 60;

/** A client of one node over HTTP, until the signal. */
export async function httpWorker(options: WorkerOptions, stop: AbortSignal): Promise<void> {
  const { name, address, keys, record, random, pauseMs } = options;
  for (let turn = 0; !stop.aborted; turn++) {
    const key = keys.next();
    // Of the others, HTTP can do only this.
    if (key.kind !== 'register') {
      await pause(0);
      continue;
    }
    key.uses++;
    const input = choose(key, random.next(), `${name}.${turn}`);
    const method = input.op === 'get' ? 'GET' : input.op === 'set' ? 'PUT' : 'DELETE';
    const body = input.op === 'set' ? input.value : '';
    const settle = record.begin(name, input);
    const outcome = await http(address, `/kv/${key.name}`, { method, body, timeoutMs: DEADLINE_MS }).then(
      (answer) => httpOutcome(method, answer),
      (error: unknown) => lostOutcome(error),
    );
    settle(outcome);
    if (outcome.kind === 'open') key.open++;
    await pause(outcome.kind === 'ok' ? random.between(...pauseMs) : BACK_OFF_MS);
  }
}

type HttpInput = Extract<KvInput, { readonly op: 'get' | 'set' | 'delete' }>;

function choose({ name: key }: Key, dice: number, value: string): HttpInput {
  if (dice < 0.4) return { op: 'get', key };
  return dice < 0.9 ? { op: 'set', key, value } : { op: 'delete', key };
}
