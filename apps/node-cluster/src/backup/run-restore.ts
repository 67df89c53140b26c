import { restoreArchive } from '@smalti/backup';
import { type CheckpointRoot, SmaltiError } from '@smalti/core';
import { nodeHasher } from '@smalti/platform-node';
import { ExitCode, type GroupKeys, type Output, type RestoreSettings } from '../cli/index.ts';
import { KvMachine } from '../machine/index.ts';
import { finishRestore, refuseUsed } from '../node/index.ts';
import { FileSource } from './file-source.ts';
import { NewNode } from './new-node.ts';
import { progressLines } from './progress.ts';

/**
 * Makes a backup the first node of a new cluster. The backup is verified before anything is written, and no node starts
 * in the directory before all is done. Gives what the process ends with.
 *
 * @throws SmaltiError `STORAGE_FOREIGN` if the directory is not empty, or the backup is of another machine;
 * `STORAGE_CORRUPT` if the backup is damaged; `STORAGE_*`.
 */
export async function runRestore(
  settings: RestoreSettings,
  { keys }: GroupKeys,
  output: Output,
): Promise<number> {
  const { file, data, json } = settings;
  await refuseUsed(data);
  const source = await FileSource.open(file);
  const begun: NewNode[] = [];
  const begin = async (old: CheckpointRoot): Promise<NewNode> => {
    checkMachine(file, old);
    const node = await NewNode.make(settings, keys, old);
    begun.push(node);
    return node;
  };
  let node: NewNode;
  try {
    const progress = json ? () => {} : progressLines('restoring', output.error);
    node = await restoreArchive(source, { hasher: nodeHasher, progress, begin });
    await node.writeLog();
  } finally {
    await source.close();
    for (const each of begun) await each.close();
  }
  await finishRestore(data);
  tell(settings, node, output);
  return ExitCode.done;
}

/** What the machine cannot read would be found when the node starts, which is too late. */
function checkMachine(file: string, { machine }: CheckpointRoot): void {
  const { signature, version: newest } = new KvMachine();
  const { signature: other, version } = machine;
  if (other === signature && version <= newest) return;
  const message =
    `${file} is of a machine ${other}, version ${version}; this program has ${signature}, up to version ` +
    `${newest}: use the program that made it`;
  throw new SmaltiError('STORAGE_FOREIGN', message, { details: { file } });
}

function tell({ file, data, id, network, json }: RestoreSettings, node: NewNode, output: Output): void {
  const { cluster, group, member, checkpoint } = node;
  const { index } = checkpoint.manifest.anchor;
  const facts = { file, data, network, cluster, group, index, ...member };
  if (json) output.out(`${JSON.stringify(facts, null, 2)}\n`);
  else {
    output.out(
      `${data}: ${id} of the new cluster ${cluster}, with the state at index ${index}\n` +
        `start it with: smalti node --bootstrap --id ${id} --listen ${member.address} --data ${data} …; ` +
        `others join it with --join ${member.address}\n`,
    );
  }
}
