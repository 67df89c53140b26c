import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Disk, DiskCallback, DiskError, DiskFile, SmaltiError } from '@smalti/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDisk } from '../src/index.ts';

function settled<T>(submit: (done: DiskCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let within = true;
    submit((error, value) => {
      if (within) reject(new Error('called back within the call'));
      else if (error !== null) reject(error);
      else resolve(value);
    });
    within = false;
  });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as DiskError).code;
  }
  return 'no error';
}

let folder: string;
let disk: Disk;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smalti-disk-'));
  disk = await openDisk(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openDisk', () => {
  it('makes the folder and those above it', async () => {
    const deep = await openDisk(join(folder, 'a', 'b'));
    expect(deep.location).toBe(join(folder, 'a', 'b'));
    expect(await settled((done) => deep.list('', done))).toEqual([]);
  });

  it('says which folder it is that cannot be opened (H35)', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const [path, options] of [
      [join(folder, 'file', 'below'), {}],
      [join(folder, 'missing'), { create: false }],
    ] as const) {
      const error = await openDisk(path, options).catch((thrown: SmaltiError) => thrown);
      expect(error).toMatchObject({ code: 'STORAGE_ACCESS', details: { location: path } });
    }
  });
});

describe.each(['pool', 'inline'] as const)('a file, synced %s', (sync) => {
  let file: DiskFile;

  beforeEach(async () => {
    disk = await openDisk(folder, { sync });
    file = await settled((done) => disk.open('log', 'create', done));
  });

  it('reads what was written, fewer bytes only at its end', async () => {
    await settled((done) => file.writeAt(3, new Uint8Array([1, 2, 3]), done));
    await settled((done) => file.writeAndSync(6, new Uint8Array([4]), done));
    await settled((done) => file.sync(done));
    expect([...(await settled<Uint8Array>((done) => file.readAt(2, 100, done)))]).toEqual([0, 1, 2, 3, 4]);
    expect(await settled((done) => file.size(done))).toBe(7);
  });

  it('allocates blocks that are zero, and keeps what is there', async () => {
    await settled((done) => file.writeAt(0, new Uint8Array([9]), done));
    await settled((done) => file.allocate(3 * 1024 * 1024 + 5, done));
    expect(await settled((done) => file.size(done))).toBe(3 * 1024 * 1024 + 5);
    await settled((done) => file.allocate(10, done));
    const bytes = await settled<Uint8Array>((done) => file.readAt(0, 4 * 1024 * 1024, done));
    expect(bytes.length).toBe(3 * 1024 * 1024 + 5);
    expect(bytes[0]).toBe(9);
    expect(bytes.subarray(1).every((byte) => byte === 0)).toBe(true);
    await settled((done) => file.truncate(1, done));
    expect(await settled((done) => file.size(done))).toBe(1);
  });

  it('is closed after what was under way, and refuses what comes later', async () => {
    const written = settled((done) => file.writeAndSync(0, new Uint8Array(100_000).fill(5), done));
    const closed = settled((done) => file.close(done));
    expect(await codeOf(settled((done) => file.writeAt(0, new Uint8Array(1), done)))).toBe('closed');
    await Promise.all([written, closed]);
    expect(await codeOf(settled((done) => file.close(done)))).toBe('closed');
  });
});

describe('a disk', () => {
  it('says why something is not possible', async () => {
    expect(await codeOf(settled((done) => disk.open('none', 'existing', done)))).toBe('missing');
    await settled((done) => disk.open('there', 'create', done));
    expect(await codeOf(settled((done) => disk.open('there', 'create', done)))).toBe('exists');
    expect(await codeOf(settled((done) => disk.open('there/below', 'create', done)))).toBe('denied');
    await settled((done) => disk.makeDirectory('folder', done));
    expect(await codeOf(settled((done) => disk.makeDirectory('folder', done)))).toBe('exists');
    expect(await codeOf(settled((done) => disk.open('folder', 'existing', done)))).toBe('denied');
    expect(await codeOf(settled((done) => disk.list('nowhere', done)))).toBe('missing');
  });

  it('renames, unlinks, lists in order and syncs folders', async () => {
    await settled((done) => disk.makeDirectory('b', done));
    await settled((done) => disk.open('b/x', 'create', done));
    await settled((done) => disk.rename('b/x', 'a', done));
    await settled((done) => disk.syncDirectory('b', done));
    await settled((done) => disk.syncDirectory('', done));
    expect(await settled((done) => disk.list('', done))).toEqual(['a', 'b']);
    await settled((done) => disk.unlink('a', done));
    expect(await settled((done) => disk.list('', done))).toEqual(['b']);
  });

  it('refuses paths that lead out of it', () => {
    for (const path of ['../x', '/x', 'a//b', 'a/./b', 'a\0']) {
      expect(() => disk.unlink(path, () => {})).toThrow('no path within a disk');
    }
  });
});
