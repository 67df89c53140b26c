import { type ApplyContext, invariant, type Snapshot, type SnapshotItem, textCodec } from '@smalti/core';
import { TallyMachine } from './tally-machine.ts';

/** What every replica of a cluster has made of each entry. */
export type Account = Map<number, string>;

/** The old code: a tally that says to all replicas of its cluster what it made of each entry. */
export class OldTally extends TallyMachine {
  readonly #account: Account;

  constructor(account: Account) {
    super();
    this.#account = account;
  }

  override apply(word: string, context: ApplyContext): number {
    const result = this.applied(word, context);
    const made = `${context.version}: ${word} ${result}`;
    const elsewhere = this.#account.get(context.at.index);
    invariant(elsewhere === undefined || elsewhere === made, `entry ${context.at.index} is applied alike`);
    this.#account.set(context.at.index, made);
    return result;
  }

  protected applied(word: string, context: ApplyContext): number {
    return super.apply(word, context);
  }
}

/** The new code: from version 2 on a word counts twice when it is said, and counts stand in items in base 16. */
export class NewTally extends OldTally {
  readonly version = 2;
  readonly #atOnce: boolean;
  readonly #written = new WeakMap<Snapshot, number>();

  /** @param atOnce a bug: it does what version 2 does before that is in force. */
  constructor(account: Account, atOnce = false) {
    super(account);
    this.#atOnce = atOnce;
  }

  protected override applied(word: string, context: ApplyContext): number {
    const once = super.applied(word, context);
    return this.#atOnce || context.version > 1 ? super.applied(word, context) : once;
  }

  override createSnapshot(version = 1): Snapshot {
    const snapshot = super.createSnapshot();
    return version > 1 ? rewritten(snapshot, this, 10, 16) : snapshot;
  }

  override emptySnapshot(version = 1): Snapshot {
    const snapshot = super.emptySnapshot();
    this.#written.set(snapshot, version);
    return snapshot;
  }

  override installSnapshot(snapshot: Snapshot): void {
    const version = this.#written.get(snapshot) ?? 1;
    super.installSnapshot(version > 1 ? rewritten(snapshot, this, 16, 10) : snapshot);
  }
}

function rewritten(from: Snapshot, machine: TallyMachine, before: number, after: number): Snapshot {
  const to = machine.emptySnapshot(1);
  const rewrite = ({ key, value }: SnapshotItem): SnapshotItem => {
    const count = Number.parseInt(textCodec.decode(value), before);
    return { key, value: textCodec.encode(count.toString(after)) };
  };
  to.append(from.items(0, from.length).map(rewrite));
  return to;
}
