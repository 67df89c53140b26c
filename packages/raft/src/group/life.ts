import type { Outcome, SmaltiError } from '@smalti/core';
import { closed, type Distrust, distrusted, machineFailed, stopped, wasRemoved } from './errors.ts';

/** How far a group on a node is from its end: closed, stopped by a final fault, or with a machine that has failed. */
export class Life {
  #closed = false;
  #fault: SmaltiError | null = null;
  #left: SmaltiError | null = null;
  #distrust: Distrust | null = null;
  #machine: { readonly cause: unknown } | null = null;

  /** The final fault that stopped the node, or null. */
  get fault(): SmaltiError | null {
    return this.#fault;
  }

  /** True if nothing is done here any more. */
  get over(): boolean {
    return this.#closed || this.#fault !== null || this.#left !== null;
  }

  /** True if the machine applies no more. */
  get machineFailed(): boolean {
    return this.#machine !== null;
  }

  /** True if what is applied here can be read: the machine applies, and its state is the majority's. */
  get answers(): boolean {
    return this.#machine === null && this.#distrust === null;
  }

  get machineFailure(): SmaltiError | null {
    return this.#machine === null ? null : machineFailed(this.#machine.cause, 'none');
  }

  /** Why the machine applies no more, if it does not. */
  get machineCause(): unknown {
    return this.#machine?.cause;
  }

  close(): void {
    this.#closed = true;
  }

  stop(fault: SmaltiError): void {
    this.#fault = fault;
  }

  /** This node is no member any more. */
  leave(why: SmaltiError): void {
    this.#left = why;
  }

  /** Why this node left the group, or null. */
  get left(): SmaltiError | null {
    return this.#left;
  }

  failMachine(cause: unknown): void {
    this.#machine = { cause };
  }

  /** The state is not relied on; with null, it is again. */
  quarantine(why: Distrust | null): void {
    this.#distrust = why;
  }

  /** Why nothing is answered out of the state, or null. */
  get distrust(): Distrust | null {
    return this.#distrust;
  }

  /** Why nothing is done here any more, or null: of what the machine has no part in. */
  overRefusal(outcome: Outcome): SmaltiError | null {
    if (this.#closed) return closed(outcome);
    if (this.#fault !== null) return stopped(this.#fault, outcome);
    return this.#left === null ? null : wasRemoved(this.#left, outcome);
  }

  /** Why a new call is refused, or null. */
  refusal(outcome: Outcome): SmaltiError | null {
    const over = this.overRefusal(outcome);
    if (over !== null) return over;
    if (this.#machine !== null) return machineFailed(this.#machine.cause, outcome);
    if (this.#distrust !== null) return distrusted(this.#distrust, outcome);
    return null;
  }
}
