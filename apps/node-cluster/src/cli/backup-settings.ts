import * as checks from './checks.ts';
import { clientAccess } from './client-settings.ts';
import type { Flags } from './settings-source.ts';
import { checked, take } from './take.ts';
import { UsageError } from './usage-error.ts';

/** How a group is backed up, checked. */
export interface BackupSettings {
  /** Where the backup goes. */
  readonly file: string;
  /** Nodes, of which the first that can gives it. */
  readonly http: readonly string[];
  readonly token: string | null;
  /** Take a checkpoint for it, instead of the newest there is. */
  readonly fresh: boolean;
  /** Replace a file of that name. */
  readonly force: boolean;
  /** How long a checkpoint, and the beginning of the answer, may take. */
  readonly timeoutMs: number;
  readonly json: boolean;
}

export interface VerifySettings {
  readonly file: string;
  readonly json: boolean;
}

/** How a backup becomes a new cluster, checked. */
export interface RestoreSettings {
  readonly file: string;
  readonly data: string;
  readonly id: string;
  /** Where other nodes will reach the new one. */
  readonly address: string;
  readonly network: string;
  readonly keyFile: string;
  readonly json: boolean;
}

/** As long as a node waits for a checkpoint: a large state is cut for minutes. */
const MAX_TIMEOUT_MS = 3_600_000;
const DEFAULT_TIMEOUT_MS = 60_000;

/** @throws UsageError. */
export function backupSettings(file: string, flags: Flags): BackupSettings {
  return {
    file: checked('FILE', file, checks.path),
    ...clientAccess(flags),
    fresh: take(flags, 'fresh', checks.flag, false),
    force: take(flags, 'force', checks.flag, false),
    timeoutMs: take(flags, 'timeout', checks.wholeNumber(1, MAX_TIMEOUT_MS), DEFAULT_TIMEOUT_MS),
    json: take(flags, 'json', checks.flag, false),
  };
}

/** @throws UsageError. */
export function verifySettings(file: string, flags: Flags): VerifySettings {
  return { file: checked('FILE', file, checks.path), json: take(flags, 'json', checks.flag, false) };
}

/** @throws UsageError. */
export function restoreSettings(file: string, flags: Flags): RestoreSettings {
  const listen = required(
    flags,
    'listen',
    checks.dialAddress,
    'say where other nodes will reach the new one, as in 127.0.0.1:9001',
  );
  return {
    file: checked('FILE', file, checks.path),
    data: required(flags, 'data', checks.path, 'name the directory of the new node'),
    id: required(flags, 'id', checks.peerId, 'give the new node a name, such as --id n1'),
    address: take(flags, 'advertise', checks.dialAddress, listen),
    network: take(flags, 'network', checks.networkId, 'smalti'),
    keyFile: required(flags, 'key-file', checks.path, "name the file with the new group's key"),
    json: take(flags, 'json', checks.flag, false),
  };
}

function required<T>(flags: Flags, name: string, check: checks.Check<T>, advice: string): T {
  if (flags[name] === undefined) throw new UsageError(`--${name}`, undefined, `is missing; ${advice}`);
  return checked(`--${name}`, flags[name], check);
}
