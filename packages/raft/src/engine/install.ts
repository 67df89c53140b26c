import { type Anchor, type Entry, type Index, sameCursor } from '@smalti/core';
import { type Core, note } from './core.ts';
import { configurationOf } from './log.ts';
import { stageReset } from './persistence.ts';
import { openUnder } from './session-requests.ts';
import { addAnchor } from './session-state.ts';
import { TermTable } from './term-table.ts';

/*
 * Checkpoints that take the place of the log up to their marker. The state is the group's business: here it is decided
 * whether one may be installed, and what becomes of the log and of what is known about the disk.
 */

/** Why the disk can take no checkpoint now, or null. */
function refuseNow(core: Core): string | null {
  if (core.disk.full) return 'the disk is full';
  return core.disk.pending.some((write) => write.installs > 0) ? 'a checkpoint is being installed' : null;
}

/** May the session install that checkpoint? Why not, or null. */
export function mayInstall(core: Core, epoch: number, anchor: Anchor): string | null {
  const session = openUnder(core, epoch);
  if (typeof session === 'string') return session;
  const { at, root } = anchor;
  const busy = refuseNow(core);
  if (busy !== null) return busy;
  const isKnown = session.anchors.some((known) => sameCursor(known.at, at) && known.root === root);
  if (!isKnown) return `the checkpoint at ${at.index} is none of those last announced`;
  if (at.index > core.commit) return null;
  if (!session.repairs)
    return `what is committed here, up to ${core.commit}, has the checkpoint at ${at.index}`;
  return core.log.termAt(at.index) === at.term ? null : `the log begins after the checkpoint at ${at.index}`;
}

/** A session asks for the install of a checkpoint that is whole in the store. Why not, or null: it is being written. */
export function install(
  core: Core,
  epoch: number,
  anchor: Anchor,
  configuration: Entry,
  stamp: number,
): string | null {
  const refusal = mayInstall(core, epoch, anchor);
  const { session } = core;
  if (refusal !== null || session === null) return refusal;
  const { at } = anchor;
  const { index } = configuration;
  const inForce = configurationOf(configuration);
  if (inForce === null || index > at.index) return `entry ${index} brings no configuration for ${at.index}`;
  const held = Math.max(session.end.index, core.commit) as Index;
  stageReset(core, at, { index, configuration: inForce }, configuration, held);
  core.lastStamp = Math.max(core.lastStamp, stamp);
  if (at.index > session.end.index) session.end = at;
  session.repairs = false;
  note(core, 'info', `installs the checkpoint at ${at.index}`);
  return null;
}

/**
 * The state is damaged, or has diverged: a session is opened without a word of a leader, and ends when a checkpoint is
 * installed. The log is whole, and replication goes on. Why not, or null.
 */
export function beginRepair(core: Core, anchor: Anchor): string | null {
  const { log } = core;
  const { at } = anchor;
  if (core.role === 'leader') return 'this node leads: it has to hand leadership over first';
  const busy = refuseNow(core);
  if (busy !== null) return busy;
  const there = log.termAt(at.index);
  if (at.index <= core.commit && there !== at.term)
    return `the log begins after the checkpoint at ${at.index}`;
  const { session } = core;
  if (session !== null) {
    session.repairs = true;
    addAnchor(session, anchor);
    core.effects.push({ type: 'session-moved', epoch: session.epoch });
    return null;
  }
  core.sessions += 1;
  const epoch = core.sessions;
  const end = { index: core.commit, term: log.termAt(core.commit) ?? log.base.term };
  const ceiling = Math.max(core.commit, at.index) as Index;
  core.session = {
    epoch,
    ticket: 0,
    term: core.term,
    table: new TermTable(end, [], end.index),
    since: end.index,
    ceiling,
    position: at,
    end,
    kept: null,
    anchors: [anchor],
    repairs: true,
    lacks: false,
  };
  core.effects.push({ type: 'session-opened', epoch, position: at, ceiling, entries: [] });
  return null;
}
