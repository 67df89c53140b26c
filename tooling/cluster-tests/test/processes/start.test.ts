import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { http } from '../../processes/http.ts';
import { isFree } from '../../processes/ports.ts';
import { killAll, runToEnd } from '../../processes/program.ts';
import { RespClient } from '../../processes/resp-client.ts';
import { runs, StartPlace } from '../../processes/start-process.ts';
import { treeHash } from '../../processes/tree-hash.ts';
import { until } from '../../processes/until.ts';

const SLOW = { timeout: 60_000 };

async function call(address: string, ...words: string[]) {
  const client = await RespClient.connect(address);
  try {
    return await client.call(...words);
  } finally {
    client.close();
  }
}

describe('smalti start', () => {
  // Unlike a node, it does not end with the channel to this process.
  afterAll(killAll);

  it('goes on without a node that was removed, and says so', SLOW, async () => {
    await using place = await StartPlace.find();
    const start = place.launch();
    await place.ready(start);
    const operator = ['--http', place.http(1), '--token-file', `${place.data}/admin.token`];
    const removed = await runToEnd(['remove', 'n3', ...operator], { log: `${place.directory}/remove.log` });
    expect(removed).toMatchObject({ code: 0, said: expect.stringMatching(/^n3: no member any more\n/) });
    await until('start says so', () =>
      start.said.includes('n3 is no member of the group any more, and has ended'),
    );
    expect(await call(place.resp(2), 'SET', 'a', '1')).toBe('OK');
    expect((await place.interrupt(start)).code).toBe(0);
  });

  it('says ready, ends with Ctrl-C, and goes on where it ended', SLOW, async () => {
    await using place = await StartPlace.find();
    const first = place.launch();
    const ready = await place.ready(first);
    for (const i of [1, 2, 3]) {
      expect(ready).toContain(place.resp(i));
      expect(ready).toContain(place.http(i));
    }
    expect(ready).toContain(`try: redis-cli -p ${place.base + 1} set greeting hello`);
    expect(first.said.trimEnd().endsWith(ready)).toBe(true);
    expect(await call(place.resp(1), 'SET', 'greeting', 'hello')).toBe('OK');
    expect(await call(place.resp(3), 'GET', 'greeting')).toBe('hello');
    const before = await place.statuses();
    expect(await place.interrupt(first)).toEqual({ code: 0, signal: null });
    for (const { pid } of before) expect(runs(pid)).toBe(false);

    const second = place.launch();
    await place.ready(second);
    expect((await http(place.http(2), '/kv/greeting')).body).toBe('hello');
    const after = await place.statuses();
    for (const [i, { incarnation, cluster }] of after.entries()) {
      expect({ incarnation, cluster }).toEqual({
        incarnation: before[i]?.incarnation,
        cluster: before[i]?.cluster,
      });
    }
    expect((await place.interrupt(second)).code).toBe(0);

    const fresh = place.launch(['--fresh']);
    await place.ready(fresh);
    expect((await http(place.http(2), '/kv/greeting')).status).toBe(404);
    expect((await place.interrupt(fresh)).code).toBe(0);
  });

  it('touches nothing when a port is in use', SLOW, async () => {
    await using place = await StartPlace.find();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(place.base + 2_002, '127.0.0.1', resolve));
    const refused = place.launch();
    expect((await refused.ended).code).toBe(1);
    expect(refused.said).toMatch(
      new RegExp(`^smalti: ADDRESS_IN_USE --base-port ${place.base}: port ${place.base + 2_002}, for .* n2`),
    );
    expect(existsSync(place.data)).toBe(false);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it('refuses a second start on the same directory, which disturbs nothing', SLOW, async () => {
    await using place = await StartPlace.find(1);
    const first = place.launch(['--nodes', '1']);
    await place.ready(first);
    await using other = await StartPlace.find(1);
    // It notes the cluster when it knows it, in a file that takes the place of the one before.
    await until('the cluster is noted', () =>
      /"cluster": "/.test(readFileSync(`${place.data}/cluster.json`, 'utf8')),
    );
    const before = treeHash(place.data);
    const refused = place.launch(['--base-port', String(other.base)]);
    expect((await refused.ended).code).toBe(1);
    expect(refused.said).toMatch(/smalti: STORAGE_LOCKED .*another start is using it/);
    expect(treeHash(place.data)).toEqual(before);
    expect(await call(place.resp(1), 'PING')).toBe('PONG');
  });

  it('leaves no child when it is killed itself', SLOW, async () => {
    await using place = await StartPlace.find();
    const program = place.launch();
    await place.ready(program);
    const pids = await place.pids();
    expect(await call(place.resp(2), 'SET', 'kept', 'yes')).toBe('OK');
    process.kill(program.pid, 'SIGKILL');
    await program.ended;
    await until('its children have ended', () => pids.every((pid) => !runs(pid)));
    for (const i of [1, 2, 3]) expect(await isFree(place.base + i)).toBe(true);
    const again = place.launch();
    await place.ready(again);
    expect(await call(place.resp(3), 'GET', 'kept')).toBe('yes');
  });

  it('goes on after everything was killed while the group was being born', SLOW, async () => {
    const moments = [150, 500, 900, 1_400];
    await Promise.all(
      moments.map(async (moment) => {
        await using place = await StartPlace.find();
        const born = place.launch();
        // A moment of the birth, not a wait for anything.
        await pause(moment + Math.random() * 400);
        await born.kill();
        const again = place.launch();
        await place.ready(again);
        expect(await call(place.resp(2), 'SET', 'a', '1')).toBe('OK');
        expect(await call(place.resp(3), 'GET', 'a')).toBe('1');
      }),
    );
  });
});
