export { logReplay } from './log-replay.ts';
export type { Ask, Available, EntryRun, Fetch, LogReplayMessage, Unavailable } from './messages.ts';
export type { LogReplayOptions } from './options.ts';
