import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { toIndex, toTerm } from '../vocabulary/cursor.ts';
import { OpenSession } from './open-session.ts';
import { CLIENT_SESSION_BYTES, type SessionKey, sessionKeyAt, writeSessionKey } from './session-key.ts';
import { MAX_SESSIONS } from './session-limits.ts';
import { SessionTable } from './session-table.ts';

const FORMAT = 1;

/** The whole table, canonically: equal tables give equal bytes, however they came about. */
export function encodeSessionTable(table: SessionTable): Uint8Array {
  const { time, stamp, floor } = table.head;
  const sessions = table.sessions();
  const writer = new ByteWriter(1024).u8(FORMAT);
  writer.varint(time).varint(stamp).varint(floor).varint(sessions.length);
  for (const session of sessions) writeSession(writer, session);
  return writer.finish();
}

/** @throws DecodeError if the bytes are not what {@link encodeSessionTable} gives. */
export function decodeSessionTable(bytes: Uint8Array): SessionTable {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new DecodeError(`session table format ${format}, known is ${FORMAT}`, 0);
  const head = { time: reader.varint(), stamp: reader.varint(), floor: reader.varint() };
  const count = reader.varint();
  if (count > MAX_SESSIONS) throw new DecodeError(`${count} sessions`, reader.offset);
  const sessions: OpenSession[] = [];
  for (let i = 0; i < count; i++) {
    const session = readSession(reader);
    const before = sessions.at(-1)?.key ?? ('' as SessionKey);
    if (session.key <= before) throw new DecodeError('sessions out of order', reader.offset);
    sessions.push(session);
  }
  reader.end();
  return new SessionTable(
    head,
    sessions.sort((a, b) => a.usedAt - b.usedAt),
  );
}

function writeSession(writer: ByteWriter, session: OpenSession): void {
  const { replies } = session;
  writeSessionKey(writer, session.key);
  writer.varint(session.openedAt).varint(session.used).varint(session.usedAt);
  writer.varint(session.next - replies.length).varint(replies.length);
  for (const { last, term, bytes } of replies) writer.varint(last).varint(term).bytes(bytes);
}

function readSession(reader: ByteReader): OpenSession {
  const key = sessionKeyAt(reader.raw(CLIENT_SESSION_BYTES), 0);
  const session = new OpenSession(key, reader.varint(), reader.varint(), reader.varint());
  const kept = reader.varint();
  if (kept < 1) throw new DecodeError('a session whose numbers begin before 1', reader.offset);
  session.next = kept;
  const count = reader.varint();
  for (let i = 0; i < count; i++) {
    const last = toIndex(reader.varint());
    const term = toTerm(reader.varint());
    session.keep({ last, term, bytes: reader.bytes().slice() });
  }
  return session;
}
