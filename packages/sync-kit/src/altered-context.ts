/**
 * A context in which some members are others, for a strategy that hands its context on to what it is made of. All else
 * is that of the context, its end included.
 */
export function alteredContext<Altered extends object>(context: object, own: Partial<Altered>): Altered {
  return new Proxy(own, {
    get(_, key) {
      if (Object.hasOwn(own, key)) return own[key as keyof typeof own];
      const value: unknown = Reflect.get(context, key, context);
      return typeof value === 'function' ? value.bind(context) : value;
    },
  }) as Altered;
}
