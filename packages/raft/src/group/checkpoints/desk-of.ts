import {
  type Cursor,
  type EntryName,
  type Index,
  isSnapshotStateMachine,
  type MemberKey,
  type SmaltiError,
  versionsOf,
} from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import type { EngineShell } from '../engine-shell.ts';
import type { Distrust } from '../errors.ts';
import type { RuntimeOptions } from '../runtime-options.ts';
import { AgreedInLog } from './agreed-in-log.ts';
import type { MarkPort } from './captured.ts';
import { CheckpointDesk } from './checkpoint-desk.ts';
import type { CheckpointNews } from './checkpoints-api.ts';
import type { LedgerStart } from './ledger.ts';

/** What the desk needs of its group, besides its replica. */
export interface DeskHost {
  send(to: MemberKey, body: GroupBody): boolean;
  /** The leader, if it is another node. */
  leader(): MemberKey | null;
  isBonded(member: MemberKey): boolean;
  safeToPrune(): Index | null;
  /** Nothing is answered out of the state, nor does this node lead; with null, it is and does. */
  quarantine(why: Distrust | null): void;
  tell(news: CheckpointNews): void;
}

/** What a replica gives its desk. */
export interface DeskReplica {
  readonly self: MemberKey;
  readonly checkpoints: DeskHost;
  note(level: 'info' | 'warn', text: string): void;
  fail(error: SmaltiError): void;
  wake(): void;
}

/** Where the parts of the replica are that are made after its desk. */
export interface DeskEngine {
  shell(): EngineShell;
  applied(): Cursor;
  failed(): EntryName | null;
  skipsAcross(index: Index): boolean;
}

/** How often what may have been lost is said again, in heartbeats. */
export const REPEAT_BEATS = 4;

/** For a node that keeps no checkpoints. */
export const NO_DESK: MarkPort = {
  marker: (_marker, _at, captured) => captured?.release(),
  outcome: () => {},
};

/** The desk of a replica that keeps checkpoints, or null. */
export function deskOf<C, Q, R>(
  { checkpoints, machine, log, platform, timing }: RuntimeOptions<C, Q, R>,
  start: LedgerStart | null,
  replica: DeskReplica,
  { shell, applied, failed, skipsAcross }: DeskEngine,
): CheckpointDesk | null {
  if (checkpoints === null || !isSnapshotStateMachine(machine)) return null;
  const { clock, scheduler } = platform;
  const { newest: machineVersion } = versionsOf(machine);
  const repeatMs = REPEAT_BEATS * timing.heartbeatMs;
  const { checkpoints: host } = replica;
  const inLog = new AgreedInLog({ log, scheduler, committed: () => shell().commit });
  return new CheckpointDesk(
    { options: checkpoints, machineVersion, clock, scheduler, repeatMs, start },
    {
      self: replica.self,
      leads: () => shell().leads,
      term: () => shell().view.term,
      applied,
      failed,
      skipsAcross,
      leader: () => host.leader(),
      isBonded: (member) => host.isBonded(member),
      base: () => log.base.index,
      propose: (drafts) => shell().propose(drafts),
      send: (to, body) => host.send(to, body),
      safeToPrune: () => host.safeToPrune(),
      announce: (anchor) => shell().announce(anchor),
      prune: (through, done) => shell().prune(through, done),
      repair: (anchor) => shell().repair(anchor),
      quarantine: (why) => host.quarantine(why),
      agreedInLog: () => inLog.look(),
      handOver: () => void shell().transfer(null),
      tell: (news) => host.tell(news),
      note: (level, text) => replica.note(level, text),
      fail: (error) => replica.fail(error),
      wake: () => replica.wake(),
    },
  );
}
