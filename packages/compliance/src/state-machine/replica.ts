import {
  isSnapshotStateMachine,
  RejectCommand,
  type Snapshot,
  type SnapshotItem,
  type SnapshotStateMachine,
  type StateMachine,
  toHex,
  versionsOf,
} from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import { ComplianceError, check } from '../suite/expect.ts';
import type { StateMachineFactory } from './factory.ts';
import type { Step } from './history.ts';

const QUERIES = 100;

/** What a case does with the command and the result of a step, once it was applied. */
export type Afterwards = (command: unknown, result: unknown) => void;

/** One machine, driven as the runtime drives it. */
export class Replica<C, Q, R> {
  readonly machine: StateMachine<C, Q, R>;
  /** The version that is in force at what it applied last. */
  version: number;
  /** How many commands were refused. */
  rejected = 0;
  readonly #factory: StateMachineFactory<C, Q, R>;

  constructor(factory: StateMachineFactory<C, Q, R>) {
    this.#factory = factory;
    this.machine = factory.create();
    this.version = versionsOf(this.machine).oldest;
  }

  /** Applies steps one by one, and gives what became of each, as text. */
  run(steps: readonly Step[], afterwards: Afterwards = () => {}): string[] {
    return steps.map((step) => this.#step(step, afterwards));
  }

  /** Applies steps in batches of up to so many commands. */
  runInBatches(steps: readonly Step[], most: number, random: SimRandom): string[] {
    const outcomes: string[] = [];
    for (let at = 0; at < steps.length; ) {
      const [step] = steps.slice(at, at + 1);
      if (step?.command === null) {
        outcomes.push(...this.run([step]));
        at += 1;
        continue;
      }
      const wanted = steps.slice(at, at + 1 + random.below(most));
      // A batch is of one term and version, and ends where a tick is.
      const ends = wanted.findIndex(
        ({ command, context: { at, version } }) =>
          command === null || at.term !== step?.context.at.term || version !== step.context.version,
      );
      const batch = ends === -1 ? wanted : wanted.slice(0, ends);
      outcomes.push(...this.#batch(batch));
      at += batch.length;
    }
    return outcomes;
  }

  /** Everything of its state that can be seen, as text. */
  look(seed: number): string {
    const random = new SimRandom(`queries ${seed}`);
    const answers = Array.from({ length: QUERIES }, () => this.#ask(this.#factory.query(random)));
    const deadline = this.machine.nextDeadline?.() ?? null;
    const items = this.#factory.abilities.includes('snapshot') ? this.items().map(showItem) : [];
    return JSON.stringify([answers, deadline, items]);
  }

  /** Its state as items. */
  items(): readonly SnapshotItem[] {
    const snapshot = this.capture();
    const items = itemsOf(snapshot);
    snapshot.release();
    return items;
  }

  /** Its state, held still. */
  capture(): Snapshot {
    return this.snapshots.createSnapshot(this.version);
  }

  /** Its state becomes what a replica had at that version. */
  install(snapshot: Snapshot, version: number): void {
    this.snapshots.installSnapshot(snapshot);
    this.version = version;
  }

  /** The machine, as one that can be captured. */
  get snapshots(): SnapshotStateMachine<C, Q, R> {
    const { machine } = this;
    check(
      isSnapshotStateMachine(machine),
      'it declares `snapshot`, and has no createSnapshot and installSnapshot',
    );
    return machine;
  }

  #ask(query: Q): string {
    const { queries, results } = this.machine;
    const asked = queries.decode(Uint8Array.from(queries.encode(query)));
    let answer: R;
    try {
      answer = this.machine.query(asked);
    } catch (error) {
      return `threw ${(error as Error).message}`;
    }
    return toHex(results.encode(answer));
  }

  #step({ command: bytes, context }: Step, afterwards: Afterwards): string {
    const { machine } = this;
    this.version = context.version;
    if (bytes === null) {
      machine.tick?.(context);
      return 'tick';
    }
    const command = machine.commands.decode(Uint8Array.from(bytes));
    let result: R;
    try {
      result = machine.apply(command, context);
    } catch (error) {
      return this.#refused(error, context.at.index);
    }
    const shown = toHex(machine.results.encode(result));
    afterwards(command, result);
    return shown;
  }

  #batch(steps: readonly Step[]): string[] {
    const { machine } = this;
    const commands = steps.map(({ command }) => machine.commands.decode(Uint8Array.from(command ?? [])));
    const contexts = steps.map(({ context }) => context);
    this.version = contexts.at(-1)?.version ?? this.version;
    const results = machine.applyBatch?.(commands, contexts) ?? [];
    check(
      results.length === steps.length,
      `applyBatch gave ${results.length} results for ${steps.length} commands`,
    );
    return results.map((result, i) => {
      if (result instanceof Error) return this.#refused(result, contexts[i]?.at.index ?? 0);
      return toHex(machine.results.encode(result));
    });
  }

  #refused(error: unknown, index: number): string {
    if (!(error instanceof RejectCommand)) {
      const text = `apply of entry ${index} threw ${String(error)}, which is no RejectCommand: every replica would stop`;
      throw new ComplianceError(text, { cause: error });
    }
    this.rejected += 1;
    return `rejected ${error.reason}: ${error.message}`;
  }
}

/** All items of a snapshot. */
export function itemsOf(snapshot: Snapshot): readonly SnapshotItem[] {
  // Copies: what the snapshot gives may be its own.
  return snapshot.items(0, snapshot.length).map(({ key, value }) => ({
    key: Uint8Array.from(key),
    value: Uint8Array.from(value),
  }));
}

export function showItem({ key, value }: SnapshotItem): string {
  return `${toHex(key)}=${toHex(value)}`;
}
