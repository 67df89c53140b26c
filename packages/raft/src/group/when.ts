import type { Clock, Cursor, PeerId, Timer } from '@smalti/core';
import type { CallOptions, Role } from './api.ts';
import { checkTimeout } from './check-timeout.ts';
import { aborted, callError } from './errors.ts';
import type { GroupEvents, GroupNow, Happening } from './events.ts';
import { newest, Stream } from './stream.ts';
import type { Position, Reached, When } from './when-api.ts';

/** Waits without an end of their own last until their signal, or until the group closes. */
type Test<T> = (event: Happening) => { readonly value: T } | null;

function movedTo(event: Happening, position: Position): { readonly value: Cursor } | null {
  return event.type === 'position' && event.position === position ? { value: event.to } : null;
}

function advancedTo(event: Happening, position: Position): { readonly value: Cursor } | null {
  return event.type === 'position' && event.to.index > event.from.index ? movedTo(event, position) : null;
}

function revertedTo(event: Happening): { readonly value: Cursor } | null {
  return event.type === 'position' && event.to.index < event.from.index ? movedTo(event, 'log') : null;
}

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

  reaches(position: Position, index: Reached, options: CallOptions = {}): Promise<Cursor> {
    const wanted = typeof index === 'number' ? index : index.last;
    const now = this.#now.position(position);
    const reached: Test<Cursor> = (event) => {
      const at = movedTo(event, position);
      return at !== null && at.value.index >= wanted ? at : null;
    };
    return this.#wait(now.index >= wanted ? { value: now } : null, reached, options, position);
  }

  changed(position: Position, options: CallOptions = {}): Promise<Cursor> {
    return this.#wait(null, (event) => movedTo(event, position), options, position);
  }

  advanced(position: Position, options: CallOptions = {}): Promise<Cursor> {
    return this.#wait(null, (event) => advancedTo(event, position), options, position);
  }

  reverted(options: CallOptions = {}): Promise<Cursor> {
    return this.#wait(null, revertedTo, options);
  }

  leaders(options: CallOptions = {}): AsyncIterable<PeerId | null> {
    return this.#states(() => this.#now.leader, options);
  }

  roles(options: CallOptions = {}): AsyncIterable<Role> {
    return this.#states(() => this.#now.role, options);
  }

  onlineChanges(options: CallOptions = {}): AsyncIterable<boolean> {
    return this.#states(() => this.#now.online, options);
  }

  changes(position: Position, options: CallOptions = {}): AsyncIterable<Cursor> {
    return this.#moves((event) => movedTo(event, position), options);
  }

  advances(position: Position, options: CallOptions = {}): AsyncIterable<Cursor> {
    return this.#moves((event) => advancedTo(event, position), options);
  }

  reverts(options: CallOptions = {}): AsyncIterable<Cursor> {
    return this.#moves(revertedTo, options);
  }

  #moves(test: Test<Cursor>, options: CallOptions): AsyncIterable<Cursor> {
    return this.#stream((give) => {
      return (event) => {
        const found = test(event);
        if (found !== null) give(found.value);
      };
    }, options);
  }

  /** What is now, and then what is another. */
  #states<T>(look: () => T, options: CallOptions): AsyncIterable<T> {
    return this.#stream((give) => {
      let last = look();
      give(last);
      return () => {
        const now = look();
        if (now === last) return;
        last = now;
        give(now);
      };
    }, options);
  }

  #stream<T>(
    begin: (give: (value: T) => void) => (event: Happening) => void,
    options: CallOptions,
  ): AsyncIterable<T> {
    checkTimeout(options);
    const events = this.#events;
    return new Stream<T>({
      clock: this.#clock,
      options,
      keep: newest,
      begin: (give, end) => {
        if (events.over === null) return events.listen(begin(give), end);
        end();
        return () => {};
      },
    });
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
      checkTimeout(options);
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
