import type { RequestLimits } from './resp-parser.ts';

/** Bounds of the RESP server's memory, and what happens at them. */
export interface RespLimits extends RequestLimits {
  /** Connections; one more is told so and closed. */
  readonly maxConnections: number;
  /** Commands of one connection without a reply yet; then it is not read from. */
  readonly maxOutstanding: number;
  /** Bytes of those commands' arguments and of replies that wait for earlier ones; then it is not read from. */
  readonly maxOutstandingBytes: number;
  /** Bytes of the keys or values of one `KEYS` or `MGET`; more are refused. A single value can be longer. */
  readonly maxReplyBytes: number;
}

/** Defaults; the longest argument is set by the node, from the longest command. */
export const DEFAULT_RESP_LIMITS: RespLimits = Object.freeze({
  maxBulkBytes: 4 * 1024 * 1024,
  maxArguments: 1_048_576,
  maxRequestBytes: 16 * 1024 * 1024,
  maxConnections: 10_000,
  maxOutstanding: 1_024,
  maxOutstandingBytes: 8 * 1024 * 1024,
  maxReplyBytes: 64 * 1024 * 1024,
});
