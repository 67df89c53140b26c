/*
 * The bounds are of the format: every replica has the same, in every version that can read the log.
 */

/** A session that nothing was heard of for so long, in milliseconds of session time, is forgotten: an hour. */
export const SESSION_IDLE_MS = 3_600_000;
/**
 * Session time is group time that never takes a longer step, in milliseconds: a clock that jumps, or a night in which
 * nothing is written, does not end the sessions of clients that are there.
 */
export const SESSION_STEP_MS = 60_000;
/** Sessions there may be; the one that was idle for the longest time makes room for a new one. */
export const MAX_SESSIONS = 65_536;
/** Bytes of replies that one session may keep, {@link REPLY_OVERHEAD} for each included; the oldest are dropped. */
export const MAX_SESSION_REPLY_BYTES = 8 * 1024 * 1024;
/** The same for all sessions; those of the session that was idle for the longest time are dropped first. */
export const MAX_REPLY_BYTES = 64 * 1024 * 1024;
/** What a reply counts for besides its bytes. */
export const REPLY_OVERHEAD = 64;
