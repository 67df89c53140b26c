import type { Clock, Timer } from '@smalti/core';

/** The longest delay that a timer of Node.js takes; longer ones are set again. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Monotonic time since the process began, the machine's wall clock, and timers that never fire early. */
export const nodeClock: Clock = Object.freeze({
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimer: (delayMs: number, fire: () => void): Timer => {
    const due = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = Math.max(0, due - performance.now());
      handle = setTimeout(ring, Math.min(Math.ceil(left), MAX_DELAY_MS));
    };
    // Timers count in whole milliseconds of the event loop's own clock, and may be up to one too early.
    const ring = (): void => {
      if (performance.now() < due) arm();
      else fire();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
});
