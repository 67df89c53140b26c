import { DecodeError } from '@smalti/core';
import type { smalti } from './generated/messages.js';

/** The most wishes in one request about members. */
export const MAX_MEMBER_CHANGES = 512;

/** The most addresses in an answer. */
export const MAX_ADDRESSES = 256;

/** One wish about a member; what each kind uses is in the schema. */
export interface MemberChangeBody {
  readonly kind: number;
  readonly id: string;
  readonly incarnation: string;
  readonly address: string;
  readonly preference: number;
}

/** A wish of who is to count, or to lead. */
export interface MemberRequestBody {
  readonly type: 'member-request';
  readonly id: number;
  readonly changes: readonly MemberChangeBody[];
  readonly force: boolean;
  readonly transfer: boolean;
  readonly to: string;
}

type Filled<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

/** @throws DecodeError if there are too many wishes. */
export function memberRequestOf(
  body: Filled<smalti.group.v1.IMemberRequest>,
): Omit<MemberRequestBody, 'type'> {
  const { id, changes, force, transfer, to } = body;
  if (changes.length > MAX_MEMBER_CHANGES) {
    throw new DecodeError(`${changes.length} wishes, at most ${MAX_MEMBER_CHANGES} are allowed`, 0);
  }
  return { id, changes: changes.map(changeOf), force, transfer, to };
}

function changeOf(change: smalti.group.v1.IMemberChange): MemberChangeBody {
  const { kind, id, incarnation, address, preference } = change;
  return {
    kind: kind ?? 0,
    id: id ?? '',
    incarnation: incarnation ?? '',
    address: address ?? '',
    preference: preference ?? 0,
  };
}

/** @throws DecodeError if there are too many addresses. */
export function memberReplyOf(body: Filled<smalti.group.v1.IMemberReply>): {
  readonly id: number;
  readonly refusal: string;
  readonly text: string;
  readonly index: number;
  readonly addresses: readonly string[];
} {
  const { id, refusal, text, index, addresses } = body;
  if (addresses.length > MAX_ADDRESSES) {
    throw new DecodeError(`${addresses.length} addresses, at most ${MAX_ADDRESSES} are allowed`, 0);
  }
  return { id, refusal, text, index, addresses };
}
