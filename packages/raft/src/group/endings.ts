import type { Cursor, Index, MemberKey, SmaltiError, TransportGroup } from '@smalti/core';
import type { Credits } from './credits.ts';
import { closed, type Distrust, distrusted, machineFailed, removed, stopped, wasRemoved } from './errors.ts';
import type { GroupEvents } from './events.ts';
import { handOver } from './hand-over.ts';
import type { Life } from './life.ts';
import type { Membership } from './members/membership.ts';
import type { Reads } from './reads.ts';
import type { Replica } from './replica.ts';
import type { Requests } from './requests.ts';
import type { Retry } from './retry.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { Standing } from './standing.ts';

/** The parts of a group that end with it. */
export interface EndingParts {
  readonly self: MemberKey;
  readonly life: Life;
  readonly events: GroupEvents;
  readonly standing: Standing;
  readonly sync: { close(): void };
  readonly membership: Membership;
  readonly retry: Retry;
  readonly credits: Credits;
  readonly reads: Reads;
  readonly requests: Requests;
  readonly options: Pick<
    RuntimeOptions<never, never, never>,
    'log' | 'checkpoints' | 'platform' | 'timing' | 'onFault'
  >;
  replica(): Pick<Replica<never, never, never>, 'shell' | 'checkpoints' | 'close'> | null;
  door(): TransportGroup | null;
  leads(): boolean;
  wake(): void;
}

/** The ways in which a group's part on this node ends, wholly or but for its machine; whoever waits is told why. */
export class Endings {
  readonly #parts: EndingParts;
  #closing: Promise<void> | null = null;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** Leaves the group on this node. */
  close(): Promise<void> {
    const { self, life, events, standing, options } = this.#parts;
    const { log, checkpoints, platform, timing } = options;
    if (this.#closing !== null) return this.#closing;
    let over: (error: SmaltiError | null) => void = () => {};
    this.#closing = new Promise((resolve, reject) => {
      over = (error) => (error === null || life.fault !== null ? resolve() : reject(error));
    });
    const farewell = {
      self,
      leads: () => this.#parts.leads(),
      transfer: () => this.#parts.replica()?.shell.transfer(null) ?? null,
      leader: () => standing.leaderKey,
      over: () => life.over,
    };
    // Nobody waits longer for another to lead than an election timeout.
    handOver(farewell, platform.clock, timing.electionMinMs, () => {
      life.close();
      this.#end(() => closed('none'), closed);
      this.#parts.door()?.close();
      events.close(closed('none'));
      log.close((error) => {
        if (checkpoints === null) over(error);
        else checkpoints.store.close((later) => over(error ?? later));
      });
    });
    this.#parts.wake();
    return this.#closing;
  }

  /** This node is no member any more. The log stays, for whoever wants to look. */
  leave(at: Index): void {
    const { life, events, options } = this.#parts;
    const { logger } = options.platform;
    if (life.over) return;
    const why = removed(at);
    life.leave(why);
    logger.warn(why.message, { code: why.code, index: at });
    this.#end(
      () => why,
      (outcome, id) => wasRemoved(why, outcome, id),
    );
    this.#depart();
    events.emit({ type: 'removed', error: why });
    events.close(why);
  }

  /** Final: nothing is done here any more. */
  fail(error: SmaltiError): void {
    const { life, events, options } = this.#parts;
    const { logger } = options.platform;
    if (life.over) return;
    life.stop(error);
    logger.error(error.message, { code: error.code, ...error.details });
    this.#end(
      () => stopped(error, 'none'),
      (outcome, id) => stopped(error, outcome, id),
    );
    this.#depart();
    events.emit({ type: 'stopped', error });
    events.close(stopped(error, 'none'));
    options.onFault(error);
  }

  /** The machine applies no more. This node goes on replicating and voting; another may be able to apply, and should lead. */
  machineFailed(cause: unknown, at: Cursor): void {
    const { life, events, standing, credits, reads, requests, options } = this.#parts;
    const { logger, scheduler } = options.platform;
    life.failMachine(cause);
    const why = cause instanceof Error ? cause.message : String(cause);
    logger.error(`the state machine failed at entry ${at.index}: ${why}`, { index: at.index });
    credits.close(machineFailed(cause, 'none'));
    reads.failAll(() => machineFailed(cause, 'none'));
    requests.failAll((outcome, id) => machineFailed(cause, outcome, id));
    standing.setOnline(false);
    events.emit({ type: 'machine-failed', error: machineFailed(cause, 'none') });
    scheduler.endOfTurn(() =>
      this.#parts
        .replica()
        ?.shell.step({ type: 'step-down', reason: 'its state machine failed', lasting: true }),
    );
    this.#parts.wake();
  }

  /** The state is not relied on; with null, it is again. This node goes on replicating and voting. */
  quarantine(distrust: Distrust | null): void {
    const { life, standing, reads, requests, options } = this.#parts;
    const { logger } = options.platform;
    const { shell } = this.#parts.replica() ?? {};
    life.quarantine(distrust);
    if (distrust === null) {
      logger.warn('the state of this node is what a majority has again');
      shell?.step({ type: 'recovered' });
    } else {
      const why = distrusted(distrust, 'none');
      logger.error(why.message, { code: why.code, index: distrust.at.index });
      reads.failAll(() => distrusted(distrust, 'none'));
      requests.giveUpAll((outcome, id) => distrusted(distrust, outcome, id));
      standing.setOnline(false);
      shell?.step({ type: 'step-down', reason: 'its state is not relied on', lasting: true });
    }
    this.#parts.wake();
  }

  #depart(): void {
    const { standing } = this.#parts;
    this.#parts.door()?.close();
    standing.follow(null, standing.term);
  }

  #end(ofRead: () => SmaltiError, ofRequest: Parameters<Requests['failAll']>[0]): void {
    const { sync, membership, retry, credits, reads, requests } = this.#parts;
    sync.close();
    membership.close(ofRead);
    this.#parts.replica()?.checkpoints?.close(ofRead());
    this.#parts.replica()?.close(ofRead());
    retry.close();
    credits.close(ofRead());
    reads.failAll(ofRead);
    requests.failAll(ofRequest);
    reads.close();
    requests.close();
  }
}
