import { type PartName, SmaltiError } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEnd, encodeMagic, encodeManifest, recordHead } from '../src/format.ts';
import { ArchiveReader, verifyArchive, writeArchive } from '../src/index.ts';
import { Seal } from '../src/seal.ts';
import { archiveOf, type Checkpoint, cut, hasher, header, items, partsIn, sourceOf } from './support.ts';

const STATE = cut({ birth: items(1, 'b'), machine: items(60), sessions: [] });

async function problemOf(bytes: Uint8Array): Promise<string> {
  try {
    await verifyArchive(sourceOf(bytes), { hasher });
    return 'none';
  } catch (error) {
    if (error instanceof SmaltiError) return error.code;
    throw error;
  }
}

async function partsOfArchive(bytes: Uint8Array): Promise<[PartName, Uint8Array][]> {
  const reader = await ArchiveReader.open(sourceOf(bytes), hasher);
  const all: [PartName, Uint8Array][] = [];
  for await (const part of reader.parts()) all.push([part.name, part.bytes]);
  return all;
}

/** An archive of these parts, right in itself, whatever they are. */
function forge(
  manifest: Checkpoint['manifest'],
  parts: readonly (readonly [PartName, Uint8Array])[],
): Uint8Array {
  const head = encodeManifest(manifest);
  const seal = new Seal(head, hasher);
  for (const [name] of parts) seal.add(name);
  const bytes = parts.reduce((sum, [, part]) => sum + part.length, 0);
  return Buffer.concat([
    encodeMagic(),
    recordHead(head, hasher),
    head,
    ...parts.flatMap(([, part]) => [recordHead(part, hasher), part]),
    encodeEnd({ records: parts.length, bytes, seal: seal.bytes }, hasher),
  ]);
}

describe('an archive', () => {
  it('holds every part once, the root first', async () => {
    const all = await partsOfArchive(await archiveOf(STATE));
    expect(all[0]?.[0]).toBe(STATE.manifest.root);
    expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
    expect(new Map(all.map(([name, bytes]) => [name, Buffer.from(bytes)]))).toEqual(
      new Map([...STATE.parts].map(([name, bytes]) => [name, Buffer.from(bytes)])),
    );
  });

  it('is verified, whatever the state', async () => {
    const state = fc.record({ machine: fc.nat(200), sessions: fc.nat(20), seed: fc.string() });
    await fc.assert(
      fc.asyncProperty(state, async ({ machine, sessions, seed }) => {
        const checkpoint = cut({ machine: items(machine, seed), sessions: items(sessions, seed) });
        const bytes = await archiveOf(checkpoint);
        const verified = await verifyArchive(sourceOf(bytes), { hasher });
        expect(verified.manifest).toEqual(checkpoint.manifest);
        expect(verified.parts).toBe(checkpoint.parts.size);
        expect(verified.root.sections.map(({ items }) => items)).toEqual([machine, sessions]);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same bytes, whoever makes it', async () => {
    expect(await archiveOf(STATE)).toEqual(
      await archiveOf(cut({ birth: items(1, 'b'), machine: items(60), sessions: [] })),
    );
  });

  it('may hold a part twice', async () => {
    const parts = await partsOfArchive(await archiveOf(STATE));
    const twice = forge(STATE.manifest, [...parts, ...parts.slice(3, 6)]);
    const verified = await verifyArchive(sourceOf(twice), { hasher });
    expect(verified.parts).toBe(STATE.parts.size);
  });

  it('is made of agreed checkpoints alone', async () => {
    const manifest = { ...STATE.manifest, agreed: false };
    await expect(archiveOf({ ...STATE, manifest })).rejects.toMatchObject({ code: 'STORAGE_RANGE' });
    const parts = await partsOfArchive(await archiveOf(STATE));
    expect(await problemOf(forge(manifest, parts))).toBe('STORAGE_CORRUPT');
  });

  it('is not made if any part is missing or damaged', async () => {
    for (const name of STATE.parts.keys()) {
      const parts = new Map(STATE.parts);
      parts.delete(name);
      await expect(archiveOf({ ...STATE, parts })).rejects.toMatchObject({
        code: 'STORAGE_CORRUPT',
        details: { part: name },
      });
    }
  });

  it('is read no faster than it is taken', async () => {
    const big = cut({ machine: items(3000) });
    let asked = 0;
    const parts = {
      get: (names: readonly PartName[]) => {
        asked += names.length;
        return partsIn(big.parts).get(names);
      },
    };
    const archive = writeArchive({ manifest: big.manifest, parts, hasher });
    const first = await archive.next();
    expect(first.value?.length).toBeLessThan(80_000);
    await new Promise(setImmediate);
    expect(asked).toBeLessThan(big.parts.size / 2);
    await archive.return();
  });
});

describe('damage', () => {
  it('of any byte is found', async () => {
    const bytes = await archiveOf(cut({ machine: items(10).slice(1) }));
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      expect(await problemOf(damaged), `byte ${at}`).not.toBe('none');
    }
  });

  it('by a cut anywhere is found', async () => {
    const bytes = await archiveOf(cut({ machine: items(10).slice(1) }));
    for (let length = 0; length < bytes.length; length++) {
      expect(await problemOf(bytes.subarray(0, length)), `${length} bytes`).not.toBe('none');
    }
  });

  it('by more at the end is found', async () => {
    expect(await problemOf(Buffer.concat([await archiveOf(STATE), Uint8Array.of(0)]))).toBe(
      'STORAGE_CORRUPT',
    );
  });

  it('by exchanged, doubled or removed records is found', async () => {
    const bytes = await archiveOf(STATE);
    const reader = await ArchiveReader.open(sourceOf(bytes), hasher);
    const places: { from: number; to: number }[] = [];
    for await (const { offset, bytes: part } of reader.parts()) {
      places.push({ from: offset, to: offset + 8 + part.length });
    }
    const [first, end] = [places[0]?.from as number, places.at(-1)?.to as number];
    const build = (order: readonly number[]): Uint8Array =>
      Buffer.concat([
        bytes.subarray(0, first),
        ...order.map((i) => bytes.subarray(places[i]?.from, places[i]?.to)),
        bytes.subarray(end),
      ]);
    const all = places.map((_, i) => i);
    expect(await problemOf(build(all))).toBe('none');
    const other = fc.oneof(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.subarray(all),
      fc.nat(all.length - 1).map((i) => [...all, i]),
    );
    await fc.assert(
      fc.asyncProperty(other, async (order) => {
        fc.pre(order.join() !== all.join());
        expect(await problemOf(build(order))).toBe('STORAGE_CORRUPT');
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is right in itself and no checkpoint', () => {
  it('lacks a part', async () => {
    const parts = await partsOfArchive(await archiveOf(STATE));
    for (const [i] of parts.entries()) {
      expect(await problemOf(forge(STATE.manifest, parts.toSpliced(i, 1)))).toBe('STORAGE_CORRUPT');
    }
  });

  it('has a part too many', async () => {
    const parts = await partsOfArchive(await archiveOf(STATE));
    const more = [...cut({ machine: items(3, 'other') }).parts].slice(0, 1);
    expect(await problemOf(forge(STATE.manifest, [...parts, ...more]))).toBe('STORAGE_CORRUPT');
  });

  it('is of another manifest', async () => {
    const parts = await partsOfArchive(await archiveOf(STATE));
    const { manifest } = STATE;
    for (const wrong of [
      { ...manifest, bytes: manifest.bytes + 1 },
      { ...manifest, anchor: header(43).anchor },
      { ...manifest, format: 2 },
      { ...manifest, root: parts[1]?.[0] as PartName },
    ]) {
      expect(await problemOf(forge(wrong, parts))).toBe('STORAGE_CORRUPT');
    }
  });
});

describe('a file that is no archive', () => {
  it('is told as such', async () => {
    expect(await problemOf(new Uint8Array(0))).toBe('STORAGE_FOREIGN');
    expect(await problemOf(new TextEncoder().encode('{"a file": "of another kind"}'))).toBe(
      'STORAGE_FOREIGN',
    );
  });

  it('or is one of a later version', async () => {
    const bytes = await archiveOf(STATE);
    bytes[14] = 2;
    expect(await problemOf(bytes)).toBe('STORAGE_VERSION');
  });
});
