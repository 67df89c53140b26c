import { SmaltiError } from '@smalti/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RespServer } from '../../src/resp/index.ts';
import { FakeGroup, fakeService } from '../support/fake-group.ts';
import { RawClient } from '../support/raw-client.ts';

const SESSION = '0123456789abcdef'.repeat(2);

let group: FakeGroup;
let server: RespServer;
let port: number;

beforeEach(async () => {
  group = new FakeGroup();
  server = new RespServer(fakeService(group));
  port = await server.listen('127.0.0.1:0');
});

afterEach(async () => {
  await server.close(10);
});

/** All that is answered to these lines, and no more. */
async function answers(...lines: readonly string[]): Promise<string> {
  const client = new RawClient(port);
  client.send(`${lines.join('\r\n')}\r\nQUIT\r\n`);
  return (await client.rest()).replace(/\+OK\r\n$/, '');
}

describe('client sessions over the Redis protocol', () => {
  it('are opened, and give commands their numbers', async () => {
    expect(await answers('SMALTI.SESSION')).toBe(`$32\r\n${SESSION}\r\n`);
    expect(await answers(`SMALTI.EXEC ${SESSION} 1 0 INCR a`, `smalti.exec ${SESSION} 2 1 set b x`)).toBe(
      ':1\r\n+OK\r\n',
    );
    expect(group.numbers).toEqual([`${SESSION} 1 0`, `${SESSION} 2 1`]);
  });

  it('say of a command that was not run that its number is not used up', async () => {
    for (const line of [
      '1 0 GET a',
      '1 0 SMALTI.SESSION',
      '1 0 NOTHING',
      'x 0 INCR a',
      '1 -1 INCR a',
      '1 0 INCR',
    ]) {
      expect(await answers(`SMALTI.EXEC ${SESSION} ${line}`), line).toMatch(/^-NOEXEC [^\r]+\r\n$/);
    }
    expect(await answers(`SMALTI.EXEC ${SESSION} 1 0 SET a b NX XX`)).toBe('-NOEXEC ERR syntax error\r\n');
    expect(group.numbers).toEqual([]);
    group.failures.push(new SmaltiError('BAD_OPTION', 'why', { outcome: 'not-applied' }));
    expect(await answers('SMALTI.EXEC x 1 0 INCR a')).toBe('-NOEXEC BAD_OPTION why\r\n');
  });

  it('H7: tell what is known of a number that cannot be run', async () => {
    for (const [code, outcome, reply] of [
      ['OUT_OF_ORDER', 'not-applied', '-TRYAGAIN OUT_OF_ORDER why\r\n'],
      ['SESSION_UNKNOWN', 'unknown', '-UNKNOWN SESSION_UNKNOWN why\r\n'],
      ['REPLY_GONE', 'unknown', '-UNKNOWN REPLY_GONE why\r\n'],
    ] as const) {
      group.failures.push(new SmaltiError(code, 'why', { outcome }));
      expect(await answers(`SMALTI.EXEC ${SESSION} 1 0 INCR a`)).toBe(reply);
    }
    group.failures.push(new SmaltiError('OFFLINE', 'why', { outcome: 'unknown' }));
    expect(await answers('SMALTI.SESSION')).toBe('-UNKNOWN OFFLINE why\r\n');
  });

  it('of a connection end with it', async () => {
    const client = new RawClient(port);
    expect(await client.ask('INCR a\r\n', ':1\r\n')).toBe(':1\r\n');
    expect(group.closed).toBe(0);
    client.send('QUIT\r\n');
    await client.rest();
    await expect.poll(() => group.closed).toBe(1);
  });
});
