import type { Logger } from '@smalti/core';
import { ExitCode, errorLine, exitCodeOf, type GroupKeys, type NodeSettings } from '../cli/index.ts';
import { KvNode } from './kv-node.ts';
import { tellParent } from './node-messages.ts';
import { pinoLogger } from './pino-logger.ts';
import { whyWaiting } from './why-waiting.ts';

/** How long stopping may take before the process ends all the same, in milliseconds: longer than servers drain. */
const STOP_MS = 8_000;
/** How often a node that is not online says why, in milliseconds. */
const WAITING_MS = 5_000;

/** Runs a node until it is told to stop, or fails. Gives what the process ends with. */
export async function runNodeProcess(settings: NodeSettings, keys: GroupKeys): Promise<number> {
  const logger = pinoLogger(settings.logLevel, { node: settings.id });
  const stop = whenToldToStop();
  if (keys.exposed) logger.warn('others on this machine can read the key file', { file: settings.keyFile });
  let node: KvNode;
  try {
    node = await KvNode.start(settings, keys.keys, logger, {
      online: (each, online) => told(each, logger, online),
    });
  } catch (error) {
    return fail(error);
  }
  const { id: _, ...facts } = node.node;
  logger.info('started', { ...facts, data: settings.data });
  tellParent({ type: 'started', pid: process.pid });
  const waiting = setInterval(() => tellWhy(node), WAITING_MS);
  const end = await Promise.race([stop, node.failed, node.removed]);
  clearInterval(waiting);
  if (typeof end !== 'string' && end.code !== 'REMOVED') {
    const code = fail(end);
    await closeInTime(node, logger);
    return code;
  }
  // Being removed is what somebody wanted: it is told, and is no failure.
  if (typeof end !== 'string') tellParent({ type: 'removed', line: errorLine(end).trim() });
  logger.info('stopping', { because: typeof end === 'string' ? end : end.message });
  const closed = await closeInTime(node, logger);
  logger.info('stopped');
  return closed ? ExitCode.done : ExitCode.failed;
}

/** Resolves with the reason: a signal, or that the process that started this one is gone. */
function whenToldToStop(): Promise<string> {
  return new Promise((resolve) => {
    // A terminal and the process above may both send one: those that follow the first change nothing.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
    process.on('disconnect', () => resolve('the process that started this one is gone'));
  });
}

async function closeInTime(node: KvNode, logger: Logger): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), STOP_MS);
  });
  try {
    if ((await Promise.race([node.close(), late])) !== 'late') return true;
    logger.error(`stopping takes more than ${STOP_MS} ms; ending all the same, which the log survives`);
  } catch (error) {
    logger.error('could not stop as usual', { error });
  } finally {
    clearTimeout(timer);
  }
  return false;
}

function told(node: KvNode, logger: Logger, online: boolean): void {
  const status = node.group?.status();
  const leader = status?.leader ?? null;
  logger.info(online ? 'online' : 'offline', { leader, role: status?.role, term: status?.term });
  tellParent({ type: 'online', online, leader, cluster: status?.cluster ?? null });
}

function tellWhy(node: KvNode): void {
  if (node.online) return;
  tellParent({ type: 'waiting', why: whyWaiting(node.group?.status() ?? null) });
}

function fail(error: unknown): number {
  const line = errorLine(error);
  process.stderr.write(line);
  tellParent({ type: 'failed', line: line.trim() });
  return exitCodeOf(error);
}
