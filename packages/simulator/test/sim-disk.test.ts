import { DiskError, type DiskFile } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { SECTOR_BYTES, SimDisk, type SimDiskOptions, SimRandom, Simulation } from '../src/index.ts';

function filled(sectors: number, value: number): Uint8Array {
  return new Uint8Array(sectors * SECTOR_BYTES).fill(value);
}

function setup(options: SimDiskOptions = {}): { sim: Simulation; disk: SimDisk; file: DiskFile } {
  const sim = new Simulation({ seed: 1 });
  const disk = new SimDisk(sim, options);
  const file = sim.call<DiskFile>((done) => disk.open('f', 'create', done));
  sim.call((done) => disk.syncDirectory('', done));
  return { sim, disk, file };
}

/** The values that the sectors of a file are filled with. */
function sectorsOf(disk: SimDisk, path = 'f'): number[] {
  const bytes = disk.contents(path);
  return Array.from({ length: bytes.length / SECTOR_BYTES }, (_, i) => bytes[i * SECTOR_BYTES] ?? -1);
}

describe('SimDisk: what a crash leaves', () => {
  it('keeps what was synced, whatever is chosen', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAndSync(0, filled(4, 7), done));
    disk.crash({ keep: 'nothing' });
    expect(sectorsOf(disk)).toEqual([7, 7, 7, 7]);
  });

  it('drops unsynced sectors one by one', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAndSync(0, filled(4, 1), done));
    sim.call((done) => file.writeAt(0, filled(4, 2), done));
    expect(sectorsOf(disk)).toEqual([2, 2, 2, 2]);
    disk.crash({ choose: ({ kind, offset }) => (kind === 'sector' && offset === 512 ? 1 : 0) });
    expect(sectorsOf(disk)).toEqual([1, 2, 1, 1]);
  });

  it('may leave any of the contents since the last sync', () => {
    const { sim, disk, file } = setup();
    for (const value of [1, 2, 3]) sim.call((done) => file.writeAt(0, filled(1, value), done));
    const seen = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const copy = disk.clone();
      copy.crash({ random: new SimRandom(seed) });
      for (const value of sectorsOf(copy)) seen.add(value);
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
  });

  it('lets a sync cover only what had completed when it was submitted', () => {
    const { sim, disk, file } = setup({ latency: ({ kind }) => (kind === 'sync' ? 10 : 1) });
    sim.call((done) => file.writeAt(0, filled(1, 1), done));
    let late = false;
    let synced = false;
    file.writeAt(SECTOR_BYTES, filled(1, 2), () => {
      late = true;
    });
    file.sync(() => {
      synced = true;
    });
    sim.runUntilSync(() => late && synced, 1000);
    disk.crash({ keep: 'nothing' });
    expect(sectorsOf(disk)).toEqual([1]);
  });

  it('tears sectors when asked to', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAndSync(0, filled(1, 1), done));
    sim.call((done) => file.writeAt(0, filled(1, 2), done));
    disk.crash({ tornSectors: true, choose: ({ kind }, options) => (kind === 'tear' ? 100 : options - 1) });
    expect([...disk.contents('f').subarray(98, 102)]).toEqual([2, 2, 1, 1]);
  });

  it('keeps or drops a write that was under way', () => {
    for (const kept of [0, 1]) {
      const { disk, file } = setup();
      file.writeAt(0, filled(1, 9), () => expect.unreachable());
      disk.crash({ choose: ({ kind }, options) => (kind === 'pending' ? kept : options - 1) });
      expect(sectorsOf(disk)).toEqual(kept ? [9] : []);
    }
  });

  it('cuts a file as a whole, or not at all', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAndSync(0, filled(3, 5), done));
    sim.call((done) => file.truncate(SECTOR_BYTES, done));
    const uncut = disk.clone();
    uncut.crash({ choose: ({ kind }, options) => (kind === 'length' ? 0 : options - 1) });
    expect(sectorsOf(uncut)).toEqual([5, 5, 5]);
    disk.crash({ keep: 'everything' });
    expect(sectorsOf(disk)).toEqual([5]);
  });

  it('reads zeros where a file was cut and has grown again', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAt(0, filled(2, 5), done));
    sim.call((done) => file.truncate(100, done));
    sim.call((done) => file.truncate(2 * SECTOR_BYTES, done));
    const bytes = disk.contents('f');
    expect([bytes[99], bytes[100], bytes[SECTOR_BYTES], bytes.length]).toEqual([5, 0, 0, 2 * SECTOR_BYTES]);
  });

  it('never calls back for what a crash interrupted, and kills its handles', () => {
    const { sim, disk, file } = setup();
    file.sync(() => expect.unreachable());
    disk.crash({ keep: 'everything' });
    file.writeAt(0, filled(1, 1), () => expect.unreachable());
    sim.runSync(1000);
    expect(disk.contents('f').length).toBe(0);
  });

  it('makes the same choices for the same seed', () => {
    const left = (seed: number): string => {
      const { sim, disk, file } = setup();
      sim.call((done) => file.writeAt(0, filled(32, 1), done));
      disk.crash({ random: new SimRandom(seed) });
      return sectorsOf(disk).join('');
    };
    expect(left(3)).toBe(left(3));
    expect(left(3)).not.toBe(left(4));
  });
});

describe('SimDisk: names', () => {
  it('keeps a new name only after a sync of its folder', () => {
    const { sim, disk } = setup();
    sim.call((done) => disk.open('lost', 'create', done));
    disk.crash({ keep: 'nothing' });
    expect(disk.paths()).toEqual(['f']);
  });

  it('renames as a whole: the old content or the new one is there', () => {
    for (const kept of [0, 1]) {
      const { sim, disk, file } = setup();
      sim.call((done) => file.writeAndSync(0, filled(1, 1), done));
      const next = sim.call<DiskFile>((done) => disk.open('next', 'create', done));
      sim.call((done) => next.writeAndSync(0, filled(1, 2), done));
      sim.call((done) => disk.syncDirectory('', done));
      sim.call((done) => disk.rename('next', 'f', done));
      disk.crash({ choose: ({ kind }) => (kind === 'name' ? kept : 0) });
      expect(disk.paths()).toEqual(kept ? ['f'] : ['f', 'next']);
      expect(sectorsOf(disk)).toEqual([kept ? 2 : 1]);
    }
  });

  it('gives an unlinked file back when its folder was not synced', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAndSync(0, filled(1, 1), done));
    sim.call((done) => disk.unlink('f', done));
    expect(disk.paths()).toEqual([]);
    disk.crash({ keep: 'nothing' });
    expect(sectorsOf(disk)).toEqual([1]);
  });

  it('keeps folders, lists them sorted, and says what is missing', () => {
    const { sim, disk } = setup();
    sim.call((done) => disk.makeDirectory('d', done));
    for (const name of ['b', 'a']) sim.call((done) => disk.open(`d/${name}`, 'create', done));
    expect(sim.call((done) => disk.list('d', done))).toEqual(['a', 'b']);
    expect(sim.call((done) => disk.list('', done))).toEqual(['d', 'f']);
    expect(codeOf(() => sim.call((done) => disk.open('d/x', 'existing', done)))).toBe('missing');
    expect(codeOf(() => sim.call((done) => disk.open('d/a', 'create', done)))).toBe('exists');
    expect(codeOf(() => sim.call((done) => disk.list('x', done)))).toBe('missing');
    sim.call((done) => disk.syncDirectory('', done));
    disk.crash({ keep: 'nothing' });
    expect(disk.paths()).toEqual(['f']);
    expect(sim.call((done) => disk.list('', done))).toEqual(['d', 'f']);
  });

  it('gives a lock once, and gives it back when its holder dies', () => {
    const { sim, disk } = setup();
    sim.call((done) => disk.lock('lock', done));
    expect(codeOf(() => sim.call((done) => disk.lock('lock', done)))).toBe('locked');
    disk.crash({ keep: 'nothing' });
    const lock = sim.call<{ release: (done: (error: DiskError | null) => void) => void }>((done) =>
      disk.lock('lock', done),
    );
    sim.call((done) => lock.release(done as (error: DiskError | null) => void));
    sim.call((done) => disk.lock('lock', done));
  });
});

describe('SimDisk: faults', () => {
  it('fails what was planned, and only that', () => {
    const { sim, disk, file } = setup();
    disk.fail({ kind: 'write', after: 1 });
    sim.call((done) => file.writeAt(0, filled(1, 1), done));
    expect(codeOf(() => sim.call((done) => file.writeAt(0, filled(1, 2), done)))).toBe('io');
    sim.call((done) => file.writeAt(0, filled(1, 3), done));
  });

  it('does not make durable, by a later sync, what a failed sync covered', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAt(0, filled(1, 1), done));
    disk.fail({ kind: 'sync' });
    expect(codeOf(() => sim.call((done) => file.sync(done)))).toBe('io');
    sim.call((done) => file.sync(done));
    disk.crash({ keep: 'nothing' });
    expect(sectorsOf(disk)).toEqual([]);
  });

  it('is full at its capacity, and never within allocated space', () => {
    const { sim, disk, file } = setup({ capacity: 16384 });
    sim.call((done) => file.allocate(12288, done));
    const other = sim.call<DiskFile>((done) => disk.open('g', 'create', done));
    expect(codeOf(() => sim.call((done) => other.writeAt(0, new Uint8Array(8192), done)))).toBe('full');
    sim.call((done) => other.writeAt(0, new Uint8Array(4096), done));
    expect(codeOf(() => sim.call((done) => other.writeAt(4096, new Uint8Array(1), done)))).toBe('full');
    sim.call((done) => file.writeAndSync(0, filled(24, 1), done));
    sim.call((done) => disk.unlink('g', done));
    expect(disk.used).toBe(16384);
    sim.call((done) => other.close(done));
    expect(disk.used).toBe(12288);
  });

  it('hangs syncs until they are released', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAt(0, filled(1, 1), done));
    disk.hangSyncs();
    let synced = false;
    file.sync(() => {
      synced = true;
    });
    sim.runSync(10_000);
    expect(synced).toBe(false);
    disk.releaseSyncs();
    sim.runSync(10_001);
    expect(synced).toBe(true);
    disk.crash({ keep: 'nothing' });
    expect(sectorsOf(disk)).toEqual([1]);
  });

  it('lies about syncs when told to', () => {
    const { sim, disk, file } = setup({ ignoreSync: true });
    sim.call((done) => file.writeAndSync(0, filled(1, 1), done));
    disk.crash({ keep: 'nothing' });
    expect(sectorsOf(disk)).toEqual([]);
  });

  it('flips bits', () => {
    const { sim, disk, file } = setup();
    sim.call((done) => file.writeAndSync(0, filled(1, 1), done));
    disk.corrupt('f', 3, 0x80);
    expect([...sim.call<Uint8Array>((done) => file.readAt(2, 3, done))]).toEqual([1, 0x81, 1]);
  });

  it('refuses a closed handle', () => {
    const { sim, file } = setup();
    sim.call((done) => file.close(done));
    expect(codeOf(() => sim.call((done) => file.size(done)))).toBe('closed');
  });

  it('shows every boundary, and can crash there', () => {
    const boundaries: string[] = [];
    const sim = new Simulation();
    const node = sim.node('n');
    node.disk.onOperation(({ kind }, stage) => {
      boundaries.push(`${kind} ${stage}`);
      if (boundaries.length === 4) node.crash({ keep: 'everything' });
    });
    node.ports.disk.open('f', 'create', (_error, file) =>
      file.writeAt(0, filled(1, 1), () => expect.unreachable()),
    );
    sim.runSync(100);
    expect(boundaries).toEqual(['create submitted', 'create applied', 'write submitted', 'write applied']);
    expect(node.running).toBe(false);
    expect(sectorsOf(node.disk)).toEqual([1]);
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DiskError) return error.code;
    throw error;
  }
  return 'none';
}

describe('what else can be wrong with a disk', () => {
  it('is empty after it was formatted', () => {
    const sim = new Simulation({ seed: 1 });
    const node = sim.node('n1');
    sim.call((done) => node.ports.disk.open('a', 'create', done));
    node.crash();
    node.disk.format();
    expect(node.disk.paths()).toEqual([]);
    expect(node.disk.used).toBe(0);
  });

  it('is not formatted while a process uses it', () => {
    const sim = new Simulation({ seed: 1 });
    const node = sim.node('n1');
    sim.call((done) => node.ports.disk.lock('lock', done));
    expect(() => node.disk.format()).toThrow('is in use');
  });

  it('puts one write elsewhere, and says that all is well', () => {
    const sim = new Simulation({ seed: 1 });
    const { disk } = sim.node('n1');
    const file = sim.call<DiskFile>((done) => disk.open('a', 'create', done));
    const write = (offset: number, text: number): void =>
      sim.call<void>((done) => file.writeAt(offset, new Uint8Array(4).fill(text), done));
    write(0, 1);
    write(4, 2);
    disk.misdirect(-4);
    write(4, 3);
    write(8, 4);
    expect([...disk.contents('a')]).toEqual([3, 3, 3, 3, 2, 2, 2, 2, 4, 4, 4, 4]);
  });

  it('tells how many failures are still to come', () => {
    const sim = new Simulation({ seed: 1 });
    const { disk } = sim.node('n1');
    disk.fail({ kind: 'create' });
    expect(disk.plannedFaults).toBe(1);
    expect(() => sim.call((done) => disk.open('a', 'create', done))).toThrow('planned fault');
    expect(disk.plannedFaults).toBe(0);
  });
});
