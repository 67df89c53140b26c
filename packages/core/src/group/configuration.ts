import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { Incarnation } from '../vocabulary/ids.ts';
import { type MemberKey, memberKey, type PeerId, toIncarnation, toPeerId } from '../vocabulary/ids.ts';

/**
 * What a member is meant for. `normal` may vote and lead; `reluctant` may too, but waits three times as long before it
 * campaigns, and leadership is handed to it last; `observer` never votes: it stays a learner.
 */
export type Preference = 'normal' | 'reluctant' | 'observer';

/** What stands for each in the log. */
const PREFERENCES: readonly Preference[] = ['normal', 'reluctant', 'observer'];

/** A node that the log names: who it is, what it is meant for, and where it can be dialled. */
export interface Member {
  readonly id: PeerId;
  readonly incarnation: Incarnation;
  /** Where it said it can be dialled, e.g. `127.0.0.1:9001`. A hint: the handshake decides who is there. */
  readonly address: string;
  readonly preference: Preference;
}

/**
 * Who counts, by an entry of the log. In a joint configuration (Raft §6) `outgoing` is not empty, and every decision
 * needs a majority of `voters` and a majority of `outgoing`.
 */
export interface Configuration {
  readonly voters: readonly Member[];
  /** The voters of the configuration that a joint one leaves; else empty. */
  readonly outgoing: readonly Member[];
  /** Members that get the log and count for nothing. */
  readonly learners: readonly Member[];
}

/** The most members a configuration may list, all roles together. */
export const MAX_MEMBERS = 256;
/** The longest address of a member, in bytes of UTF-8. */
export const MAX_ADDRESS_BYTES = 256;

/** True if that can be a member's address; an empty one is for a node that cannot be dialled. */
export function isAddress(text: string): boolean {
  return new TextEncoder().encode(text).length <= MAX_ADDRESS_BYTES;
}

/** The name under which a member is counted. */
export function keyOf(member: Member): MemberKey {
  return memberKey(member.id, member.incarnation);
}

/** Every member of any role, once each. */
export function membersOf(configuration: Configuration): Member[] {
  const all = new Map<MemberKey, Member>();
  for (const list of [configuration.outgoing, configuration.learners, configuration.voters]) {
    for (const member of list) all.set(keyOf(member), member);
  }
  return [...all.values()];
}

/** Writes a configuration; equal configurations give equal bytes. */
export function writeConfiguration(writer: ByteWriter, configuration: Configuration): void {
  for (const list of [configuration.voters, configuration.outgoing, configuration.learners]) {
    writer.varint(list.length);
    for (const member of list) {
      writer.text(member.id).text(member.incarnation).text(member.address);
      writer.varint(PREFERENCES.indexOf(member.preference));
    }
  }
}

/** @throws DecodeError if the bytes are not a configuration with at least one voter and no member twice in a role. */
export function readConfiguration(reader: ByteReader): Configuration {
  const voters = readMembers(reader);
  const outgoing = readMembers(reader);
  const learners = readMembers(reader);
  if (voters.length === 0) throw new DecodeError('a configuration without a voter', reader.offset);
  return { voters, outgoing, learners };
}

/** The payload of a configuration entry. */
export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const writer = new ByteWriter(256);
  writeConfiguration(writer, configuration);
  return writer.finish();
}

/** @throws DecodeError if the bytes are not a configuration. */
export function decodeConfiguration(bytes: Uint8Array): Configuration {
  const reader = new ByteReader(bytes);
  const configuration = readConfiguration(reader);
  reader.end();
  return configuration;
}

function preferenceOf(reader: ByteReader): Preference {
  const at = reader.offset;
  const preference = PREFERENCES[reader.varint()];
  if (preference === undefined) throw new DecodeError('a preference that is none', at);
  return preference;
}

function readMembers(reader: ByteReader): Member[] {
  const count = reader.varint();
  if (count > MAX_MEMBERS)
    throw new DecodeError(`${count} members, at most ${MAX_MEMBERS} are allowed`, reader.offset);
  const members: Member[] = [];
  const seen = new Set<PeerId>();
  for (let i = 0; i < count; i++) {
    const at = reader.offset;
    let member: Member;
    try {
      member = {
        id: toPeerId(reader.text(64)),
        incarnation: toIncarnation(reader.text(32)),
        address: reader.text(MAX_ADDRESS_BYTES),
        preference: preferenceOf(reader),
      };
    } catch (error) {
      if (error instanceof DecodeError) throw error;
      throw new DecodeError(`a member that is none: ${(error as Error).message}`, at);
    }
    if (seen.has(member.id)) throw new DecodeError(`member ${member.id} twice`, at);
    seen.add(member.id);
    members.push(member);
  }
  return members;
}
