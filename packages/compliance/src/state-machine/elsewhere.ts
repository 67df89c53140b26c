/** Days by which clocks are ahead there. */
const AHEAD_MS = 40 * 86_400_000;

/** Runs work as on another machine: on which every clock that can be asked without a port shows something else. */
export function elsewhere<T>(work: () => T): T {
  const world = globalThis as unknown as { Date: DateConstructor; performance?: { now(): number } };
  const { Date: here, performance } = world;
  const now = performance?.now;
  class There extends here {
    constructor(...given: ConstructorParameters<DateConstructor> | []) {
      if (given.length === 0) super(here.now() + AHEAD_MS);
      else super(...(given as ConstructorParameters<DateConstructor>));
    }

    static override now(): number {
      return here.now() + AHEAD_MS;
    }
  }
  world.Date = There as unknown as DateConstructor;
  if (performance !== undefined && now !== undefined)
    performance.now = () => now.call(performance) + AHEAD_MS;
  try {
    return work();
  } finally {
    world.Date = here;
    if (performance !== undefined && now !== undefined) performance.now = now;
  }
}
