import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** The variable that holds the token where no file is named. */
const TOKEN_VARIABLE = 'SMALTI_TOKEN';

const MIN_LENGTH = 16;
const MAX_LENGTH = 1_024;

/**
 * The token that lets one change the members: from a file, else from the environment, else null. Not from the command
 * line, which every user of the machine can read.
 *
 * @throws UsageError. It never shows the token.
 */
export function adminToken(
  flag: string,
  file: string | null,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  if (file !== null) return checked(flag, file, read(flag, file));
  const value = environment[TOKEN_VARIABLE];
  return value === undefined || value === '' ? null : checked(TOKEN_VARIABLE, undefined, value.trim());
}

function read(flag: string, file: string): string {
  try {
    return readFileSync(file, 'latin1').trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const advice = 'make one with: openssl rand -hex 32 > FILE, and give all members the same';
    throw new UsageError(flag, file, `cannot be read (${reason}); ${advice}`);
  }
}

/** What an HTTP header can carry. */
function checked(where: string, shown: string | undefined, token: string): string {
  const isRight = token.length >= MIN_LENGTH && token.length <= MAX_LENGTH && /^[!-~]+$/.test(token);
  if (isRight) return token;
  const rule = `must hold a token of ${MIN_LENGTH} to ${MAX_LENGTH} printable characters without blanks`;
  throw new UsageError(where, shown, `${rule}, and holds one of ${token.length} characters`);
}
