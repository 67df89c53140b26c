import { SmaltiError } from '@smalti/core';

/** What a thrown value says. Never throws, whatever it was. */
export function reasonOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'something that cannot be shown';
  }
}

/** A request of a strategy that was not carried out. Nothing has changed. */
export function refused(
  strategy: string,
  reason: string,
  details: Readonly<Record<string, unknown>> = {},
): SmaltiError {
  return new SmaltiError('SYNC_REFUSED', `${strategy}: ${reason}`, { details: { strategy, ...details } });
}

/** A context, or what it gave, was used after its owner's end. */
export function revoked(strategy: string, owner: string, use: string): SmaltiError {
  const text = `${strategy}: the ${owner} has ended, and its context's ${use} was used: stop when the signal says so`;
  return new SmaltiError('CONTEXT_REVOKED', text, { details: { strategy, owner, use } });
}

/** Why a session gave up. */
export function cannotSync(strategy: string, epoch: number, why: string, cause?: unknown): SmaltiError {
  return new SmaltiError('CANNOT_SYNC', `${strategy}: ${why}`, {
    retryable: true,
    cause,
    details: { strategy, epoch },
  });
}
