import {
  type Clock,
  type ClusterId,
  DecodeError,
  decodeGenesis,
  type Entry,
  EntryKind,
  encodeGenesis,
  Framer,
  type Genesis,
  type GroupId,
  type GroupLog,
  type Hasher,
  type Index,
  keyOf,
  type Member,
  type MemberKey,
  memberId,
  membersOf,
  type PeerId,
  type PeerIdentity,
  type Preference,
  payloadOf,
  type Random,
  readFrames,
  SmaltiError,
  type Term,
  toHex,
} from '@smalti/core';

/** Everything that is fixed by entry 1. */
export interface Born {
  readonly genesis: Genesis;
  readonly entry: Entry;
  readonly framer: Framer;
}

/** How long a full disk is left alone before the birth is tried again, in milliseconds. */
const AGAIN_MS = 1_000;

/** What a birth needs of its surroundings. */
export interface BirthPort {
  readonly self: MemberKey;
  /** The members that were named, this node among them, with their addresses. */
  readonly named: ReadonlyMap<PeerId, string>;
  readonly log: GroupLog;
  readonly hasher: Hasher;
  readonly random: Random;
  readonly clock: Clock;
  /** Ids under which this node knows the group, the derived one first. */
  readonly groups: readonly GroupId[];
  /** The version of the machine that a cluster founded here begins with. */
  readonly machineVersion: number;
  /** The only cluster whose birth is believed; null for any. */
  readonly cluster: ClusterId | null;
  bonds(): readonly PeerIdentity[];
  /** What this node is meant for. */
  readonly preference: Preference;
  /** True if this node may become a member of a cluster that does not name it. */
  readonly joins: boolean;
  /** True if this directory has the log of that cluster under another group id: this node is not blank there. */
  holds(cluster: ClusterId): boolean;
  /** True if nothing is to begin any more. */
  over(): boolean;
  born(born: Born): void;
  note(level: 'info' | 'warn', text: string): void;
  /** The node must not go on. */
  fail(error: SmaltiError): void;
}

/** Reads entry 1 and checks that it is a birth. @throws DecodeError if it is not. */
export function openBirth(bytes: Uint8Array, hasher: Hasher): Born {
  const [entry, ...more] = readFrames(bytes);
  if (
    entry === undefined ||
    more.length > 0 ||
    entry.index !== 1 ||
    entry.term !== 1 ||
    entry.kind !== EntryKind.genesis
  ) {
    throw new DecodeError('not the first entry of a cluster', 0);
  }
  const genesis = decodeGenesis(payloadOf(entry));
  const framer = new Framer(genesis.cluster, hasher);
  if (!framer.verify(entry)) throw new DecodeError('the checksum of entry 1 does not hold', 0);
  return { genesis, entry, framer };
}

/**
 * The time before a node belongs to a cluster. A cluster is born once: the one node that was started to bootstrap
 * waits until every named member is bonded and blank, and writes entry 1; all others copy it before they take part
 * in anything.
 */
export class Birth {
  readonly #port: BirthPort;
  readonly #bootstrap: boolean;
  #writing = false;
  #waitsFor = '';

  constructor(port: BirthPort, bootstrap: boolean) {
    this.#port = port;
    this.#bootstrap = bootstrap;
  }

  /** Called whenever a bond came or went. */
  check(): void {
    if (!this.#bootstrap || this.#writing) return;
    const { named, self } = this.#port;
    const bonds = this.#port.bonds();
    for (const peer of bonds) {
      const problem = this.#conflict(peer);
      if (problem !== null) {
        this.#port.fail(problem);
        return;
      }
    }
    const members: Member[] = [];
    const missing: PeerId[] = [];
    for (const [id, address] of named) {
      if (id === memberId(self)) {
        members.push({
          id,
          incarnation: self.slice(id.length + 1) as Member['incarnation'],
          address,
          preference: this.#port.preference,
        });
        continue;
      }
      const there = bonds.filter((peer) => peer.id === id);
      const [peer] = there;
      if (peer === undefined || there.length > 1) missing.push(id);
      else members.push({ id, incarnation: peer.incarnation, address, preference: 'normal' });
    }
    if (missing.length > 0) {
      const text = `waits for ${missing.join(', ')} to found the cluster`;
      if (text !== this.#waitsFor) this.#port.note('info', text);
      this.#waitsFor = text;
      return;
    }
    this.#found(members);
  }

  #conflict(peer: PeerIdentity): SmaltiError | null {
    const me = memberId(this.#port.self);
    if (peer.bootstrapping) {
      const text = `${me} and ${peer.id} were both started to bootstrap: start exactly one node with --bootstrap`;
      return new SmaltiError('TWO_BOOTSTRAPS', text, { details: { nodes: [me, peer.id] } });
    }
    if (peer.cluster !== null) {
      const text =
        `${me} was started to bootstrap, but ${peer.id} already belongs to cluster ${peer.cluster}: ` +
        'start this node without --bootstrap to join that cluster, or clear the data of every node to found a new one';
      return new SmaltiError('ALREADY_BORN', text, { details: { peer: peer.id, cluster: peer.cluster } });
    }
    return null;
  }

  #found(members: readonly Member[]): void {
    const { hasher, random, groups, clock, machineVersion } = this.#port;
    const cluster = toHex(random.bytes(16)) as ClusterId;
    const genesis: Genesis = {
      cluster,
      group: groups[0] as GroupId,
      configuration: { voters: members, outgoing: [], learners: [] },
      machineVersion,
    };
    const framer = new Framer(cluster, hasher);
    const draft = { kind: EntryKind.genesis, payload: encodeGenesis(genesis) };
    const [entry] = framer.seal([draft], 1 as Index, 1 as Term, Math.max(0, Math.floor(clock.wallNow())));
    if (entry !== undefined) this.#write({ genesis, entry, framer });
  }

  /** A bonded node that is born sends entry 1. */
  received(sender: PeerId, group: GroupId, bytes: Uint8Array): void {
    if (this.#writing) return;
    let born: Born;
    try {
      born = openBirth(bytes, this.#port.hasher);
    } catch (error) {
      this.#port.note('warn', `refuses the birth that ${sender} sends: ${(error as Error).message}`);
      return;
    }
    const { genesis } = born;
    const { self } = this.#port;
    if (this.#bootstrap) {
      const text = `${memberId(self)} was started to bootstrap, but ${sender} belongs to cluster ${genesis.cluster} already: start it without --bootstrap`;
      this.#port.fail(
        new SmaltiError('ALREADY_BORN', text, { details: { peer: sender, cluster: genesis.cluster } }),
      );
      return;
    }
    const problem = this.#unwanted(genesis, group);
    if (problem !== null) {
      this.#port.note('warn', `refuses the birth that ${sender} sends, and stays blank: ${problem}`);
      return;
    }
    if (this.#port.holds(genesis.cluster)) {
      // Same incarnation, empty log: it would be counted for what it has forgotten.
      const text =
        `the directory of ${memberId(self)} has the log of cluster ${genesis.cluster} already, as group ` +
        `${genesis.group}, which the given keys do not lead to: give the key that it was born with too, or name the group`;
      const details = { cluster: genesis.cluster, group: genesis.group };
      this.#port.fail(new SmaltiError('STORAGE_FOREIGN', text, { details }));
      return;
    }
    const members = membersOf(genesis.configuration);
    const named = members.some((member) => member.id === memberId(self));
    if (!named && !this.#port.joins) {
      this.#port.note(
        'warn',
        `cluster ${genesis.cluster} of ${sender} does not name this node: it stays blank`,
      );
      return;
    }
    if (named && !members.some((member) => keyOf(member) === self)) {
      this.#port.note(
        'warn',
        'takes the place of a node that lost its data: it catches up, and is counted once the group says so',
      );
    }
    this.#write(born);
  }

  #unwanted(genesis: Genesis, group: GroupId): string | null {
    const { cluster } = this.#port;
    if (genesis.group !== group) return `it is of group ${genesis.group}, and the bond of ${group}`;
    if (cluster === null || genesis.cluster === cluster) return null;
    return `it is of cluster ${genesis.cluster}, and this node is to belong to ${cluster}`;
  }

  #write(born: Born): void {
    this.#writing = true;
    const hardState = { term: 1 as Term, vote: null, commit: 0 as Index, doubt: false };
    this.#port.log.write({ entries: [born.entry], hardState }, (error) => {
      if (error === null) {
        this.#port.born(born);
        return;
      }
      this.#writing = false;
      if (error.code === 'STORAGE_FULL') this.#later(born, error);
      else this.#port.fail(error);
    });
  }

  /** Nobody sends it again while the bonds last. */
  #later(born: Born, error: SmaltiError): void {
    this.#port.note('warn', `cannot write the birth: ${error.message}`);
    this.#port.clock.setTimer(AGAIN_MS, () => {
      if (this.#writing || this.#port.over()) return;
      if (this.#bootstrap) this.check();
      else this.#write(born);
    });
  }
}
