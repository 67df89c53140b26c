/** What a process ends with. */
export const ExitCode = Object.freeze({
  /** It was asked to stop, and did. */
  stopped: 0,
  /** Something failed. */
  failed: 1,
  /** A flag is wrong. */
  usage: 2,
});
