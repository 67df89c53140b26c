/** An integer of 64 bits with a sign: a number where that is exact, else a bigint. */
export type KvInteger = number | bigint;

/** When a `set` takes place: always, only if the key is absent (`nx`), only if it is there (`xx`). */
export type KvSetIf = 'always' | 'nx' | 'xx';

/**
 * When an `expire` takes place: always, only if the key has no expiry yet (`nx`), only if it has one (`xx`), only if
 * the new one is later (`gt`) or earlier (`lt`). No expiry counts as the latest of all.
 */
export type KvExpireIf = 'always' | 'nx' | 'xx' | 'gt' | 'lt' | 'xx-gt' | 'xx-lt';

/**
 * What changes the state. Keys and values are latin1 strings: one character a byte. Times are milliseconds from the
 * group time at which the command is applied. Each is atomic.
 */
export type KvCommand =
  | {
      readonly op: 'set';
      readonly key: string;
      readonly value: string;
      readonly when: KvSetIf;
      /** In so many milliseconds, more than 0; `keep` leaves the key's as it is; `never` removes it. */
      readonly expiry: KvInteger | 'keep' | 'never';
      /** The result is the value before. Else it is `ok`, or null if it did not take place. */
      readonly get: boolean;
    }
  /** Sets each key, in order, without an expiry. */
  | { readonly op: 'mset'; readonly items: readonly (readonly [key: string, value: string])[] }
  /** Removes each of the keys that is there; the result counts those that were. */
  | { readonly op: 'del'; readonly keys: readonly string[] }
  /** Adds to the decimal number at the key, which counts as 0 if it is not there. Keeps its expiry. */
  | { readonly op: 'incrby'; readonly key: string; readonly delta: KvInteger }
  /** Adds to the end of the value. Keeps its expiry. The result is the length. */
  | { readonly op: 'append'; readonly key: string; readonly value: string }
  /**
   * The key expires in so many milliseconds; 0 or less removes it now. The result is 1, or 0 if it did not take place.
   */
  | { readonly op: 'expire'; readonly key: string; readonly in: KvInteger; readonly when: KvExpireIf }
  /** Removes the expiry of the key. The result is 1, or 0 if there was none. */
  | { readonly op: 'persist'; readonly key: string }
  | { readonly op: 'flushall' };

/** What is asked of the state. What has expired by group time is not there. */
export type KvQuery =
  | { readonly op: 'get'; readonly key: string }
  | { readonly op: 'mget'; readonly keys: readonly string[] }
  | { readonly op: 'strlen'; readonly key: string }
  /** Counts the keys that are there; one that is named twice counts twice. */
  | { readonly op: 'exists'; readonly keys: readonly string[] }
  | { readonly op: 'dbsize' }
  /** When the key expires. */
  | { readonly op: 'expiry'; readonly key: string }
  /** Keys in order, from the first one that comes after that one; looks at so many, 1 to 2^32 - 1. */
  | { readonly op: 'scan'; readonly after: string | null; readonly count: number };

/** What a command or a query gives. An error is a result like another: it left the state as it was. */
export type KvResult =
  | { readonly kind: 'ok' }
  | { readonly kind: 'value'; readonly value: string | null }
  | { readonly kind: 'values'; readonly values: readonly (string | null)[] }
  | { readonly kind: 'integer'; readonly value: KvInteger }
  /** The group time at which the key expires, and that of the answer. `at` is null if it never does. */
  | { readonly kind: 'expiry'; readonly at: KvInteger | null; readonly time: number }
  /** Keys; `next` is what the next scan comes after, or null if there are no more. */
  | { readonly kind: 'page'; readonly keys: readonly string[]; readonly next: string | null }
  /**
   * In the words of Redis, `ERR …`. Those about an expiry that is beyond 64 bits lack the end, ` in '…' command`: the
   * same command of the machine has more than one name.
   */
  | { readonly kind: 'error'; readonly message: string };
