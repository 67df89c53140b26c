import { type GroupId, MAX_PAYLOAD_BYTES } from '@smalti/core';
import type { Check } from './checks.ts';
import * as checks from './checks.ts';
import { readConfig } from './config-file.ts';
import type { NodeSettings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** What was given on the command line, by the names of the flags. */
export type Flags = Readonly<Record<string, unknown>>;

const NAMES = [
  'id',
  'network',
  'cluster',
  'group',
  'listen',
  'peers',
  'resp',
  'http',
  'data',
  'key-file',
  'bootstrap',
  'log-level',
];
const MIB = 1024 * 1024;
const time = checks.wholeNumber(1, 3_600_000);
const bytes = checks.wholeNumber(1_024, 2 ** 40);

const TIMING = {
  heartbeatMs: time,
  electionMinMs: time,
  electionMaxMs: time,
  diskStallMs: time,
};

const LIMITS = {
  maxCommandBytes: checks.wholeNumber(1_024, MAX_PAYLOAD_BYTES - 1_024),
  maxPendingBytes: bytes,
  maxPending: checks.wholeNumber(1, 100_000_000),
  maxHandleBytes: bytes,
  maxHandlePending: checks.wholeNumber(1, 100_000_000),
  maxAppendBytes: checks.wholeNumber(1_024, 8 * MIB),
  maxInflightBytes: bytes,
  windowBytes: bytes,
};

const SERVERS = {
  maxRespConnections: checks.wholeNumber(1, 1_000_000),
  maxOutstanding: checks.wholeNumber(1, 1_000_000),
  maxOutstandingBytes: bytes,
  maxHttpConnections: checks.wholeNumber(1, 1_000_000),
};

/**
 * What the flags and the configuration file say together; flags win.
 *
 * @throws UsageError naming the flag or the name in the file, what was given, and what to do.
 */
export function nodeSettings(flags: Flags): NodeSettings {
  const source = new Source(flags);
  const limits = source.section('limits', { ...LIMITS, ...SERVERS });
  const settings: NodeSettings = {
    id: source.required('id', checks.peerId, 'give the node a name, such as --id n1'),
    network: source.optional('network', checks.networkId, 'smalti'),
    cluster: source.optional<string | null>('cluster', checks.clusterId, null),
    group: source.optional<GroupId | null>('group', checks.groupId, null),
    listen: source.required(
      'listen',
      checks.dialAddress,
      'say where the group meets it, as in 127.0.0.1:9001',
    ),
    peers: source.required(
      'peers',
      checks.peers,
      'name the members, as in n1=127.0.0.1:9001,n2=127.0.0.1:9002',
    ),
    resp: source.required('resp', checks.address, 'say where Redis clients connect, as in 127.0.0.1:7001'),
    http: source.required('http', checks.address, 'say where HTTP is served, as in 127.0.0.1:8001'),
    data: source.required('data', checks.path, 'name the directory of this node'),
    keyFile: source.required('key-file', checks.path, "name the file with the group's key"),
    bootstrap: source.optional('bootstrap', checks.flag, false),
    logLevel: source.optional('log-level', checks.logLevel, 'info'),
    timing: source.section('timing', TIMING),
    limits: pick(limits, LIMITS),
    servers: pick(limits, SERVERS),
  };
  checkTogether(settings, source);
  return settings;
}

/** Rules about more than one setting. */
function checkTogether(settings: NodeSettings, source: Source): void {
  const { id, peers, listen, resp, http } = settings;
  if (peers[id] === undefined) {
    const rule = `does not name this node, ${id}; add ${id}=${listen}, the address others reach it at`;
    throw new UsageError(source.where('peers'), Object.keys(peers).join(','), rule);
  }
  const taken = new Map([[listen, 'listen']]);
  for (const [name, place] of [
    ['resp', resp],
    ['http', http],
  ] as const) {
    const other = taken.get(place);
    if (other !== undefined && !place.endsWith(':0')) {
      throw new UsageError(
        source.where(name),
        place,
        `is the address of --${other} too; choose another port`,
      );
    }
    taken.set(place, name);
  }
  checkTiming(settings.timing, source);
}

function checkTiming(timing: NodeSettings['timing'], source: Source): void {
  const { heartbeatMs = 100, electionMinMs = 1_000 } = timing;
  const { electionMaxMs = 2 * electionMinMs } = timing;
  if (electionMinMs < 3 * heartbeatMs) {
    const rule = `must be at least three times heartbeatMs, which is ${heartbeatMs}`;
    throw new UsageError(source.inFile('timing.electionMinMs'), electionMinMs, rule);
  }
  if (electionMaxMs <= electionMinMs) {
    const rule = `must be more than electionMinMs, which is ${electionMinMs}`;
    throw new UsageError(source.inFile('timing.electionMaxMs'), electionMaxMs, rule);
  }
}

/** Looks names up: first among the flags, then in the configuration file. */
class Source {
  readonly #flags: Flags;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #file: string | null;

  constructor(flags: Flags) {
    this.#flags = flags;
    const file = flags.config;
    this.#file = file === undefined ? null : checked('--config', file, checks.path);
    this.#config = this.#file === null ? {} : readConfig(this.#file);
    const known = [...NAMES, 'timing', 'limits'];
    for (const name of Object.keys(this.#config)) {
      if (!known.includes(name)) {
        throw new UsageError(this.inFile(name), undefined, `is not known; known are ${known.join(', ')}`);
      }
    }
  }

  /** How a name was given. */
  where(name: string): string {
    return this.#flags[name] === undefined && Object.hasOwn(this.#config, name)
      ? this.inFile(name)
      : `--${name}`;
  }

  optional<T>(name: string, check: Check<T>, otherwise: T): T {
    const value = this.#value(name);
    return value === undefined ? otherwise : checked(this.where(name), value, check);
  }

  required<T>(name: string, check: Check<T>, todo: string): T {
    const value = this.#value(name);
    if (value === undefined) throw new UsageError(`--${name}`, undefined, `is missing: ${todo}`);
    return checked(this.where(name), value, check);
  }

  /** An object of the configuration file, whose names and values are checked. */
  section<T extends Readonly<Record<string, Check<number>>>>(
    name: string,
    known: T,
  ): { [K in keyof T]?: number } {
    const value = Object.hasOwn(this.#config, name) ? this.#config[name] : {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UsageError(this.inFile(name), value, 'must be an object');
    }
    const result: { [K in keyof T]?: number } = {};
    for (const [key, each] of Object.entries(value)) {
      const check = Object.hasOwn(known, key) ? known[key] : undefined;
      const where = this.inFile(`${name}.${key}`);
      if (check === undefined) {
        throw new UsageError(where, undefined, `is not known; known are ${Object.keys(known).join(', ')}`);
      }
      result[key as keyof T] = checked(where, each, check);
    }
    return result;
  }

  #value(name: string): unknown {
    return this.#flags[name] ?? (Object.hasOwn(this.#config, name) ? this.#config[name] : undefined);
  }

  /** A name in the configuration file, for messages. */
  inFile(name: string): string {
    return `"${name}" in ${this.#file ?? 'the configuration'}`;
  }
}

function checked<T>(where: string, value: unknown, check: Check<T>): T {
  try {
    return check(value);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(where, value, error.message);
    throw error;
  }
}

function pick<T extends object, K extends keyof T>(values: T, names: Record<K, unknown>): Pick<T, K> {
  const entries = Object.entries(values).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(entries) as Pick<T, K>;
}
