import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';

/** The memory of a process, in bytes. */
export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  /** Pages of V8's heap that are there, whatever is in them. */
  readonly heapTotal: number;
  /** Of them, those of the young generation. */
  readonly young: number;
  /** Outside of the heap: buffers, above all. */
  readonly external: number;
  readonly arrayBuffers: number;
}

/**
 * The memory after so many forced collections: what the first one frees of one kind may hold what is of another. With
 * `all` they are such as V8 does before it would run out of memory, after which it also gives back pages that are empty.
 */
export async function memoryAfter(collections: number, all = false): Promise<Memory> {
  for (let i = 0; i < collections; i++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: all ? 'last-resort' : 'regular' });
    await sleep(50);
  }
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const young = getHeapSpaceStatistics()
    .filter(({ space_name }) => space_name.startsWith('new_'))
    .reduce((sum, { physical_space_size }) => sum + physical_space_size, 0);
  return { rss, heapUsed, heapTotal, young, external, arrayBuffers };
}
