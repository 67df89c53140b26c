import { type VerifiedArchive, verifyArchive } from '@smalti/backup';
import { nodeHasher } from '@smalti/platform-node';
import { type BackupSettings, ExitCode, type Output, type VerifySettings } from '../cli/index.ts';
import { ELSEWHERE, type Failure, tellFailure } from '../client/index.ts';
import { fetchArchive } from './fetch-archive.ts';
import { FileSource } from './file-source.ts';
import { PartFile } from './part-file.ts';
import { progressLines } from './progress.ts';
import { showSummary, summaryOf } from './summary.ts';

/**
 * Gets a backup from the first node that has one, verifies it, and gives it its name. Gives what the process ends with.
 *
 * @throws SmaltiError if the file cannot be written, or what came is damaged; then there is no file.
 */
export async function runBackup(settings: BackupSettings, output: Output): Promise<number> {
  const { file, force, json } = settings;
  const into = await PartFile.begin(file, force);
  try {
    const failure = await fetchFromAny(settings, into, output);
    if (failure !== null) return tellFailure(failure, json, output);
    await into.sync();
    const verified = await verifyFile(into.part, json, output);
    await into.finish(force);
    tell(file, 'backed up and verified', verified, json, output);
    return ExitCode.done;
  } finally {
    await into.discard();
  }
}

/**
 * Looks at every byte of a backup. Gives what the process ends with.
 *
 * @throws SmaltiError `STORAGE_CORRUPT`, `STORAGE_FOREIGN`, `STORAGE_VERSION`, `STORAGE_ACCESS`.
 */
export async function runVerify({ file, json }: VerifySettings, output: Output): Promise<number> {
  const verified = await verifyFile(file, json, output);
  tell(file, 'whole', verified, json, output);
  return ExitCode.done;
}

/** A backup is only read: whatever one node could not do, the next is asked for. */
async function fetchFromAny(
  { http, fresh, token, timeoutMs, json }: BackupSettings,
  into: PartFile,
  output: Output,
): Promise<Failure | null> {
  let last: Failure | null = null;
  for (const address of http) {
    if (last !== null) {
      if (!json) output.error(`${last.code} ${last.message}; ${address} is asked\n`);
      await into.restart();
    }
    const progress = json ? () => {} : progressLines(`from ${address}`, output.error);
    last = await fetchArchive(address, { fresh, token, timeoutMs, progress }, into);
    if (last === null || !(ELSEWHERE.has(last.code) || ALSO.has(last.code))) return last;
  }
  return last;
}

/** What is not known of a change, and does no harm here. */
const ALSO: ReadonlySet<string> = new Set(['NO_ANSWER', 'NO_CHECKPOINT', 'OVERLOADED', 'TIMEOUT']);

async function verifyFile(file: string, json: boolean, output: Output): Promise<VerifiedArchive> {
  const source = await FileSource.open(file);
  try {
    const progress = json ? () => {} : progressLines('verifying', output.error);
    return await verifyArchive(source, { hasher: nodeHasher, progress });
  } finally {
    await source.close();
  }
}

function tell(file: string, what: string, verified: VerifiedArchive, json: boolean, output: Output): void {
  const summary = summaryOf(file, verified);
  output.out(json ? `${JSON.stringify(summary, null, 2)}\n` : `${file}: ${what}\n${showSummary(summary)}`);
}
