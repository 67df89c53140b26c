import { setTimeout as pause } from 'node:timers/promises';
import { RespClient } from '@smalti/cluster-tests/processes';
import type { Subject } from './subject.ts';

const ATTEMPT_MS = 1_000;
const PAUSE_MS = 50;

/** How long it took until one of the nodes acknowledged a write, in milliseconds; null if none did in time. */
export async function writable(subjects: readonly Subject[], patienceMs: number): Promise<number | null> {
  const began = performance.now();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patienceMs);
  const attempts = subjects.map((subject) => untilWritten(subject, late.signal));
  try {
    await Promise.any(attempts);
    return performance.now() - began;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    late.abort();
    await Promise.allSettled(attempts);
  }
}

async function untilWritten({ node }: Subject, late: AbortSignal): Promise<void> {
  while (!late.aborted) {
    try {
      const client = await RespClient.connect(node.resp, ATTEMPT_MS);
      const close = (): void => client.close();
      const timer = setTimeout(close, ATTEMPT_MS);
      late.addEventListener('abort', close, { once: true });
      try {
        if ((await client.call('SET', `writable-${node.id}`, 'yes')) === 'OK') return;
      } finally {
        clearTimeout(timer);
        late.removeEventListener('abort', close);
        client.close();
      }
    } catch {
      // It is down, or has just gone.
    }
    await pause(PAUSE_MS);
  }
  throw new Error('not in time');
}
