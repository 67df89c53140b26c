import { EventList } from './event-list.ts';
import { NumberSet } from './number-set.ts';
import { isOpen, type Operation, returnOf } from './operation.ts';
import { SearchMemory } from './search-memory.ts';
import type { SequentialModel } from './sequential-model.ts';

/** How far a search came at best. */
export interface Progress<State, Input, Output> {
  /** What was placed, in that order. */
  readonly placed: readonly Operation<Input, Output>[];
  /** The state after it. */
  readonly state: State;
  /** The operation that has to come before anything later can, and for which there was no place. */
  readonly stuck: Operation<Input, Output>;
  /** What might have been placed before it and was not, open operations last. */
  readonly pending: readonly Operation<Input, Output>[];
}

/** What a search found, and how many steps that took. */
export type SearchResult<State, Input, Output> =
  | { readonly found: 'order' | 'out of steps'; readonly steps: number }
  | { readonly found: 'no order'; readonly steps: number; readonly progress: Progress<State, Input, Output> };

/** A decision of the search, with what undoes it. */
interface Placement<State> {
  /** The state before. */
  readonly state: State;
  /** Among those that returned, or among the open ones. */
  readonly number: number;
  readonly open: boolean;
  /** No other decision could have been better. */
  readonly sure: boolean;
}

/** Where to go on among the choices of a situation: a place of the event list, or else an open operation. */
type Choice = { readonly place: number } | { readonly open: number };

/**
 * Searches for an order of operations that agrees with time and with a model, as Wing and Gong do, with the memory
 * of Lowe: it places what may come next until all that returned is placed, and goes back where it is stuck.
 *
 * Open operations need no place, and are tried last. This keeps dozens of them cheap, together with three rules that
 * lose no order: a use of more open operations is no better than a use of fewer; an open operation is not used if the
 * next one does as well without it; and those that do the same are used in the order of their calls. Likewise an
 * operation that changes nothing is placed as soon as it fits.
 */
export class OrderSearch<State extends NonNullable<unknown>, Input, Output> {
  readonly #model: SequentialModel<State, Input, Output>;
  readonly #budget: number;
  readonly #closed: readonly Operation<Input, Output>[];
  readonly #open: readonly Operation<Input, Output>[];
  /** For each open operation the one before it that does the same, or -1. */
  readonly #twin: readonly number[];
  readonly #events: EventList;
  readonly #memory = new SearchMemory();
  readonly #used: NumberSet;
  readonly #placements: Placement<State>[] = [];
  #state: State;
  #steps = 0;
  #best: Progress<State, Input, Output> | undefined;
  #bestReturn = 0;

  /** The search takes hardly more steps than the budget; a step is one question to the model or the memory. */
  constructor(
    model: SequentialModel<State, Input, Output>,
    operations: readonly Operation<Input, Output>[],
    budget: number,
  ) {
    this.#model = model;
    this.#budget = budget;
    this.#closed = operations.filter((operation) => !isOpen(operation));
    this.#open = operations.filter(isOpen).sort((a, b) => a.call - b.call);
    this.#twin = twins(this.#open, model);
    this.#events = new EventList(this.#closed);
    this.#used = new NumberSet(this.#open.length);
    this.#state = model.initial;
  }

  run(): SearchResult<State, Input, Output> {
    let from: Choice | undefined;
    while (this.#events.first !== 0) {
      if (this.#steps >= this.#budget) return { found: 'out of steps', steps: this.#steps };
      const placed =
        from === undefined
          ? this.#placeSurely() || this.#place({ place: this.#events.first })
          : this.#place(from);
      if (placed) {
        from = undefined;
        continue;
      }
      this.#noteProgress();
      from = this.#goBack();
      if (from === undefined) {
        return {
          found: 'no order',
          steps: this.#steps,
          progress: this.#best as Progress<State, Input, Output>,
        };
      }
    }
    return { found: 'order', steps: this.#steps };
  }

  /** Places an operation that changes nothing and fits. It could come later as well, but nothing is won by that. */
  #placeSurely(): boolean {
    for (const number of this.#events.callable()) {
      const operation = this.#closed[number] as Operation<Input, Output>;
      if (this.#changesNothing(operation) && this.#step(this.#state, operation) !== null) {
        this.#push({ state: this.#state, number, open: false, sure: true }, this.#state);
        return true;
      }
    }
    return false;
  }

  /** Places the first operation that fits, from that choice on. */
  #place(from: Choice): boolean {
    const events = this.#events;
    if ('place' in from) {
      for (let place = from.place; place !== 0 && !events.isReturn(place); place = events.next(place)) {
        const number = events.operationAt(place);
        const operation = this.#closed[number] as Operation<Input, Output>;
        if (!this.#changesNothing(operation) && this.#try(operation, number, false)) return true;
      }
    }
    const limit = this.#stuckAt().return as number;
    const first = 'open' in from ? from.open : 0;
    for (let number = first; number < this.#open.length; number++) {
      const operation = this.#open[number] as Operation<Input, Output>;
      if (operation.call > limit) return false;
      const twin = this.#twin[number] as number;
      if (this.#used.has(number) || (twin >= 0 && !this.#used.has(twin))) continue;
      if (this.#try(operation, number, true)) return true;
    }
    return false;
  }

  #try(operation: Operation<Input, Output>, number: number, open: boolean): boolean {
    const before = this.#state;
    const state = this.#step(before, operation);
    if (state === null) return false;
    const key = this.#model.stateKey(state);
    if (this.#lastWasNeedless(operation, key)) return false;
    this.#push({ state: before, number, open, sure: false }, state);
    // Nothing left is the end of the search, not a situation.
    if (this.#events.first === 0) return true;
    const { isNew, compared } = this.#memory.add(this.#events.callable(), key, this.#used);
    this.#steps += compared;
    if (!isNew) this.#pop();
    return isNew;
  }

  /** Whether the last placement was of an open operation, without which this one would have led to the same. */
  #lastWasNeedless(operation: Operation<Input, Output>, key: string): boolean {
    const last = this.#placements.at(-1);
    if (last?.open !== true) return false;
    const without = this.#step(last.state, operation);
    return without !== null && this.#model.stateKey(without) === key;
  }

  /** Undoes placements up to one that had an alternative. Returns where to go on, or `undefined` if none had. */
  #goBack(): Choice | undefined {
    for (;;) {
      const last = this.#placements.at(-1);
      if (last === undefined) return undefined;
      this.#pop();
      if (last.open) return { open: last.number + 1 };
      if (!last.sure) return { place: this.#events.next(this.#events.callOf(last.number)) };
    }
  }

  #push(placement: Placement<State>, state: State): void {
    this.#placements.push(placement);
    this.#state = state;
    if (placement.open) this.#used.add(placement.number);
    else this.#events.takeOut(placement.number);
  }

  #pop(): void {
    const placement = this.#placements.pop() as Placement<State>;
    this.#state = placement.state;
    if (placement.open) this.#used.delete(placement.number);
    else this.#events.putBack(placement.number);
  }

  #step(state: State, { input, output }: Operation<Input, Output>): State | null {
    this.#steps++;
    return this.#model.step(state, input, output);
  }

  #changesNothing({ input, output }: Operation<Input, Output>): boolean {
    return this.#model.readOnly?.(input, output) ?? false;
  }

  #stuckAt(): Operation<Input, Output> {
    return this.#closed[this.#events.operationAt(this.#events.firstReturn())] as Operation<Input, Output>;
  }

  /** Keeps this situation if its first return is later than that of any other dead end, or more is placed. */
  #noteProgress(): void {
    const firstReturn = this.#events.firstReturn();
    const placed = this.#best?.placed.length ?? -1;
    if (firstReturn < this.#bestReturn) return;
    if (firstReturn === this.#bestReturn && this.#placements.length <= placed) return;
    this.#bestReturn = firstReturn;
    const stuck = this.#stuckAt();
    const left = this.#events.callable().map((number) => this.#closed[number] as Operation<Input, Output>);
    const unused = this.#open.filter(({ call }, i) => call <= returnOf(stuck) && !this.#used.has(i));
    this.#best = {
      placed: this.#placements.map(({ open, number }) => {
        return (open ? this.#open : this.#closed)[number] as Operation<Input, Output>;
      }),
      state: this.#state,
      stuck,
      pending: [...left, ...unused].filter((operation) => operation !== stuck),
    };
  }
}

/** For each open operation the number of the last one before it that does the same, or -1. */
function twins<Input, Output>(
  open: readonly Operation<Input, Output>[],
  model: { inputKey?(input: Input): string },
): number[] {
  const last = new Map<string, number>();
  return open.map(({ input }, number) => {
    const key = model.inputKey?.(input);
    if (key === undefined) return -1;
    const twin = last.get(key) ?? -1;
    last.set(key, number);
    return twin;
  });
}
