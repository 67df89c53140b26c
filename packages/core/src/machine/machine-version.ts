import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { StateMachine } from './state-machine.ts';

/** Which versions of itself a machine knows: all from the oldest to the newest. */
export interface KnownVersions {
  readonly oldest: number;
  readonly newest: number;
}

/** @throws RangeError if the machine says what cannot be. */
export function versionsOf(
  machine: Pick<StateMachine<never, never, unknown>, 'version' | 'oldestVersion'>,
): KnownVersions {
  const { version: newest = 1, oldestVersion: oldest = 1 } = machine;
  for (const each of [newest, oldest]) {
    if (!Number.isSafeInteger(each) || each < 1) {
      throw new RangeError(`the version of a machine is a whole number from 1 on, and not ${each}`);
    }
  }
  if (oldest > newest) throw new RangeError(`the oldest version, ${oldest}, is after the newest, ${newest}`);
  return { oldest, newest };
}

const LAYOUT = 1;

/** The payload of a `version` entry: which version of the machine is in force after it, if that is a greater one. */
export function encodeMachineVersion(version: number): Uint8Array {
  return new ByteWriter(8).u8(LAYOUT).varint(version).finish();
}

/** @throws DecodeError if the bytes name no version. */
export function decodeMachineVersion(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes);
  const layout = reader.u8();
  if (layout !== LAYOUT) throw new DecodeError(`version layout ${layout}, known is ${LAYOUT}`, 0);
  const version = reader.varint();
  reader.end();
  if (version < 1) throw new DecodeError('0 is no version of a machine', 1);
  return version;
}
