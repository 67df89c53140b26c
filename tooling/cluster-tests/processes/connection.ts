import { Redis, ReplyError } from 'ioredis';
import { ErrorReply, type Reply, RespClient } from './resp-client.ts';

/** What a client knows of a command: its reply; that it did not happen; or nothing. */
export type Answer =
  | { readonly outcome: 'done'; readonly reply: Reply }
  | { readonly outcome: 'refused' | 'unknown'; readonly why: string };

/** A client's connection to one node. */
export interface Connection {
  readonly open: boolean;
  /** All are sent at once. Each gets its answer, at the deadline at the latest; then the connection is given up. */
  run(commands: readonly (readonly string[])[], deadlineMs: number): Promise<readonly Answer[]>;
  close(): void;
}

export type Connect = (address: string) => Promise<Connection>;

/** What an error reply says about the command. What these servers never say is thrown. */
export function answerTo(message: string): Answer {
  const word = message.split(' ')[0];
  if (word === 'TRYAGAIN' || word === 'LOADING') return { outcome: 'refused', why: message };
  if (word === 'UNKNOWN') return { outcome: 'unknown', why: message };
  throw new Error(`an unexpected error reply: ${message}`);
}

/** Ends the connection if not all are settled in time, which settles them. */
async function inTime<T>(calls: readonly Promise<T>[], deadlineMs: number, close: () => void) {
  const timer = setTimeout(close, deadlineMs);
  try {
    return await Promise.allSettled(calls);
  } finally {
    clearTimeout(timer);
  }
}

export const rawConnection: Connect = async (address) => {
  const client = await RespClient.connect(address);
  return {
    get open() {
      return client.open;
    },
    async run(commands, deadlineMs) {
      const calls = commands.map((words) => client.call(...words));
      const settled = await inTime(calls, deadlineMs, () => client.close());
      return settled.map((each): Answer => {
        if (each.status === 'rejected') return { outcome: 'unknown', why: String(each.reason) };
        if (each.value instanceof ErrorReply) return answerTo(each.value.message);
        return { outcome: 'done', reply: each.value };
      });
    },
    close: () => client.close(),
  };
};

/** ioredis, told to do nothing by itself: it must neither send again nor connect again. */
export const ioredisConnection: Connect = async (address) => {
  const [host = '', port] = address.split(':');
  const redis = new Redis({
    host,
    port: Number(port),
    lazyConnect: true,
    connectTimeout: 1_000,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
  });
  // Each command tells what happened to it.
  redis.on('error', () => {});
  await redis.connect();
  return {
    get open() {
      return redis.status === 'ready';
    },
    async run(commands, deadlineMs) {
      const calls = commands.map(([name = '', ...words]) => redis.call(name, ...words));
      const settled = await inTime(calls, deadlineMs, () => redis.disconnect());
      return settled.map((each): Answer => {
        if (each.status === 'fulfilled') return { outcome: 'done', reply: each.value as Reply };
        if (each.reason instanceof ReplyError) return answerTo(String((each.reason as Error).message));
        return { outcome: 'unknown', why: String(each.reason) };
      });
    },
    close: () => redis.disconnect(),
  };
};
