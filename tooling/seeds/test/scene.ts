import {
  type CheckpointOutcome,
  type Cursor,
  cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  type Entry,
  type EntryDraft,
  EntryKind,
  encodeConfiguration,
  encodeMarker,
  encodeOutcome,
  Framer,
  type HardState,
  type Index,
  keyOf,
  type LogWrite,
  type Manifest,
  type Member,
  NO_HARD_STATE,
  ORIGIN,
  type Term,
  toClusterId,
  toIncarnation,
  toPartName,
  toPeerId,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';
import type { LogNow } from '../src/observe/mirror.ts';
import { Truth } from '../src/observe/truth.ts';
import type { WatchMaker } from '../src/observe/watch.ts';

const MEMBERS: readonly Member[] = ['n1', 'n2', 'n3'].map((id, i) => ({
  id: toPeerId(id),
  incarnation: toIncarnation(String(i + 1).repeat(32)),
  address: id,
  preference: 'normal',
}));

const TERM = 2 as Term;
const HARD: HardState = { ...NO_HARD_STATE, term: TERM };

/** A group of three, of which n1 leads term 2, as far as one invariant is concerned. No node is behind another. */
export class Scene {
  readonly truth: Truth;
  readonly #framer = new Framer(toClusterId('5'.repeat(32)), simHasher);
  readonly #entries: Entry[] = [];

  constructor(invariant: WatchMaker) {
    const names = MEMBERS.map(({ id }) => String(id));
    this.truth = new Truth(
      names,
      () => 0,
      [invariant],
      () => {},
    );
    for (const member of MEMBERS) {
      this.truth.mirror(member.id).key = keyOf(member);
      this.truth.opened(member.id, { ...this.now, last: 0, terms: [] });
    }
    const configuration = { voters: MEMBERS, outgoing: [], learners: [] };
    this.append({ kind: EntryKind.configuration, payload: encodeConfiguration(configuration) });
  }

  /** What did not hold, or null. */
  get violated(): string | null {
    return this.truth.violation?.what ?? null;
  }

  /** What every log is, without anything pruned. */
  get now(): LogNow {
    const terms = [{ first: 1 as Index, term: TERM }];
    const configurations = this.#entries.slice(0, 1);
    return { base: ORIGIN, last: this.#entries.length, terms, hard: HARD, configurations };
  }

  at(index: number): Cursor {
    return cursor(TERM, index);
  }

  /** The leader writes that, everybody has it, and it is committed. @returns its index. */
  append(draft: EntryDraft, nodes: readonly string[] = this.truth.nodes, stamp = 0): number {
    const index = (this.#entries.length + 1) as Index;
    const entries = this.#framer.seal([draft], index, TERM, stamp);
    this.#entries.push(...entries);
    for (const node of nodes) {
      const write: LogWrite = { entries, hardState: HARD };
      this.truth.wrote(node, write);
      this.truth.persisted(node, write);
    }
    if (nodes.length > 1) this.truth.claim('n1', index);
    return index;
  }

  marker(): number {
    const payload = encodeMarker({ format: DEFAULT_CHECKPOINT_FORMAT });
    return this.append({ kind: EntryKind.marker, payload });
  }

  outcome(outcome: CheckpointOutcome): number {
    return this.append({ kind: EntryKind.outcome, payload: encodeOutcome(outcome) });
  }

  /** All of them have a checkpoint of a marker, and agree on it. @returns the index of the marker. */
  checkpoint(root = rootOf(1)): number {
    const marker = this.marker();
    for (const node of this.truth.nodes) this.keeps(node, marker, root);
    this.outcome({ verdict: 'agreed', marker: marker as Index, root });
    for (const node of this.truth.nodes) this.keeps(node, marker, root, true);
    return marker;
  }

  keeps(node: string, index: number, root = rootOf(1), agreed = false): void {
    const manifest: Manifest = { anchor: this.at(index), root, format: 1, bytes: 1, agreed };
    this.truth.checkpoints.keeping(node, manifest);
    this.truth.keeps(node, manifest);
  }

  /** The log begins after that entry from now on. @param last where it ends then. */
  resets(node: string, index: number, last: number): void {
    const base = this.at(index);
    const terms = last > index ? [{ first: (index + 1) as Index, term: TERM }] : [];
    this.truth.resets(node, base, { ...this.now, base, last, terms });
  }
}

export function rootOf(number: number) {
  return toPartName(String(number).repeat(64));
}
