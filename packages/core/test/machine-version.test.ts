import { describe, expect, it } from 'vitest';
import { DecodeError, decodeMachineVersion, encodeMachineVersion, versionsOf } from '../src/index.ts';

describe('versions of a machine', () => {
  it('are 1 alone unless it says otherwise', () => {
    expect(versionsOf({})).toEqual({ oldest: 1, newest: 1 });
    expect(versionsOf({ version: 3 })).toEqual({ oldest: 1, newest: 3 });
    expect(versionsOf({ version: 3, oldestVersion: 3 })).toEqual({ oldest: 3, newest: 3 });
  });

  it.each([
    [{ version: 0 }, 'not 0'],
    [{ version: 1.5 }, 'not 1.5'],
    [{ oldestVersion: -1 }, 'not -1'],
    [{ oldestVersion: 2 }, 'the oldest version, 2, is after the newest, 1'],
  ])('cannot be %j', (machine, why) => {
    expect(() => versionsOf(machine)).toThrow(why);
  });

  it('come out of entries as they went in, and out of nothing else', () => {
    for (const version of [1, 2, 300, Number.MAX_SAFE_INTEGER]) {
      expect(decodeMachineVersion(encodeMachineVersion(version))).toBe(version);
    }
    const bytes = encodeMachineVersion(300);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeMachineVersion(bytes.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => decodeMachineVersion(new Uint8Array([...bytes, 0]))).toThrow(DecodeError);
    expect(() => decodeMachineVersion(new Uint8Array([2, 1]))).toThrow(/layout 2/);
    expect(() => decodeMachineVersion(new Uint8Array([1, 0]))).toThrow(/0 is no version/);
  });
});
