import type { Exit } from '@smalti/cluster-tests/processes';

/** What a node says on standard error before it ends by itself. */
const REASON = /^smalti: ([A-Z_]+) .+$/m;

/** The line in which a process said why it ended, or null if it did not. `said`: all that this process said. */
export function reasonOf(said: string): string | null {
  return REASON.exec(said)?.[0] ?? null;
}

/** What is wrong with an end that nobody brought about. */
export function unexpectedEnd(id: string, { code, signal }: Exit, said: string): string {
  const how = signal === null ? `with ${code}` : `by ${signal}`;
  const reason = reasonOf(said);
  if (reason === null) {
    return `${id} ended ${how} and did not say why; the last that it said: ${said.trimEnd().slice(-400)}`;
  }
  return `${id} ended ${how}, and nothing was done that ends a node: ${reason}`;
}
