import type { PartName } from '@smalti/core';
import { makeLog } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import type { SnapshotSyncMessage, SnapshotSyncOptions } from '../src/index.ts';
import { Bench } from './bench.ts';
import { checkpointAt } from './checkpoint-at.ts';

const SOURCE = makeLog(600);
const OLD = checkpointAt(SOURCE[299], 500);
const NEW = checkpointAt(SOURCE[499], 500, (i) => i < 100);
const NAMES = [...NEW.parts.keys()];

/** A provider whose guest is the test. */
function guest(options: SnapshotSyncOptions = {}, maxMessageBytes = 100_000) {
  const bench = new Bench({ source: SOURCE, checkpoints: [OLD, NEW], options, maxMessageBytes });
  const provider = bench.add('a');
  const fetch = (id: number, names: readonly PartName[], maxBytes = 50_000): SnapshotSyncMessage => {
    return { type: 'fetch', nonce: 1, id, names, maxBytes };
  };
  const ask = (...all: SnapshotSyncMessage[]) => {
    for (const message of all) provider.take(message, bench.joiner.id);
  };
  const answers = () => {
    bench.pass(1_000);
    return bench.delivered.splice(0).flatMap(({ to, message }) => (to === bench.joiner.id ? [message] : []));
  };
  ask({ type: 'ask', nonce: 1 });
  return { bench, provider, fetch, ask, answers };
}

function lengths(message: SnapshotSyncMessage | undefined): readonly number[] {
  return message?.type === 'parts' ? message.parts.map(({ length }) => length) : [];
}

describe('a provider', () => {
  it('offers what is whole there, the newest first', () => {
    const { answers } = guest();
    expect(answers()).toEqual([
      {
        type: 'offer',
        nonce: 1,
        checkpoints: [NEW, OLD].map(({ at, root, manifest }) => ({ at, root, bytes: manifest.bytes })),
      },
    ]);
  });

  it('sends parts in the order in which they were asked for, and none for those that are not there', () => {
    const { fetch, ask, answers } = guest();
    const missing = '0'.repeat(64) as PartName;
    ask(fetch(1, [NAMES[2] as PartName, missing, NAMES[0] as PartName]));
    const [, answer] = answers();
    expect(lengths(answer)).toEqual([
      NEW.parts.get(NAMES[2] as PartName)?.length,
      0,
      NEW.parts.get(NAMES[0] as PartName)?.length,
    ]);
  });

  it('keeps to the bound of the request, its own, and the transport’s, and sends one part in any case', () => {
    for (const [maxBytes, batchBytes, maxMessageBytes] of [
      [9_000, 128_000, 100_000],
      [50_000, 9_000, 100_000],
      [50_000, 128_000, 9_000],
      [1, 128_000, 100_000],
    ] as const) {
      const { fetch, ask, answers } = guest({ batchBytes }, maxMessageBytes);
      ask(fetch(1, NAMES.slice(0, 20), maxBytes));
      const sent = lengths(answers()[1]);
      const sum = sent.reduce((all, length) => all + length, 0);
      expect(sum).toBeLessThanOrEqual(maxBytes === 1 ? 4_096 : 9_000);
      expect(sent.length).toBeGreaterThanOrEqual(1);
      expect(sent.length).toBe(maxBytes === 1 ? 1 : sent.length);
      expect(sum).toBeGreaterThan(maxBytes === 1 ? 0 : 4_000);
    }
  });

  it('says that it has not what no message carries', () => {
    const { fetch, ask, answers } = guest({}, 1_000);
    const long = NAMES.find((name) => (NEW.parts.get(name)?.length ?? 0) > 2_000) as PartName;
    ask(fetch(1, [long]));
    expect(lengths(answers()[1])).toEqual([0]);
  });

  it('H20: lets so many requests of one peer wait, and holds so many bytes, while nothing can be sent', () => {
    const { bench, provider, fetch, ask, answers } = guest({ servedBytes: 65_536, batchBytes: 10_000 });
    answers();
    provider.lane = 0;
    ask(...Array.from({ length: 40 }, (_, i) => fetch(i + 1, NAMES.slice(i % 10, (i % 10) + 5))));
    bench.pass(1_000);
    provider.lane = null;
    provider.writable();
    // Two that were read, and sixteen that waited.
    expect(answers().filter(({ type }) => type === 'parts').length).toBeLessThanOrEqual(18);
  });

  it('H17: drops what an older session of the peer asked for, and what nobody announced', () => {
    const { provider, fetch, ask, answers } = guest();
    answers();
    provider.lane = 0;
    ask(fetch(1, NAMES.slice(0, 2)), fetch(2, NAMES.slice(0, 2)), fetch(3, NAMES.slice(0, 2)));
    ask({ type: 'ask', nonce: 2 }, { ...fetch(4, NAMES.slice(0, 2)), nonce: 2 } as SnapshotSyncMessage);
    ask(fetch(5, NAMES.slice(0, 2)));
    provider.lane = null;
    provider.writable();
    const all = answers();
    expect(all.map((message) => (message.type === 'parts' ? message.id : message.type))).toEqual([
      'offer',
      4,
    ]);
  });

  it('drops everything of a peer that is gone', () => {
    const { bench, provider, fetch, ask } = guest();
    bench.pass(100);
    provider.lane = 0;
    ask(fetch(1, NAMES.slice(0, 2)));
    bench.pass(10);
    provider.leave();
    provider.bonded = true;
    provider.lane = null;
    bench.delivered.splice(0);
    provider.writable();
    bench.pass(5_000);
    expect(bench.delivered.filter(({ message }) => message.type === 'parts')).toEqual([]);
  });

  it('hands back what is for sessions', () => {
    const { provider } = guest();
    const offer: SnapshotSyncMessage = { type: 'offer', nonce: 1, checkpoints: [] };
    expect(provider.provider.receive(offer, provider.id, provider.cx)).toBe(false);
    const range: SnapshotSyncMessage = {
      type: 'entries',
      message: { type: 'available', nonce: 1, first: 1, last: 2 },
    };
    expect(provider.provider.receive(range, provider.id, provider.cx)).toBe(false);
  });
});
