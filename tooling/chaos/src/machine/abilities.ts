import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canMakeNamespaces } from '@smalti/cluster-tests/processes';
import type { NemesisName } from '../plan/nemesis-name.ts';
import { FakeClock, fakeTimeLibrary } from './fake-clock.ts';
import { Tmpfs } from './tmpfs.ts';

const HOUR_MS = 3_600_000;

/** What the machine lacks for these nemeses, a line each, with what to do about it. Empty if nothing. */
export function missingAbilities(nemeses: readonly NemesisName[]): string[] {
  const missing: string[] = [];
  // Every node lives in a namespace, whatever is done to it.
  if (!canMakeNamespaces()) {
    missing.push(
      'network namespaces cannot be made: that takes Linux, root, and iproute2 (apt-get install iproute2)',
    );
  }
  if (nemeses.includes('disk-full')) missing.push(...lacking('disk-full', tryTmpfs));
  if (nemeses.includes('clock')) missing.push(...lacking('clock', tryFakeClock));
  return missing;
}

function lacking(nemesis: NemesisName, attempt: () => void): string[] {
  try {
    attempt();
    return [];
  } catch (error) {
    return [`${nemesis}: ${(error as Error).message.replace(/\s*\n\s*/g, ' ')}`];
  }
}

function tryTmpfs(): void {
  const directory = mkdtempSync(join(tmpdir(), 'smalti-chaos-ability-'));
  try {
    using tmpfs = new Tmpfs(directory, 4 * 1024 * 1024);
    tmpfs.fill();
    tmpfs.free();
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`a tmpfs cannot be mounted and filled: that takes root and the right to mount (${why})`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A process of this very Node.js must see the wall clock an hour ahead, and the other clock as it is. */
function tryFakeClock(): void {
  const library = fakeTimeLibrary();
  if (library === null) throw new Error('libfaketime is not installed (apt-get install libfaketime)');
  const directory = mkdtempSync(join(tmpdir(), 'smalti-chaos-ability-'));
  try {
    const clock = new FakeClock(join(directory, 'clock'), library);
    clock.set(HOUR_MS);
    const script = 'console.log(JSON.stringify([Date.now(), Number(process.hrtime.bigint() / 1000000n)]))';
    const asked = spawnSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
      env: { ...process.env, ...clock.env },
    });
    const [wall, monotonic] = JSON.parse(asked.stdout) as [number, number];
    const apart = Math.abs(wall - Date.now() - HOUR_MS);
    const other = Math.abs(monotonic - Number(process.hrtime.bigint() / 1_000_000n));
    if (apart > 60_000 || other > 60_000) throw new Error(`it is off by ${apart} ms and ${other} ms`);
  } catch (error) {
    throw new Error(`libfaketime does not move the clock of Node.js: ${(error as Error).message}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
