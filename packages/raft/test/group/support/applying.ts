import {
  type CheckpointOutcome,
  type ClusterId,
  type Cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  type Entry,
  type EntryDraft,
  EntryKind,
  encodeEnvelope,
  encodeGenesis,
  encodeMarker,
  Framer,
  type GroupId,
  type Hasher,
  type Index,
  type Marker,
  type NetworkId,
  ORIGIN,
  type PeerId,
  type SessionKey,
  SessionTable,
  type SmaltiError,
  sessionKeyOf,
  type Term,
  toClientSessionId,
  toIncarnation,
} from '@smalti/core';
import { type SimNode, Simulation } from '@smalti/simulator';
import { Applier } from '../../../src/group/applier.ts';
import type { AppliedState } from '../../../src/group/applier-port.ts';
import { type Born, openBirth } from '../../../src/group/birth.ts';
import type { Captured } from '../../../src/group/checkpoints/captured.ts';
import { Marks } from '../../../src/group/checkpoints/marks.ts';
import { Credits } from '../../../src/group/credits.ts';
import { limitsOf } from '../../../src/group/defaults.ts';
import { Requests } from '../../../src/group/requests.ts';
import { SkipBook } from '../../../src/group/skips/skip-book.ts';
import { ListMachine } from './list-machine.ts';

export const CLUSTER = 'c'.repeat(32) as ClusterId;
export const GROUP = 'e'.repeat(64) as GroupId;

/** Entry 1 of a cluster of one node. */
export function birthOf(hasher: Hasher, machineVersion = 1): Born {
  const member = {
    id: 'n1' as PeerId,
    incarnation: toIncarnation('1'.repeat(32)),
    address: 'n1',
    preference: 'normal',
  } as const;
  const configuration = { voters: [member], outgoing: [], learners: [] };
  const payload = encodeGenesis({ cluster: CLUSTER, group: GROUP, configuration, machineVersion });
  const draft = { kind: EntryKind.genesis, payload };
  const [entry] = new Framer(CLUSTER, hasher).seal([draft], 1 as Index, 1 as Term, 1_000);
  return openBirth((entry as Entry).frame, hasher);
}

export function keyNumber(n: number): SessionKey {
  return sessionKeyOf(toClientSessionId(n.toString(16).padStart(32, '0')));
}

/** The log of a group that nobody leads: drafts in, entries out. */
export class Script {
  readonly born: Born;
  readonly entries: Entry[];
  readonly #next = new Map<number, number>();

  /** @param machineVersion what its founder's machine begins with. */
  constructor(hasher: Hasher, machineVersion = 1) {
    this.born = birthOf(hasher, machineVersion);
    this.entries = [this.born.entry];
  }

  get last(): Index {
    return this.entries.length as Index;
  }

  add(kind: EntryKind, payload: Uint8Array): Entry {
    const drafts: EntryDraft[] = [{ kind, payload }];
    const index = (this.last + 1) as Index;
    const [entry] = this.born.framer.seal(drafts, index, 2 as Term, 1_000 + 10 * index);
    this.entries.push(entry as Entry);
    return entry as Entry;
  }

  /** The next command of a client session. */
  say(word: string, session = 1): Entry {
    const sequence = (this.#next.get(session) ?? 0) + 1;
    this.#next.set(session, sequence);
    const opening = sequence === 1 ? this.last : null;
    const place = { session: keyNumber(session), sequence, through: 0, opening };
    const command = new TextEncoder().encode(word);
    return this.add(
      EntryKind.command,
      encodeEnvelope({ type: 'command', ...place, part: 0, of: 1, command }),
    );
  }

  mark(marker: Partial<Marker> = {}): Entry {
    const { format = DEFAULT_CHECKPOINT_FORMAT } = marker;
    return this.add(EntryKind.marker, encodeMarker({ format }));
  }
}

/** What a replica without an engine is told of checkpoints. */
export interface MarkerTold {
  readonly marker: Marker | null;
  readonly at: Cursor;
  readonly captured: Captured | null;
}

/** A machine and what applies a script to it. */
export class Applying {
  readonly machine: ListMachine;
  readonly node: SimNode;
  readonly script: Script;
  readonly requests: Requests;
  readonly applier: Applier<string, Uint8Array, string>;
  readonly markers: MarkerTold[] = [];
  readonly outcomes: { outcome: CheckpointOutcome; at: Cursor }[] = [];
  readonly notes: string[] = [];
  readonly faults: SmaltiError[] = [];
  readonly failures: unknown[] = [];

  constructor(
    script: Script,
    options: {
      sim?: Simulation;
      from?: AppliedState;
      keeps?: boolean;
      batch?: number;
      machine?: ListMachine;
      window?: boolean;
    } = {},
  ) {
    const { sim = new Simulation(), from = { at: ORIGIN, sessions: new SessionTable() } } = options;
    const { keeps = true, batch = Number.POSITIVE_INFINITY, window = false } = options;
    this.script = script;
    this.machine = options.machine ?? new ListMachine();
    this.node = sim.node(`n${sim.nodes.length}`);
    const { clock, scheduler, hasher } = this.node.ports;
    const limits = limitsOf();
    this.requests = new Requests('0'.repeat(16), limits, new Credits(clock, limits), {
      clock,
      drawKey: () => keyNumber(1_000),
      applied: () => this.applier.at.index,
      queue: () => {},
    });
    const marks = new Marks({
      machine: this.machine,
      keeps,
      born: script.born,
      log: { configurations: [script.born.entry] },
      hasher,
      state: () => this.applier,
      port: {
        marker: (marker, at, captured) => this.markers.push({ marker, at, captured }),
        outcome: (outcome, at) => this.outcomes.push({ outcome, at }),
      },
      note: (text) => this.notes.push(text),
    });
    const names = { group: GROUP, network: 'test' as NetworkId };
    const read = (first: Index, last: Index): readonly Entry[] =>
      script.entries.slice(first - 1, Math.min(last, first - 1 + batch));
    const termAt = (index: Index) => script.entries[index - 1]?.term;
    const book = new SkipBook({ termAt, committed: () => script.last });
    book.search({ log: { last: ORIGIN, read: () => {} }, scheduler }, 0 as Index, () => {});
    book.written(script.entries);
    this.applier = new Applier(
      this.machine,
      from,
      script.born.framer,
      names,
      this.requests,
      { clock, scheduler },
      book,
      {
        termAt,
        recent: (first, last) => (window ? read(first, last) : null),
        read: (first, last, _maxBytes, done) => scheduler.nextTurn(() => done(read(first, last))),
        fed: () => {},
        passed: () => {},
        marked: (entry) => marks.applied(entry),
        applied: () => {},
        failed: (error) => this.failures.push(error),
        fault: (error) => this.faults.push(error),
      },
    );
  }

  /** Applies up to there, or all of the script. */
  async run(sim: Simulation, through: Index = this.script.last): Promise<this> {
    this.applier.advance(through);
    await sim.runUntil(() => this.applier.at.index >= through || this.applier.stopped, sim.now + 60_000);
    return this;
  }

  /** What was captured at the last marker. */
  get captured(): Captured {
    return this.markers.at(-1)?.captured as Captured;
  }
}
