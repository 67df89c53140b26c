import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readGenerated } from '../src/files.ts';
import { generate, protoFiles } from '../src/generate.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const packages = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  .filter((name) => existsSync(join(root, name, 'package.json')) && protoFiles(join(root, name)).length > 0);

it.each(packages)("the generated code of %s is what 'pnpm generate' makes of its schemas", async (name) => {
  expect(readGenerated(join(root, name))).toEqual(await generate(join(root, name)));
});
