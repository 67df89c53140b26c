import type { Group, GroupHandle } from '@smalti/raft';
import type { KvCommand, KvMachine, KvQuery, KvResult } from '../machine/index.ts';
import type { KvCheckpoints } from './kv-checkpoints.ts';

export type KvGroup = Group<KvCommand, KvQuery, KvResult>;
export type KvHandle = GroupHandle<KvCommand, KvQuery, KvResult>;

/** What the servers of a node stand on. */
export interface KvService {
  /** The node's id, its version, and its addresses, for people and programs that ask. */
  readonly node: {
    readonly id: string;
    readonly version: string;
    readonly listen: string;
    readonly resp: string;
    readonly http: string;
  };
  /** The group's machine. Read without asking the group, it tells only what this node has. */
  readonly machine: KvMachine;
  /** Null while the log is being opened, and again when the node stops. */
  readonly group: KvGroup | null;
  /** Null while there is no group, and where none are kept. */
  readonly checkpoints: KvCheckpoints | null;
  /** True while this node leads, or follows a leader and holds what that leader had when it last spoke. */
  readonly online: boolean;
}
