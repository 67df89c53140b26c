/** How often people are told how far something is, in milliseconds. */
const EVERY_MS = 2_000;

/** Tells people how far something is, now and then, a line each; `say` is where to. */
export function progressLines(
  what: string,
  say: (text: string) => void,
  now: () => number = () => performance.now(),
): (done: number, all: number) => void {
  let last = now();
  return (done, all) => {
    const at = now();
    if (at - last < EVERY_MS || done >= all) return;
    last = at;
    say(`${what}: ${Math.floor((100 * done) / all)} %\n`);
  };
}
