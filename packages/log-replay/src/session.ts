import { EntrySession } from '@smalti/sync-kit';

/**
 * Fetches what is missing, from after `verified` up to the ceiling, from all peers that have it, and appends it in
 * order. What was verified stays verified whoever leads.
 */
export class LogReplaySession extends EntrySession {}
