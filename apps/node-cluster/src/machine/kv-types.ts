/** An integer of 64 bits with a sign: a number where that is exact, else a bigint. */
export type KvInteger = number | bigint;

/** What changes the state. Keys and values are latin1 strings: one character a byte. */
export type KvCommand =
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  /** Removes each of the keys that is there; the result counts those that were. */
  | { readonly op: 'del'; readonly keys: readonly string[] }
  /** Adds to the decimal number at the key, which counts as 0 if it is not there. */
  | { readonly op: 'incrby'; readonly key: string; readonly delta: KvInteger };

/** What is asked of the state. */
export type KvQuery =
  | { readonly op: 'get'; readonly key: string }
  /** Counts the keys that are there; one that is named twice counts twice. */
  | { readonly op: 'exists'; readonly keys: readonly string[] }
  | { readonly op: 'dbsize' };

/** What a command or a query gives. An error is a result like another: it left the state as it was. */
export type KvResult =
  | { readonly kind: 'ok' }
  | { readonly kind: 'value'; readonly value: string | null }
  | { readonly kind: 'integer'; readonly value: KvInteger }
  /** In the words of Redis, `ERR …`. */
  | { readonly kind: 'error'; readonly message: string };
