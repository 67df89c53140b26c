import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import { type Step, sequences, type Words } from '../../processes/redis-commands.ts';
import { RedisServer } from '../../processes/redis-server.ts';
import { ErrorReply, type Reply, RespClient } from '../../processes/resp-client.ts';

const SEQUENCES = 300;
/** What TTL may differ by besides the time that a test takes: rounding, and clocks of a millisecond. */
const TTL_SLACK_MS = 1_000;

let cluster: Cluster;
let redis: RedisServer;
let model: RespClient;
/** To the leader and to a follower. */
let nodes: readonly [RespClient, RespClient];

beforeAll(async () => {
  redis = await RedisServer.start();
  cluster = await Cluster.start();
  const leader = await cluster.leader();
  const [follower = leader] = cluster.others(leader);
  expect(follower).not.toBe(leader);
  model = await RespClient.connect(redis.address);
  nodes = [await RespClient.connect(leader.resp), await RespClient.connect(follower.resp)];
}, 60_000);

afterAll(async () => {
  for (const client of [model, ...(nodes ?? [])]) client?.close();
  await cluster?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

/** A reply in a form that is compared and shown. Sets have no order. */
function plain(reply: Reply, isSet = false): unknown {
  if (reply instanceof ErrorReply) return `error: ${reply.message}`;
  if (typeof reply === 'bigint') return `${reply}n`;
  if (!Array.isArray(reply)) return reply;
  const all = reply.map((each) => plain(each));
  return isSet ? all.sort() : all;
}

/** One of the commands that tell how long a key lives, and how many milliseconds its unit has. */
function unitOf([name = '']: Words): number | null {
  const unit = { ttl: 1_000, pttl: 1 }[name.toLowerCase()];
  return unit ?? null;
}

/** The answer of Redis, if both say the same as exactly as they can; else ours. */
function sameTime(ours: Reply, theirs: Reply, unit: number, tookMs: number): Reply {
  if (typeof ours === 'string' || ours === null || theirs === null) return ours;
  if (typeof ours === 'object' || typeof theirs === 'object' || typeof theirs === 'string') return ours;
  // Negative ones are no times.
  if (ours < 0 || theirs < 0) return ours;
  const difference = Number(BigInt(ours) - BigInt(theirs)) * unit;
  return Math.abs(difference) <= TTL_SLACK_MS + tookMs ? theirs : ours;
}

function callAll(client: RespClient, commands: readonly Words[]): Promise<Reply[]> {
  return Promise.all(commands.map((words) => client.call(...words)));
}

/** All keys of an iteration, as a set, or the error that it ended with. */
async function scanAll(client: RespClient, options: Words): Promise<unknown> {
  const seen = new Set<string>();
  let cursor = '0';
  do {
    const reply = await client.call('SCAN', cursor, ...options);
    if (!Array.isArray(reply)) return plain(reply);
    const [next, keys] = reply;
    for (const each of keys as readonly string[]) seen.add(each);
    cursor = String(next);
  } while (cursor !== '0');
  return [...seen].sort();
}

async function compare(step: Step, began: number): Promise<void> {
  const client = nodes[step.node] ?? nodes[0];
  if (step.type === 'scan') {
    const [ours, theirs] = await Promise.all([scanAll(client, step.options), scanAll(model, step.options)]);
    expect(ours, `SCAN ${JSON.stringify(step.options)}`).toEqual(theirs);
    return;
  }
  const [ours, theirs] = await Promise.all([callAll(client, step.commands), callAll(model, step.commands)]);
  const tookMs = performance.now() - began;
  for (const [i, words] of step.commands.entries()) {
    const wanted = theirs[i] ?? null;
    const unit = unitOf(words);
    const got = unit === null ? (ours[i] ?? null) : sameTime(ours[i] ?? null, wanted, unit, tookMs);
    const isSet = words[0]?.toLowerCase() === 'keys';
    expect(plain(got, isSet), JSON.stringify(words)).toEqual(plain(wanted, isSet));
  }
}

describe('a real Redis and the cluster', () => {
  it(`give the same answers to ${SEQUENCES} random sequences of commands`, { timeout: 240_000 }, async () => {
    let commands = 0;
    await fc.assert(
      fc.asyncProperty(sequences, async (steps) => {
        const began = performance.now();
        await Promise.all([model.call('FLUSHALL'), nodes[0].call('FLUSHALL')]);
        for (const step of steps) {
          await compare(step, began);
          commands += step.type === 'scan' ? 1 : step.commands.length;
        }
        // What is left is the same, too.
        const everything: Words[] = ['a', 'b', 'c', 'n', '', '\0\xff\r\n'].flatMap((key) => [
          ['GET', key],
          ['TTL', key],
        ]);
        await compare({ type: 'pipeline', node: 1, commands: everything }, began);
      }),
      { numRuns: SEQUENCES, seed: 20_240_711 },
    );
    expect(commands).toBeGreaterThan(10 * SEQUENCES);
    await cluster.agree();
  });

  it('know the same commands by the same names, arities and keys, of those that there are', async () => {
    const all = (await nodes[1].call('COMMAND')) as readonly (readonly Reply[])[];
    expect(await nodes[0].call('COMMAND', 'COUNT')).toBe(all.length);
    const ours = all.filter(([name]) => !String(name).startsWith('smalti.'));
    const names = ours.map(([name]) => String(name));
    const theirs = (await model.call('COMMAND', 'INFO', ...names)) as readonly (readonly Reply[])[];
    const shape = ([name, arity, , first, last, step]: readonly Reply[]) => [name, arity, first, last, step];
    expect(ours.map(shape)).toEqual(theirs.map(shape));
    const docs = (await nodes[0].call('COMMAND', 'DOCS', 'GET', 'nothing', 'pttl')) as readonly Reply[];
    const wanted = (await model.call('COMMAND', 'DOCS', 'GET', 'nothing', 'pttl')) as readonly Reply[];
    expect([docs[0], docs[2], docs.length]).toEqual([wanted[0], wanted[2], wanted.length]);
  });
});
