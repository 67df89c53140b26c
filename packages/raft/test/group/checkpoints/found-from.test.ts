import {
  type CheckpointRoot,
  compareBytes,
  cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  decodeGenesis,
  decodeRoot,
  Framer,
  type PartName,
  payloadOf,
  readFrames,
  SessionTableReader,
  type SnapshotItem,
  toClusterId,
  toGroupId,
  toIncarnation,
  toPartName,
  toPeerId,
  walkTree,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { type Founder, foundFrom } from '../../../src/index.ts';

const MACHINE = { name: 'machine', top: toPartName('ab'.repeat(32)), items: 3, bytes: 300 };
const OLD: CheckpointRoot = {
  format: DEFAULT_CHECKPOINT_FORMAT,
  cluster: toClusterId('c3'.repeat(16)),
  group: toGroupId('a1'.repeat(32)),
  anchor: cursor(9, 77),
  time: 123_456,
  machine: { signature: 'test/items/1', version: 4 },
  configuration: Uint8Array.of(1),
  sections: [
    { name: 'birth', top: toPartName('01'.repeat(32)), items: 1, bytes: 10 },
    MACHINE,
    { name: 'sessions', top: toPartName('02'.repeat(32)), items: 5, bytes: 50 },
  ],
};
const FOUNDER: Founder = {
  cluster: toClusterId('d4'.repeat(16)),
  group: toGroupId('b2'.repeat(32)),
  member: {
    id: toPeerId('n7'),
    incarnation: toIncarnation('0f'.repeat(16)),
    address: '10.0.0.7:9001',
    preference: 'normal',
  },
};

function itemsOf(
  root: CheckpointRoot,
  name: string,
  parts: ReadonlyMap<PartName, Uint8Array>,
): SnapshotItem[] {
  const section = root.sections.find((each) => each.name === name);
  if (section === undefined) throw new Error(`there is a section ${name}`);
  const items: SnapshotItem[] = [];
  const walk = walkTree(section, root.format, simHasher);
  for (let step = walk.next(); step.done !== true; ) {
    if ('items' in step.value) items.push(...step.value.items);
    step = walk.next('get' in step.value ? step.value.get.map((part) => parts.get(part) ?? null) : undefined);
  }
  return items;
}

describe('a cluster that begins with the state of another one', () => {
  const founding = foundFrom(OLD, FOUNDER, simHasher);
  const root = decodeRoot(founding.parts.get(founding.manifest.root) as Uint8Array);

  it('has the state of the machine, its place and its time, and is another cluster', () => {
    expect(root.sections.find(({ name }) => name === 'machine')).toEqual(MACHINE);
    expect(root).toMatchObject({ time: 123_456, machine: OLD.machine, format: OLD.format });
    expect(root).toMatchObject({ cluster: FOUNDER.cluster, group: FOUNDER.group, anchor: cursor(1, 77) });
    expect(founding.manifest).toMatchObject({ anchor: cursor(1, 77), agreed: true, format: 1 });
    const below = root.sections.reduce((sum, { bytes }) => sum + bytes, 0);
    const own = (founding.parts.get(founding.manifest.root) as Uint8Array).length;
    expect(founding.manifest.bytes).toBe(below + own);
  });

  it('was born with one member, which is in force at the checkpoint', () => {
    const { birth, hardState } = founding;
    expect([birth.index, birth.term, birth.stamp]).toEqual([1, 1, 123_456]);
    expect(new Framer(FOUNDER.cluster, simHasher).verify(birth)).toBe(true);
    expect(new Framer(OLD.cluster, simHasher).verify(birth)).toBe(false);
    expect(decodeGenesis(payloadOf(birth))).toEqual({
      cluster: FOUNDER.cluster,
      group: FOUNDER.group,
      configuration: { voters: [FOUNDER.member], outgoing: [], learners: [] },
      machineVersion: OLD.machine.version,
    });
    const frames = [root.configuration, ...itemsOf(root, 'birth', founding.parts).map(({ value }) => value)];
    for (const frame of frames) expect(compareBytes(frame, birth.frame)).toBe(0);
    expect(readFrames(root.configuration)).toHaveLength(1);
    expect(hardState).toEqual({ term: 1, vote: null, commit: 77, doubt: false });
  });

  it('has no client sessions, and those of the other cluster never begin again', () => {
    const reader = new SessionTableReader();
    reader.add(itemsOf(root, 'sessions', founding.parts));
    const table = reader.finish();
    expect(table.size).toBe(0);
    expect(table.head).toEqual({ time: 0, stamp: 123_456, floor: 77 });
  });

  it('needs the state of a machine', () => {
    const sections = OLD.sections.filter(({ name }) => name !== 'machine');
    expect(() => foundFrom({ ...OLD, sections }, FOUNDER, simHasher)).toThrow(/no state of a machine/);
  });
});
