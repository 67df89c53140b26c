import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkConsumer, type Host } from '../src/consumers.ts';
import { format, type Package } from '../src/repository.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'smalti-consumer-test-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What is found in a package whose declarations are these, by the host whose types are there. */
function found(host: Host, declarations: string): string[] {
  const folder = 'packages/one';
  const types = { types: './dist/index.d.ts', default: './dist/index.js' };
  const manifest: Package['manifest'] = { name: '@smalti/one', type: 'module', exports: { '.': types } };
  mkdirSync(join(root, folder, 'dist'), { recursive: true });
  writeFileSync(join(root, folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(root, folder, 'dist/index.d.ts'), declarations);
  return checkConsumer(root, [{ folder, manifest }], host).map(format);
}

it('finds nothing in what both hosts have', { timeout: 60_000 }, () => {
  const declarations = 'export declare const signal: AbortSignal;\nexport type Bytes = Uint8Array;';
  expect([...found('DOM', declarations), ...found('Node.js', declarations)]).toEqual([]);
});

it.each([
  ['DOM', 'export declare const bytes: Buffer;', 'Buffer'],
  ['DOM', "\nexport type { Server } from 'node:net';", 'node:net'],
  ['DOM', 'export interface Handle extends AsyncDisposable {}', 'AsyncDisposable'],
  ['Node.js', 'export declare const element: HTMLElement;', 'HTMLElement'],
  ['Node.js', "export type { Socket } from '@smalti/two';", '@smalti/two'],
] as const)('finds what is not there with the types of %s: %s', { timeout: 60_000 }, (host, text, what) => {
  expect(found(host, text)).toEqual([
    expect.stringMatching(new RegExp(`^packages/one/dist/index.d.ts:[12]: error TS.*${what}`)),
  ]);
});
