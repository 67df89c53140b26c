/** What a strategy may cost its node. What happens at a bound is said where it is kept. */

/** Milliseconds that one provider or session may run in a turn, looked at between its calls. */
export const TURN_MS = 4;
/** Polls of one provider or session in a turn. */
export const TURN_POLLS = 16;
/** Promises of one owner that have not settled, or whose settlement was not told yet. */
export const MAX_STARTED = 64;
/** Reads of the log by one owner that were not answered yet. */
export const MAX_READS = 64;
/** Bytes of entries that one read of the log may ask for. */
export const MAX_READ_BYTES = 32 * 1024 * 1024;
/** Bytes of messages that wait for one owner's turn, and what each counts besides its bytes. */
export const MAX_INBOX_BYTES = 64 * 1024 * 1024;
export const MESSAGE_OVERHEAD_BYTES = 256;
/** Appends of one session that were not answered yet, and bytes of those that are being written. */
export const MAX_APPENDS = 1024;
export const MAX_APPEND_BYTES = 64 * 1024 * 1024;
/** Reads of parts by one owner that were not answered yet: as many as one answer to a peer has, and more. */
export const MAX_PART_READS = 256;
/** Puts of parts by one session that were not answered yet. */
export const MAX_PUTS = 64;
/** Bytes of parts of one session that are being put. */
export const MAX_PUT_BYTES = 16 * 1024 * 1024;
/** Leases of one owner on checkpoints, and how far ahead the end of one may lie, in milliseconds. */
export const MAX_LEASES = 16;
export const MAX_LEASE_MS = 120_000;
/** Bytes that a provider may feed in one entry. */
export const MAX_FED_BYTES = 64 * 1024;
/** The longest delay of a timer, in milliseconds: hosts count them in 31 bits. */
export const MAX_TIMER_MS = 0x7fff_ffff;
/** Strategies of one group, and versions that one of them speaks. */
export const MAX_STRATEGIES = 16;
export const MAX_VERSIONS = 64;
/** Peers that one report names. */
export const MAX_REPORTED_PEERS = 1024;
/** The longest pause before a session that every strategy has failed is tried again, in milliseconds. */
export const MAX_PAUSE_MS = 30_000;
/** So many times as long as without progress, a session may go on by its own reports without anything missing that became durable. An install may take as long. */
export const CREDIT = 20;
