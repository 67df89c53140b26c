import { readFileSync, statSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

const MIN_KEY_BYTES = 16;
const MAX_KEY_BYTES = 1_024;
const MAX_KEYS = 8;
const MAX_FILE_BYTES = 64 * 1024;

/** The keys of a group, and whether others on this machine can read them. */
export interface GroupKeys {
  readonly keys: readonly Uint8Array[];
  readonly exposed: boolean;
}

/**
 * Reads the group's keys: one a line, 16 to 1,024 bytes each, the preferred one first. Blanks around a key do not
 * belong to it; empty lines are skipped.
 *
 * @throws UsageError. It never shows what is in the file.
 */
export function readKeyFile(file: string): GroupKeys {
  let content: string;
  let mode: number;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new UsageError('--key-file', file, 'is not a file');
    if (stat.size > MAX_FILE_BYTES) throw new UsageError('--key-file', file, 'is longer than 64 KiB');
    mode = stat.mode;
    content = readFileSync(file, 'latin1');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const advice = 'make one with: openssl rand -hex 32 > FILE, and give all members the same';
    throw new UsageError('--key-file', file, `cannot be read (${reason}); ${advice}`);
  }
  const lines = content.split(/\r?\n/).map((line) => line.trim());
  const texts = lines.filter((line) => line !== '');
  if (texts.length === 0)
    throw new UsageError('--key-file', file, 'holds no key: a line of 16 bytes or more');
  if (texts.length > MAX_KEYS) throw new UsageError('--key-file', file, `holds more than ${MAX_KEYS} keys`);
  for (const text of texts) {
    if (text.length < MIN_KEY_BYTES || text.length > MAX_KEY_BYTES) {
      const rule = `must have ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes, and has ${text.length}`;
      throw new UsageError('--key-file', file, `the key in line ${lines.indexOf(text) + 1} ${rule}`);
    }
  }
  if (new Set(texts).size < texts.length) throw new UsageError('--key-file', file, 'holds a key twice');
  return { keys: texts.map((text) => Buffer.from(text, 'latin1')), exposed: (mode & 0o077) !== 0 };
}
