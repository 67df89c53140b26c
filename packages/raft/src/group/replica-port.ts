import type { Scheduler } from '@smalti/core';
import type { BondTable } from './bond-table.ts';
import type { Endings } from './endings.ts';
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
  extends Pick<ReplicaPort, 'self' | 'marks' | 'requests' | 'role' | 'note' | 'wake'> {
  readonly reads: Reads;
  readonly retry: Retry;
  readonly wire: PeerWire;
  readonly bonds: BondTable;
  readonly standing: Standing;
  readonly overview: Overview;
  readonly sync: Pick<SyncDesk<never, never, never>, 'session' | 'fed'>;
  readonly membership: Membership;
  readonly endings: Endings;
  readonly scheduler: Scheduler;
}

/** Who is told what of a replica. What is told in the midst of a step is acted on at the end of the turn. */
export function replicaPort(parts: ReplicaSurroundings): ReplicaPort {
  const { reads, retry, wire, bonds, standing, overview, sync, membership, endings, scheduler } = parts;
  const { self, marks, requests, role, note, wake } = parts;
  return {
    self,
    marks,
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
  };
}
