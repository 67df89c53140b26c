import type { ApplyContext } from '@smalti/core';
import { ByteReader, ByteWriter, type Snapshot, type SnapshotItem } from '@smalti/core';
import {
  type ApplyListener,
  type KvCommand,
  KvMachine,
  type KvResult,
  type RestoreListener,
} from './kv-machine.ts';
import { KvSnapshot } from './kv-snapshot.ts';
import type { Settings } from './settings.ts';

/** The first byte of the key of the item that version 2 adds: after all others. */
const TOUCHES = 2;

/** The new code: from version 2 on commands are counted, and the count is an item more. */
export class CountingKv extends KvMachine {
  readonly version = 2;
  readonly #atOnce: boolean;
  readonly #inForce: () => void;
  #touches = 0;

  /**
   * @param atOnce a bug: it counts before version 2 is in force.
   * @param inForce called when the first command is counted because it is.
   */
  constructor(applied: ApplyListener, restored: RestoreListener, atOnce: boolean, inForce: () => void) {
    super(applied, restored);
    this.#atOnce = atOnce;
    this.#inForce = inForce;
  }

  override apply(command: KvCommand, context: Pick<ApplyContext, 'at' | 'version'>): KvResult {
    if (context.version > 1 && this.#touches === 0) this.#inForce();
    if (this.#atOnce || context.version > 1) this.#touches += 1;
    return super.apply(command, context);
  }

  override createSnapshot(version = 1): Snapshot {
    const { values, trail } = super.createSnapshot() as KvSnapshot;
    return version > 1 ? new CountedSnapshot(values, trail, this.#touches) : new KvSnapshot(values, trail);
  }

  override emptySnapshot(version = 1): Snapshot {
    return version > 1 ? new CountedSnapshot() : super.emptySnapshot();
  }

  override installSnapshot(snapshot: Snapshot): void {
    super.installSnapshot(snapshot);
    this.#touches = snapshot instanceof CountedSnapshot ? snapshot.touches : 0;
  }
}

class CountedSnapshot extends KvSnapshot {
  touches: number;

  constructor(values?: KvSnapshot['values'], trail?: KvSnapshot['trail'], touches = 0) {
    super(values, trail);
    this.touches = touches;
  }

  override get length(): number {
    return super.length + 1;
  }

  override items(from: number, to: number): readonly SnapshotItem[] {
    const others = super.length;
    const found = super.items(from, Math.min(to, others));
    if (from > others || to <= others) return found;
    const value = new ByteWriter(8).varint(this.touches).finish();
    return [...found, { key: Uint8Array.of(TOUCHES), value }];
  }

  override append(items: readonly SnapshotItem[]): void {
    const last = items.at(-1);
    const isCount = last?.key[0] === TOUCHES;
    super.append(isCount ? items.slice(0, -1) : items);
    if (isCount) this.touches = new ByteReader(last.value).varint();
  }
}

/** Which code a node is started with: founders begin with the old one, and have the new one from their second start on. */
export class Programs {
  readonly #upgrades: Settings['upgrades'];
  readonly #tell: (what: string) => void;
  readonly #started = new Set<string>();
  /** The new version was in force at some node. */
  raised = false;

  constructor({ upgrades }: Pick<Settings, 'upgrades'>, tell: (what: string) => void) {
    this.#upgrades = upgrades;
    this.#tell = tell;
  }

  /** The machine of a process that begins. */
  begin(id: string, founder: boolean, applied: ApplyListener, restored: RestoreListener): KvMachine {
    const isNew = this.#started.has(id) || !founder;
    this.#started.add(id);
    if (this.#upgrades === undefined || !isNew) return new KvMachine(applied, restored);
    const inForce = (): void => {
      this.raised = true;
      this.#tell(`version 2 is in force at ${id}`);
    };
    return new CountingKv(applied, restored, this.#upgrades.atOnce, inForce);
  }
}
