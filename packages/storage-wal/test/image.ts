import type { LogStore, SmaltiError } from '@smalti/core';
import { type CrashChoice, type SimDisk, Simulation } from '@smalti/simulator';
import { openWal, type WalOptions } from '../src/index.ts';
import { NODE, SMALL, Told } from './world.ts';

/** What became of opening a directory. */
export type Opened = { readonly store: LogStore; readonly sim: Simulation } | { readonly error: SmaltiError };

/** Opens a copy of a directory, after something was done to it. The original stays as it is. */
export function openCopy(
  original: SimDisk,
  change: (copy: SimDisk) => void,
  options: WalOptions = SMALL,
): Opened {
  const { sim, copy } = copyOf(original);
  change(copy);
  while (sim.step());
  const told = begin(sim, copy, options);
  if (!sim.runUntilSync(() => told.settled, 600_000)) throw new Error('never told');
  return told.error === null ? { store: told.value as LogStore, sim } : { error: told.error };
}

/**
 * A copy of a directory that was being opened when the power went: before its operation number `stop`, counted from
 * 1. Null if it was open before that.
 */
export function interruptOpening(original: SimDisk, stop: number, choice: CrashChoice): SimDisk | null {
  const { sim, copy } = copyOf(original);
  let operations = 0;
  let crashed = false;
  copy.onOperation((_, stage) => {
    if (stage !== 'submitted' || ++operations !== stop) return;
    crashed = true;
    copy.crash(choice);
  });
  const told = begin(sim, copy, SMALL);
  while (!told.settled && !crashed && sim.step());
  return crashed ? copy : null;
}

function copyOf(original: SimDisk): { sim: Simulation; copy: SimDisk } {
  const sim = new Simulation();
  return { sim, copy: original.clone(sim) };
}

function begin(sim: Simulation, disk: SimDisk, options: WalOptions): Told<LogStore | null> {
  const { clock, scheduler, random, hasher } = sim.node('n1').ports;
  const told = new Told<LogStore | null>();
  openWal({ disk, clock, scheduler, random, hasher, node: NODE, options }, told.done);
  return told;
}
