import {
  type Cursor,
  type Disk,
  type DiskCallback,
  type DiskFile,
  type DiskLock,
  fromHex,
  type GroupId,
  type HardState,
  type Index,
  joinFrames,
  LogState,
  type LogStore,
  logOver,
  type OpenMode,
  type PeerId,
  type Random,
  readFrames,
  SmaltiError,
  type StoreCallback,
  type StoreIdentity,
  textCodec,
  toHex,
  toIncarnation,
} from '@smalti/core';

/** What the file holds, as JSON. A log is the hex of its frames; before its entries comes what configures its base. */
interface Saved extends StoreIdentity {
  readonly groups: readonly { group: GroupId; base: Cursor; hardState: HardState; log: string }[];
}

export async function openTinyStore(disk: Disk, random: Random, node: PeerId): Promise<LogStore> {
  const lock = await ask<DiskLock>((done) => disk.lock('lock', done)).catch(({ message }: Error) => {
    throw new SmaltiError('STORAGE_LOCKED', message);
  });
  const saved = await load(disk);
  if (saved !== null && saved.node !== node) {
    await ask<void>((done) => lock.release(done));
    throw new SmaltiError('STORAGE_FOREIGN', `${disk.location} is ${saved.node}'s, and this is ${node}`);
  }
  const identity = { node, incarnation: saved?.incarnation ?? toIncarnation(toHex(random.bytes(16))) };
  const states = new Map(saved?.groups.map((each) => [each.group, stateOf(each)]));
  let fault: SmaltiError | null = null;
  let saving = Promise.resolve();

  function save<T>(value: T, refused: SmaltiError | null, done: StoreCallback<T>): void {
    saving = saving.then(async () => {
      if (fault === null) await replace(disk, { ...identity, groups: [...states].map(savedOf) }).catch(fail);
      done(fault ?? refused, value);
    });
  }

  function fail({ message }: Error): void {
    fault = new SmaltiError('STORAGE_FAILED', message, { outcome: 'unknown' });
  }

  return {
    descriptor: { name: 'tiny', version: '1.0.0', contract: 'log-store', contractVersion: 1 },
    identity,
    durable: true,
    get groups() {
      return [...states.keys()];
    },
    openGroup(group, done) {
      const state = states.get(group) ?? new LogState();
      states.set(group, state);
      save(logOver(group, state, save), null, done);
    },
    onFault() {},
    close: (done) =>
      save(undefined, null, (error) => {
        fault ??= new SmaltiError('STORAGE_CLOSED', 'the store is closed');
        lock.release(() => done(error));
      }),
  };
}

function savedOf([group, state]: readonly [GroupId, LogState]): Saved['groups'][number] {
  const { base, hardState, configurations, last } = state;
  const entries = state.read(1 as Index, last.index, Number.POSITIVE_INFINITY);
  const all = [...configurations.filter(({ index }) => index <= base.index), ...entries];
  return { group, base, hardState, log: toHex(joinFrames(all)) };
}

function stateOf({ base, hardState, log }: Saved['groups'][number]): LogState {
  const state = new LogState();
  const entries = readFrames(fromHex(log));
  state.reset(base, hardState, entries.find(({ index }) => index <= base.index) ?? null);
  state.write({ entries: entries.filter(({ index }) => index > base.index) });
  return state;
}

async function load(disk: Disk): Promise<Saved | null> {
  const names = await ask<readonly string[]>((done) => disk.list('', done));
  if (!names.includes('store')) return null;
  const file = await ask<DiskFile>((done) => disk.open('store', 'existing', done));
  const size = await ask<number>((done) => file.size(done));
  const bytes = await ask<Uint8Array>((done) => file.readAt(0, size, done));
  await ask<void>((done) => file.close(done));
  return JSON.parse(textCodec.decode(bytes)) as Saved;
}

async function replace(disk: Disk, saved: Saved): Promise<void> {
  const open = (mode: OpenMode) => ask<DiskFile>((done) => disk.open('new', mode, done));
  const file = await open('existing').catch(() => open('create'));
  await ask<void>((done) => file.truncate(0, done));
  await ask<void>((done) => file.writeAndSync(0, textCodec.encode(JSON.stringify(saved)), done));
  await ask<void>((done) => file.close(done));
  await ask<void>((done) => disk.rename('new', 'store', done));
  await ask<void>((done) => disk.syncDirectory('', done));
}

function ask<T>(submit: (done: DiskCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => submit((e, value) => (e ? reject(e) : resolve(value))));
}
