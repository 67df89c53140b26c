import {
  type CommandId,
  type Cursor,
  type ErrorCode,
  type Index,
  type Outcome,
  type RejectCommand,
  SKIPPED_REASON,
  SmaltiError,
  showCursor,
  type Term,
} from '@smalti/core';

/** An error of a call on a group. */
export class GroupError extends SmaltiError {
  override readonly name = 'GroupError';
}

const RETRYABLE: readonly ErrorCode[] = [
  'OFFLINE',
  'OVERLOADED',
  'OVERTAKEN',
  'TIMEOUT',
  'CHECKPOINT_FAILED',
  'DIVERGED',
];

export function callError(code: ErrorCode, message: string, outcome: Outcome, cause?: unknown): GroupError {
  return new GroupError(code, message, { outcome, retryable: RETRYABLE.includes(code), cause });
}

/** An error of a command: if it may have been applied, `details.id` is what its outcome can be asked by. */
function commandError(
  code: ErrorCode,
  message: string,
  outcome: Outcome,
  id: CommandId | null,
  cause?: unknown,
): GroupError {
  const details = id === null ? {} : { id };
  return new GroupError(code, message, { outcome, retryable: RETRYABLE.includes(code), cause, details });
}

export function offline(): GroupError {
  return callError(
    'OFFLINE',
    'no leader took the command within its deadline; it was not sent',
    'not-applied',
  );
}

export function unknownOutcome(id: CommandId | null): GroupError {
  const text =
    id === null
      ? 'the deadline passed after the command was sent: it may have been applied, or may still be; read to find out'
      : 'the deadline passed after the command was sent: it may have been applied, or may still be; group.outcome tells';
  return commandError('UNKNOWN_OUTCOME', text, 'unknown', id);
}

export function overtaken(term: Term, at: Cursor): GroupError {
  const text = `the leader of term ${term} took this command or was sent it, and ${showCursor(at)} was committed without it: it is not applied`;
  return callError('OVERTAKEN', text, 'not-applied');
}

/** A read that was to be answered before a later command of its handle. */
export function readOvertaken(): GroupError {
  const text = 'a checkpoint took the place of the state that the read was to be answered from; ask again';
  return callError('OVERTAKEN', text, 'none');
}

/** Somebody asked for the outcome before the command came, and so settled it. */
export function filled(id: CommandId | null): GroupError {
  const text = `number ${id?.sequence} of the client session was used up without effect before this command came: it is not applied`;
  return commandError('OVERTAKEN', text, 'not-applied', id);
}

export function replyGone(id: CommandId | null): GroupError {
  const text = `number ${id?.sequence} of the client session was used up, and what became of it is not kept any more`;
  return commandError('REPLY_GONE', text, 'unknown', id);
}

export function outOfOrder(next: number, outcome: Outcome, id: CommandId | null): GroupError {
  const text = `the client session is at number ${next}, and ${id?.sequence} can come only after those between: it is not applied`;
  return commandError('OUT_OF_ORDER', text, outcome, id);
}

/** Its outcome is asked, and the handle whose session it is has not given the number yet. */
export function notGiven(last: number, id: CommandId): GroupError {
  const text = `no command has number ${id.sequence} of the client session: the last one has ${last}`;
  return commandError('OUT_OF_ORDER', text, 'unknown', id);
}

export function sessionUnknown(outcome: Outcome, id: CommandId | null): GroupError {
  const text = `there is no client session ${id?.session}: it never began, or it was idle for too long and was forgotten`;
  return commandError('SESSION_UNKNOWN', text, outcome, id);
}

/** Of a run of which some parts were refused the others have taken effect: to send it again would do them twice. */
export function rejected(reason: RejectCommand, refused: readonly number[], of: number): GroupError {
  const whole = refused.length === of;
  const text = whole
    ? reason.message
    : `${reason.message} (part ${refused.join(', ')} of a run of ${of}; the others took effect)`;
  const outcome = whole ? 'not-applied' : 'unknown';
  const code = reason.reason === SKIPPED_REASON ? 'COMMAND_SKIPPED' : 'REJECTED';
  return new GroupError(code, text, { outcome, cause: reason, details: { refused, of } });
}

/** Why a command is not skipped, in a word for programs. */
export type SkipRefusal =
  | 'not-leader'
  | 'not-failed'
  | 'not-a-command'
  | 'changing'
  | 'applied'
  | 'not-all-failed'
  | 'overtaken'
  | 'blank';

const PASSING: readonly SkipRefusal[] = ['not-leader', 'changing', 'not-all-failed', 'overtaken', 'blank'];

export function skipRefused(
  reason: SkipRefusal,
  message: string,
  details: { readonly members?: readonly string[] } = {},
): GroupError {
  const retryable = PASSING.includes(reason);
  return new GroupError('SKIP_REFUSED', message, { retryable, details: { reason, ...details } });
}

/** Which bound was reached, and when it is worth trying again. */
export interface OverloadFacts {
  /** The name of the limit: `maxPending`, `maxPendingBytes`, `maxHandlePending` or `maxHandleBytes`. */
  readonly bound: string;
  /** How much of it this call could use, in calls or bytes: less than its value if its handle has calls waiting. */
  readonly limit: number;
  /** How much of it was in use. */
  readonly inUse: number;
  /** Milliseconds after which there will be room, as fast as what waits has settled lately: 10 to 5,000. */
  readonly retryAfterMs: number;
}

/** A call that was refused because too much waits already. Nothing of it was sent; `details` has the same facts. */
export class Overloaded extends GroupError implements OverloadFacts {
  readonly bound: string;
  readonly limit: number;
  readonly inUse: number;
  readonly retryAfterMs: number;

  constructor(what: string, facts: OverloadFacts, outcome: Outcome = 'not-applied') {
    const { bound, limit, inUse, retryAfterMs } = facts;
    const text = `${what} is at its bound on this node (${bound}: ${inUse} of ${limit}); try again in ${retryAfterMs} ms`;
    super('OVERLOADED', text, { outcome, retryable: true, details: { ...facts } });
    this.bound = bound;
    this.limit = limit;
    this.inUse = inUse;
    this.retryAfterMs = retryAfterMs;
  }
}

export function machineFailed(cause: unknown, outcome: Outcome, id: CommandId | null = null): GroupError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `the state machine failed on this node and applies no more: ${why}`;
  return commandError('MACHINE_FAILED', text, outcome, outcome === 'unknown' ? id : null, cause);
}

/** Why the state of a node is not relied on. */
export interface Distrust {
  /** The marker at which it was not the majority's; or the one of the checkpoint that it should begin from. */
  readonly at: Cursor;
  /** Why that checkpoint cannot be read; null if the state has diverged. */
  readonly damage: SmaltiError | null;
}

/** A call on a node whose state is not relied on: other nodes can answer. */
export function distrusted(
  { at, damage }: Distrust,
  outcome: Outcome,
  id: CommandId | null = null,
): GroupError {
  if (damage === null) return diverged(at, outcome, id);
  const text =
    `this node has no state, and answers nothing until the checkpoint at ${showCursor(at)} or a younger one is ` +
    `installed: ask another node (${damage.message})`;
  return commandError('OFFLINE', text, outcome, outcome === 'unknown' ? id : null, damage);
}

/** The state of this node is not what a majority has. */
export function diverged(at: Cursor, outcome: Outcome, id: CommandId | null = null): GroupError {
  const text =
    `the state of this node at ${showCursor(at)} was not what a majority has, and it answers nothing out of it ` +
    'until it is repaired: ask another node';
  return commandError('DIVERGED', text, outcome, outcome === 'unknown' ? id : null);
}

export function closed(outcome: Outcome, id: CommandId | null = null): GroupError {
  const text = 'the group was closed on this node';
  return commandError('GROUP_CLOSED', text, outcome, outcome === 'unknown' ? id : null);
}

export function handleClosed(): GroupError {
  return callError('GROUP_CLOSED', 'the handle was closed', 'not-applied');
}

/** The group named this node, and does so no more. */
export function removed(at: Index): GroupError {
  const text =
    `this node was removed from the group by entry ${at}, and takes part no more: ` +
    'to come back it needs an empty directory, and to be told to join';
  return callError('REMOVED', text, 'none');
}

/** The same, for a call. */
export function wasRemoved(why: SmaltiError, outcome: Outcome, id: CommandId | null = null): GroupError {
  return commandError('REMOVED', why.message, outcome, outcome === 'unknown' ? id : null, why);
}

/** The state at an index is not here any more, or never was: a checkpoint took its place. */
export function indexPassed(wanted: Index, { index: applied }: Cursor): GroupError {
  const text = `index ${wanted} was passed: ${applied} is applied, and an older state is not kept`;
  return new GroupError('INDEX_PASSED', text, { details: { index: wanted, applied } });
}

export function aborted(outcome: Outcome, id: CommandId | null = null): GroupError {
  const text = 'the call was aborted by its caller';
  return commandError('ABORTED', text, outcome, outcome === 'unknown' ? id : null);
}

export function stopped(cause: SmaltiError, outcome: Outcome, id: CommandId | null = null): GroupError {
  const text = `this node has stopped: ${cause.message}`;
  return commandError('STOPPED', text, outcome, outcome === 'unknown' ? id : null, cause);
}

/** Without one of its strategies a node would not serve as its group expects. */
export function cannotBegin(cause: unknown): SmaltiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `a way of catching up cannot begin on this node: ${why}`;
  return cause instanceof SmaltiError ? cause : new SmaltiError('STOPPED', text, { cause });
}
