/**
 * The signal of what a strategy has started. Hosts of JavaScript end the process when a listener of a signal throws,
 * and a listener that uses a dead context does throw: so listeners are called with care.
 */
export class WorkSignal {
  readonly #controller = new AbortController();

  constructor(threw: (error: unknown) => void) {
    const { signal } = this.#controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    const careful = new WeakMap<object, () => void>();
    const carefully = (listener: Listener): (() => void) => {
      const known = careful.get(listener);
      if (known !== undefined) return known;
      const made = (...event: unknown[]): void => {
        try {
          if (typeof listener === 'function') Reflect.apply(listener, signal, event);
          else listener.handleEvent(...event);
        } catch (error) {
          threw(error);
        }
      };
      careful.set(listener, made);
      return made;
    };
    Object.defineProperties(signal, {
      addEventListener: {
        value: (type: 'abort', listener: Listener | null, options?: { once?: boolean }) => {
          if (listener !== null) add(type, carefully(listener), options);
        },
      },
      removeEventListener: {
        value: (type: 'abort', listener: Listener | null) => {
          if (listener !== null) remove(type, careful.get(listener) ?? (listener as () => void));
        },
      },
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }
}

type Listener = ((...event: unknown[]) => void) | { handleEvent(...event: unknown[]): void };
