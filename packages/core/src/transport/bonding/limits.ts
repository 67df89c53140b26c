/** The bounds of a transport. All of them have defaults; see {@link DEFAULT_BOND_LIMITS}. */
export interface BondLimits {
  /** The largest message that a bond carries, in bytes. A larger frame ends the link with `FRAME_TOO_LARGE`. */
  readonly maxMessageBytes: number;
  /** Bytes that may wait in the control lane of a link before `send` says false. One message always fits an empty lane. */
  readonly controlQueueBytes: number;
  /** The same for the bulk lane. */
  readonly bulkQueueBytes: number;
  /** Milliseconds for a connection to stand, and then for a handshake to be over. */
  readonly handshakeMs: number;
  /** Bonds and handshakes on one link. */
  readonly maxBondsPerLink: number;
  /** The first delay before an address is dialled again; doubled each time, with jitter. Milliseconds. */
  readonly redialMinMs: number;
  /** The longest such delay. */
  readonly redialMaxMs: number;
  /** Milliseconds of silence after which the other side is asked for a sign of life; 0 switches keep-alive off. */
  readonly pingMs: number;
  /** Milliseconds of silence after which a link is dead. */
  readonly deadMs: number;
  /** Milliseconds that a link has to show life when there is reason to doubt it. */
  readonly probeMs: number;
}

/** What holds where nothing else was asked for. */
export const DEFAULT_BOND_LIMITS: BondLimits = Object.freeze({
  maxMessageBytes: 32 * 1024 * 1024,
  controlQueueBytes: 64 * 1024 * 1024,
  bulkQueueBytes: 8 * 1024 * 1024,
  handshakeMs: 5000,
  maxBondsPerLink: 4096,
  redialMinMs: 50,
  redialMaxMs: 2000,
  pingMs: 2000,
  deadMs: 6000,
  probeMs: 1500,
});
