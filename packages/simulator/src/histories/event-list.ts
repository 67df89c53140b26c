import { type Operation, returnOf } from './operation.ts';

/**
 * The calls and returns of operations that returned, in the order of time, as a list from which an operation can be
 * taken out and put back in constant time. Places are numbered from 1; place 0 is the end.
 */
export class EventList {
  readonly #operationAt: Int32Array;
  readonly #callAt: Int32Array;
  readonly #returnAt: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** None of the operations may be open. */
  constructor(operations: readonly Operation<unknown, unknown>[]) {
    const events = operations.flatMap((operation, number) => [
      { at: operation.call, returns: false, number },
      { at: returnOf(operation), returns: true, number },
    ]);
    // In one moment calls come before returns: operations that touch each other are concurrent.
    events.sort((a, b) => a.at - b.at || Number(a.returns) - Number(b.returns) || a.number - b.number);
    const places = events.length + 1;
    this.#operationAt = new Int32Array(places);
    this.#callAt = new Int32Array(operations.length);
    this.#returnAt = new Int32Array(operations.length);
    events.forEach(({ returns, number }, i) => {
      this.#operationAt[i + 1] = number;
      (returns ? this.#returnAt : this.#callAt)[number] = i + 1;
    });
    this.#next = Int32Array.from({ length: places }, (_, i) => (i + 1) % places);
    this.#previous = Int32Array.from({ length: places }, (_, i) => (i + places - 1) % places);
  }

  /** The earliest event that is left: a call, or 0 if none is. */
  get first(): number {
    return this.#next[0] as number;
  }

  next(place: number): number {
    return this.#next[place] as number;
  }

  isReturn(place: number): boolean {
    return this.#returnAt[this.operationAt(place)] === place;
  }

  /** The number of the operation whose event this is. */
  operationAt(place: number): number {
    return this.#operationAt[place] as number;
  }

  callOf(operation: number): number {
    return this.#callAt[operation] as number;
  }

  /** The first return that is left: whatever is called after it cannot come next. The list must not be empty. */
  firstReturn(): number {
    let place = this.first;
    while (!this.isReturn(place)) place = this.next(place);
    return place;
  }

  /** The operations that are left and may come next, in the order of their calls. */
  callable(): number[] {
    const operations: number[] = [];
    for (let place = this.first; place !== 0 && !this.isReturn(place); place = this.next(place)) {
      operations.push(this.operationAt(place));
    }
    return operations;
  }

  takeOut(operation: number): void {
    this.#unlink(this.callOf(operation));
    this.#unlink(this.#returnAt[operation] as number);
  }

  /** Undoes the last `takeOut` that was not undone, which must have been of this operation. */
  putBack(operation: number): void {
    this.#link(this.#returnAt[operation] as number);
    this.#link(this.callOf(operation));
  }

  #unlink(place: number): void {
    const [next, previous] = [this.next(place), this.#previous[place] as number];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #link(place: number): void {
    this.#next[this.#previous[place] as number] = place;
    this.#previous[this.next(place)] = place;
  }
}
