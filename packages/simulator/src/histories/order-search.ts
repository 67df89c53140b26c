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

/** What may come next in one situation: an operation that returned by its number, an open one by the complement. */
interface Choices {
  readonly list: readonly number[];
  /** How many were tried. */
  tried: number;
}

/** A decision of the search, with what undoes it. */
interface Placement<State> {
  /** The state before. */
  readonly state: State;
  /** As in {@link Choices}. */
  readonly choice: number;
  /** The choices that there were. None if no other can be better. */
  readonly among: Choices | undefined;
}

/**
 * Searches for an order of operations that agrees with time and with a model, as Wing and Gong do, with the memory
 * of Lowe: it places what may come next until all that returned is placed, and goes back where it is stuck.
 *
 * Open operations need no place. Four rules that lose no order keep dozens of them cheap: a use of more of them is no
 * better than a use of fewer; those that do the same are used in the order of their calls; one is used as late as
 * possible, and not at all if what follows does as well without it; and the model may tell that nothing that follows
 * can need it. Likewise an operation that changes nothing is placed as soon as it fits.
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
    let choices: Choices | undefined;
    while (this.#events.first !== 0) {
      if (this.#steps >= this.#budget) return { found: 'out of steps', steps: this.#steps };
      if (choices === undefined && this.#placeSurely()) continue;
      choices ??= { list: this.#choose(), tried: 0 };
      if (this.#place(choices)) {
        choices = undefined;
        continue;
      }
      this.#noteProgress();
      choices = this.#goBack();
      if (choices === undefined) {
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
      const operation = this.#operation(number);
      if (this.#changesNothing(operation) && this.#step(this.#state, operation) !== null) {
        this.#push({ state: this.#state, choice: number, among: undefined }, this.#state);
        return true;
      }
    }
    return false;
  }

  /**
   * What may come next, the most promising first: what lets the operation that returns first come after it if that
   * does not fit yet; then those that returned, in the order of their returns; then open ones.
   */
  #choose(): number[] {
    const stuck = this.#events.operationAt(this.#events.firstReturn());
    const urgent = this.#operation(stuck);
    const closed = this.#events
      .callable()
      .filter((number) => !this.#changesNothing(this.#operation(number)))
      .sort((a, b) => returnOf(this.#operation(a)) - returnOf(this.#operation(b)));
    const open: number[] = [];
    for (let number = 0; number < this.#open.length; number++) {
      const twin = this.#twin[number] as number;
      if ((this.#open[number] as Operation<Input, Output>).call > returnOf(urgent)) break;
      if (!this.#used.has(number) && (twin < 0 || this.#used.has(twin))) open.push(~number);
    }
    const all = [...closed, ...open];
    if (this.#step(this.#state, urgent) !== null) return all;
    const helps = (choice: number): boolean => {
      const state = choice === stuck ? null : this.#step(this.#state, this.#operation(choice));
      return state !== null && this.#step(state, urgent) !== null;
    };
    const helpful = new Set(all.filter(helps));
    return [...helpful, ...all.filter((choice) => !helpful.has(choice))];
  }

  /** Places the first that fits of the choices not tried yet. */
  #place(choices: Choices): boolean {
    while (choices.tried < choices.list.length) {
      if (this.#try(choices.list[choices.tried++] as number, choices)) return true;
    }
    return false;
  }

  #try(choice: number, among: Choices): boolean {
    const before = this.#state;
    const state = this.#step(before, this.#operation(choice));
    if (state === null) return false;
    if (choice < 0 && !this.#mayServe(state)) return false;
    const key = this.#model.stateKey(state);
    if (this.#lastWasTooEarly(choice, key)) return false;
    this.#push({ state: before, choice, among }, state);
    // Nothing left is the end of the search, not a situation.
    if (this.#events.first === 0) return true;
    const { isNew, compared } = this.#memory.add(this.#events.callable(), key, this.#used);
    this.#steps += compared;
    if (!isNew) this.#pop();
    return isNew;
  }

  /**
   * Whether the last placement was of an open operation that had better not come just before this choice: because
   * the choice leads to the same state `key` without it, or if it comes after. Of two open operations that commute,
   * the one that was called first comes first.
   */
  #lastWasTooEarly(choice: number, key: string): boolean {
    const last = this.#placements.at(-1);
    if (last === undefined || last.choice >= 0) return false;
    const without = this.#step(last.state, this.#operation(choice));
    if (without === null) return false;
    if (this.#model.stateKey(without) === key) return true;
    if (choice < last.choice) return false;
    const swapped = this.#step(without, this.#operation(last.choice));
    return swapped !== null && this.#model.stateKey(swapped) === key;
  }

  /** Whether an open operation that leads to this state may be needed by what can come after it. */
  #mayServe(state: State): boolean {
    const model = this.#model;
    if (model.mayServe === undefined) return true;
    const callable = this.#events.callable();
    if (callable.some((number) => model.mayServe?.(state, this.#operation(number)))) return true;
    const limit = returnOf(this.#operation(this.#events.operationAt(this.#events.firstReturn())));
    return this.#open.some((operation, i) => {
      return operation.call <= limit && !this.#used.has(i) && model.mayServe?.(state, operation);
    });
  }

  /** Undoes placements up to one that had alternatives. Returns these, or `undefined` if none had. */
  #goBack(): Choices | undefined {
    while (this.#placements.length > 0) {
      const { among } = this.#pop();
      if (among !== undefined) return among;
    }
    return undefined;
  }

  #push(placement: Placement<State>, state: State): void {
    this.#placements.push(placement);
    this.#state = state;
    if (placement.choice < 0) this.#used.add(~placement.choice);
    else this.#events.takeOut(placement.choice);
  }

  #pop(): Placement<State> {
    const placement = this.#placements.pop() as Placement<State>;
    this.#state = placement.state;
    if (placement.choice < 0) this.#used.delete(~placement.choice);
    else this.#events.putBack(placement.choice);
    return placement;
  }

  #operation(choice: number): Operation<Input, Output> {
    return (choice < 0 ? this.#open[~choice] : this.#closed[choice]) as Operation<Input, Output>;
  }

  #step(state: State, { input, output }: Operation<Input, Output>): State | null {
    this.#steps++;
    return this.#model.step(state, input, output);
  }

  #changesNothing({ input, output }: Operation<Input, Output>): boolean {
    return this.#model.readOnly?.(input, output) ?? false;
  }

  /** Keeps this situation if its first return is later than that of any other dead end, or more is placed. */
  #noteProgress(): void {
    const firstReturn = this.#events.firstReturn();
    const placed = this.#best?.placed.length ?? -1;
    if (firstReturn < this.#bestReturn) return;
    if (firstReturn === this.#bestReturn && this.#placements.length <= placed) return;
    this.#bestReturn = firstReturn;
    const stuck = this.#operation(this.#events.operationAt(firstReturn));
    const left = this.#events.callable().map((number) => this.#operation(number));
    const unused = this.#open.filter(({ call }, i) => call <= returnOf(stuck) && !this.#used.has(i));
    this.#best = {
      placed: this.#placements.map(({ choice }) => this.#operation(choice)),
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
