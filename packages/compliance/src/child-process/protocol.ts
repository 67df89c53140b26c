import {
  type ErrorCode,
  type ErrorFacts,
  InvariantError,
  type LogStore,
  type PeerId,
  SmaltiError,
} from '@smalti/core';

/** What a child is started with. */
export interface ChildOptions {
  readonly directory: string;
  readonly node: PeerId;
  readonly options: unknown;
}

/** Something that the parent asks of an object in the child: 0 is the store, others are logs. */
export interface Request {
  readonly id: number;
  readonly target: number;
  /** `get` reads a member; `call` calls it; `submit` calls it with a callback at the end. */
  readonly kind: 'get' | 'call' | 'submit';
  readonly name: string;
  readonly args: readonly unknown[];
}

/** An error on its way between processes. */
export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
  readonly facts?: ErrorFacts;
}

/** What never changes of a store: it can be asked when the child is gone, too. */
export type StoreFacts = Pick<LogStore, 'descriptor' | 'identity' | 'durable'>;

/** What the child says: it is open, the answer to a request, or that a callback was called. */
export type Reply =
  | { readonly type: 'opened'; readonly facts: StoreFacts }
  | { readonly type: 'refused'; readonly error: PackedError }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly error: PackedError | null;
      readonly value: unknown;
    }
  | {
      readonly type: 'done';
      readonly id: number;
      readonly error: PackedError | null;
      readonly value: unknown;
    }
  | { readonly type: 'fault'; readonly error: PackedError }
  | { readonly type: 'exited'; readonly code: number | null; readonly signal: string | null };

export function packError(error: unknown): PackedError {
  if (error instanceof SmaltiError) {
    const { name, message, code, retryable, outcome } = error;
    return { name, message, code, facts: { retryable, outcome } };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message };
}

export function unpackError({ name, message, code, facts }: PackedError): Error {
  if (code !== undefined) return new SmaltiError(code, message, facts);
  if (name === 'InvariantError') return new InvariantError(message);
  return Object.assign(new Error(message), { name });
}

/** Bytes that an answer may have which the parent waits for without letting its event loop go on. */
export const ANSWER_BYTES = 4 * 1024 * 1024;

/** What the parent shares with its thread: whether an answer is there, how long it is, and the answer. */
export interface Mailbox {
  readonly state: Int32Array;
  readonly bytes: Uint8Array;
}

export function mailboxOf(shared: SharedArrayBuffer): Mailbox {
  return { state: new Int32Array(shared, 0, 2), bytes: new Uint8Array(shared, 8) };
}
