import {
  type ApplyContext,
  ByteReader,
  ByteWriter,
  type Codec,
  type Snapshot,
  type SnapshotStateMachine,
} from '@smalti/core';
import { KvSnapshot, NO_TRAIL, noValues, type Trail, trailAfter } from './kv-snapshot.ts';

/** What clients write. Every command has an id of its own, so that it can be told where it came to be. */
export interface KvCommand {
  readonly id: number;
  /** `poison` sets as `set` does, where the program can: others fail at it. It is the first of its run. */
  readonly op: 'set' | 'append' | 'cas' | 'delete' | 'poison';
  readonly key: string;
  readonly value: string;
  /** For `cas`: what has to be there. */
  readonly expected: string | null;
  /** How many commands of the same run come after it: the state of its entry has them too. */
  readonly more: number;
}

/** What a command or a query gives: what was there before, and what is there afterwards. */
export interface KvResult {
  readonly before: string | null;
  readonly value: string | null;
}

/** Names the machine, in the identity of the group. */
export const KV_SIGNATURE = 'smalti.test/kv/1';

const OPS = ['set', 'append', 'cas', 'delete', 'poison'] as const;

const commands: Codec<KvCommand> = {
  encode: ({ id, op, key, value, expected, more }) =>
    new ByteWriter(64)
      .varint(id)
      .u8(OPS.indexOf(op) + (expected === null ? 0 : 16))
      .text(key)
      .text(value)
      .text(expected ?? '')
      .varint(more)
      .finish(),
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    const id = reader.varint();
    const head = reader.u8();
    const op = OPS[head % 16] ?? 'set';
    const [key, value, expected] = [reader.text(64), reader.text(1 << 20), reader.text(1 << 20)];
    const more = reader.varint();
    reader.end();
    return { id, op, key, value, expected: head < 16 ? null : expected, more };
  },
};

const results: Codec<KvResult> = {
  encode: ({ before, value }) =>
    new ByteWriter(16)
      .u8((before === null ? 0 : 1) + (value === null ? 0 : 2))
      .text(before ?? '')
      .text(value ?? '')
      .finish(),
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    const head = reader.u8();
    const [before, value] = [reader.text(1 << 20), reader.text(1 << 20)];
    return { before: head % 2 === 1 ? before : null, value: head >= 2 ? value : null };
  },
};

const queries: Codec<string> = {
  encode: (key) => new ByteWriter(16).text(key).finish(),
  decode: (bytes) => new ByteReader(bytes).text(64),
};

/** What a command makes of what is there. */
export function valueAfter(
  before: string | null,
  command: Pick<KvCommand, 'op' | 'value' | 'expected'>,
): string | null {
  const { op, value, expected } = command;
  if (op === 'set' || op === 'poison') return value;
  if (op === 'append') return (before ?? '') + value;
  if (op === 'delete') return null;
  return before === expected ? value : before;
}

/** Where a command is applied, and by which version of the machine. */
export interface AppliedAt {
  readonly index: number;
  readonly term: number;
  readonly version: number;
}

/** Told of each command at the moment it is applied. */
export type ApplyListener = (at: AppliedAt, command: KvCommand, result: KvResult) => void;

/** Told of a command at which the machine fails, when half of its change is made. */
export type FailListener = (at: AppliedAt, command: KvCommand) => void;

/** How a program is with poison. */
export interface Weakness {
  /** Ids of poison that it can apply: up to this one. */
  readonly able: number;
  readonly fails: FailListener;
}

/** Told of each state that takes the place of what was there. */
export type RestoreListener = (values: Iterable<[string, string]>, trail: Trail) => void;

/** Texts by key, and what has led to them. */
export class KvMachine implements SnapshotStateMachine<KvCommand, string, KvResult> {
  readonly descriptor = {
    name: 'seeds-kv',
    version: '1.0.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = KV_SIGNATURE;
  readonly commands = commands;
  readonly results = results;
  readonly queries = queries;
  #values = noValues();
  #trail = NO_TRAIL;
  readonly #applied: ApplyListener;
  readonly #restored: RestoreListener;
  readonly #weakness: Weakness | null;

  /** @param weakness null: it can apply everything. */
  constructor(applied: ApplyListener, restored: RestoreListener, weakness: Weakness | null = null) {
    this.#applied = applied;
    this.#restored = restored;
    this.#weakness = weakness;
  }

  get values(): Iterable<[string, string]> {
    return this.#values.entries();
  }

  apply(command: KvCommand, { at, version }: Pick<ApplyContext, 'at' | 'version'>): KvResult {
    const before = this.#values.get(command.key) ?? null;
    const value = valueAfter(before, command);
    if (value === null) this.#values.delete(command.key);
    else this.#values.set(command.key, value);
    const weakness = this.#weakness;
    if (command.op === 'poison' && weakness !== null && command.id > weakness.able) {
      weakness.fails({ ...at, version }, command);
      throw new Error(`cannot go on with command ${command.id}`);
    }
    this.#trail = trailAfter(this.#trail, at.index, command.id);
    const result = { before, value };
    this.#applied({ ...at, version }, command, result);
    return result;
  }

  query(key: string): KvResult {
    const value = this.#values.get(key) ?? null;
    return { before: value, value };
  }

  createSnapshot(_version?: number): Snapshot {
    return new KvSnapshot(this.#values.clone(), this.#trail);
  }

  emptySnapshot(_version?: number): Snapshot {
    return new KvSnapshot();
  }

  installSnapshot(snapshot: Snapshot): void {
    if (!(snapshot instanceof KvSnapshot)) throw new TypeError('a snapshot of another machine');
    this.#values = snapshot.values.clone();
    this.#trail = snapshot.trail ?? NO_TRAIL;
    this.#restored(this.values, this.#trail);
  }

  /** Index of the last command that is in the state. */
  get last(): number {
    return this.#trail.last;
  }

  /** Bits of the state turn over, which no client sees: from now on this replica is not like the others. */
  flip(bits: number): void {
    this.#trail = { ...this.#trail, sum: (this.#trail.sum ^ bits) >>> 0 };
  }
}
