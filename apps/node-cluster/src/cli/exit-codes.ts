/** What a process ends with. */
export const ExitCode = Object.freeze({
  /** It was told to do something, or to stop, and did. */
  done: 0,
  /** Something failed. */
  failed: 1,
  /** A flag is wrong. */
  usage: 2,
});
