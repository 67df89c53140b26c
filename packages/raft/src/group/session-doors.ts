import type { Anchor, Cursor, Entry, Index, SmaltiError, Term } from '@smalti/core';
import type { SessionView } from '../engine/view.ts';
import type { SessionDoor } from '../sync/port.ts';
import type { Installer } from './checkpoints/installer.ts';
import type { EngineShell } from './engine-shell.ts';
import type { SessionRequest } from './shell-port.ts';

/** What doors need of the engine's shell. */
export type DoorShell = Pick<EngineShell, 'session' | 'durable' | 'ask'>;

/** What lets checkpoints take the place of the state. */
export type DoorInstaller = Pick<Installer, 'install'>;

interface Waiting {
  readonly epoch: number;
  readonly last: Index;
  readonly done: (error: SmaltiError | null) => void;
}

/** The doors by which sessions reach the engine, and what they wait for. */
export class SessionDoors {
  readonly #shell: DoorShell;
  readonly #installer: DoorInstaller | null;
  #waiting: Waiting[] = [];

  /** @param installer null if this node keeps no checkpoints. */
  constructor(shell: DoorShell, installer: DoorInstaller | null) {
    this.#shell = shell;
    this.#installer = installer;
  }

  /** For the session that is open now, if it has that epoch; null if it is over already. */
  open(epoch: number): SessionDoor | null {
    const view = this.#shell.session;
    return view === null || view.epoch !== epoch
      ? null
      : new Door(this.#shell, this.#installer, view, this.#waiting);
  }

  /** Tells what has become durable. At a turn's end, never within a step. True if anybody was told. */
  settle(): boolean {
    if (this.#waiting.length === 0) return false;
    const epoch = this.#shell.session?.epoch;
    const { durable } = this.#shell;
    const due = this.#waiting.filter((waiting) => waiting.epoch === epoch && waiting.last <= durable);
    // What is not told before the end of its session never is.
    const left = this.#waiting.filter((waiting) => waiting.epoch === epoch && waiting.last > durable);
    this.#waiting.splice(0, this.#waiting.length, ...left);
    for (const { done } of due) done(null);
    return due.length > 0;
  }
}

class Door implements SessionDoor {
  readonly epoch: number;
  readonly #shell: DoorShell;
  readonly #installer: DoorInstaller | null;
  readonly #waiting: Waiting[];
  /** As it was last: what is over does not change. */
  #view: SessionView;

  constructor(shell: DoorShell, installer: DoorInstaller | null, view: SessionView, waiting: Waiting[]) {
    this.epoch = view.epoch;
    this.#shell = shell;
    this.#installer = installer;
    this.#view = view;
    this.#waiting = waiting;
  }

  get position(): Cursor {
    return this.#look().position;
  }

  get ceiling(): Index {
    return this.#look().ceiling;
  }

  get verified(): Cursor {
    return this.#look().end;
  }

  get anchor(): Anchor | null {
    return this.#look().anchor;
  }

  get mustInstall(): boolean {
    return this.#look().mustInstall;
  }

  get keptBytes(): number {
    return this.#look().keptBytes;
  }

  termAt(index: Index): Term | undefined {
    return this.#look().termAt(index);
  }

  append(entries: readonly Entry[], done: (error: SmaltiError | null) => void): string | null {
    const refusal = this.#ask({ type: 'session-append', epoch: this.epoch, entries });
    if (refusal !== null) return refusal;
    const last = entries.at(-1)?.index ?? this.verified.index;
    this.#waiting.push({ epoch: this.epoch, last, done });
    return null;
  }

  setCommitted(at: Cursor): string | null {
    return this.#ask({ type: 'session-commit', epoch: this.epoch, at });
  }

  install(anchor: Anchor, done: (error: SmaltiError | null) => void): string | null {
    this.#look();
    if (this.#installer === null) return 'this node keeps no checkpoints';
    return this.#installer.install(this.epoch, anchor, done);
  }

  finish(at: Cursor): string | null {
    this.#look();
    return this.#ask({ type: 'session-finish', epoch: this.epoch, at });
  }

  #ask(request: SessionRequest): string | null {
    return this.#shell.ask(request);
  }

  #look(): SessionView {
    const { session } = this.#shell;
    if (session !== null && session.epoch === this.epoch) this.#view = session;
    return this.#view;
  }
}
