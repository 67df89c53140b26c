import type { AnyStateMachine, PeerId, SessionPoll, SyncSessionContext } from '@smalti/core';
import { alteredContext, type EntryMessage, EntrySession } from '@smalti/sync-kit';
import type { SessionContext } from './context.ts';
import { entrySettings, type Settings } from './options.ts';
import type { Reports } from './reports.ts';

type EntryContext = SyncSessionContext<AnyStateMachine, EntryMessage>;

/** Fetches the entries after a checkpoint, as log replay does. */
export class Tail {
  readonly #session: EntrySession;
  readonly #reports: Reports;
  /** Bytes of the checkpoint, which count as done. */
  readonly #before: number;

  constructor(settings: Settings, cx: SessionContext, before: number, reports: Reports) {
    this.#reports = reports;
    this.#before = before;
    this.#session = new EntrySession(entrySettings(settings), this.#context(cx));
  }

  poll(cx: SessionContext): SessionPoll {
    return this.#session.poll(this.#context(cx));
  }

  receive(message: EntryMessage, sender: PeerId, cx: SessionContext): void {
    this.#session.receive(message, sender, this.#context(cx));
  }

  unreadable(sender: PeerId, cx: SessionContext): void {
    this.#session.unreadable(sender, this.#context(cx));
  }

  #context(cx: SessionContext): EntryContext {
    return alteredContext<EntryContext>(cx, {
      sendTo: (peer, message) => cx.sendTo(peer, { type: 'entries', message }),
      report: (progress) => this.#reports.sendTail(progress, this.#before, cx),
    });
  }
}
