import type { Clock, Cursor, PeerId, Timer } from '@smalti/core';
import type { CallOptions, When } from './api.ts';
import { aborted, callError } from './errors.ts';
import type { GroupEvent, GroupEvents, GroupNow, Position } from './events.ts';

/** Waits without an end of their own last until their signal, or until the group closes. */
type Test<T> = (event: GroupEvent) => { readonly value: T } | null;

/** What can be waited for in a group. */
export class GroupWhen implements When {
  readonly #events: GroupEvents;
  readonly #now: GroupNow;
  readonly #clock: Clock;

  constructor(events: GroupEvents, now: GroupNow, clock: Clock) {
    this.#events = events;
    this.#now = now;
    this.#clock = clock;
  }

  leaderElected(options: CallOptions = {}): Promise<PeerId> {
    const { leader } = this.#now;
    return this.#wait(
      leader === null ? null : { value: leader },
      (event) => (event.type === 'leader' && event.leader !== null ? { value: event.leader } : null),
      options,
    );
  }

  leaderChanged(options: CallOptions = {}): Promise<PeerId | null> {
    return this.#wait(null, (event) => (event.type === 'leader' ? { value: event.leader } : null), options);
  }

  leaderIs(id: PeerId, options: CallOptions = {}): Promise<void> {
    return this.#until(() => this.#now.leader === id, options);
  }

  isLeader(options: CallOptions = {}): Promise<void> {
    return this.#until(() => this.#now.leads, options);
  }

  isFollower(options: CallOptions = {}): Promise<void> {
    return this.#until(() => !this.#now.leads && this.#now.leader !== null, options);
  }

  online(options: CallOptions = {}): Promise<void> {
    return this.#until(() => this.#now.online, options);
  }

  offline(options: CallOptions = {}): Promise<void> {
    return this.#until(() => !this.#now.online, options);
  }

  reaches(position: Position, index: number, options: CallOptions = {}): Promise<Cursor> {
    const now = this.#now.position(position);
    return this.#wait(
      now.index >= index ? { value: now } : null,
      (event) =>
        event.type === 'position' && event.position === position && event.to.index >= index
          ? { value: event.to }
          : null,
      options,
      position,
    );
  }

  advanced(position: Position, options: CallOptions = {}): Promise<Cursor> {
    return this.#wait(
      null,
      (event) =>
        event.type === 'position' && event.position === position && event.to.index > event.from.index
          ? { value: event.to }
          : null,
      options,
      position,
    );
  }

  reverted(options: CallOptions = {}): Promise<Cursor> {
    return this.#wait(
      null,
      (event) =>
        event.type === 'position' && event.position === 'log' && event.to.index < event.from.index
          ? { value: event.to }
          : null,
      options,
    );
  }

  /** The iterator keeps one value, the newest; a slow reader skips the others. */
  async *changes(position: Position, options: CallOptions = {}): AsyncIterable<Cursor> {
    let newest: Cursor | null = null;
    let over = this.#events.over !== null;
    let wake = (): void => {};
    const end = (): void => {
      over = true;
      wake();
    };
    const unlisten = this.#events.listen((event) => {
      if (event.type !== 'position' || event.position !== position) return;
      newest = event.to;
      wake();
    }, end);
    options.signal?.addEventListener('abort', end);
    try {
      for (;;) {
        if (newest !== null) {
          const value: Cursor = newest;
          newest = null;
          yield value;
        } else if (over || options.signal?.aborted) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      unlisten();
      options.signal?.removeEventListener('abort', end);
    }
  }

  #until(holds: () => boolean, options: CallOptions): Promise<void> {
    return this.#wait<void>(
      holds() ? { value: undefined } : null,
      () => (holds() ? { value: undefined } : null),
      options,
    );
  }

  /** @param position what is waited for: of `applied` nothing comes after the machine has failed. */
  #wait<T>(
    already: { readonly value: T } | null,
    test: Test<T>,
    options: CallOptions,
    position: Position | null = null,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs } = options;
      if (signal?.aborted) return reject(aborted('none'));
      if (this.#events.over !== null) return reject(this.#events.over);
      if (already !== null) return resolve(already.value);
      const { machineFailure } = this.#now;
      if (position === 'applied' && machineFailure !== null) return reject(machineFailure);
      let timer: Timer | null = null;
      const stop = (): void => {
        unlisten();
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        stop();
        reject(aborted('none'));
      };
      const unlisten = this.#events.listen(
        (event) => {
          if (event.type === 'machine-failed' && position === 'applied') {
            stop();
            reject(event.error);
            return;
          }
          const found = test(event);
          if (found === null) return;
          stop();
          resolve(found.value);
        },
        (why) => {
          stop();
          reject(why);
        },
      );
      signal?.addEventListener('abort', onAbort);
      if (timeoutMs !== undefined) {
        timer = this.#clock.setTimer(timeoutMs, () => {
          stop();
          reject(callError('TIMEOUT', `what was waited for has not come within ${timeoutMs} ms`, 'none'));
        });
      }
    });
  }
}
