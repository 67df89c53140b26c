import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { SnapshotItem } from '../machine/state-machine.ts';
import { toIndex, toTerm } from '../vocabulary/cursor.ts';
import { OpenSession, type SessionState } from './open-session.ts';
import type { SessionTableHead } from './session-head.ts';
import { CLIENT_SESSION_BYTES, type SessionKey, sessionKeyAt, writeSessionKey } from './session-key.ts';

const FORMAT = 1;

/** What the table consists of besides its sessions: the item of an empty key, which is the first. */
export function headItem({ time, stamp, floor }: SessionTableHead): SnapshotItem {
  const value = new ByteWriter(32).u8(FORMAT).varint(time).varint(stamp).varint(floor).finish();
  return { key: new Uint8Array(0), value };
}

/** A session, by its name. Equal sessions give equal items, however they came about. */
export function sessionItem(session: SessionState): SnapshotItem {
  const { replies } = session;
  const writer = new ByteWriter(64 + session.bytes);
  writer.varint(session.openedAt).varint(session.used).varint(session.usedAt);
  writer.varint(session.next - replies.length);
  for (const { last, term, bytes } of replies) writer.varint(last).varint(term).bytes(bytes);
  return { key: keyBytes(session.key), value: writer.finish() };
}

function keyBytes(key: SessionKey): Uint8Array {
  const writer = new ByteWriter(CLIENT_SESSION_BYTES);
  writeSessionKey(writer, key);
  return writer.finish();
}

/** @throws DecodeError if it is not what {@link headItem} gives. */
export function readHead({ key, value }: SnapshotItem): SessionTableHead {
  if (key.length > 0) throw new DecodeError('a table of sessions without a head', 0);
  const reader = new ByteReader(value);
  const format = reader.u8();
  if (format !== FORMAT) throw new DecodeError(`session table format ${format}, known is ${FORMAT}`, 0);
  const head = { time: reader.varint(), stamp: reader.varint(), floor: reader.varint() };
  reader.end();
  return head;
}

/** @throws DecodeError if it is not what {@link sessionItem} gives. */
export function readSession({ key, value }: SnapshotItem): OpenSession {
  if (key.length !== CLIENT_SESSION_BYTES) throw new DecodeError(`a session of ${key.length} bytes`, 0);
  const reader = new ByteReader(value);
  const session = new OpenSession(sessionKeyAt(key, 0), reader.varint(), reader.varint(), reader.varint());
  session.next = reader.varint();
  if (session.next < 1) throw new DecodeError('a session whose numbers begin before 1', reader.offset);
  while (reader.remaining > 0) {
    const last = toIndex(reader.varint());
    const term = toTerm(reader.varint());
    // Of its own: the item is a view of something larger.
    session.keep({ last, term, bytes: reader.bytes().slice() });
  }
  return session;
}
