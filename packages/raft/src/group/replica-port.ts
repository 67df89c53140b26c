import type { MemberKey, Scheduler } from '@smalti/core';
import type { BondTable } from './bond-table.ts';
import type { Endings } from './endings.ts';
import type { GroupEvents } from './events.ts';
import type { Membership } from './members/membership.ts';
import type { Overview } from './overview.ts';
import type { PeerWire } from './peer-wire.ts';
import type { Reads } from './reads.ts';
import type { ReplicaPort } from './replica.ts';
import type { Retry } from './retry.ts';
import type { Standing } from './standing.ts';
import type { SyncDesk } from './sync-desk.ts';

/** The parts of a group that its replica tells. */
export interface ReplicaSurroundings
  extends Pick<ReplicaPort, 'self' | 'requests' | 'role' | 'replaced' | 'note' | 'wake'> {
  readonly reads: Reads;
  readonly retry: Retry;
  readonly wire: PeerWire;
  readonly bonds: BondTable;
  readonly standing: Standing;
  readonly overview: Overview;
  readonly sync: Pick<SyncDesk<never, never, never>, 'session' | 'fed' | 'safeToPrune'>;
  readonly membership: Membership;
  readonly endings: Endings;
  readonly scheduler: Scheduler;
  readonly events: GroupEvents;
  /** The leader, if it is another node. */
  leader(): MemberKey | null;
}

/** Who is told what of a replica. What is told in the midst of a step is acted on at the end of the turn. */
export function replicaPort(parts: ReplicaSurroundings): ReplicaPort {
  const { reads, retry, wire, bonds, standing, overview, sync, membership, endings } = parts;
  const { scheduler, events } = parts;
  const { self, requests, role, replaced, note, wake } = parts;
  return {
    self,
    requests,
    send: (to, message) => wire.sendMessage(to, message),
    pulseOf: (peer) => bonds.get(peer)?.pulse ?? null,
    readReady: (id, index) => reads.ready(id, index),
    readFailed: (id) => {
      reads.failed(id);
      retry.later();
    },
    role,
    moved: (position, to) => {
      if (position === 'applied') {
        overview.applied(to.index);
        reads.applied(to.index);
      }
      standing.moved(position, to);
      wake();
    },
    machineFailed: (cause, at) => endings.machineFailed(cause, at),
    session: (event) => sync.session(event),
    fed: (payload, at) => sync.fed(payload, at),
    configuration: (event) => scheduler.endOfTurn(() => membership.changed(event)),
    removed: (at) => scheduler.endOfTurn(() => endings.leave(at)),
    note,
    fail: (error) => endings.fail(error),
    wake,
    replaced,
    skipped: (what) => {
      const { entry, by, reason } = what;
      note('warn', `the command in entry ${entry.index} is skipped, as ${by} was told: ${reason}`);
      events.emit({ type: 'skip', ...what });
    },
    checkpoints: {
      send: (to, body) => wire.send(to, body),
      leader: () => parts.leader(),
      isBonded: (member) => bonds.get(member) !== undefined,
      safeToPrune: () => sync.safeToPrune(),
      quarantine: (why) => endings.quarantine(why),
      tell: (news) => events.emit({ type: 'checkpoint', ...news }),
    },
  };
}
