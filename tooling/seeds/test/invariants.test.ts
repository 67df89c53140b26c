import { type Cursor, EntryKind, encodeMachineVersion, encodeSkip, type Index, toPeerId } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { agreedByAMajority } from '../src/invariants/agreed-by-a-majority.ts';
import { appliedAlike } from '../src/invariants/applied-alike.ts';
import { checkpointsSayWhatTheLogSays } from '../src/invariants/checkpoints-say-what-the-log-says.ts';
import { groupTimeNeverGoesBack } from '../src/invariants/group-time-never-goes-back.ts';
import { leasesHold } from '../src/invariants/leases-hold.ts';
import { oneMarkerOpen } from '../src/invariants/one-marker-open.ts';
import { prunedBehindCheckpoints } from '../src/invariants/pruned-behind-checkpoints.ts';
import { resetsKeepWhatFollows } from '../src/invariants/resets-keep-what-follows.ts';
import { rootsAreEqual } from '../src/invariants/roots-are-equal.ts';
import { skippedByAll } from '../src/invariants/skipped-by-all.ts';
import { stateIsReplayed } from '../src/invariants/state-is-replayed.ts';
import { storageKeeps } from '../src/invariants/storage-keeps.ts';
import { versionsThatAllKnow } from '../src/invariants/versions-that-all-know.ts';
import type { WatchMaker } from '../src/observe/watch.ts';
import { NO_TRAIL, trailAfter } from '../src/world/kv-snapshot.ts';
import { rootOf, Scene } from './scene.ts';

const empty = { kind: EntryKind.empty, payload: new Uint8Array(0) };

/** What an invariant says of what happens after all has gone well. */
function after(invariant: WatchMaker, happens: (scene: Scene, marker: number) => void): string | null {
  const scene = new Scene(invariant);
  const marker = scene.checkpoint();
  expect(scene.violated).toBeNull();
  happens(scene, marker);
  return scene.violated;
}

describe('checkpoints of an index are the same', () => {
  it('objects to another root', () => {
    expect(after(rootsAreEqual, (scene, at) => scene.keeps('n2', at, rootOf(2)))).toContain('n2 has 2222');
  });

  it('bears one of a state that was changed, until it is taken for the right one', () => {
    const changed = (scene: Scene, agreed: boolean): void => {
      scene.truth.checkpoints.flip('n2', 1);
      const at = scene.marker();
      scene.keeps('n1', at, rootOf(3));
      scene.keeps('n2', at, rootOf(2));
      if (agreed) scene.keeps('n2', at, rootOf(2), true);
    };
    expect(after(rootsAreEqual, (scene) => changed(scene, false))).toBeNull();
    expect(after(rootsAreEqual, (scene) => changed(scene, true))).toContain('changed state');
  });

  it('bears no other root after the state was replaced', () => {
    const happens = (scene: Scene): void => {
      scene.truth.checkpoints.flip('n2', 1);
      scene.truth.ended('n2');
      const at = scene.marker();
      scene.keeps('n1', at, rootOf(3));
      scene.keeps('n2', at, rootOf(2));
    };
    expect(after(rootsAreEqual, happens)).toContain('n2 has 2222');
  });
});

describe('one marker is open at a time', () => {
  it('objects to a second one', () => {
    expect(after(oneMarkerOpen, (scene) => scene.marker())).toBeNull();
    const twice = (scene: Scene): void => {
      scene.marker();
      scene.marker();
    };
    expect(after(oneMarkerOpen, twice)).toContain('nobody knows what becomes');
  });

  it('objects to a second outcome, and to one of another marker', () => {
    const again = (scene: Scene, marker: number): number =>
      scene.outcome({ verdict: 'abandoned', marker: marker as Index });
    expect(after(oneMarkerOpen, again)).toContain('not open');
    const other = (scene: Scene): number =>
      scene.outcome({ verdict: 'disputed', marker: (scene.marker() - 1) as Index });
    expect(after(oneMarkerOpen, other)).toContain('not open');
  });

  it('knows that a log which begins at a checkpoint begins at an open marker', () => {
    const happens = (scene: Scene): void => {
      const at = scene.marker();
      const mirror = scene.truth.mirror('n1');
      const { key } = mirror;
      mirror.wiped();
      mirror.key = key;
      scene.resets('n1', at, at);
      scene.truth.mirror('n1').hard = scene.now.hard;
      scene.marker();
    };
    expect(after(oneMarkerOpen, happens)).toContain('nobody knows what becomes');
  });
});

describe('a majority has reported what is agreed', () => {
  it('objects to an outcome that a minority has the root of', () => {
    const happens = (scene: Scene): void => {
      const marker = scene.marker() as Index;
      scene.keeps('n1', marker, rootOf(2));
      scene.outcome({ verdict: 'agreed', marker, root: rootOf(2) });
    };
    expect(after(agreedByAMajority, happens)).toContain('no majority has it');
  });

  it('objects to what a node takes for agreed by itself', () => {
    const happens = (scene: Scene): void => scene.keeps('n2', scene.marker(), rootOf(2), true);
    expect(after(agreedByAMajority, happens)).toContain('the log does not say so');
  });
});

describe('nothing is pruned that no checkpoint holds', () => {
  it('lets a log be pruned up to the newest agreed checkpoint, and no further', () => {
    expect(after(prunedBehindCheckpoints, (scene, at) => scene.truth.prunes('n1', at))).toBeNull();
    expect(after(prunedBehindCheckpoints, (scene, at) => scene.truth.prunes('n1', at + 1))).toContain(
      'prunes up to',
    );
    const younger = (scene: Scene): void => {
      const at = scene.marker();
      scene.keeps('n1', at, rootOf(2));
      scene.truth.prunes('n1', at);
    };
    expect(after(prunedBehindCheckpoints, younger)).toContain('prunes up to');
  });

  it('objects to a log that begins at a checkpoint which is not on the disk', () => {
    const happens = (scene: Scene): void => scene.resets('n3', scene.marker(), scene.now.last);
    expect(after(prunedBehindCheckpoints, happens)).toContain('has no agreed checkpoint of it');
  });

  it('objects when the checkpoint that a log needs is forgotten, and when a crash has lost it', () => {
    const drops = (scene: Scene, at: number): void => {
      scene.truth.prunes('n1', at);
      scene.truth.drops('n1', scene.at(at));
    };
    expect(after(prunedBehindCheckpoints, drops)).toContain('drops its checkpoint');
    const loses = (scene: Scene, at: number): void => {
      scene.truth.checkpoints.opened('n1', []);
      scene.truth.opened('n1', { ...scene.now, base: scene.at(at) });
    };
    expect(after(prunedBehindCheckpoints, loses)).toContain('comes back with a log');
  });
});

describe('leases hold', () => {
  const lease = (scene: Scene, at: number) => ({ peer: 'n2', nonce: 7, at: scene.at(at), root: rootOf(1) });
  const leases = (scene: Scene, at: number): void => scene.truth.leased('n1', lease(scene, at), false);

  it('objects when the log is pruned that a session needs, until the session says that it does not', () => {
    const prunes = (through: number, release: boolean) => (scene: Scene, at: number) => {
      leases(scene, at);
      if (release) scene.truth.leased('n1', lease(scene, at), true);
      scene.truth.prunes('n1', at + through);
    };
    expect(after(leasesHold, prunes(0, false))).toBeNull();
    expect(after(leasesHold, prunes(1, false))).toContain('n2 needs what follows');
    expect(after(leasesHold, prunes(1, true))).toBeNull();
  });

  it('objects when the checkpoint is gone, but for one that a damaged disk has lost', () => {
    const looks = (has: boolean, rotten: boolean) => (scene: Scene, at: number) => {
      leases(scene, at);
      if (rotten) scene.truth.checkpoints.rotten.add('n1');
      scene.truth.looked('n1', () => has);
    };
    expect(after(leasesHold, looks(true, false))).toBeNull();
    expect(after(leasesHold, looks(false, false))).toContain('has nothing more of');
    expect(after(leasesHold, looks(false, true))).toBeNull();
  });

  it('expects nothing of a node that was asked for what it does not have, or that has ended since', () => {
    const unknown = (scene: Scene, at: number): void => {
      scene.truth.leased('n1', { ...lease(scene, at), root: rootOf(2) }, false);
      scene.truth.prunes('n1', at + 1);
    };
    expect(after(leasesHold, unknown)).toBeNull();
    const ended = (scene: Scene, at: number): void => {
      leases(scene, at);
      scene.truth.ended('n1');
      scene.truth.prunes('n1', at + 1);
    };
    expect(after(leasesHold, ended)).toBeNull();
  });
});

describe('checkpoints say what the log says', () => {
  const brings = (version: number) => ({ kind: EntryKind.version, payload: encodeMachineVersion(version) });

  it.each([
    ['what is right', 5, 3, null],
    ['another time', 4, 3, 'of 4 ms, and that entry is of 5 ms'],
    ['another version', 5, 2, 'by version 2, and 3 is in force'],
  ])('looks at group time and version: %s', (_what, time, version, said) => {
    const happens = (scene: Scene): void => {
      scene.append(brings(3), scene.truth.nodes, 5);
      const at = scene.append(empty, scene.truth.nodes, 5);
      scene.truth.checkpoints.headers.set(rootOf(3), { time, machine: { signature: '', version } } as never);
      scene.keeps('n2', at, rootOf(3));
    };
    if (said === null) expect(after(checkpointsSayWhatTheLogSays, happens)).toBeNull();
    else expect(after(checkpointsSayWhatTheLogSays, happens)).toContain(said);
  });

  it('objects to a version that a member does not know', () => {
    const happens = (known: number) => (scene: Scene) => {
      for (const node of scene.truth.nodes) scene.truth.programs.set(node, 2);
      scene.truth.programs.set('n3', known);
      scene.truth.leaders.set(2, 'n1');
      scene.append(brings(2));
    };
    expect(after(versionsThatAllKnow, happens(2))).toBeNull();
    expect(after(versionsThatAllKnow, happens(1))).toContain('n3 does not know it');
  });
});

describe('a reset keeps what follows', () => {
  it('objects when the tail of a log that has the entry is gone', () => {
    const kept = (scene: Scene, at: number): void => scene.resets('n2', at, scene.now.last);
    expect(after(resetsKeepWhatFollows, kept)).toBeNull();
    const lost = (scene: Scene, at: number): void => scene.resets('n2', at, at);
    expect(after(resetsKeepWhatFollows, lost)).toContain('it ended at');
  });

  it('objects to what is not committed', () => {
    const happens = (scene: Scene): void => {
      const at = scene.append(empty, ['n1']);
      scene.resets('n1', at, at);
    };
    expect(after(resetsKeepWhatFollows, happens)).toContain('not committed');
  });
});

describe('what is on disk stays', () => {
  it('objects to a reset that forgets the term', () => {
    const happens = (scene: Scene, at: number): void => {
      const hard = { ...scene.now.hard, term: 1 as Cursor['term'] };
      scene.truth.resets('n2', scene.at(at), { ...scene.now, base: scene.at(at), hard });
    };
    expect(after(storageKeeps, happens)).toContain('writes term 1 over 2');
  });

  it('lets a log be shorter after a reset that cuts it and that a crash interrupted', () => {
    const comesBack = (cut: boolean) => (scene: Scene, at: number) => {
      const mirror = scene.truth.mirror('n2');
      const last = mirror.last;
      if (cut) {
        mirror.terms[at] = 1;
        scene.resets('n2', at, at);
      }
      scene.truth.opened('n2', { ...scene.now, base: scene.at(at), last: at, terms: [] });
      expect(last).toBeGreaterThan(at);
    };
    expect(after(storageKeeps, comesBack(true))).toBeNull();
    expect(after(storageKeeps, comesBack(false))).toContain('had on disk entries up to');
  });
});

describe('group time never goes back', () => {
  it('objects to an entry of an earlier time than the one before it', () => {
    const happens = (stamp: number) => (scene: Scene) => {
      scene.append(empty, ['n1'], 7);
      scene.append(empty, ['n1'], stamp);
    };
    expect(after(groupTimeNeverGoesBack, happens(7))).toBeNull();
    expect(after(groupTimeNeverGoesBack, happens(6))).toContain('after one of 7 ms');
  });
});

describe('a state is what replay gives', () => {
  const set = (id: number) =>
    ({ id, op: 'set', key: 'k', value: `${id}.`, expected: null, more: 0 }) as const;
  const apply = (scene: Scene, node: string, ...indices: number[]): void => {
    for (const index of indices)
      scene.truth.applied(node, { index, term: 2, version: 1 }, set(index), {
        before: null,
        value: `${index}.`,
      });
  };
  const trail = (...indices: number[]) =>
    indices.reduce((before, index) => trailAfter(before, index, index), NO_TRAIL);

  it('objects to a command that is left out, or applied again', () => {
    const happens = (index: number) => (scene: Scene) => {
      apply(scene, 'n1', 1, 2, 3);
      apply(scene, 'n2', 1, index);
    };
    expect(after(stateIsReplayed, happens(2))).toBeNull();
    expect(after(stateIsReplayed, happens(3))).toContain('2 comes next');
    expect(after(stateIsReplayed, happens(1))).toContain('2 comes next');
  });

  it.each([
    ['the right state', [['k', '2.']], trail(1, 2), null],
    ['another value', [['k', '3.']], trail(1, 2), 'with 3. at k'],
    [
      'a key too many',
      [
        ['k', '2.'],
        ['l', '1.'],
      ],
      trail(1, 2),
      'with 1. at l',
    ],
    ['a key too few', [], trail(1, 2), 'with null at k'],
    ['another way to it', [['k', '2.']], trail(2), 'no state after 2'],
  ] as [string, [string, string][], ReturnType<typeof trail>, string | null][])(
    'looks at what is restored: %s',
    (_what, values, way, said) => {
      const happens = (scene: Scene): void => {
        apply(scene, 'n1', 1, 2, 3);
        scene.truth.restored('n2', values, way);
      };
      if (said === null) expect(after(stateIsReplayed, happens)).toBeNull();
      else expect(after(stateIsReplayed, happens)).toContain(said);
    },
  );

  it('goes on after what is restored', () => {
    const happens = (next: number) => (scene: Scene) => {
      apply(scene, 'n1', 1, 2, 5);
      scene.truth.restored('n2', [['k', '2.']], trail(1, 2));
      apply(scene, 'n2', next);
    };
    expect(after(stateIsReplayed, happens(5))).toBeNull();
    expect(after(stateIsReplayed, happens(2))).toContain('5 comes next');
  });

  it('objects to a state on which nobody has agreed', () => {
    const happens = (scene: Scene): void => {
      apply(scene, 'n1', 1, 2, 5);
      scene.keeps('n2', scene.marker(), rootOf(2));
      scene.truth.restored('n2', [['k', '5.']], trail(1, 2, 5));
    };
    expect(after(stateIsReplayed, happens)).toContain('no agreed checkpoint of that');
  });
});

describe('what is skipped was applied by nobody', () => {
  const poison = (id: number) =>
    ({ id, op: 'poison', key: 'k', value: `${id}.`, expected: null, more: 0 }) as const;
  const result = { before: null, value: '1.' };
  const place = (index: number) => ({ index, term: 2, version: 1 });
  const fails = (scene: Scene, ...nodes: string[]): void => {
    for (const node of nodes) scene.truth.machineFails(node, place(1), poison(1));
  };
  const skip = (scene: Scene, nodes?: string[]): number => {
    const entry = { ...scene.at(1), checksum: 7 };
    const payload = encodeSkip({ entry, by: toPeerId('n1'), reason: 'chokes' });
    scene.truth.leaders.set(2, 'n1');
    return scene.append({ kind: EntryKind.skip, payload }, nodes);
  };

  it('objects to a skip when not every machine has failed there', () => {
    const happens =
      (...nodes: string[]) =>
      (scene: Scene) => {
        fails(scene, ...nodes);
        skip(scene);
      };
    expect(after(skippedByAll, happens('n1', 'n2', 'n3'))).toBeNull();
    expect(after(skippedByAll, happens('n1', 'n2'))).toContain('n3 has not failed there');
  });

  it('objects to a machine that is given what its log skips', () => {
    const happens = (knows: boolean) => (scene: Scene) => {
      fails(scene, 'n1', 'n2', 'n3');
      skip(scene, knows ? undefined : ['n1', 'n2']);
      scene.truth.applied('n3', place(1), poison(1), result);
    };
    expect(after(skippedByAll, happens(false))).toBeNull();
    expect(after(skippedByAll, happens(true))).toContain('n3 is given entry 1, which its log skips');
  });

  it('lets whoever has applied it go on to the skip, and no further', () => {
    const happens = (next: number) => (scene: Scene, at: number) => {
      fails(scene, 'n1', 'n2', 'n3');
      skip(scene, ['n1', 'n2']);
      scene.truth.applied('n3', place(1), poison(1), result);
      scene.truth.applied('n3', place(at + next), { ...poison(2), op: 'set' }, result);
    };
    expect(after(skippedByAll, happens(1))).toBeNull();
    expect(after(skippedByAll, happens(3))).toContain('which skips what it has applied');
  });

  it('objects when somebody relies on a state with it, before or after the skip', () => {
    const happens = (order: 'first' | 'last' | 'never') => (scene: Scene) => {
      fails(scene, 'n1', 'n2', 'n3');
      scene.truth.applied('n3', place(1), poison(1), result);
      if (order === 'first') scene.truth.reliesOn('n3');
      skip(scene, ['n1', 'n2']);
      if (order === 'last') scene.truth.reliesOn('n3');
    };
    expect(after(skippedByAll, happens('never'))).toBeNull();
    expect(after(skippedByAll, happens('first'))).toContain('somebody relies on');
    expect(after(skippedByAll, happens('last'))).toContain('n3 is relied on with entry 1');
  });

  it('tells what such a process has done when somebody relies on it, and not before', () => {
    const happens = (relied: boolean) => (scene: Scene) => {
      for (const node of ['n1', 'n2']) {
        scene.truth.applied(node, place(1), poison(1), result);
        scene.truth.applied(node, place(2), { ...poison(node === 'n1' ? 2 : 3), op: 'set' }, result);
      }
      if (relied) scene.truth.reliesOn('n1');
    };
    expect(after(appliedAlike, happens(false))).toBeNull();
    expect(after(appliedAlike, happens(true))).toContain('and others');
  });

  it('bears checkpoints with it, until they are agreed on', () => {
    const happens = (skipped: boolean, agreed: boolean) => (scene: Scene) => {
      scene.truth.applied('n3', place(1), poison(1), result);
      if (skipped) skip(scene, ['n1', 'n2']);
      const marker = scene.marker();
      scene.keeps('n1', marker, rootOf(3));
      scene.keeps('n3', marker, rootOf(4));
      if (agreed) scene.keeps('n3', marker, rootOf(4), true);
    };
    expect(after(rootsAreEqual, happens(true, false))).toBeNull();
    expect(after(rootsAreEqual, happens(true, true))).toContain('which is skipped');
    expect(after(rootsAreEqual, happens(false, true))).toContain('n3 has 4444');
  });
});
