import { DecodeError, isAddress, memberKey, type Preference, toIncarnation, toPeerId } from '@smalti/core';
import type { MemberChangeBody } from '@smalti/wire';
import type { MemberChange } from '../../engine/membership.ts';

const KINDS = ['add', 'promote', 'demote', 'remove'] as const;
const PREFERENCES: readonly Preference[] = ['normal', 'reluctant', 'observer'];

/** A wish as the wire has it. */
export function bodyOfChange(change: MemberChange): MemberChangeBody {
  const kind = KINDS.indexOf(change.type) + 1;
  if (change.type === 'add') {
    const { id, incarnation, address, preference } = change.member;
    return { kind, id, incarnation, address, preference: PREFERENCES.indexOf(preference) };
  }
  const [id = '', incarnation = ''] = change.node.split('@');
  return { kind, id, incarnation, address: '', preference: 0 };
}

/** @throws DecodeError if it is none. */
export function changeOfBody(body: MemberChangeBody): MemberChange {
  const type = KINDS[body.kind - 1];
  const preference = PREFERENCES[body.preference];
  if (type === undefined || preference === undefined || !isAddress(body.address)) {
    throw new DecodeError(`a wish about members of kind ${body.kind}, preference ${body.preference}`, 0);
  }
  try {
    const id = toPeerId(body.id);
    if (type !== 'add' && body.incarnation === '') return { type, node: id };
    const incarnation = toIncarnation(body.incarnation);
    if (type === 'add') return { type, member: { id, incarnation, address: body.address, preference } };
    return { type, node: memberKey(id, incarnation) };
  } catch (error) {
    throw new DecodeError(`a wish about a member that is none: ${(error as Error).message}`, 0);
  }
}
