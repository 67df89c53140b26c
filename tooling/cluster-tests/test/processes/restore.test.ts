import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBackup } from '../../processes/archive-of.ts';
import { freePorts } from '../../processes/ports.ts';
import { Program, runToEnd } from '../../processes/program.ts';
import { until } from '../../processes/until.ts';

let directory: string;
let backup: string;
let keyFile: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'smalti-restored-'));
  backup = join(directory, 'a.backup');
  keyFile = join(directory, 'group.key');
  writeFileSync(keyFile, `${'k'.repeat(32)}\n`, { mode: 0o600 });
  await writeBackup(backup, 10_000);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function restoreArgs(data: string): string[] {
  return [
    'restore',
    backup,
    '--data',
    data,
    '--id',
    'n1',
    '--listen',
    '127.0.0.1:9',
    '--key-file',
    keyFile,
    '--json',
  ];
}

/** Runs a node in that directory, which ends by itself, and gives what it says. */
async function refusal(data: string): Promise<string> {
  const [listen, resp, http] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  const places = ['--listen', `${listen}`, '--resp', `${resp}`, '--http', `${http}`];
  const args = ['node', '--bootstrap', '--id', 'n1', '--data', data, '--key-file', keyFile, ...places];
  const { said } = await runToEnd(args, { log: join(directory, `${basename(data)}.node.log`) });
  return said.split('\n').find((line) => line.startsWith('smalti: ')) ?? '';
}

describe('smalti verify', () => {
  it('tells what is in a file', async () => {
    const { code, said } = await runToEnd(['verify', backup, '--json'], {
      log: join(directory, 'verify.log'),
    });
    expect(code).toBe(0);
    expect(JSON.parse(said)).toMatchObject({
      index: 1_000,
      term: 5,
      sections: { machine: { items: 10_000 } },
    });
  });
});

describe('a restore that is killed', () => {
  it('leaves a directory in which no node starts, until it was run to its end', async () => {
    const refused: string[] = [];
    for (const [i, afterMs] of [0, 60].entries()) {
      const data = join(directory, `data-${i}`);
      const log = join(directory, `restore-${i}.log`);
      const killed = new Program(restoreArgs(data), { log });
      await until(
        'it has begun to write',
        () => existsSync(join(data, 'restore-unfinished')) || killed.exit !== null,
      );
      await pause(afterMs);
      await killed.kill();
      if (killed.exit?.code === 0) continue;
      refused.push(await refusal(data));

      const again = await runToEnd(restoreArgs(data), { log: `${log}.again` });
      expect(again.said).toContain('"index": 1000');
      expect(again.code).toBe(0);
      expect(readdirSync(data)).toEqual(expect.arrayContaining(['checkpoints', 'identity']));
      expect(readdirSync(data)).not.toContain('restore-unfinished');
      const thrice = await runToEnd(restoreArgs(data), { log: `${log}.thrice` });
      expect([thrice.code, thrice.said]).toEqual([1, expect.stringContaining('STORAGE_FOREIGN')]);
    }
    expect(refused.length).toBeGreaterThan(0);
    for (const line of refused)
      expect(line).toMatch(/^smalti: STORAGE_CORRUPT .*run the same smalti restore again/);
  }, 60_000);
});
