/** A provider or session, as far as its life is concerned. */
export interface Observed {
  readonly node: string;
  readonly role: 'provider' | 'session';
  /** It was closed. */
  over: boolean;
  /** Promises that it has started and that have not settled. */
  underWay: number;
}

/**
 * Gives a way to hand contexts on so that each use is seen. `instead` are members of its own.
 *
 * A context is one object for its owner's whole life, so what stands for it is one object, too.
 */
export function observedContext<C extends object>(
  seen: Observed,
  host: { wrong(what: string): void },
  instead: (context: C) => Readonly<Record<string, unknown>> = () => ({}),
): <T extends object>(context: T) => T {
  const known = new WeakMap<object, object>();
  return <T extends object>(context: T): T => {
    const existing = known.get(context);
    if (existing !== undefined) return existing as T;
    const own: Readonly<Record<string, unknown>> = {
      ...instead(context as object as C),
      start: (work: (signal: AbortSignal) => Promise<unknown>, tag: string): void => {
        const counted = async (signal: AbortSignal): Promise<unknown> => {
          seen.underWay += 1;
          try {
            return await work(signal);
          } finally {
            seen.underWay -= 1;
          }
        };
        (context as { start(work: unknown, tag: string): void }).start(counted, tag);
      },
    };
    const proxy = new Proxy(context, {
      get: (target, name) => {
        if (seen.over) host.wrong(`a ${seen.role} on ${seen.node} uses ${String(name)} after its end`);
        if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    known.set(context, proxy);
    return proxy;
  };
}
