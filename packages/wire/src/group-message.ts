import { DecodeError } from '@smalti/core';
import protobuf from 'protobufjs/minimal.js';
import { type CheckpointReportBody, checkpointReportOf } from './checkpoint-report.ts';
import { smalti } from './generated/messages.js';
import { type MemberRequestBody, memberReplyOf, memberRequestOf } from './member-messages.ts';

const { GroupMessage } = smalti.group.v1;

/** The version of the group protocol that this package speaks. */
export const GROUP_PROTOCOL = 1;

/** The most envelopes in one forward. */
export const MAX_FORWARDED = 65_536;

/** The most rows in a table of terms. */
export const MAX_TERM_ROWS = 4096;

/** From this length on a field is worth a buffer of its own, with so much for all that is around it. */
const LONG_BYTES = 4096;
const HEAD_BYTES = 512;

/** The name of a checkpoint's root: a SHA-256. */
const ROOT_BYTES = 32;

/** The most strategies that a node may offer. */
export const MAX_OFFERS = 64;

/** What can be in a group message: one field of the schema each, numbers as safe integers. */
export type GroupBody =
  | {
      readonly type: 'append';
      readonly term: number;
      readonly prevIndex: number;
      readonly prevTerm: number;
      readonly commit: number;
      readonly logEnd: number;
      readonly entries: Uint8Array;
    }
  | {
      readonly type: 'append-reply';
      readonly term: number;
      readonly match: number;
      readonly refused: boolean;
      readonly refusedPrev: number;
      readonly hintIndex: number;
      readonly hintTerm: number;
      readonly session: number;
    }
  | {
      readonly type: 'heartbeat';
      readonly term: number;
      readonly commit: number;
      readonly leaderCommit: number;
      readonly round: number;
      readonly logEnd: number;
      readonly heard: number;
      readonly confirmed: number;
      readonly rest: boolean;
    }
  | {
      readonly type: 'heartbeat-reply';
      readonly term: number;
      readonly round: number;
      readonly match: number;
      readonly received: number;
      readonly session: number;
      readonly rest: boolean;
    }
  | {
      readonly type: 'pre-vote' | 'vote';
      readonly term: number;
      readonly lastIndex: number;
      readonly lastTerm: number;
      readonly transfer: boolean;
    }
  | {
      readonly type: 'pre-vote-reply' | 'vote-reply';
      readonly term: number;
      readonly granted: boolean;
      readonly doubtful: boolean;
    }
  | { readonly type: 'read-index'; readonly term: number; readonly id: number }
  | {
      readonly type: 'read-index-reply';
      readonly term: number;
      readonly id: number;
      readonly index: number;
      readonly stamp: number;
    }
  | {
      readonly type: 'forward';
      readonly term: number;
      readonly id: number;
      readonly envelopes: readonly Uint8Array[];
    }
  | { readonly type: 'forward-reply'; readonly term: number; readonly id: number; readonly first: number }
  | { readonly type: 'birth'; readonly entry: Uint8Array }
  | {
      readonly type: 'catch-up';
      readonly term: number;
      readonly ticket: number;
      readonly sinceIndex: number;
      readonly sinceTerm: number;
      readonly positionIndex: number;
      readonly positionTerm: number;
      readonly leaderCommit: number;
      readonly logEnd: number;
      readonly rowFirsts: readonly number[];
      readonly rowTerms: readonly number[];
      readonly through: number;
      readonly entries: Uint8Array;
      readonly anchorIndex: number;
      readonly anchorTerm: number;
      /** 32 bytes, or none if there is no anchor. */
      readonly anchorRoot: Uint8Array;
    }
  | {
      readonly type: 'sync';
      readonly strategy: string;
      readonly version: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'sync-offers';
      readonly offers: readonly { readonly strategy: string; readonly min: number; readonly max: number }[];
      readonly ask: boolean;
    }
  | { readonly type: 'timeout-now'; readonly term: number }
  | { readonly type: 'removed'; readonly term: number; readonly at: number }
  | CheckpointReportBody
  | MemberRequestBody
  | {
      readonly type: 'member-reply';
      readonly id: number;
      readonly refusal: string;
      readonly text: string;
      readonly index: number;
      readonly addresses: readonly string[];
    };

type BodyType = GroupBody['type'];

const FIELDS = {
  append: 'append',
  'append-reply': 'appendReply',
  heartbeat: 'heartbeat',
  'heartbeat-reply': 'heartbeatReply',
  'pre-vote': 'preVote',
  'pre-vote-reply': 'preVoteReply',
  vote: 'vote',
  'vote-reply': 'voteReply',
  'read-index': 'readIndex',
  'read-index-reply': 'readIndexReply',
  forward: 'forward',
  'forward-reply': 'forwardReply',
  birth: 'birth',
  'catch-up': 'catchUp',
  sync: 'sync',
  'sync-offers': 'syncOffers',
  'timeout-now': 'timeoutNow',
  removed: 'removed',
  'member-request': 'memberRequest',
  'member-reply': 'memberReply',
  'checkpoint-report': 'checkpointReport',
} as const satisfies Record<BodyType, string>;

const TYPES = new Map<string, BodyType>(
  Object.entries(FIELDS).map(([type, field]) => [field, type as BodyType]),
);

/** A group message, read. */
export interface OpenedMessage {
  /** CRC-32 of the sender's cluster id; 0 while it is blank. */
  readonly cluster: number;
  readonly body: GroupBody;
}

/** Bytes of the one field of a body that can be long. */
function longOf(body: GroupBody): number {
  if (body.type === 'sync') return body.bytes.length;
  return body.type === 'append' ? body.entries.length : 0;
}

/** Writes a group message. */
export function encodeGroupMessage(cluster: number, body: GroupBody): Uint8Array {
  const message = { cluster, [FIELDS[body.type]]: body };
  const long = longOf(body);
  if (long < LONG_BYTES) return GroupMessage.encode(message).finish();
  // Into a buffer of the right size: the library would make several as it grows, and copy them all in the end.
  const writer = protobuf.Writer.create();
  writer.buf = protobuf.BufferWriter.alloc(long + HEAD_BYTES);
  return GroupMessage.encode(message, writer).finish(true);
}

/**
 * Reads a group message from a peer. Byte fields are views into `bytes`.
 *
 * @throws DecodeError on anything that this version did not write; nothing of it is believed then.
 */
export function decodeGroupMessage(bytes: Uint8Array): OpenedMessage {
  let message: InstanceType<typeof GroupMessage>;
  try {
    message = GroupMessage.decode(bytes);
  } catch (error) {
    throw new DecodeError(`not a group message: ${(error as Error).message}`, 0);
  }
  const field = message.body;
  const type = field === undefined ? undefined : TYPES.get(field);
  if (field === undefined || type === undefined) {
    throw new DecodeError('a group message without a body that this version knows', 0);
  }
  return { cluster: message.cluster, body: bodyOf(type, message) };
}

/** A message that was decoded has every field: those that were not sent have their zero values. */
type Decoded<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

function present<T extends object>(value: T | null | undefined): Decoded<T> {
  if (value === null || value === undefined) throw new DecodeError('a group message without its body', 0);
  return value as Decoded<T>;
}

function bodyOf(type: BodyType, message: InstanceType<typeof GroupMessage>): GroupBody {
  switch (type) {
    case 'append': {
      const { term, prevIndex, prevTerm, commit, logEnd, entries } = present(message.append);
      return { type, term, prevIndex, prevTerm, commit, logEnd, entries };
    }
    case 'append-reply': {
      const reply = present(message.appendReply);
      const { term, match, refused, refusedPrev, hintIndex, hintTerm, session } = reply;
      return { type, term, match, refused, refusedPrev, hintIndex, hintTerm, session };
    }
    case 'heartbeat': {
      const heartbeat = present(message.heartbeat);
      const { term, commit, leaderCommit, round, logEnd, heard, confirmed, rest } = heartbeat;
      return { type, term, commit, leaderCommit, round, logEnd, heard, confirmed, rest };
    }
    case 'heartbeat-reply': {
      const { term, round, match, received, session, rest } = present(message.heartbeatReply);
      return { type, term, round, match, received, session, rest };
    }
    case 'pre-vote':
    case 'vote': {
      const vote = present(type === 'vote' ? message.vote : message.preVote);
      const { term, lastIndex, lastTerm, transfer } = vote;
      return { type, term, lastIndex, lastTerm, transfer };
    }
    case 'pre-vote-reply':
    case 'vote-reply': {
      const reply = present(type === 'vote-reply' ? message.voteReply : message.preVoteReply);
      const { term, granted, doubtful } = reply;
      return { type, term, granted, doubtful };
    }
    case 'read-index': {
      const { term, id } = present(message.readIndex);
      return { type, term, id };
    }
    case 'read-index-reply': {
      const { term, id, index, stamp } = present(message.readIndexReply);
      return { type, term, id, index, stamp };
    }
    case 'forward': {
      const { term, id, envelopes } = present(message.forward);
      if (envelopes.length > MAX_FORWARDED) {
        throw new DecodeError(
          `${envelopes.length} forwarded commands, at most ${MAX_FORWARDED} are allowed`,
          0,
        );
      }
      return { type, term, id, envelopes };
    }
    case 'forward-reply': {
      const { term, id, first } = present(message.forwardReply);
      return { type, term, id, first };
    }
    case 'birth':
      return { type, entry: present(message.birth).entry };
    case 'catch-up':
      return { type, ...catchUpOf(present(message.catchUp)) };
    case 'sync': {
      const { strategy, version, bytes } = present(message.sync);
      return { type, strategy, version, bytes };
    }
    case 'sync-offers': {
      const { offers, ask } = present(message.syncOffers);
      if (offers.length > MAX_OFFERS) {
        throw new DecodeError(
          `${offers.length} strategies are offered, at most ${MAX_OFFERS} are allowed`,
          0,
        );
      }
      return { type, offers: offers.map(offerOf), ask };
    }
    case 'timeout-now':
      return { type, term: present(message.timeoutNow).term };
    case 'removed': {
      const { term, at } = present(message.removed);
      return { type, term, at };
    }
    case 'member-request':
      return { type, ...memberRequestOf(present(message.memberRequest)) };
    case 'member-reply':
      return { type, ...memberReplyOf(present(message.memberReply)) };
    case 'checkpoint-report':
      return { type, ...checkpointReportOf(present(message.checkpointReport)) };
  }
}

function catchUpOf(
  body: Decoded<smalti.group.v1.ICatchUp>,
): Omit<Extract<GroupBody, { type: 'catch-up' }>, 'type'> {
  const { rowFirsts, rowTerms } = body;
  if (rowFirsts.length !== rowTerms.length || rowFirsts.length > MAX_TERM_ROWS) {
    throw new DecodeError(
      `a table of ${rowFirsts.length} indices and ${rowTerms.length} terms: as many, and at most ${MAX_TERM_ROWS}, are allowed`,
      0,
    );
  }
  const { term, ticket, sinceIndex, sinceTerm, positionIndex, positionTerm } = body;
  const { leaderCommit, logEnd, through, entries, anchorIndex, anchorTerm, anchorRoot } = body;
  if (anchorRoot.length !== 0 && anchorRoot.length !== ROOT_BYTES) {
    throw new DecodeError(`a root of ${anchorRoot.length} bytes: ${ROOT_BYTES}, or none, are allowed`, 0);
  }
  const at = { sinceIndex, sinceTerm, positionIndex, positionTerm };
  const anchor = { anchorIndex, anchorTerm, anchorRoot };
  return { term, ticket, ...at, leaderCommit, logEnd, rowFirsts, rowTerms, through, entries, ...anchor };
}

function offerOf(offer: smalti.group.v1.ISyncOffer): { strategy: string; min: number; max: number } {
  return { strategy: offer.strategy ?? '', min: offer.min ?? 0, max: offer.max ?? 0 };
}
