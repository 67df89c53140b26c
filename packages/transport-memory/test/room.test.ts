import type { Bond, BondCredentials, BondEvents, Lane } from '@smalti/core';
import { toBootNonce, toGroupId, toIncarnation, toNetworkId, toPeerId } from '@smalti/core';
import { nodePlatform } from '@smalti/platform-node';
import { expect, test } from 'vitest';
import { memoryHub } from '../src/index.ts';

function credentials(name: string): BondCredentials {
  const local = {
    id: toPeerId(name),
    incarnation: toIncarnation(Buffer.from(name.padEnd(16)).toString('hex')),
    boot: toBootNonce('1'.repeat(16)),
    cluster: null,
    bootstrapping: false,
    address: name,
    protocol: { min: 1, max: 1 },
  };
  return {
    network: toNetworkId('test'),
    groups: () => [toGroupId('ab'.repeat(32))],
    keys: () => [new Uint8Array(32).fill(1)],
    local: () => local,
  };
}

test('a lane that refused a large message says that it has room, though it was never half full', async () => {
  const hub = memoryHub({ ...nodePlatform(), limits: { bulkQueueBytes: 1000, maxMessageBytes: 4000 } });
  const [a, b] = [hub.transport('a'), hub.transport('b')];
  let sent = 0;
  const lengths = await new Promise<number[]>((resolve) => {
    const got: number[] = [];
    const send = (bond: Bond, bytes: number): void => {
      if (bond.send('bulk', new Uint8Array(bytes))) sent += 1;
    };
    const events: BondEvents = {
      bonded(bond) {
        send(bond, 100);
        send(bond, 3000);
      },
      writable: (bond) => send(bond, 3000),
      message: () => {},
      unbonded: () => {},
      refused: () => {},
    };
    b.attach(credentials('b'), {
      ...events,
      bonded: () => {},
      message(_bond: Bond, _lane: Lane, bytes: Uint8Array) {
        got.push(bytes.length);
        if (got.length === 2) resolve(got);
      },
    });
    a.attach(credentials('a'), events).dial('b');
  });
  expect(lengths).toEqual([100, 3000]);
  expect(sent).toBe(2);
  await a.close();
  await b.close();
});
