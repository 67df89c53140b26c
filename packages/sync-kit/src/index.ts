export { alteredContext } from './altered-context.ts';
export type { AsyncSessionContext, Received } from './async-context.ts';
export { type AsyncSessionOptions, asyncSession } from './async-session.ts';
export { type Choice, choosePeer } from './choose-peer.ts';
export { Courtesy } from './entries/courtesy.ts';
export {
  type EntryAsk,
  type EntryFetch,
  type EntryMessage,
  type EntryRange,
  type EntryRefusal,
  type EntryRun,
  RUN_OVERHEAD_BYTES,
} from './entries/entry-messages.ts';
export { EntryServer } from './entries/entry-server.ts';
export { EntrySession } from './entries/entry-session.ts';
export type { EntrySettings } from './entries/entry-settings.ts';
export { Latencies } from './latencies.ts';
export { Pace } from './pace.ts';
export { PeerBook, type PeerPolicy, type Standing } from './peer-book.ts';
export { RateMeter } from './rate-meter.ts';
export { type Request, type RequestPatience, RequestTable } from './request-table.ts';
export { type Run, RunAssembler } from './run-assembler.ts';
export { holds, holesOf, intersect, lengthOf, type Span } from './span.ts';
export { type OptionBounds, wholeOptions } from './whole-options.ts';
