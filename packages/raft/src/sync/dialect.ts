import { type Codec, checkDescriptor, SmaltiError, type StateSync } from '@smalti/core';
import { MAX_STRATEGIES, MAX_VERSIONS } from './bounds.ts';
import type { SyncOffer } from './port.ts';

/** Any strategy: the host never looks into machine or messages. */
// biome-ignore lint/suspicious/noExplicitAny: contexts and messages go through to the strategy's own types
export type AnyStateSync = StateSync<any, any>;

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_VERSION = 65_535;

/** True for the name of a strategy: 1 to 64 characters of `A-Z a-z 0-9 . _ -`. */
export function isStrategyName(text: unknown): text is string {
  return typeof text === 'string' && NAME.test(text);
}

/** True for a range of versions that can be: 1 to 65,535, not too wide. */
export function isVersionRange(min: unknown, max: unknown): boolean {
  return (
    Number.isSafeInteger(min) &&
    Number.isSafeInteger(max) &&
    (min as number) >= 1 &&
    (min as number) <= (max as number) &&
    (max as number) <= MAX_VERSION &&
    (max as number) - (min as number) < MAX_VERSIONS
  );
}

function bad(text: string, details: Readonly<Record<string, unknown>>): never {
  throw new SmaltiError('BAD_OPTION', text, { details });
}

/**
 * Checks the strategies of a group, before anything of them is used: called by whoever joins, and by the host.
 *
 * @throws SmaltiError `PLUGIN_MISMATCH` if one is no strategy that this core can host; `BAD_OPTION` for a name, a
 * range of versions or a signature that cannot be, for names that are not unique, or for more than 16 strategies.
 */
export function checkStrategies(strategies: readonly AnyStateSync[]): void {
  if (strategies.length > MAX_STRATEGIES) {
    bad(`a group has at most ${MAX_STRATEGIES} sync strategies, and ${strategies.length} were given`, {
      strategies: strategies.length,
    });
  }
  const names = new Set<string>();
  for (const strategy of strategies) {
    checkDescriptor(strategy?.descriptor, 'state-sync');
    const { name, wireVersions, signature } = strategy;
    if (!isStrategyName(name)) {
      const rule = 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -';
      bad(`the name of a sync strategy ${rule}, and ${JSON.stringify(name)?.slice(0, 80)} is not`, { name });
    }
    if (names.has(name)) bad(`two sync strategies are named ${name}: names are unique in a group`, { name });
    names.add(name);
    if (!isVersionRange(wireVersions?.min, wireVersions?.max)) {
      const range = `${wireVersions?.min} to ${wireVersions?.max}`;
      const rule = `integers from 1 to ${MAX_VERSION}, min not above max, at most ${MAX_VERSIONS} versions`;
      bad(`${name}: the wire versions are ${range}, and must be ${rule}`, { name, wireVersions });
    }
    if (typeof signature !== 'string' || signature === '') bad(`${name}: the signature is empty`, { name });
  }
}

/** A strategy's name and the codecs of its messages, read once. */
export class Dialect {
  readonly name: string;
  readonly offer: SyncOffer;
  readonly #codecs = new Map<number, Codec<unknown>>();

  /** @throws SmaltiError `PLUGIN_MISMATCH` if a version has no codec; what the strategy's `messages` throws. */
  constructor(strategy: AnyStateSync) {
    const { min, max } = strategy.wireVersions;
    this.name = strategy.name;
    this.offer = Object.freeze({ strategy: this.name, min, max });
    for (let version = min; version <= max; version++) {
      const codec = strategy.messages(version);
      if (typeof codec?.encode !== 'function' || typeof codec.decode !== 'function') {
        const text = `${this.name} speaks version ${version} of its messages, and has no codec for it`;
        throw new SmaltiError('PLUGIN_MISMATCH', text, { details: { strategy: this.name, version } });
      }
      this.#codecs.set(version, codec);
    }
  }

  codec(version: number): Codec<unknown> | undefined {
    return this.#codecs.get(version);
  }
}
