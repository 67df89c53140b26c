import { encodeEnvelope, MAX_RUN_PARTS, type SessionKey, type SessionPlace } from '@smalti/core';
import type { GroupLimits } from './defaults.ts';
import { callError } from './errors.ts';
import type { RequestKind } from './request.ts';

/** What an envelope adds to its command, about. */
export const ENVELOPE_BYTES = 24;
/** What it adds in a message, at most. */
const CARRIED_ENVELOPE_BYTES = 64;

/** Commands outside any session, a run of one origin and number. */
export function plainOf(origin: string, request: number, commands: readonly Uint8Array[]): Uint8Array[] {
  const of = commands.length;
  return commands.map((command, part) =>
    encodeEnvelope({ type: 'plain', origin, request, part, of, command }),
  );
}

/** Commands of a session, a run under one number. */
export function numberedOf(place: SessionPlace, commands: readonly Uint8Array[]): Uint8Array[] {
  const of = commands.length;
  const { session, sequence, through, opening } = place;
  return commands.map((command, part) =>
    encodeEnvelope({ type: 'command', session, sequence, through, opening, part, of, command }),
  );
}

/** A number that is used up without effect. */
export function fillOf({ session, sequence, through, opening }: SessionPlace): Uint8Array {
  return encodeEnvelope({ type: 'fill', session, sequence, through, opening });
}

/** The end of a session. */
export function closeOf(session: SessionKey): Uint8Array {
  return encodeEnvelope({ type: 'close', session });
}

/**
 * The bytes that commands take while they wait.
 *
 * @throws SmaltiError `NO_COMMANDS`, `COMMAND_TOO_LARGE`.
 */
export function admit(
  commands: readonly Uint8Array[],
  kind: RequestKind,
  limits: Pick<GroupLimits, 'maxCommandBytes' | 'carriedBytes'>,
): number {
  if (commands.length === 0 && kind.type !== 'fill')
    throw callError('NO_COMMANDS', 'no commands were given', 'not-applied');
  if (commands.length > MAX_RUN_PARTS) {
    const text = `${commands.length} commands in one run, at most ${MAX_RUN_PARTS} are allowed: send several runs`;
    throw callError('COMMAND_TOO_LARGE', text, 'not-applied');
  }
  let bytes = 0;
  for (const command of commands) bytes += command.length;
  const most = limits.maxCommandBytes;
  if (bytes > most) {
    const text = `${bytes} bytes of commands in one call, at most ${most} are allowed (maxCommandBytes)`;
    throw callError('COMMAND_TOO_LARGE', text, 'not-applied');
  }
  // Commands of one call travel together.
  if (commands.length > 1 && bytes + CARRIED_ENVELOPE_BYTES * commands.length > limits.carriedBytes) {
    const text = `${commands.length} commands of ${bytes} bytes in one run are more than a message of the transport carries: send several runs`;
    throw callError('COMMAND_TOO_LARGE', text, 'not-applied');
  }
  return bytes + ENVELOPE_BYTES * Math.max(1, commands.length);
}
