/** The door to chance. */
export interface Random {
  /** A number in [0, 1), for jitter and choices. Not for secrets. */
  next(): number;
  /** `length` bytes that cannot be guessed: ids, nonces. (The simulator's can; that is its point.) */
  bytes(length: number): Uint8Array;
}
