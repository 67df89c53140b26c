import {
  type GroupId,
  isSkipReason,
  MAX_SKIP_REASON_BYTES,
  toClusterId,
  toGroupId,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { splitAddress } from '../service/index.ts';

/** Takes a value as it was given, and gives what it means. @throws RangeError with the rule that it breaks. */
export type Check<T> = (value: unknown) => T;

export const LOG_LEVELS = Object.freeze(['debug', 'info', 'warn', 'error', 'silent'] as const);
export type LogLevel = (typeof LOG_LEVELS)[number];

const MAX_PORT = 65_535;
const MAX_VOTERS = 255;

export const text: Check<string> = (value) => {
  if (typeof value !== 'string' || value === '') throw new RangeError('must be a text that is not empty');
  return value;
};

export const path: Check<string> = (value) => {
  const name = text(value);
  if (name.includes('\0')) throw new RangeError('must be a path');
  return name;
};

export const flag: Check<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new RangeError('must be true or false');
  return value;
};

export const peerId: Check<string> = (value) => toPeerIdOrRule(text(value));

export const networkId: Check<string> = (value) => {
  try {
    return toNetworkId(text(value));
  } catch {
    throw new RangeError('must be 1 to 64 characters of A-Z a-z 0-9 . _ -');
  }
};

export const groupId: Check<GroupId> = (value) => {
  try {
    return toGroupId(text(value));
  } catch {
    throw new RangeError('must be 64 hex digits, as "group" in /status says');
  }
};

export const clusterId: Check<string> = (value) => {
  try {
    return toClusterId(text(value));
  } catch {
    throw new RangeError('must be 32 hex digits, as "cluster" in /status says');
  }
};

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[]): Check<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new RangeError(`must be one of ${words.join(', ')}`);
    return found;
  };
}

export const logLevel: Check<LogLevel> = oneOf(LOG_LEVELS);

/** A place to listen at; port 0 takes any that is free. */
export const address: Check<string> = (value) => {
  splitAddress(text(value));
  return text(value);
};

/** A place that others can dial. */
export const dialAddress: Check<string> = (value) => {
  const { port } = splitAddress(text(value));
  if (port === 0) throw new RangeError('must name a port from 1 to 65535: others dial it');
  return text(value);
};

/** `host:port,host:port`, or an array of the same: places that can be dialled. */
export const addresses: Check<readonly string[]> = (value) => {
  const places = Array.isArray(value) ? value : text(value).split(',');
  if (places.length === 0) throw new RangeError('must name at least one HOST:PORT');
  const checked = places.map((place) => dialAddress(typeof place === 'string' ? place.trim() : place));
  return [...new Set(checked)];
};

/** `n1=host:port,n2=host:port`, or an object of the same. */
export const peers: Check<Readonly<Record<string, string>>> = (value) => {
  const pairs = typeof value === 'string' ? splitPeers(value) : objectPeers(value);
  if (pairs.length === 0) throw new RangeError('must name at least one node, as in n1=127.0.0.1:9001');
  const places = new Map<string, string>();
  for (const [id, place] of pairs) {
    const name = rule(() => toPeerIdOrRule(id), `the id ${JSON.stringify(id)}`);
    if (places.has(name)) throw new RangeError(`names ${name} twice`);
    const where = rule(() => dialAddress(place), `the address of ${name}`);
    const other = [...places].find(([, taken]) => taken === where);
    if (other !== undefined) throw new RangeError(`gives ${other[0]} and ${name} the same address, ${where}`);
    places.set(name, where);
  }
  return Object.fromEntries(places);
};

/** A whole number within bounds, as text or as a number. */
export function wholeNumber(min: number, max: number): Check<number> {
  return (value) => {
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
      throw new RangeError(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

/** Why a command is skipped. */
export const skipReason: Check<string> = (value) => {
  if (typeof value === 'string' && isSkipReason(value)) return value;
  throw new RangeError(`must be a text of 1 to ${MAX_SKIP_REASON_BYTES} bytes`);
};

export const port = wholeNumber(1, MAX_PORT);

/** How many may vote: an even number bears no more failures than the odd one below it. */
export const voters: Check<number> = (value) => {
  const number = wholeNumber(1, MAX_VOTERS)(value);
  if (number % 2 === 0)
    throw new RangeError(`must be odd: ${number} voters bear no more failures than ${number - 1}`);
  return number;
};

function splitPeers(value: string): [string, string][] {
  return value.split(',').map((part) => {
    const at = part.indexOf('=');
    if (at < 0) {
      throw new RangeError(`must be ID=HOST:PORT, parted by commas, and ${JSON.stringify(part)} is not`);
    }
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
}

function objectPeers(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError('must be ID=HOST:PORT, parted by commas, or an object of ids and addresses');
  }
  return Object.entries(value as Record<string, unknown>).map(([id, place]) => [id, String(place)]);
}

function toPeerIdOrRule(value: string): string {
  try {
    return toPeerId(value);
  } catch {
    throw new RangeError('must be 1 to 64 characters of A-Z a-z 0-9 . _ -');
  }
}

/** Says of what the rule is. */
function rule<T>(check: () => T, what: string): T {
  try {
    return check();
  } catch (error) {
    throw new RangeError(`${what} ${error instanceof Error ? error.message : String(error)}`);
  }
}
