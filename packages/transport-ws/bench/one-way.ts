/**
 * How much one node sends another over loopback, in two processes: messages of 100 B a second, and MB/s of 64 KiB.
 * Run it with `node packages/transport-ws/bench/one-way.ts` after a build. `reverse` lets the side that was dialled
 * send. Not a test: figures depend on the machine, compare those of one run.
 */
import { fork } from 'node:child_process';
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  type Bond,
  type BondEvents,
  silentLogger,
  toBootNonce,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { wsTransport } from '../dist/index.js';

const ports = {
  clock: {
    now: () => performance.now(),
    wallNow: () => Date.now(),
    setTimer(delayMs: number, fire: () => void) {
      const timer = setTimeout(fire, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  },
  scheduler: {
    endOfTurn: (work: () => void) => process.nextTick(work),
    nextTurn: (work: () => void) => void setImmediate(work),
  },
  random: { next: () => Math.random(), bytes: (length: number) => new Uint8Array(randomBytes(length)) },
  hasher: {
    crc32: (bytes: Uint8Array, seed?: number) => crc32(bytes, seed),
    sha256: (...parts: readonly Uint8Array[]) =>
      new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest()),
    hmacSha256: (key: Uint8Array, ...parts: readonly Uint8Array[]) =>
      new Uint8Array(createHmac('sha256', key).update(Buffer.concat(parts)).digest()),
    equal: (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b),
  },
  logger: silentLogger,
};

const RUNS = [
  { size: 100, lane: 'control', total: 3_000_000 },
  { size: 64 * 1024, lane: 'bulk', total: 30_000 },
  { size: 64 * 1024, lane: 'control', total: 30_000 },
] as const;

function credentials(
  name: string,
  digit: string,
): Parameters<Awaited<ReturnType<typeof wsTransport>>['attach']>[0] {
  return {
    network: toNetworkId('bench'),
    groups: () => [toGroupId('ab'.repeat(32))],
    keys: () => [new Uint8Array(32)],
    local: () => ({
      id: toPeerId(name),
      incarnation: toIncarnation(digit.repeat(32)),
      boot: toBootNonce('1'.repeat(16)),
      cluster: null,
      bootstrapping: false,
      address: '',
      protocol: { min: 1, max: 1 },
    }),
  };
}

const quiet = { writable: () => {}, unbonded: () => process.exit(0), refused: console.error };

/** Counts what comes, and says when a run is complete. */
function receiver(): BondEvents {
  let run = 0;
  let got = 0;
  return {
    ...quiet,
    bonded: () => {},
    message(bond) {
      const { total } = RUNS[run] ?? { total: 0 };
      if (++got < total) return;
      run += 1;
      got = 0;
      bond.send('control', new Uint8Array(1));
    },
  };
}

/** Sends as fast as there is room, one run after the other. */
function sender(done: () => void): BondEvents {
  let run = 0;
  let sent = 0;
  let began = 0;
  const pump = (bond: Bond): void => {
    const now = RUNS[run];
    if (!now || sent === now.total) return;
    if (sent === 0) began = performance.now();
    const bytes = new Uint8Array(now.size);
    // A turn's worth at a time, as a group does.
    for (let i = 0; i < 2000 && sent < now.total; i++, sent++) if (!bond.send(now.lane, bytes)) return;
    setImmediate(pump, bond);
  };
  return {
    ...quiet,
    bonded: pump,
    writable: pump,
    message(bond) {
      const { size, lane, total } = RUNS[run] as (typeof RUNS)[number];
      const seconds = (performance.now() - began) / 1000;
      const rate = Math.round(total / seconds);
      console.log(`${size} B, ${lane}: ${rate} messages/s, ${Math.round((rate * size) / 1e6)} MB/s`);
      run += 1;
      sent = 0;
      if (run === RUNS.length) done();
      else pump(bond);
    },
  };
}

const [role, reverse] = process.argv.slice(2);
const limits = { controlQueueBytes: 8 * 1024 * 1024 };
if (role === 'listen') {
  const transport = await wsTransport({ listen: '127.0.0.1:0', limits, ...ports });
  transport.attach(credentials('b', '2'), reverse ? sender(() => process.send?.('done')) : receiver());
  process.send?.(transport.address);
} else {
  const turned = role === 'reverse';
  const child = fork(import.meta.filename, ['listen', ...(turned ? ['reverse'] : [])]);
  const transport = await wsTransport({ listen: null, limits, ...ports });
  const done = (): void => {
    child.kill();
    process.exit(0);
  };
  const group = transport.attach(credentials('a', '1'), turned ? receiver() : sender(done));
  child.on('message', (said) => (said === 'done' ? done() : group.dial(String(said))));
}
