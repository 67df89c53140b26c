import { mkdtempSync, readFile, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { adaptLogger, nodePlatform } from '../src/index.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('the clock', () => {
  it('goes forward, and fires no timer early', async () => {
    const { clock } = nodePlatform();
    for (const delay of [0, 1, 2.5, 7, 20]) {
      const began = clock.now();
      await new Promise<void>((resolve) => clock.setTimer(delay, resolve));
      expect(clock.now() - began).toBeGreaterThanOrEqual(delay);
    }
    expect(Math.abs(clock.wallNow() - Date.now())).toBeLessThan(1000);
  });

  it('forgets a timer that is cancelled', async () => {
    const { clock } = nodePlatform();
    let fired = false;
    const timer = clock.setTimer(1, () => {
      fired = true;
    });
    timer.cancel();
    timer.cancel();
    await new Promise<void>((resolve) => clock.setTimer(20, resolve));
    expect(fired).toBe(false);
  });
});

describe('the scheduler', () => {
  it('runs the work of a turn at its end, in order, and what that work adds right after it', async () => {
    const { scheduler } = nodePlatform();
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      scheduler.endOfTurn(() => {
        order.push('a');
        scheduler.endOfTurn(() => order.push('c'));
        scheduler.nextTurn(() => {
          order.push('next');
          resolve();
        });
      });
      scheduler.endOfTurn(() => order.push('b'));
      order.push('now');
    });
    expect(order).toEqual(['now', 'a', 'b', 'c', 'next']);
  });

  it.each(['endOfTurn', 'nextTurn'] as const)(
    'lets input and output through while %s goes on for ever',
    async (method) => {
      const { scheduler } = nodePlatform();
      const folder = mkdtempSync(join(tmpdir(), 'smalti-turns-'));
      writeFileSync(join(folder, 'file'), 'x');
      let stop = false;
      const work = (): void => {
        if (!stop) scheduler[method](work);
      };
      work();
      await new Promise<void>((resolve) => readFile(join(folder, 'file'), () => resolve()));
      stop = true;
      rmSync(folder, { recursive: true });
    },
  );
});

describe('the hasher', () => {
  it('gives the known values', () => {
    const { hasher } = nodePlatform();
    expect(hasher.crc32(text('123456789'))).toBe(0xcbf43926);
    expect(hasher.crc32(text('6789'), hasher.crc32(text('12345')))).toBe(0xcbf43926);
    for (const pieces of [[text('abc')], [text('a'), text('bc')], [text('xabcx').subarray(1, 4)]])
      expect(toHex(hasher.sha256(...pieces))).toMatch(/^ba7816bf8f01cfea/);
    expect(toHex(hasher.sha256())).toMatch(/^e3b0c44298fc1c14/);
    expect(
      toHex(hasher.hmacSha256(text('key'), text('The quick brown fox '), text('jumps over the lazy dog'))),
    ).toMatch(/^f7bc83f430538424/);
    expect(hasher.sha256Hex?.(text('abc'))).toBe(toHex(hasher.sha256(text('abc'))));
    expect(hasher.equal(text('a'), text('a'))).toBe(true);
    expect(hasher.equal(text('a'), text('b'))).toBe(false);
    expect(hasher.equal(text('a'), text('ab'))).toBe(false);
  });
});

describe('chance', () => {
  it('gives numbers in range, and bytes', () => {
    const { random } = nodePlatform();
    for (let i = 0; i < 100; i++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
    }
    expect(random.bytes(16).length).toBe(16);
    expect(toHex(random.bytes(16))).not.toBe(toHex(random.bytes(16)));
  });
});

describe('the logger', () => {
  it('hands fields and messages to a logger like pino', () => {
    const lines: unknown[] = [];
    const record = (level: string) => (fields: object, message: string) =>
      lines.push([level, fields, message]);
    const pino = {
      debug: record('debug'),
      info: record('info'),
      warn: record('warn'),
      error: record('error'),
      child: (fields: object) => {
        lines.push(['child', fields]);
        return pino;
      },
    };
    const logger = adaptLogger(pino).with({ node: 'n1' });
    const error = new Error('no');
    logger.warn('careful', { error, at: 1 });
    logger.info('hello');
    expect(lines).toEqual([
      ['child', { node: 'n1' }],
      ['warn', { at: 1, err: error }, 'careful'],
      ['info', {}, 'hello'],
    ]);
  });
});
