import type { Target } from '@smalti/backup';
import {
  type CheckpointRoot,
  type ClusterId,
  type GroupId,
  type GroupLog,
  invariant,
  type LogStore,
  type Member,
  type SnapshotStore,
  type StoreCallback,
  toHex,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { type Founding, foundFrom } from '@smalti/raft';
import { openWal } from '@smalti/storage-wal';
import type { RestoreSettings } from '../cli/index.ts';
import { beginRestore, groupsOf, openCheckpoints } from '../node/index.ts';

/** The directory of a node in the making: the only member of a new cluster, with the state of another one. */
export class NewNode implements Target {
  readonly store: SnapshotStore;
  readonly checkpoint: Founding;
  readonly cluster: ClusterId;
  readonly group: GroupId;
  readonly member: Member;
  readonly #log: LogStore;

  private constructor(
    founder: { readonly cluster: ClusterId; readonly group: GroupId; readonly member: Member },
    founding: Founding,
    log: LogStore,
    store: SnapshotStore,
  ) {
    this.cluster = founder.cluster;
    this.group = founder.group;
    this.member = founder.member;
    this.checkpoint = founding;
    this.store = store;
    this.#log = log;
  }

  /** @throws SmaltiError `STORAGE_*`. */
  static async make(
    settings: RestoreSettings,
    keys: readonly Uint8Array[],
    old: CheckpointRoot,
  ): Promise<NewNode> {
    const platform = nodePlatform();
    const { data, id, address: at, network } = settings;
    const [group] = groupsOf(toNetworkId(network), keys, platform.hasher);
    invariant(group !== undefined, 'a group has a key');
    const node = toPeerId(id);
    const folder = await beginRestore(data);
    const log = await openWal({ ...platform, disk: await openDisk(folder), node });
    const { incarnation } = log.identity;
    const store = await openCheckpoints(data, log.identity, group, platform);
    const member: Member = { id: node, incarnation, address: at, preference: 'normal' };
    const founder = { cluster: toHex(platform.random.bytes(16)) as ClusterId, group, member };
    return new NewNode(founder, foundFrom(old, founder, platform.hasher), log, store);
  }

  /** Begins the log where the checkpoint, which was committed, ends. */
  async writeLog(): Promise<void> {
    const { manifest, hardState, birth } = this.checkpoint;
    const log = await called<GroupLog>((done) => this.#log.openGroup(this.group, done));
    await called((done) => log.resetTo(manifest.anchor, hardState, birth, done));
    await called((done) => log.close(done));
  }

  async close(): Promise<void> {
    await called((done) => this.store.close(done));
    await called((done) => this.#log.close(done));
  }
}

function called<T = void>(submit: (done: StoreCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    submit((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}
