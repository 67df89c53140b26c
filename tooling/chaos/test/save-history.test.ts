import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { KvOperation } from '../src/load/client-record.ts';
import { saveHistory } from '../src/verdict/save-history.ts';

it.each([0, 1, 10_000, 10_001])('a history of %d operations is JSON that gives it back', (count) => {
  const directory = mkdtempSync(join(tmpdir(), 'smalti-chaos-history-'));
  const history = Array.from(
    { length: count },
    (_, i): KvOperation => ({
      client: 'c',
      input: { op: 'get', key: 'k' },
      output: null,
      call: i,
      return: i + 0.5,
    }),
  );
  saveHistory(join(directory, 'history.json'), history);
  expect(JSON.parse(readFileSync(join(directory, 'history.json'), 'utf8'))).toEqual(history);
  rmSync(directory, { recursive: true });
});
