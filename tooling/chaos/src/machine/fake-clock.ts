import { globSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the distributions put it. */
const PLACES = ['/usr/lib/*/faketime/libfaketimeMT.so.1', '/usr/lib{,64}/faketime/libfaketimeMT.so.1'];

/** The library that comes between a process and the wall clock, or null if it is not installed. */
export function fakeTimeLibrary(): string | null {
  return PLACES.flatMap((place) => globSync(place))[0] ?? null;
}

/** The wall clock of one node, which can be set while it runs. Its monotonic clock stays as it is. */
export class FakeClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;
  #offsetMs = 0;

  constructor(file: string, library: string) {
    this.#file = file;
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      // It is looked at once a second: else every look at the time would be a look at a file.
      FAKETIME_CACHE_DURATION: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
    this.set(0);
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** How far the clock is ahead of that of the machine. It takes a second until a process sees it. */
  set(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    const seconds = (offsetMs / 1_000).toFixed(3);
    writeFileSync(this.#file, `${offsetMs < 0 ? '' : '+'}${seconds}\n`);
  }
}

/** What the library leaves behind of a process that was killed. */
export function removeFakeTimeTraces(pid: number): void {
  const shared = '/dev/shm';
  for (const name of readdirSync(shared)) {
    if (/^(sem\.)?faketime_(sem|shm)_\d+$/.test(name) && name.endsWith(`_${pid}`)) {
      rmSync(join(shared, name), { force: true });
    }
  }
}
