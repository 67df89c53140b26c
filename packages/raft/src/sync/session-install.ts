import { type Anchor, type SmaltiError, type StoreCallback, toPartName } from '@smalti/core';
import { refused } from './errors.ts';
import type { Owner } from './owner.ts';
import type { SessionDoor } from './port.ts';
import type { SessionWrites } from './session-writes.ts';

/** What becomes of installs. */
export interface InstallPort {
  /** One is under way: until `ended` it may take long without a sign of life. */
  began(): void;
  /** Called in the owner's turn, before the session is told. */
  ended(error: SmaltiError | null): void;
  /** The disk is full: it ends the session, after that was told. */
  full(error: SmaltiError): void;
}

/** The installs of one session: one at a time. */
export class SessionInstall {
  readonly #owner: Owner;
  readonly #door: SessionDoor;
  readonly #writes: SessionWrites;
  readonly #port: InstallPort;
  #underWay = false;

  constructor(owner: Owner, door: SessionDoor, writes: SessionWrites, port: InstallPort) {
    this.#owner = owner;
    this.#door = door;
    this.#writes = writes;
    this.#port = port;
  }

  install(given: Anchor, done: StoreCallback): void {
    const { strategy } = this.#owner;
    if (typeof done !== 'function') throw new TypeError(`${strategy}: install needs a callback`);
    const why = this.#submit(given, done);
    if (why === null) return;
    const error = typeof why === 'string' ? refused(strategy, why, { epoch: this.#door.epoch }) : why;
    this.#owner.post(() => this.#tell(done, error));
  }

  /** Why not, or null. */
  #submit(given: Anchor, done: StoreCallback): string | SmaltiError | null {
    if (this.#underWay) return 'an install is under way already';
    let anchor: Anchor;
    try {
      anchor = Object.freeze({
        at: Object.freeze(this.#writes.cursor(given?.at, 'install')),
        root: toPartName(String(given?.root)),
      });
    } catch (error) {
      return error instanceof RangeError ? error.message : (error as SmaltiError);
    }
    const why = this.#door.install(anchor, (error) => {
      this.#owner.post(() => {
        this.#underWay = false;
        this.#port.ended(error);
        this.#tell(done, error);
        if (error?.code === 'STORAGE_FULL') this.#port.full(error);
      });
    });
    if (why !== null) return why;
    this.#underWay = true;
    this.#port.began();
    return null;
  }

  #tell(done: StoreCallback, error: SmaltiError | null): void {
    this.#owner.call('the callback of install', () => done(error));
  }
}
