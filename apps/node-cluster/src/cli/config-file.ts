import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * Reads a JSON file with the names of the flags, and with `timing` and `limits`.
 *
 * @throws UsageError.
 */
export function readConfig(file: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UsageError('--config', file, `cannot be read (${reason}); name a readable JSON file`);
  }
  if (content.length > MAX_BYTES) throw new UsageError('--config', file, 'is longer than 1 MiB');
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new UsageError('--config', file, `is not JSON: ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError('--config', file, 'must be a JSON object, such as {"id": "n1"}');
  }
  return value as Record<string, unknown>;
}
