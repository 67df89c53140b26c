import { setTimeout as pause } from 'node:timers/promises';

/** How long something on real processes may take before a test gives up, in milliseconds. */
export const PATIENCE_MS = 20_000;
const EVERY_MS = 25;

/**
 * Asks again and again until the answer is neither false, null nor undefined, and gives it. What the probe throws
 * counts as "not yet", and is shown if the time is over.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let last: unknown = 'nothing was seen';
  for (;;) {
    try {
      const found = await probe();
      if (found !== false && found !== null && found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const seen = last instanceof Error ? last.message : String(last);
      throw new Error(`not within ${patienceMs} ms: ${what} (${seen})`, { cause: last });
    }
    await pause(EVERY_MS);
  }
}
