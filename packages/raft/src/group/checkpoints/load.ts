import {
  type Anchor,
  type CheckpointRoot,
  type Entry,
  type SessionTable,
  SessionTableReader,
  SmaltiError,
  type Snapshot,
  type SnapshotItem,
  type SnapshotStateMachine,
  StateSection,
  type StoreCallback,
  versionsOf,
} from '@smalti/core';
import { run, type Steps } from '@smalti/core/steps';
import type { Born } from '../birth.ts';
import { CheckpointReader, type ReadParts } from './checkpoint-reader.ts';

const SECTIONS: readonly string[] = Object.values(StateSection);

/** A checkpoint that was read from the store, every part of it verified. */
export interface Loaded {
  readonly anchor: Anchor;
  readonly root: CheckpointRoot;
  /** Of all its parts, each as often as it is named. */
  readonly bytes: number;
  readonly born: Born;
  /** The entry that brought the configuration in force at the anchor. */
  readonly configuration: Entry;
  readonly sessions: SessionTable;
  /** The machine's state, to be installed and released. */
  readonly machine: Snapshot;
}

/** What checkpoints are loaded with. */
export interface LoadParts extends ReadParts {
  readonly machine: Pick<
    SnapshotStateMachine<never, never, unknown>,
    'signature' | 'version' | 'oldestVersion' | 'emptySnapshot'
  >;
}

/** A load that goes on. */
export interface Loading {
  /** Gives it up: `done` is not called any more, and nothing is held. Does nothing once it was called. */
  cancel(): void;
}

/**
 * Reads a checkpoint into a snapshot that can be installed, a table of sessions, and what the group has to know besides.
 * What comes is what was agreed on, to the last byte; nothing but memory is touched.
 *
 * Errors: `STORAGE_CORRUPT` if a part is missing or damaged, with its name in `details.part`; `STORAGE_VERSION` if this
 * version cannot read it; `STORAGE_FOREIGN` if it is of another machine; `MACHINE_FAILED` if the machine refuses its
 * items; and those of the store.
 */
export function loadCheckpoint(
  parts: LoadParts,
  anchor: Anchor,
  done: StoreCallback<Loaded | null>,
): Loading {
  let over = false;
  const reader = new CheckpointReader(parts, anchor, () => over);
  run(loadSteps(reader, anchor, parts.machine), (error, loaded) => {
    if (over) {
      loaded?.machine.release();
      return;
    }
    over = true;
    done(error as SmaltiError | null, loaded ?? null);
  });
  return {
    cancel: () => {
      over = true;
    },
  };
}

/** The same as steps. */
export function* loadSteps(
  reader: CheckpointReader,
  anchor: Anchor,
  machine: LoadParts['machine'],
): Steps<Loaded> {
  let snapshot: Snapshot | null = null;
  try {
    const root = yield* reader.root();
    checkReadable(root, machine, reader);
    const born = yield* reader.birth(root);
    const configuration = reader.configuration(root, born);
    const sessions = new SessionTableReader();
    yield* reader.items(root, StateSection.sessions, (items) => sessions.add(items));
    snapshot = emptySnapshot(root, machine, reader);
    yield* reader.items(root, StateSection.machine, appendTo(snapshot, reader));
    const bytes = root.sections.reduce((sum, section) => sum + section.bytes, reader.rootBytes);
    return { anchor, root, bytes, born, configuration, sessions: sessions.finish(), machine: snapshot };
  } catch (error) {
    snapshot?.release();
    throw reader.told(error);
  }
}

/** Entry 1, as a checkpoint has it. Errors as those of {@link loadCheckpoint}. */
export function* birthSteps(reader: CheckpointReader): Steps<Born> {
  try {
    return yield* reader.birth(yield* reader.root());
  } catch (error) {
    throw reader.told(error);
  }
}

/** What is not known cannot be taken in, and what is left out would be lost. */
function checkReadable(
  root: CheckpointRoot,
  machine: LoadParts['machine'],
  { title }: CheckpointReader,
): void {
  const strange = root.sections.find(({ name }) => !SECTIONS.includes(name));
  if (strange !== undefined) throw tooNew(title, `it has a section ${strange.name}`);
  const { signature, version } = root.machine;
  if (signature !== machine.signature) {
    const text = `${title} is of the machine ${signature}, and this one is ${machine.signature}`;
    throw new SmaltiError('STORAGE_FOREIGN', text);
  }
  const { oldest, newest } = versionsOf(machine);
  if (version > newest)
    throw tooNew(title, `version ${version} of its machine is in force there, and ${newest} is known here`);
  if (version >= oldest) return;
  const text = `${title} cannot be read by this version: version ${version} of its machine is in force there, and the oldest that is known here is ${oldest}`;
  throw new SmaltiError('STORAGE_VERSION', text);
}

function emptySnapshot(
  { machine: { version } }: CheckpointRoot,
  machine: LoadParts['machine'],
  { title }: CheckpointReader,
): Snapshot {
  try {
    return machine.emptySnapshot(version);
  } catch (error) {
    throw tooNew(title, (error as Error).message);
  }
}

function appendTo(snapshot: Snapshot, { title }: CheckpointReader): (items: readonly SnapshotItem[]) => void {
  return (items) => {
    try {
      snapshot.append(items);
    } catch (error) {
      const text = `the state machine refuses the items of ${title}: ${(error as Error).message}`;
      throw new SmaltiError('MACHINE_FAILED', text, { cause: error });
    }
  };
}

function tooNew(title: string, why: string): SmaltiError {
  return new SmaltiError(
    'STORAGE_VERSION',
    `${title} cannot be read by this version, upgrade this node: ${why}`,
  );
}
