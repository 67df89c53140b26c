export type { AsyncSessionContext, Received } from './async-context.ts';
export { type AsyncSessionOptions, asyncSession } from './async-session.ts';
export { type Choice, choosePeer } from './choose-peer.ts';
export { Latencies } from './latencies.ts';
export { PeerBook, type PeerPolicy, type Standing } from './peer-book.ts';
export { RateMeter } from './rate-meter.ts';
export { type Request, type RequestPatience, RequestTable } from './request-table.ts';
export { type Run, RunAssembler } from './run-assembler.ts';
export { holds, holesOf, intersect, lengthOf, type Span } from './span.ts';
