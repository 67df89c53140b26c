import type { Preference } from '@smalti/core';
import type { AutopilotOptions } from '@smalti/raft';
import * as checks from './checks.ts';
import type { SettingsSource } from './settings-source.ts';
import { UsageError } from './usage-error.ts';

/** Who the members of a node's group are, how it comes to be one, and what it does about them while it leads. */
export interface MembershipSettings {
  /** Members of a new group; later, places to dial. Empty for a node that joins, or founds a group of its own. */
  readonly peers: Readonly<Record<string, string>>;
  readonly bootstrap: boolean;
  /** Addresses of members of the group to join. */
  readonly join: readonly string[];
  readonly preference: Preference;
  readonly policy: 'autopilot' | 'none';
  readonly autopilot: AutopilotOptions;
}

const PREFERENCES = ['normal', 'reluctant', 'observer'] as const;
const POLICIES = ['autopilot', 'none'] as const;
/** A day, in milliseconds. */
const LONGEST_MS = 86_400_000;
/** Flags that say how the autopilot is to keep the group, and what they are to it. */
const AUTOPILOT = {
  'max-voters': ['maxVoters', checks.voters],
  'promote-after': ['promoteAfterMs', checks.wholeNumber(1, LONGEST_MS)],
  'replace-after': ['replaceAfterMs', checks.wholeNumber(1, LONGEST_MS)],
  'forget-after': ['forgetAfterMs', checks.wholeNumber(1, 365 * LONGEST_MS)],
} as const;

/** @throws UsageError. */
export function membershipSettings(source: SettingsSource): MembershipSettings {
  const settings = {
    peers: source.optional('peers', checks.peers, {}),
    bootstrap: source.optional('bootstrap', checks.flag, false),
    join: source.optional<readonly string[]>('join', checks.addresses, []),
    preference: source.optional<Preference>('preference', checks.oneOf(PREFERENCES), 'normal'),
    policy: source.optional<MembershipSettings['policy']>('policy', checks.oneOf(POLICIES), 'autopilot'),
    autopilot: autopilotOptions(source),
  };
  checkTogether(settings, source);
  return settings;
}

function autopilotOptions(source: SettingsSource): AutopilotOptions {
  const given = Object.entries(AUTOPILOT).flatMap(([flag, [option, check]]) => {
    const value = source.optional<number | null>(flag, check, null);
    return value === null ? [] : [[option, value]];
  });
  return Object.fromEntries(given);
}

function checkTogether(settings: MembershipSettings, source: SettingsSource): void {
  const { peers, bootstrap, join, preference, policy, autopilot } = settings;
  if (Object.keys(peers).length === 0 && join.length === 0 && !bootstrap) {
    const rule =
      'is missing: name the members of a new group, as in n1=127.0.0.1:9001,n2=127.0.0.1:9002, or a member of the ' +
      'group to join with --join, or found a group of one with --bootstrap';
    throw new UsageError('--peers', undefined, rule);
  }
  if (bootstrap && join.length > 0) {
    const rule = 'cannot be given with --bootstrap: a node either founds a group or joins one';
    throw new UsageError(source.where('join'), join.join(','), rule);
  }
  if (bootstrap && preference === 'observer') {
    const rule = 'cannot be given with --bootstrap: who founds a group votes in it';
    throw new UsageError(source.where('preference'), preference, rule);
  }
  const [option] = Object.entries(AUTOPILOT).find(([, [name]]) => autopilot[name] !== undefined) ?? [];
  if (policy === 'none' && option !== undefined) {
    throw new UsageError(
      source.where('policy'),
      policy,
      `leaves nothing to --${option}; give only one of them`,
    );
  }
}
