import { DiskError, invariant } from '@smalti/core';
import type { Chooser } from './crash-choice.ts';
import { SectorFile } from './sector-file.ts';

/** A folder: its names as processes see them, and as they are on the disk. */
export class Folder {
  names = new Map<string, Folder | SectorFile>();
  durable = new Map<string, Folder | SectorFile>();
}

type Thing = Folder | SectorFile;

/** A change of names that is not durable in all its folders yet. */
interface NameChange {
  readonly id: number;
  readonly path: string;
  /** Folders that were not synced since. */
  readonly unsynced: Set<Folder>;
  /** What appears, for a create and a rename. */
  readonly appears?: { readonly folder: Folder; readonly name: string };
  /** What disappears, for an unlink and a rename. */
  readonly disappears?: { readonly folder: Folder; readonly name: string };
  readonly thing: Thing;
}

/** Folders and names of a disk. Synchronous and without faults; a change is durable when its folders were synced. */
export class Namespace {
  root = new Folder();
  #changes: NameChange[] = [];
  #lastChange = 0;

  /** The change that was made last: what a directory sync that is submitted now covers. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /** @throws DiskError `missing`, or `denied` if it is a folder. */
  file(path: string): SectorFile {
    const { folder, name } = this.#place(path);
    const thing = folder.names.get(name);
    if (thing === undefined) throw new DiskError('missing', path, `${path} does not exist`);
    if (thing instanceof Folder) throw new DiskError('denied', path, `${path} is a folder`);
    return thing;
  }

  /** @throws DiskError `missing`, or `denied` if it is a file. */
  folder(path: string): Folder {
    let folder = this.root;
    for (const name of path === '' ? [] : path.split('/')) {
      const next = folder.names.get(name);
      if (next === undefined) throw new DiskError('missing', path, `the folder ${path} does not exist`);
      if (!(next instanceof Folder)) throw new DiskError('denied', path, `${path} is no folder`);
      folder = next;
    }
    return folder;
  }

  /** @throws DiskError `exists`, or that of the folder. */
  create<T extends Thing>(path: string, thing: T): T {
    const { folder, name } = this.#place(path);
    if (folder.names.has(name)) throw new DiskError('exists', path, `${path} exists`);
    folder.names.set(name, thing);
    this.#add({ path, unsynced: new Set([folder]), appears: { folder, name }, thing });
    return thing;
  }

  /** @throws DiskError `missing`; `denied` if a folder is in the way. */
  rename(from: string, to: string): void {
    const source = this.#place(from);
    const target = this.#place(to);
    const thing = source.folder.names.get(source.name);
    if (thing === undefined) throw new DiskError('missing', from, `${from} does not exist`);
    const there = target.folder.names.get(target.name);
    if (there === thing) return;
    if (there !== undefined && (there instanceof Folder || thing instanceof Folder)) {
      throw new DiskError('denied', to, `${to} is in the way`);
    }
    source.folder.names.delete(source.name);
    target.folder.names.set(target.name, thing);
    const unsynced = new Set([source.folder, target.folder]);
    this.#add({ path: to, unsynced, appears: target, disappears: source, thing });
  }

  /** @throws DiskError `missing`, or `denied` if it is a folder. */
  unlink(path: string): void {
    const thing = this.file(path);
    const disappears = this.#place(path);
    disappears.folder.names.delete(disappears.name);
    this.#add({ path, unsynced: new Set([disappears.folder]), disappears, thing });
  }

  /** A directory sync that succeeded. */
  commit(folder: Folder, upTo: number): void {
    this.#changes = this.#changes.filter((change) => {
      if (change.id <= upTo) change.unsynced.delete(folder);
      if (change.unsynced.size > 0) return true;
      settle(change);
      return false;
    });
  }

  /** A loss of power: each unsynced change of a name is kept or lost, and each file loses what it must. */
  crash(choose: Chooser): void {
    for (const change of this.#changes) {
      if (choose({ kind: 'name', path: change.path }, 2) === 1) settle(change);
    }
    this.#changes = [];
    for (const [path, thing] of walk(this.root, 'durable')) {
      if (thing instanceof Folder) thing.names = new Map(thing.durable);
      else thing.crash(path, choose);
    }
  }

  /** Every file, by path, as processes see them. */
  files(): Map<string, SectorFile> {
    const found = new Map<string, SectorFile>();
    for (const [path, thing] of walk(this.root, 'names'))
      if (thing instanceof SectorFile) found.set(path, thing);
    return found;
  }

  clone(): Namespace {
    const copies = new Map<Thing, Thing>();
    const copyOf = <T extends Thing>(thing: T): T => {
      const known = copies.get(thing);
      if (known !== undefined) return known as T;
      const copy = thing instanceof Folder ? new Folder() : (thing as SectorFile).clone();
      copies.set(thing, copy);
      if (thing instanceof Folder && copy instanceof Folder) {
        for (const [name, inner] of thing.names) copy.names.set(name, copyOf(inner));
        for (const [name, inner] of thing.durable) copy.durable.set(name, copyOf(inner));
      }
      return copy as T;
    };
    const clone = new Namespace();
    clone.root = copyOf(this.root);
    clone.#lastChange = this.#lastChange;
    clone.#changes = this.#changes.map((change) => ({
      ...change,
      unsynced: new Set([...change.unsynced].map(copyOf)),
      thing: copyOf(change.thing),
      ...(change.appears && { appears: { ...change.appears, folder: copyOf(change.appears.folder) } }),
      ...(change.disappears && {
        disappears: { ...change.disappears, folder: copyOf(change.disappears.folder) },
      }),
    }));
    return clone;
  }

  #add(change: Omit<NameChange, 'id'>): void {
    this.#changes.push({ id: ++this.#lastChange, ...change });
  }

  #place(path: string): { folder: Folder; name: string } {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    invariant(name !== '' && name !== '.' && name !== '..', `"${path}" names no file`);
    return { folder: this.folder(slash < 0 ? '' : path.slice(0, slash)), name };
  }
}

/** Makes a change on the disk: as much of it as still makes sense, since changes before it may have been lost. */
function settle({ appears, disappears, thing }: NameChange): void {
  if (disappears !== undefined && disappears.folder.durable.get(disappears.name) === thing) {
    disappears.folder.durable.delete(disappears.name);
  }
  appears?.folder.durable.set(appears.name, thing);
}

function* walk(folder: Folder, names: 'names' | 'durable', prefix = ''): Generator<[string, Thing]> {
  yield [prefix, folder];
  for (const [name, thing] of [...folder[names]].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    if (thing instanceof Folder) yield* walk(thing, names, path);
    else yield [path, thing];
  }
}
