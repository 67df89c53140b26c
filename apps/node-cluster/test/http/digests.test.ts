import { beforeEach, describe, expect, it } from 'vitest';
import { Digests } from '../../src/http/digests.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';

const LONG_MS = 10_000;

let group: FakeGroup;
let digests: Digests;
/** Captures that were taken, and what lets each be worked out. */
let captures: (() => void)[];

beforeEach(() => {
  group = new FakeGroup();
  captures = [];
  const { machine } = group;
  const capture = machine.capture.bind(machine);
  machine.capture = () => {
    const captured = capture();
    const digest = captured.digest.bind(captured);
    const released = new Promise<void>((resolve) => captures.push(resolve));
    captured.digest = () => released.then(() => digest());
    return captured;
  };
  digests = new Digests(fakeService(group));
});

async function write(): Promise<void> {
  await group.execute({ op: 'del', keys: ['a'] });
}

describe('a digest that several wait for', () => {
  it.each([
    [1, LONG_MS],
    [LONG_MS, 1],
  ])('is waited for as long as each wants: %d ms, then %d ms', async (first, second) => {
    const both = [first, second].map((timeoutMs) => digests.at(group, 1, timeoutMs));
    const [hasty, patient] = first < second ? both : both.toReversed();
    await expect(hasty).rejects.toMatchObject({ code: 'TIMEOUT' });
    await write();
    captures[0]?.();
    expect(await patient).toMatchObject({ index: 1 });
    expect(captures).toHaveLength(1);
  });

  it('is waited for no longer while it is worked out, and is there for whoever asks again', async () => {
    await write();
    await expect(digests.at(group, 1, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await write();
    const again = digests.at(group, 1, LONG_MS);
    captures[0]?.();
    expect(await again).toMatchObject({ index: 1 });
    expect(captures).toHaveLength(1);
  });

  it('is one of so many, until it is known', async () => {
    const waiting = Array.from({ length: 255 }, (_, i) => digests.at(group, i + 2, 5));
    const ends = Promise.allSettled(waiting);
    await write();
    await expect(digests.at(group, 1, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await ends;
    // All have given up, and one is still worked out.
    const others = Array.from({ length: 255 }, (_, i) => digests.at(group, i + 2, 5));
    await expect(digests.at(group, 300, 1)).rejects.toMatchObject({ code: 'OVERLOADED' });
    await Promise.allSettled(others);
    captures[0]?.();
    expect(await digests.at(group, 1, LONG_MS)).toMatchObject({ index: 1 });
    await expect(digests.at(group, 300, 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
