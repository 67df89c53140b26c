import { mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeDirectory } from '../../src/node/index.ts';

vi.mock('node:fs/promises', { spy: true });

let dir: string;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'smalti-directory-')));
  vi.mocked(fs.open).mockClear();
});
afterEach(() => rmSync(dir, { recursive: true }));

it('makes a directory for its owner, and each new name durable in the folder that it is in', async () => {
  const made = join(dir, 'a', 'b');
  await makeDirectory(made);
  expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(vi.mocked(fs.open).mock.calls.map(([path]) => path)).toEqual([dir, join(dir, 'a')]);
  await makeDirectory(made);
  expect(vi.mocked(fs.open)).toHaveBeenCalledTimes(2);
});
