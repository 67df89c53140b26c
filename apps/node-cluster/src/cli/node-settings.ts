import { type GroupId, MAX_PAYLOAD_BYTES } from '@smalti/core';
import { adminToken } from './admin-token.ts';
import { checkpointSettings } from './checkpoint-settings.ts';
import * as checks from './checks.ts';
import { membershipSettings } from './membership-settings.ts';
import type { NodeSettings, SyncChoice } from './settings.ts';
import { type Flags, SettingsSource } from './settings-source.ts';
import { UsageError } from './usage-error.ts';

const NAMES = [
  'id',
  'network',
  'cluster',
  'group',
  'listen',
  'advertise',
  'peers',
  'join',
  'preference',
  'policy',
  'max-voters',
  'promote-after',
  'replace-after',
  'forget-after',
  'resp',
  'http',
  'data',
  'key-file',
  'admin-token-file',
  'bootstrap',
  'log-level',
  'checkpoint-bytes',
  'sync',
];
const SYNC = ['auto', 'replay', 'snapshot'] as const;
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
  const source = new SettingsSource(flags, [...NAMES, 'timing', 'limits', 'checkpoints']);
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
    advertise: source.optional<string | null>('advertise', checks.dialAddress, null),
    ...membershipSettings(source),
    resp: source.required('resp', checks.address, 'say where Redis clients connect, as in 127.0.0.1:7001'),
    http: source.required('http', checks.address, 'say where HTTP is served, as in 127.0.0.1:8001'),
    data: source.required('data', checks.path, 'name the directory of this node'),
    keyFile: source.required('key-file', checks.path, "name the file with the group's key"),
    adminToken: adminToken(
      '--admin-token-file',
      source.optional<string | null>('admin-token-file', checks.path, null),
    ),
    logLevel: source.optional('log-level', checks.logLevel, 'info'),
    timing: source.section('timing', TIMING),
    limits: pick(limits, LIMITS),
    servers: pick(limits, SERVERS),
    checkpoints: checkpointSettings(source),
    sync: source.optional<SyncChoice>('sync', checks.oneOf(SYNC), 'auto'),
  };
  checkTogether(settings, source);
  return settings;
}

/** Rules about more than one setting. */
function checkTogether(settings: NodeSettings, source: SettingsSource): void {
  const { id, peers, join, listen, resp, http } = settings;
  if (peers[id] === undefined && join.length === 0 && Object.keys(peers).length > 0) {
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

function checkTiming(timing: NodeSettings['timing'], source: SettingsSource): void {
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

function pick<T extends object, K extends keyof T>(values: T, names: Record<K, unknown>): Pick<T, K> {
  const entries = Object.entries(values).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(entries) as Pick<T, K>;
}
