import {
  type Cursor,
  type ErrorCode,
  type Index,
  type Outcome,
  type RejectCommand,
  SmaltiError,
  showCursor,
  type Term,
} from '@smalti/core';

/** An error of a call on a group. */
export class GroupError extends SmaltiError {
  override readonly name = 'GroupError';
}

export function callError(code: ErrorCode, message: string, outcome: Outcome, cause?: unknown): GroupError {
  const retryable = code === 'OFFLINE' || code === 'OVERLOADED' || code === 'OVERTAKEN' || code === 'TIMEOUT';
  return new GroupError(code, message, { outcome, retryable, cause });
}

export function offline(): GroupError {
  return callError(
    'OFFLINE',
    'no leader took the command within its deadline; it was not sent',
    'not-applied',
  );
}

export function unknownOutcome(): GroupError {
  return callError(
    'UNKNOWN_OUTCOME',
    'the deadline passed after the command was sent: it may have been applied, or may still be; read to find out',
    'unknown',
  );
}

export function overtaken(at: Cursor): GroupError {
  const text = `another entry was committed at ${showCursor(at)}, where this command had its place: it is not applied`;
  return callError('OVERTAKEN', text, 'not-applied');
}

export function deposed(term: Term, at: Cursor): GroupError {
  const text = `the leader of term ${term} took this command or was sent it, and ${showCursor(at)} was committed without it: it is not applied`;
  return callError('OVERTAKEN', text, 'not-applied');
}

/** Of a run of which some parts were refused the others have taken effect: to send it again would do them twice. */
export function rejected(reason: RejectCommand, refused: readonly number[], of: number): GroupError {
  const whole = refused.length === of;
  const text = whole
    ? reason.message
    : `${reason.message} (part ${refused.join(', ')} of a run of ${of}; the others took effect)`;
  const outcome = whole ? 'not-applied' : 'unknown';
  return new GroupError('REJECTED', text, { outcome, cause: reason, details: { refused, of } });
}

export function overloaded(what: string): GroupError {
  return callError('OVERLOADED', `${what} is at its bound on this node; try again later`, 'not-applied');
}

export function machineFailed(cause: unknown, outcome: Outcome): GroupError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return callError(
    'MACHINE_FAILED',
    `the state machine failed on this node and applies no more: ${why}`,
    outcome,
    cause,
  );
}

export function closed(outcome: Outcome): GroupError {
  return callError('GROUP_CLOSED', 'the group was closed on this node', outcome);
}

export function aborted(outcome: Outcome): GroupError {
  return callError('ABORTED', 'the call was aborted by its caller', outcome);
}

/** The group named this node, and does so no more. */
export function removed(at: Index): GroupError {
  const text =
    `this node was removed from the group by entry ${at}, and takes part no more: ` +
    'to come back it needs an empty directory, and to be told to join';
  return callError('REMOVED', text, 'none');
}

/** The same, for a call. */
export function wasRemoved(why: SmaltiError, outcome: Outcome): GroupError {
  return callError('REMOVED', why.message, outcome, why);
}

export function stopped(cause: SmaltiError, outcome: Outcome): GroupError {
  return callError('STOPPED', `this node has stopped: ${cause.message}`, outcome, cause);
}

/** Without one of its strategies a node would not serve as its group expects. */
export function cannotBegin(cause: unknown): SmaltiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `a way of catching up cannot begin on this node: ${why}`;
  return cause instanceof SmaltiError ? cause : new SmaltiError('STOPPED', text, { cause });
}
