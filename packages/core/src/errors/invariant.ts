/** Thrown when something happened that cannot happen. It is a bug, never an input: the node that sees it stops. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * States what must hold at this place.
 *
 * @throws InvariantError if it does not.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant violated: ${message}`);
}

/** Makes the compiler prove that every case of a union was handled. */
export function unreachable(value: never): never {
  throw new InvariantError(`invariant violated: unexpected ${JSON.stringify(value)}`);
}
