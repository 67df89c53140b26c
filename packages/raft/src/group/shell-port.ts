import type { BondPulse, Cursor, Entry, Index, MemberKey, SmaltiError, Term } from '@smalti/core';
import type { Effect, EngineRole, Input } from '../engine/io.ts';
import type { Message } from '../engine/messages.ts';

/** What becomes of sessions of catching up. */
export type SessionEvent = Extract<
  Effect,
  { type: 'session-opened' | 'session-moved' | 'session-buffered' | 'session-over' }
>;

/** Which configuration is the newest in the log. */
export type ConfigurationEvent = Extract<Effect, { type: 'configuration' }>;

/** What a session asks for. */
export type SessionRequest = Extract<
  Input,
  { type: 'session-append' | 'session-commit' | 'session-finish' | 'session-install' | 'repair' }
>;

/** What an engine's shell tells its group. */
export interface ShellPort {
  send(to: MemberKey, message: Message): void;
  /** Of the bond with that peer, or null. */
  pulseOf(peer: MemberKey): BondPulse | null;
  committed(index: Index): void;
  readReady(id: number, index: Index): void;
  readFailed(id: number): void;
  role(role: EngineRole, term: Term, leader: MemberKey | null): void;
  /** Told in the midst of a step: not to be acted on before its end. */
  session(event: SessionEvent): void;
  /** Entries were added to the log: they are being written. */
  written(entries: readonly Entry[]): void;
  /** The end of the log moved. */
  moved(last: Cursor): void;
  /** Another configuration is the newest, or it is committed now. Told in the midst of a step. */
  configuration(event: ConfigurationEvent): void;
  /** This node is no member any more. Told in the midst of a step. */
  removed(at: Index): void;
  note(level: 'info' | 'warn', text: string): void;
  /** Final: the node has to stop. */
  fault(error: SmaltiError): void;
  /** Something happened: the turn's end has work to do. */
  wake(): void;
}
