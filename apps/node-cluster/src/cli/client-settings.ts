import { existsSync } from 'node:fs';
import type { Preference } from '@smalti/core';
import { adminToken } from './admin-token.ts';
import * as checks from './checks.ts';
import type { Flags } from './settings-source.ts';
import { checked, take } from './take.ts';
import { UsageError } from './usage-error.ts';

/** What an operator can have done, and on what. */
export type ClientCommand =
  | { readonly name: 'status' | 'members' }
  | {
      readonly name: 'add';
      readonly id: string;
      readonly incarnation: string | null;
      readonly address: string | null;
      readonly preference: Preference | null;
    }
  | { readonly name: 'remove' | 'promote' | 'demote'; readonly nodes: readonly string[] }
  | { readonly name: 'transfer'; readonly to: string | null }
  | { readonly name: 'skip'; readonly index: number; readonly reason: string };

/** How an operator's command is run, checked. */
export interface ClientSettings {
  readonly command: ClientCommand;
  /** Where nodes serve HTTP: `status` asks all of them, other commands the first that answers. */
  readonly http: readonly string[];
  readonly token: string | null;
  readonly force: boolean;
  readonly timeoutMs: number;
  readonly json: boolean;
}

/** Where the first node of `smalti start` serves HTTP, and the token that it was given. */
const DEFAULT_HTTP = '127.0.0.1:8001';
const DEFAULT_TOKEN_FILE = '.smalti/admin.token';
const MAX_TIMEOUT_MS = 300_000;
/** What fits into the digits that a whole number may have here. */
const MAX_INDEX = 999_999_999_999_999;
const PREFERENCES = ['normal', 'reluctant', 'observer'] as const;

/** @throws UsageError naming the flag or the argument, what was given, and what to do. */
export function clientSettings(
  name: ClientCommand['name'],
  words: readonly string[],
  flags: Flags,
): ClientSettings {
  const command = commandOf(name, words, flags);
  return {
    command,
    ...clientAccess(flags),
    force: take(flags, 'force', checks.flag, false),
    timeoutMs: take(flags, 'timeout', checks.wholeNumber(1, MAX_TIMEOUT_MS), 10_000),
    json: take(flags, 'json', checks.flag, false),
  };
}

/** Which nodes are asked, and with which token. @throws UsageError. */
export function clientAccess(flags: Flags): Pick<ClientSettings, 'http' | 'token'> {
  return { http: take(flags, 'http', checks.addresses, [DEFAULT_HTTP]), token: tokenOf(flags) };
}

function commandOf(name: ClientCommand['name'], words: readonly string[], flags: Flags): ClientCommand {
  const [first, second] = words;
  switch (name) {
    case 'status':
    case 'members':
      return { name };
    case 'transfer':
      return { name, to: first === undefined ? null : node(first) };
    case 'skip': {
      const index = checked('INDEX', first, checks.wholeNumber(1, MAX_INDEX));
      const reason = take<string | null>(flags, 'reason', checks.skipReason, null);
      if (reason === null)
        throw new UsageError('--reason', undefined, 'must say why, for those who come later');
      return { name, index, reason };
    }
    case 'add': {
      const [id = '', incarnation = null] = node(first ?? '').split('@');
      const address = second === undefined ? null : checked('ADDRESS', second, checks.dialAddress);
      const preference = take<Preference | null>(flags, 'preference', checks.oneOf(PREFERENCES), null);
      return { name, id, incarnation, address, preference };
    }
    default:
      return { name, nodes: words.map(node) };
  }
}

/** `n1`, or `n1@` and an incarnation. */
function node(word: string): string {
  return checked('NODE', word, (value) => {
    const [id, incarnation, ...more] = checks.text(value).split('@');
    checks.peerId(id);
    if (incarnation === undefined) return word;
    if (more.length > 0 || !/^[0-9a-f]{32}$/.test(incarnation)) {
      throw new RangeError('must be ID or ID@INCARNATION, with an incarnation of 32 hex digits');
    }
    return word;
  });
}

/** The token of `smalti start` goes to the nodes of `smalti start` alone. */
function tokenOf(flags: Flags): string | null {
  const file = take<string | null>(flags, 'token-file', checks.path, null);
  const given = take<string | null>(flags, 'token', checks.text, null);
  if (given !== null && file !== null) {
    throw new UsageError('--token', undefined, 'cannot be given with --token-file; give only one of them');
  }
  if (given !== null) return given;
  const token = adminToken('--token-file', file);
  if (token !== null || flags.http !== undefined || !existsSync(DEFAULT_TOKEN_FILE)) return token;
  return adminToken('--token-file', DEFAULT_TOKEN_FILE);
}
