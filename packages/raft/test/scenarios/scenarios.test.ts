import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runner } from './support/commands.ts';
import { replay } from './support/script.ts';

const folder = import.meta.dirname;
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort();

describe('scenarios', () => {
  for (const name of scripts) {
    const path = join(folder, name);
    it(`${name} goes as it says`, async () => {
      // The script is its own snapshot: what differs is shown, and `scenarios:update` rewrites it.
      await expect(replay(readFileSync(path, 'utf8'), runner())).toMatchFileSnapshot(path);
    });
  }
});
