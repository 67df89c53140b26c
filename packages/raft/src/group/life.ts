import type { Outcome, SmaltiError } from '@smalti/core';
import { closed, machineFailed, needsState, stopped, wasRemoved } from './errors.ts';

/** How far a group on a node is from its end: closed, stopped by a final fault, or with a machine that has failed. */
export class Life {
  #closed = false;
  #fault: SmaltiError | null = null;
  #left: SmaltiError | null = null;
  #machine: { readonly cause: unknown } | null = null;
  #lacking: SmaltiError | null = null;

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

  /** True if there is a state here that goes on, and can be asked. */
  get answers(): boolean {
    return this.#machine === null && this.#lacking === null;
  }

  get machineFailure(): SmaltiError | null {
    return this.#machine === null ? null : machineFailed(this.#machine.cause, 'none');
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

  /** Its state cannot be relied on any more. */
  lackState(why: SmaltiError): void {
    this.#lacking = why;
  }

  /** Its state is that of an agreed checkpoint. */
  regainState(): void {
    this.#lacking = null;
  }

  /** Why its state cannot be relied on, or null. */
  get lacking(): SmaltiError | null {
    return this.#lacking;
  }

  failMachine(cause: unknown): void {
    this.#machine = { cause };
  }

  /** Why a new call is refused, or null. */
  refusal(outcome: Outcome): SmaltiError | null {
    if (this.#closed) return closed(outcome);
    if (this.#fault !== null) return stopped(this.#fault, outcome);
    if (this.#left !== null) return wasRemoved(this.#left, outcome);
    if (this.#machine !== null) return machineFailed(this.#machine.cause, outcome);
    if (this.#lacking !== null) return needsState(this.#lacking, outcome);
    return null;
  }
}
