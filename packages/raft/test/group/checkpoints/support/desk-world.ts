import {
  type Anchor,
  CHECKPOINT_VERSION,
  type Configuration,
  type Cursor,
  decodeMarker,
  decodeOutcome,
  type Entry,
  type EntryDraft,
  EntryKind,
  encodeConfiguration,
  encodeGenesis,
  type Index,
  itemSource,
  type Marker,
  type MemberKey,
  ORIGIN,
  payloadOf,
  type SmaltiError,
  type SnapshotItem,
  type Term,
  toClusterId,
  toGroupId,
} from '@smalti/core';
import { type SimNode, Simulation } from '@smalti/simulator';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import type { GroupBody } from '@smalti/wire';
import { type CheckpointOptions, checkpointsOf } from '../../../../src/group/checkpoint-options.ts';
import type { Captured } from '../../../../src/group/checkpoints/captured.ts';
import { CheckpointDesk } from '../../../../src/group/checkpoints/checkpoint-desk.ts';
import type { CheckpointNews } from '../../../../src/group/checkpoints/checkpoints-api.ts';
import type { LedgerStart } from '../../../../src/group/checkpoints/ledger.ts';
import { configuration, framer, key, namesOf } from '../../../engine/support/members.ts';

const CLUSTER = toClusterId('c'.repeat(32));
const GROUP = toGroupId('d'.repeat(64));
/** How long a message takes, and a turn. */
const HOP_MS = 1;
export const REPEAT_MS = 200;

const text = new TextEncoder();

function itemOf(key: string, value: string): SnapshotItem {
  return { key: text.encode(key), value: text.encode(value) };
}

/** A node of the world: a desk, a store, and a state that is all the commands it has applied. */
export class DeskNode {
  readonly name: string;
  readonly key: MemberKey;
  readonly node: SimNode;
  readonly store: MemorySnapshotStore;
  readonly news: CheckpointNews[] = [];
  readonly notes: string[] = [];
  readonly announced: Anchor[] = [];
  readonly prunedTo: Index[] = [];
  readonly repairs: Anchor[] = [];
  readonly sent: GroupBody[] = [];
  quarantined: Cursor | null = null;
  handedOver = 0;
  failure: SmaltiError | null = null;
  captures = 0;
  alive = 0;
  /** What the node can do without; null as log replay says. */
  safe: Index | null = null;
  /** What its state has besides what the others' have. */
  odd = '';
  /** The version of the parts' format that it says it writes. */
  format = CHECKPOINT_VERSION;
  /** False if what comes out of a marker is not what its node writes. */
  writes = true;
  /** Bytes of a captured state besides what was applied. */
  ballast = 0;
  applied: Cursor = ORIGIN;
  #connected = true;
  /** While false it applies nothing by itself. */
  applies = true;
  desk: CheckpointDesk;
  readonly #world: DeskWorld;
  #commands: SnapshotItem[] = [];
  #due = false;

  constructor(world: DeskWorld, name: string, options: Partial<CheckpointOptions>) {
    this.#world = world;
    this.name = name;
    this.key = key(name);
    this.node = world.sim.node(name);
    this.store = new MemorySnapshotStore(this.node.ports);
    this.desk = this.begin(options);
  }

  begin(options: Partial<CheckpointOptions>, start: LedgerStart | null = null): CheckpointDesk {
    const { clock, scheduler } = this.node.ports;
    const world = this.#world;
    this.applied = start?.anchor.at ?? ORIGIN;
    if (start === null) this.#commands = [];
    this.desk = new CheckpointDesk(
      {
        options: checkpointsOf({ ...options, store: this.store }),
        machineVersion: 1,
        clock,
        scheduler,
        repeatMs: REPEAT_MS,
        start,
      },
      {
        self: this.key,
        leads: () => world.leader === this,
        term: () => world.term,
        applied: () => this.applied,
        leader: () => (world.leader === this ? null : (world.leader?.key ?? null)),
        isBonded: (member) =>
          this.#connected && world.nodes.some((node) => node.key === member && node.#connected),
        failed: () => null,
        skipsAcross: () => false,
        base: () => Math.max(0, ...this.prunedTo) as Index,
        propose: (drafts) => (world.leader === this ? world.append(drafts) : null),
        send: (to, body) => world.carry(this, to, body),
        safeToPrune: () => this.safe,
        announce: (anchor) => this.announced.push(anchor),
        prune: (through, done) => {
          this.prunedTo.push(through);
          scheduler.nextTurn(() => done(null));
        },
        repair: (anchor) => {
          this.repairs.push(anchor);
          return null;
        },
        quarantine: (why) => {
          this.quarantined = why?.at ?? null;
        },
        agreedInLog: () => null,
        handOver: () => {
          this.handedOver += 1;
        },
        tell: (news) => this.news.push(news),
        note: (_, said) => this.notes.push(said),
        fail: (error) => {
          this.failure = error;
        },
        wake: () => this.wake(),
      },
    );
    for (const other of world.nodes) if (other !== this) this.#bond(other);
    this.wake();
    return this.desk;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Bonds with all others, or ends all bonds. */
  set connected(connected: boolean) {
    this.#connected = connected;
    for (const other of this.#world.nodes) if (other !== this) this.#bond(other);
  }

  #bond(other: DeskNode): void {
    const isBonded = this.#connected && other.#connected;
    for (const [desk, member] of [
      [this.desk, other.key],
      [other.desk, this.key],
    ] as const) {
      if (isBonded) desk.bonded(member);
      else desk.unbonded(member);
    }
  }

  wake(): void {
    if (this.#due) return;
    this.#due = true;
    this.node.ports.scheduler.endOfTurn(() => {
      this.#due = false;
      this.desk.look();
    });
  }

  /** Applies what it has not, up to the index. */
  advance(to = this.#world.log.length): void {
    for (const entry of this.#world.log.slice(this.applied.index, to)) this.#apply(entry);
    this.wake();
  }

  #apply(entry: Entry): void {
    this.applied = { index: entry.index, term: entry.term };
    const payload = payloadOf(entry);
    if (entry.kind === EntryKind.command)
      this.#commands.push({ key: keyOfIndex(entry.index), value: payload });
    this.desk.passed(entry);
    if (entry.kind === EntryKind.outcome) this.desk.outcome(decodeOutcome(payload), this.applied);
    if (entry.kind !== EntryKind.marker) return;
    const marker = decodeMarker(payload);
    this.desk.marker(marker, this.applied, this.writes ? this.#capture(marker, entry) : null);
  }

  #capture(marker: Marker, { stamp }: Entry): Captured {
    this.captures += 1;
    this.alive += 1;
    const ballast = Array.from({ length: Math.ceil(this.ballast / 1024) }, (_, i) =>
      itemOf(`x${String(i).padStart(8, '0')}`, `${i}`.padEnd(1014, '.')),
    );
    const items = [...this.#commands, ...ballast, ...(this.odd === '' ? [] : [itemOf('zz', this.odd)])];
    const at = this.applied;
    const source = itemSource(items);
    return {
      at,
      checkpoint: {
        header: {
          format: marker.format,
          cluster: CLUSTER,
          group: GROUP,
          anchor: at,
          time: stamp,
          machine: { signature: 'list', version: 1 },
          configuration: new Uint8Array(0),
        },
        sections: new Map([['machine', source]]),
        hasher: this.node.ports.hasher,
      },
      release: () => {
        this.alive -= 1;
      },
    };
  }
}

function keyOfIndex(index: Index): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(index));
  return bytes;
}

/** Desks of several nodes over one committed log, which each applies; messages take a millisecond, or are lost. */
export class DeskWorld {
  readonly sim = new Simulation();
  readonly nodes: DeskNode[] = [];
  readonly log: Entry[] = [];
  leader: DeskNode | null = null;
  term = 1 as Term;
  /** What is reported of roots does not arrive. */
  loses = false;
  /** Nodes that apply by themselves as the log grows. */
  follows = true;

  constructor(of: number | Configuration, options: Partial<CheckpointOptions> = {}, names = namesOf(5)) {
    const configured = typeof of === 'number' ? configuration(namesOf(of)) : of;
    const wanted = typeof of === 'number' ? namesOf(of) : names;
    for (const name of wanted) this.nodes.push(new DeskNode(this, name, options));
    const payload = encodeGenesis({
      cluster: CLUSTER,
      group: GROUP,
      configuration: configured,
      machineVersion: 1,
    });
    this.append([{ kind: EntryKind.genesis, payload }]);
    this.lead(0);
  }

  at(i: number): DeskNode {
    const node = this.nodes[i];
    if (node === undefined) throw new Error(`no node ${i}`);
    return node;
  }

  /** The node leads, in a term of its own. */
  lead(i: number): void {
    this.term = (this.term + 1) as Term;
    this.leader = this.at(i);
    this.append([{ kind: EntryKind.empty, payload: new Uint8Array(0) }]);
  }

  command(said = 'x'): void {
    this.append([{ kind: EntryKind.command, payload: text.encode(said) }]);
  }

  change(to: Configuration): void {
    this.append([{ kind: EntryKind.configuration, payload: encodeConfiguration(to) }]);
  }

  /** A checkpoint, as one that is installed. */
  loaded(anchor: Anchor): LedgerStart {
    const [configuration] = this.log;
    if (configuration === undefined) throw new Error('the log is empty');
    return { anchor, root: { time: 0 }, configuration };
  }

  /** Commits at once; whoever follows applies a little later. */
  append(drafts: readonly EntryDraft[]): readonly Entry[] {
    const first = (this.log.length + 1) as Index;
    const stamp = Math.floor(this.sim.wallStart + this.sim.now);
    const entries = framer.seal(drafts, first, this.term, stamp);
    this.log.push(...entries);
    for (const node of this.nodes) {
      this.sim.schedule(HOP_MS, 'apply', () => {
        if (this.follows && node.connected && node.applies) node.advance();
      });
    }
    return entries;
  }

  carry(from: DeskNode, to: MemberKey, body: GroupBody): boolean {
    from.sent.push(body);
    const receiver = this.nodes.find((node) => node.key === to);
    if (receiver === undefined || body.type !== 'checkpoint-report') return false;
    if (this.loses && body.marker > 0) return true;
    this.sim.schedule(HOP_MS, 'report', () => {
      if (from.connected && receiver.connected) {
        receiver.desk.received(from.key, { ...body, format: from.format });
      }
    });
    return true;
  }

  markers(): Index[] {
    return this.log.filter(({ kind }) => kind === EntryKind.marker).map(({ index }) => index);
  }

  outcomes(): string[] {
    return this.log.flatMap((entry) => {
      if (entry.kind !== EntryKind.outcome) return [];
      const outcome = decodeOutcome(payloadOf(entry));
      return [`${outcome.verdict} ${outcome.marker}`];
    });
  }
}
