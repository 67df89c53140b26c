import { type CommandId, SmaltiError, toClientSessionId } from '@smalti/core';

/** @throws SmaltiError `BAD_OPTION` if there can be no such command. */
export function checkedId({ session, sequence }: CommandId, through = 0): CommandId {
  const bad = (text: string): SmaltiError =>
    new SmaltiError('BAD_OPTION', text, { outcome: 'not-applied', details: { session, sequence, through } });
  try {
    toClientSessionId(session);
  } catch (error) {
    throw bad((error as Error).message);
  }
  if (!Number.isSafeInteger(sequence) || sequence < 1) {
    throw bad(`the number of a command is ${sequence}, and must be an integer of at least 1`);
  }
  if (!Number.isSafeInteger(through) || through < 0 || through >= sequence) {
    throw bad(
      `replies are read through ${through}, which must be an integer from 0 to less than ${sequence}`,
    );
  }
  return { session, sequence };
}
