import { type Cursor, type Entry, type Index, invariant } from '@smalti/core';
import { raiseCommit } from './commit.ts';
import type { Core } from './core.ts';
import { note } from './core.ts';
import type { LogShape } from './io.ts';
import { type ConfigurationAt, EngineLog } from './log.ts';
import { endSession } from './session-state.ts';

/**
 * How many messages may wait for the newest term and vote to be on disk. A leader's never wait, so none of them carries
 * entries.
 */
const MAX_WAITING = 1024;

/** Adds entries to the log; they are written with everything else of this step. */
export function stageEntries(core: Core, entries: readonly Entry[]): void {
  if (entries.length === 0) return;
  core.log.append(entries);
  // What was made of the shorter log in this step has none of them: sent again, it would lead nowhere, for ever.
  core.memo = null;
  for (const entry of entries) core.disk.staged.entries.push(entry);
  const last = entries.at(-1);
  if (last !== undefined) core.lastStamp = Math.max(core.lastStamp, last.stamp);
}

/**
 * Removes entries that were proven wrong, from the index on. Writes under way vouch for nothing from there on any
 * more: that the same index and term may be written there again proves nothing about them.
 */
export function stageTruncation(core: Core, from: Index): void {
  invariant(
    from > core.commit,
    `entry ${from} is not committed (commit is ${core.commit}): it is about to be cut`,
  );
  invariant(core.disk.staged.entries.length === 0, 'a step cuts before it appends');
  core.log.truncateFrom(from);
  core.disk.staged.truncateFrom = from;
  const kept = (from - 1) as Index;
  for (const write of core.disk.pending) if (write.vouches > kept) write.vouches = kept;
  if (core.disk.durable > kept) core.disk.durable = kept;
  if (core.verified > kept) core.verified = kept;
}

/**
 * Makes a committed entry the base of the log, under the configuration in force there: a write of its own. What follows
 * exactly that entry stays. If the entry is not here, all of the log goes: what is not committed of it contradicts what
 * is. Of the writes under way, and of what is on disk, nothing counts then but what is known to be committed, `held`.
 *
 * @param entry the one that brought the configuration.
 */
export function stageReset(
  core: Core,
  base: Cursor,
  inForce: ConfigurationAt,
  entry: Entry,
  held: Index,
): void {
  const { disk } = core;
  invariant(disk.staged.truncateFrom === null && disk.staged.entries.length === 0, 'a reset is a step');
  if (!core.log.resetTo(base, inForce)) {
    for (const write of disk.pending) if (write.vouches > held) write.vouches = held;
    if (disk.durable > held) disk.durable = held;
  }
  if (base.index > core.verified) core.verified = base.index;
  disk.seq += 1;
  if (disk.hardDirty) disk.hardSeq = disk.seq;
  const { index } = base;
  disk.pending.push({ seq: disk.seq, last: index, vouches: index, at: core.now, installs: index });
  const commit = Math.max(core.commit, index) as Index;
  core.effects.push({
    type: 'reset',
    seq: disk.seq,
    cursor: base,
    hardState: { term: core.term, vote: core.vote, commit, doubt: core.doubt },
    configuration: entry,
  });
  disk.hardDirty = false;
  disk.softDirty = false;
}

/** At the end of a step: one write of all that the step wants on disk. */
export function flushWrites(core: Core): void {
  const { disk } = core;
  const { truncateFrom, entries } = disk.staged;
  if (truncateFrom === null && entries.length === 0) {
    // A full disk is not asked again and again for a term alone: `space-back` does, and nothing leaves before.
    if (disk.full || (!disk.hardDirty && !disk.softDirty)) return;
  }
  disk.seq += 1;
  if (disk.hardDirty) disk.hardSeq = disk.seq;
  const last = entries.at(-1)?.index ?? (0 as Index);
  disk.pending.push({ seq: disk.seq, last, vouches: last, at: core.now, installs: 0 as Index });
  core.effects.push({
    type: 'persist',
    seq: disk.seq,
    truncateFrom,
    entries,
    hardState: { term: core.term, vote: core.vote, commit: core.commit, doubt: core.doubt },
  });
  disk.hardDirty = false;
  disk.softDirty = false;
  disk.staged = { truncateFrom: null, entries: [] };
}

/**
 * After {@link flushWrites}: lets go of every message whose term and vote are on disk, in order. If they cannot even
 * be written, for want of space, what was to be said is dropped.
 */
export function flushOutbox(core: Core): void {
  const { disk, outbox } = core;
  if (disk.hardDirty) {
    core.outbox = [];
    return;
  }
  let gone = 0;
  for (const letter of outbox) {
    if (letter.needs < 0) letter.needs = disk.hardSeq;
    if (letter.needs > disk.durableSeq) break;
    core.effects.push({ type: 'send', to: letter.to, message: letter.message });
    gone += 1;
  }
  if (gone === outbox.length) core.outbox = [];
  else outbox.splice(0, gone);
  // A disk may hang for hours while every heartbeat is answered. What is dropped could as well be lost on its way.
  if (core.outbox.length > MAX_WAITING) core.outbox.splice(0, core.outbox.length - MAX_WAITING);
  for (const letter of core.outbox) if (letter.needs < 0) letter.needs = disk.hardSeq;
}

/** A write, and all before it, is on disk. Returns false if that was known, or is void. */
export function completeWrite(core: Core, seq: number): boolean {
  const { disk } = core;
  if (seq <= disk.void || seq <= disk.durableSeq) return false;
  invariant(seq <= disk.seq, `write ${seq} was asked for`);
  while (disk.durableSeq < seq) {
    const write = disk.pending.shift();
    invariant(write !== undefined, `write ${seq} is under way`);
    disk.durableSeq = write.seq;
    const vouched = Math.min(write.last, write.vouches) as Index;
    if (vouched > disk.durable) disk.durable = vouched;
    if (write.last > 0) disk.full = false;
    raiseCommit(core, write.installs);
  }
  return true;
}

/**
 * The disk was full: nothing that was still under way is in the log. None of it was acknowledged, so dropping it is
 * what a crash would have done. Term and vote stay as they are in memory; they are written before anything of them
 * leaves.
 */
export function voidWrites(core: Core, seq: number, shape: LogShape): boolean {
  const { disk } = core;
  if (seq <= disk.void) return false;
  invariant(disk.pending[0]?.seq === seq, `write ${seq} fails in order`);
  invariant(shape.last.index >= core.commit, `what is committed (${core.commit}) is on disk`);
  disk.void = disk.seq;
  disk.pending = [];
  disk.durableSeq = disk.seq;
  if (disk.hardSeq >= seq) disk.hardDirty = true;
  core.outbox = [];
  core.log = new EngineLog(shape, core.options.windowBytes);
  disk.durable = shape.last.index;
  disk.staged = { truncateFrom: null, entries: [] };
  endSession(core, 'disk-full');
  core.verified = core.commit;
  core.acked = core.commit;
  core.ackOwed = false;
  if (!disk.full)
    note(core, 'warn', 'the disk is full: this node neither leads nor takes entries until there is room');
  disk.full = true;
  return true;
}
