import {
  type ApplyContext,
  ByteReader,
  ByteWriter,
  type Codec,
  type Snapshot,
  type SnapshotStateMachine,
} from '@smalti/core';
import { type KvCommand, KvMachine, type KvQuery, type KvResult } from '@smalti/node-cluster';

/** Sets `count` keys of those numbered `first`, `first + step`, …, to values that follow from number and version. */
export interface Fill {
  readonly first: number;
  readonly count: number;
  readonly step: number;
  readonly valueBytes: number;
  readonly version: number;
}

export type FilledCommand = Fill | KvCommand;

/** Bytes of a key. */
export const KEY_BYTES = 16;

const kv = new KvMachine().commands;

const commands: Codec<FilledCommand> = {
  encode(command) {
    const writer = new ByteWriter();
    if ('op' in command) return writer.u8(0).raw(kv.encode(command)).finish();
    const { first, count, step, valueBytes, version } = command;
    writer.u8(1).varint(first).varint(count).varint(step).varint(valueBytes).varint(version);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    if (reader.u8() === 0) return kv.decode(reader.raw(reader.remaining));
    const fill = {
      first: reader.varint(),
      count: reader.varint(),
      step: reader.varint(),
      valueBytes: reader.varint(),
      version: reader.varint(),
    };
    reader.end();
    return fill;
  },
};

/** The key of that number. They are in order. */
export function keyOf(number: number): string {
  return Buffer.from(`key-${String(number).padStart(KEY_BYTES - 4, '0')}`, 'latin1').toString('latin1');
}

/**
 * The machine of the reference cluster, with one more command: a large state would take minutes to send through the log,
 * and what is measured is what comes after.
 */
export class FilledMachine implements SnapshotStateMachine<FilledCommand, KvQuery, KvResult> {
  readonly signature = 'bench/filled-kv/1';
  readonly commands = commands;
  readonly #kv = new KvMachine();
  readonly descriptor = this.#kv.descriptor;
  readonly queries = this.#kv.queries;
  readonly results = this.#kv.results;
  readonly version = this.#kv.version;

  get size(): number {
    return this.#kv.size;
  }

  apply(command: FilledCommand, context: Pick<ApplyContext, 'time'>): KvResult {
    return this.#kv.apply('op' in command ? command : { op: 'mset', items: itemsOf(command) }, context);
  }

  query(query: KvQuery): KvResult {
    return this.#kv.query(query);
  }

  nextDeadline(): number | null {
    return this.#kv.nextDeadline();
  }

  tick(context: ApplyContext): void {
    this.#kv.tick(context);
  }

  createSnapshot(): Snapshot {
    return this.#kv.createSnapshot();
  }

  emptySnapshot(version: number): Snapshot {
    return this.#kv.emptySnapshot(version);
  }

  installSnapshot(snapshot: Snapshot): void {
    this.#kv.installSnapshot(snapshot);
  }
}

/** All strings are flat, as those that a client sent are. */
function itemsOf({ first, count, step, valueBytes, version }: Fill): [string, string][] {
  const items: [string, string][] = [];
  const value = Buffer.alloc(Math.ceil(valueBytes / 4) * 4);
  for (let number = first; items.length < count; number += step) {
    // Nothing repeats, so that no part of a checkpoint is like another.
    let state = (Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(version + 1, 0x85ebca6b)) | 1;
    for (let at = 0; at < value.length; at += 4) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      value.writeInt32LE(state, at);
    }
    items.push([keyOf(number), value.toString('latin1', 0, valueBytes)]);
  }
  return items;
}
