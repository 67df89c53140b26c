import {
  CheckpointCutter,
  decodeMarker,
  EntryKind,
  encodeMarker,
  encodeOutcome,
  type Index,
  nameOfPart,
  type PartName,
  payloadOf,
  StateSection,
} from '@smalti/core';
import { Simulation, simHasher } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import type { Captured } from '../../../src/group/checkpoints/captured.ts';
import { Applying, Script } from '../support/applying.ts';

function rootOf({ checkpoint }: Captured, stepBytes = 64 * 1024): PartName {
  const cutter = new CheckpointCutter(checkpoint);
  while (cutter.result === null) cutter.step(stepBytes);
  return cutter.result.name;
}

/** Many words of several sessions, a marker within them, and more words. */
function scripted(before: number, after: number): { script: Script; marker: Index } {
  const script = new Script(simHasher);
  for (let i = 0; i < before; i++) script.say(`word ${i}`, 1 + (i % 7));
  const { index } = script.mark();
  for (let i = 0; i < after; i++) script.say(`late ${i}`, 1 + (i % 9));
  return { script, marker: index };
}

describe('a state that is captured', () => {
  it('H16: is that of the marker, however the batches of a replica fall, and whenever it is cut', async () => {
    const sim = new Simulation();
    const { script, marker } = scripted(500, 300);
    const names: PartName[] = [];
    for (const batch of [1, 7, 64, 10_000]) {
      const one = await new Applying(script, { sim, batch }).run(sim);
      expect(one.markers.map(({ at }) => at.index)).toEqual([marker]);
      names.push(rootOf(one.captured, batch * 100));
      one.captured.release();
      expect(one.machine.snapshotsAlive).toBe(0);
    }
    const early = await new Applying(script, { sim }).run(sim, marker);
    names.push(rootOf(early.captured));
    expect(new Set(names).size).toBe(1);
  });

  it('is another one if a word, a session or the time differs', async () => {
    const sim = new Simulation();
    const names = new Set<PartName>();
    for (const [word, session] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ] as const) {
      const script = new Script(simHasher);
      script.say(word, session);
      script.mark();
      names.add(rootOf((await new Applying(script, { sim }).run(sim)).captured));
    }
    const later = new Script(simHasher);
    later.say('a');
    later.add(EntryKind.empty, new Uint8Array(0));
    later.mark();
    names.add(rootOf((await new Applying(later, { sim }).run(sim)).captured));
    expect(names.size).toBe(4);
  });

  it('names cluster, group, machine, time and the configuration in force', async () => {
    const sim = new Simulation();
    const { script, marker } = scripted(3, 0);
    const { captured } = await new Applying(script, { sim }).run(sim);
    const { header, sections } = captured.checkpoint;
    const { genesis, entry } = script.born;
    expect(captured.at).toEqual({ index: marker, term: 2 });
    expect(header).toEqual({
      format: decodeMarker(script.entries[marker - 1]?.frame.subarray(36) as Uint8Array).format,
      cluster: genesis.cluster,
      group: genesis.group,
      anchor: captured.at,
      time: script.entries[marker - 1]?.stamp,
      machine: { signature: 'test/list/1', version: 1 },
      configuration: entry.frame,
    });
    expect([...sections.keys()]).toEqual([StateSection.birth, StateSection.machine, StateSection.sessions]);
    expect(sections.get(StateSection.birth)?.items(0, 1)).toEqual([
      { key: new Uint8Array(0), value: entry.frame },
    ]);
  });

  it('is taken without reading an item, and 10,000 commands after it change nothing of it', async () => {
    const sim = new Simulation();
    const { script, marker } = scripted(2_000, 10_000);
    const now = await new Applying(script, { sim }).run(sim, marker);
    expect(now.machine.itemsRead).toBe(0);
    const root = rootOf(now.captured);
    const later = await new Applying(script, { sim }).run(sim);
    expect(later.machine.itemsRead).toBe(0);
    expect(later.machine.said).toHaveLength(12_000);
    expect(rootOf(later.captured)).toBe(root);
  });

  it('H43: is none where another format is asked for, and applying goes on', async () => {
    const sim = new Simulation();
    const script = new Script(simHasher);
    const { format } = decodeMarker(payloadOf(script.mark()));
    const newer = encodeMarker({ format });
    newer[1] = format.version + 1;
    script.add(EntryKind.marker, newer);
    script.add(EntryKind.marker, new Uint8Array([9]));
    script.say('on');
    const one = await new Applying(script, { sim }).run(sim);
    expect(one.markers.map(({ at, marker }) => [at.index, marker])).toEqual([
      [2, { format }],
      [3, null],
      [4, null],
    ]);
    expect(one.markers.slice(1).map(({ captured }) => captured)).toEqual([null, null]);
    one.markers[0]?.captured?.release();
    expect(one.notes).toEqual([
      'makes no checkpoint at entry 3: format 2 of checkpoints is not known here; this program knows 1 (at byte 1)',
      'makes no checkpoint at entry 4: marker layout 9, known is 1 (at byte 0)',
    ]);
    expect(one.machine.words).toEqual(['on']);
    expect(one.machine.snapshotsAlive).toBe(0);
  });

  it('is none on a node that keeps no checkpoints, or whose machine throws', async () => {
    const sim = new Simulation();
    const script = new Script(simHasher);
    script.mark();
    script.say('on');
    const without = await new Applying(script, { sim, keeps: false }).run(sim);
    expect(without.markers[0]?.captured).toBeNull();
    expect(without.notes).toEqual([]);
    const broken = new Applying(script, { sim });
    broken.machine.createSnapshot = () => {
      throw new Error('no');
    };
    await broken.run(sim);
    expect(broken.markers[0]?.captured).toBeNull();
    expect(broken.notes).toEqual(['makes no checkpoint at entry 2: the machine cannot be captured: no']);
    expect(broken.machine.words).toEqual(['on']);
  });
});

describe('an outcome', () => {
  it('is told when it is applied', async () => {
    const sim = new Simulation();
    const script = new Script(simHasher);
    const { index: marker } = script.mark();
    const root = nameOfPart(new Uint8Array(1), simHasher);
    const agreed = { verdict: 'agreed', marker, root } as const;
    script.add(EntryKind.outcome, encodeOutcome(agreed));
    script.add(EntryKind.outcome, new Uint8Array([7]));
    const one = await new Applying(script, { sim }).run(sim);
    expect(one.outcomes).toEqual([{ outcome: agreed, at: { index: 3, term: 2 } }]);
    expect(one.notes).toEqual([
      'entry 4 tells of a checkpoint in an unknown way: outcome layout 7, known is 1 (at byte 0)',
    ]);
    expect(one.applier.at.index).toBe(4);
  });
});
