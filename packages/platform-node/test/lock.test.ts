import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiskError, DiskLock } from '@smalti/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDisk } from '../src/index.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smalti-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function lock(path = folder): Promise<DiskLock> {
  const disk = await openDisk(path);
  return new Promise((resolve, reject) => {
    disk.lock('lock', (error, held) => (error === null ? resolve(held) : reject(error)));
  });
}

/** A process that takes the lock, says what came of it, and stays. */
async function lockElsewhere(): Promise<{ child: ChildProcess; answer: string }> {
  const index = join(import.meta.dirname, '..', 'src', 'index.ts');
  const program = `
    const { openDisk } = await import(${JSON.stringify(index)});
    const disk = await openDisk(${JSON.stringify(folder)});
    disk.lock('lock', (error) => console.log(error === null ? 'held' : error.code));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const answer = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data).trim())),
  );
  return { child, answer };
}

it('is held once in a process, also by another path to the folder (H35)', async () => {
  const held = await lock();
  const other = `${folder}-link`;
  symlinkSync(folder, other);
  for (const path of [folder, other]) {
    const error = await lock(path).catch((thrown: DiskError) => thrown);
    expect(error).toMatchObject({ code: 'locked' });
    expect((error as DiskError).message).toContain(`process ${process.pid} on`);
  }
  rmSync(other);
  await new Promise<void>((resolve) => held.release(() => resolve()));
  const again = await lock();
  await new Promise<void>((resolve) => again.release(() => resolve()));
});

it('names the process that holds it, and is free as soon as that is killed (H35)', async () => {
  const { child, answer } = await lockElsewhere();
  expect(answer).toBe('held');
  const error = await lock().catch((thrown: DiskError) => thrown);
  expect((error as DiskError).message).toContain(`process ${child.pid} on`);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  const held = await lock();
  await new Promise<void>((resolve) => held.release(() => resolve()));
});

it('goes to exactly one of several processes that ask at once', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => lockElsewhere()));
  expect(answers.map(({ answer }) => answer).sort()).toEqual(['held', 'locked', 'locked', 'locked']);
});
