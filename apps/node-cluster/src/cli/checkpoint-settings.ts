import type { CheckpointOptions } from '@smalti/raft';
import * as checks from './checks.ts';
import type { SettingsSource } from './settings-source.ts';

/** When checkpoints are taken, and what they cost. */
export type CheckpointSettings = Omit<CheckpointOptions, 'store' | 'format'>;

const KIB = 1024;
const bytes = (least: number): checks.Check<number> => checks.wholeNumber(least, 2 ** 40);
const time = checks.wholeNumber(1, 30 * 86_400_000);

const CHECKPOINTS = {
  everyBytes: bytes(4 * KIB),
  everyEntries: checks.wholeNumber(1, 1_000_000_000),
  everyMs: time,
  keepBytes: bytes(0),
  cutBytesPerSecond: bytes(64 * KIB),
  abandonMs: time,
};

/** @throws UsageError. */
export function checkpointSettings(source: SettingsSource): CheckpointSettings {
  const section = source.section('checkpoints', CHECKPOINTS);
  const everyBytes = source.optional<number | null>('checkpoint-bytes', CHECKPOINTS.everyBytes, null);
  return everyBytes === null ? section : { ...section, everyBytes };
}
