import {
  type CheckpointRoot,
  type ClusterId,
  cursor,
  type Entry,
  EntryKind,
  encodeGenesis,
  encodeRoot,
  Framer,
  type GroupId,
  type HardState,
  type Hasher,
  type Manifest,
  type Member,
  nameOfPart,
  type PartName,
  type Section,
  SessionTable,
  SmaltiError,
  type SnapshotItem,
  StateSection,
  TreeBuilder,
  toIndex,
  toTerm,
} from '@smalti/core';

/** Who founds a cluster. */
export interface Founder {
  /** Never used before: what keeps the old cluster and the new one apart. */
  readonly cluster: ClusterId;
  /** Derived from the keys of the new group, as `deriveGroupId` does. */
  readonly group: GroupId;
  /** The only member, a voter. */
  readonly member: Member;
}

/** What a directory needs to begin a cluster with a state. */
export interface Founding {
  /** Agreed: it is for a snapshot store, once that has the parts of the old checkpoint, too. */
  readonly manifest: Manifest;
  /** What the new checkpoint has besides the items of the machine. */
  readonly parts: ReadonlyMap<PartName, Uint8Array>;
  /** Entry 1, the configuration in force. With `hardState` and the manifest's anchor it is for `GroupLog.resetTo`. */
  readonly birth: Entry;
  readonly hardState: HardState;
}

/**
 * Begins a new cluster with the state of another one's checkpoint: what the machine has, and the group time; its place
 * in the log stays, at which indices go on. Members and client sessions of the old cluster are nobody here, and a
 * session of it never begins again: its commands may be in the state. Pure.
 *
 * @throws SmaltiError `STORAGE_RANGE` if the checkpoint is not that of a group.
 */
export function foundFrom(old: CheckpointRoot, founder: Founder, hasher: Hasher): Founding {
  const machine = old.sections.find(({ name }) => name === StateSection.machine);
  if (machine === undefined) {
    throw new SmaltiError(
      'STORAGE_RANGE',
      'the checkpoint is not that of a group: it has no state of a machine',
    );
  }
  const { index } = old.anchor;
  const birth = bornAt(old, founder, hasher);
  const parts = new Map<PartName, Uint8Array>();
  const cut = (name: string, items: readonly SnapshotItem[]): Section => {
    const builder = new TreeBuilder(old.format, hasher, (part) => parts.set(part.name, part.bytes));
    for (const item of items) for (const _ of builder.add(item));
    return { name, ...builder.finish() };
  };
  const sessions = new SessionTable({ time: 0, stamp: old.time, floor: index }).capture();
  const sections = [
    cut(StateSection.birth, [{ key: new Uint8Array(0), value: birth.frame }]),
    machine,
    cut(StateSection.sessions, sessions.items(0, sessions.length)),
  ];
  sessions.release();
  const anchor = cursor(1, index);
  const { cluster, group } = founder;
  const bytes = encodeRoot({ ...old, cluster, group, anchor, configuration: birth.frame, sections });
  const root = nameOfPart(bytes, hasher);
  parts.set(root, bytes);
  const all = sections.reduce((sum, section) => sum + section.bytes, bytes.length);
  return {
    manifest: { anchor, root, format: old.format.version, bytes: all, agreed: true },
    parts,
    birth,
    hardState: { term: anchor.term, vote: null, commit: index, doubt: false },
  };
}

/** Group time does not go back: the birth is as old as the state. */
function bornAt(
  { time, machine }: CheckpointRoot,
  { cluster, group, member }: Founder,
  hasher: Hasher,
): Entry {
  const configuration = { voters: [member], outgoing: [], learners: [] };
  const genesis = { cluster, group, configuration, machineVersion: machine.version };
  const draft = { kind: EntryKind.genesis, payload: encodeGenesis(genesis) };
  const [entry] = new Framer(cluster, hasher).seal([draft], toIndex(1), toTerm(1), time);
  return entry as Entry;
}
