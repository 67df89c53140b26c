import type { Gate } from './gate.ts';
import type { Notes } from './notes.ts';
import type { PeerVersions } from './peer-versions.ts';
import type { SyncPort } from './port.ts';

/** What the parts of a host share. */
export interface Room {
  readonly port: SyncPort;
  readonly gate: Gate;
  readonly notes: Notes;
  readonly peers: PeerVersions;
  /** Something is due: a turn will come. */
  wake(): void;
}
