import type { ApplyContext } from '@smalti/core';
import { ByteReader, ByteWriter, type Snapshot, type SnapshotItem } from '@smalti/core';
import {
  type ApplyListener,
  type FailListener,
  type KvCommand,
  KvMachine,
  type KvResult,
  type RestoreListener,
  type Weakness,
} from './kv-machine.ts';
import { KvSnapshot } from './kv-snapshot.ts';
import type { Settings } from './settings.ts';

/** The first byte of the key of the item that version 2 adds: after all others. */
const TOUCHES = 2;

/** Who is told what of a machine. */
export interface MachineListeners {
  readonly applied: ApplyListener;
  readonly restored: RestoreListener;
  readonly fails: FailListener;
}

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
  constructor(
    { applied, restored }: Pick<MachineListeners, 'applied' | 'restored'>,
    weakness: Weakness | null,
    { atOnce, inForce }: { readonly atOnce: boolean; readonly inForce: () => void },
  ) {
    super(applied, restored, weakness);
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

/**
 * Which code a node is started with: founders begin with the old one, and have the new one from their second start on. What
 * can apply poison is given to nodes one by one, and no node goes back; it is of no use for what is poison later.
 */
export class Programs {
  readonly #upgrades: Settings['upgrades'];
  /** By node: which poison its program can apply, by the ids of commands, if it is not all. */
  readonly #able: Map<string, number>;
  readonly #tell: (what: string) => void;
  readonly #started = new Set<string>();
  /** The new version was in force at some node. */
  raised = false;
  /** The id of the newest poison. */
  poison = 0;

  constructor({ upgrades, poison }: Pick<Settings, 'upgrades' | 'poison'>, tell: (what: string) => void) {
    this.#upgrades = upgrades;
    this.#able = new Map(poison?.nodes.map((id) => [id, 0]));
    this.#tell = tell;
  }

  /** From its next start on, that node has a program that can apply all poison there is by now. */
  mend(id: string): void {
    if (!this.#able.has(id)) return;
    this.#able.set(id, this.poison);
    this.#tell(`${id} is given a program that can apply poison`);
  }

  /** The machine of a process that begins. */
  begin(id: string, founder: boolean, { applied, restored, fails }: MachineListeners): KvMachine {
    const able = this.#able.get(id);
    const weakness = able === undefined ? null : { able, fails };
    const isNew = this.#started.has(id) || !founder;
    this.#started.add(id);
    if (this.#upgrades === undefined || !isNew) return new KvMachine(applied, restored, weakness);
    const inForce = (): void => {
      this.raised = true;
      this.#tell(`version 2 is in force at ${id}`);
    };
    return new CountingKv({ applied, restored }, weakness, { atOnce: this.#upgrades.atOnce, inForce });
  }
}
