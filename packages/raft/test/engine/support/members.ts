import {
  type Anchor,
  type Configuration,
  type Entry,
  EntryKind,
  encodeGenesis,
  Framer,
  type HardState,
  type Index,
  type Member,
  type MemberKey,
  memberKey,
  type Term,
  toClusterId,
  toGroupId,
  toIncarnation,
  toPartName,
  toPeerId,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';
import type { EngineOptions } from '../../../src/engine/core.ts';
import type { LogShape } from '../../../src/engine/io.ts';
import { configurationOf } from '../../../src/engine/log.ts';

/** Short times, so that a test of many elections takes little: a heartbeat is 20 ms, an election 100 to 200 ms. */
export const TIMING = { heartbeatMs: 20, electionMinMs: 100, electionMaxMs: 200, diskStallMs: 200 } as const;

const CLUSTER = toClusterId('c'.repeat(32));
const GROUP = toGroupId('d'.repeat(64));

export const framer = new Framer(CLUSTER, simHasher);

/** The members of the tests are called a, b, c, …; `life` counts lost disks. */
export function member(name: string, life = 0): Member {
  const incarnation = toIncarnation(life.toString(16).padStart(32, '0'));
  return { id: toPeerId(name), incarnation, address: `${name}:1`, preference: 'normal' };
}

export function key(name: string, life = 0): MemberKey {
  const { id, incarnation } = member(name, life);
  return memberKey(id, incarnation);
}

export function nameOf(of: MemberKey): string {
  return of.slice(0, of.indexOf('@'));
}

export function namesOf(size: number): string[] {
  return [...'abcdefg'].slice(0, size);
}

export function configuration(
  voters: readonly string[],
  learners: readonly string[] = [],
  outgoing: readonly string[] = [],
): Configuration {
  const list = (names: readonly string[]): Member[] => names.map((name) => member(name));
  return { voters: list(voters), learners: list(learners), outgoing: list(outgoing) };
}

/** Entry 1 of term 1. */
export function genesis(of: Configuration): Entry {
  const payload = encodeGenesis({ cluster: CLUSTER, group: GROUP, configuration: of, machineVersion: 1 });
  const [entry] = framer.seal([{ kind: EntryKind.genesis, payload }], 1 as Index, 1 as Term, 0);
  if (entry === undefined) throw new Error('a seal of one draft gives one entry');
  return entry;
}

export function command(text: string): { kind: typeof EntryKind.command; payload: Uint8Array } {
  return { kind: EntryKind.command, payload: new TextEncoder().encode(text) };
}

/** Genesis, then one command of each of the terms. Equal (index, term) give equal entries. */
export function logOf(of: Configuration, terms: readonly number[]): Entry[] {
  const entries = [genesis(of)];
  for (const [i, term] of terms.entries()) {
    const index = i + 2;
    entries.push(...framer.seal([command(`${index}.${term}`)], index as Index, term as Term, 0));
  }
  return entries;
}

/** What a store knows of a log of these entries, of which those up to `from` were pruned. */
export function shapeOf(entries: readonly Entry[], from = 0): LogShape {
  const terms: { first: Index; term: Term }[] = [];
  const configurations: { index: Index; configuration: Configuration }[] = [];
  for (const entry of entries) {
    if (entry.index > from && terms.at(-1)?.term !== entry.term) {
      terms.push({ first: entry.index, term: entry.term });
    }
    const brought = configurationOf(entry);
    if (brought === null) continue;
    if (entry.index <= from) configurations.length = 0;
    configurations.push({ index: entry.index, configuration: brought });
  }
  const base = { index: from as Index, term: entries[from - 1]?.term ?? (0 as Term) };
  const last = entries.at(-1) ?? base;
  return { base, last: { index: last.index, term: last.term }, terms, configurations };
}

export function hardState(term: number, vote: MemberKey | null = null, commit = 0, doubt = false): HardState {
  return { term: term as Term, vote, commit: commit as Index, doubt };
}

export function optionsOf(
  self: MemberKey,
  seed: number,
  changes: Partial<EngineOptions> = {},
): EngineOptions {
  return {
    self,
    framer,
    seed,
    ...TIMING,
    leaseMs: 0,
    maxAppendBytes: 4096,
    maxInflightBytes: 16_384,
    windowBytes: 65_536,
    ...changes,
  };
}

/** The checkpoint of a marker at that entry, as everybody cuts it. */
export function anchorAt(index: number, term: number): Anchor {
  const root = toPartName(`${index}`.padStart(32, '0') + `${term}`.padStart(32, '0'));
  return { at: { index: index as Index, term: term as Term }, root };
}

/** Freezes all that can be frozen, so that nobody changes what others were given. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value))
    return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
