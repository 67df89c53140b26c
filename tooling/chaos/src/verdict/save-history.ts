import { closeSync, openSync, writeSync } from 'node:fs';
import type { KvOperation } from '../load/client-record.ts';

const PART = 10_000;

/** Writes a history as one JSON array, an operation a line: no text of it all is ever in memory. */
export function saveHistory(file: string, history: readonly KvOperation[]): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeSync(handle, '[\n');
    for (let at = 0; at < history.length; at += PART) {
      const lines = history.slice(at, at + PART).map((each) => JSON.stringify(each));
      writeSync(handle, `${at === 0 ? '' : ',\n'}${lines.join(',\n')}`);
    }
    writeSync(handle, '\n]\n');
  } finally {
    closeSync(handle);
  }
}
