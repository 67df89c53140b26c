import {
  type Codec,
  cursor,
  type Index,
  type PeerId,
  type SessionPoll,
  SmaltiError,
  type StoreCallback,
  type SyncCost,
  type SyncProviderContext,
  type SyncSession,
  type SyncSessionContext,
  textCodec,
  toPeerId,
} from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { type AnyStrategy, type AutoSyncOptions, autoSync, type ChildMessage } from '../src/index.ts';

type Cx = SyncSessionContext<never, string>;

/** A strategy that does what a test says. */
class Scripted {
  readonly descriptor = { name: 'test', version: '1.0.0', contract: 'state-sync', contractVersion: 1 };
  readonly name: string;
  readonly signature: string;
  readonly wireVersions: { readonly min: number; readonly max: number };
  cost: SyncCost | null = null;
  answer: SessionPoll = 'pending';
  word: Index | null = null;
  polls = 0;
  opened = 0;
  closed = 0;
  cx: Cx | null = null;
  readonly got: string[] = [];
  /** What its sessions say last. */
  last: string | null = null;
  throws = false;

  constructor(name: string, wireVersions = { min: 1, max: 1 }) {
    this.name = name;
    this.signature = `test/${name}`;
    this.wireVersions = wireVersions;
  }

  messages(version: number): Codec<string> {
    return {
      encode: (text) => textCodec.encode(`${version}${text}`),
      decode: (bytes) => textCodec.decode(bytes).slice(1),
    };
  }

  createProvider() {
    return {
      receive: (message: string) => {
        this.got.push(`provider ${message}`);
        return message === 'for the provider';
      },
      safeToPrunePrefix: () => this.word,
      poll: () => {
        this.polls += 1;
        if (this.throws) throw new Error(`planted in ${this.name}`);
        return 'pending' as const;
      },
      marker: (bytes: Uint8Array) => void this.got.push(`marker ${bytes.join()}`),
      completed: (tag: string) => void this.got.push(`completed ${tag}`),
      close: () => {
        this.closed += 1;
      },
    };
  }

  createSession(cx: Cx): SyncSession<never, string> {
    this.cx = cx;
    this.opened += 1;
    return {
      estimate: () => this.cost,
      poll: () => {
        this.polls += 1;
        if (this.throws) throw new Error(`planted in ${this.name}`);
        return this.answer;
      },
      receive: (message) => void this.got.push(message),
      completed: (tag) => void this.got.push(`completed ${tag}`),
      close: (farewell) => {
        this.closed += 1;
        if (this.last !== null) farewell.sendTo(toPeerId('n2'), this.last);
      },
    };
  }
}

function world(strategies: readonly Scripted[], options: AutoSyncOptions = {}) {
  const sent: ChildMessage[] = [];
  const lines: string[] = [];
  const started: string[] = [];
  const fed: Uint8Array[] = [];
  const pending: StoreCallback[] = [];
  const clock = { at: 0, now: () => clock.at };
  const cx = {
    clock,
    timing: { heartbeatMs: 50, electionMs: 500 },
    logger: { info: (text: string) => lines.push(text) },
    position: cursor(1, 10),
    ceiling: 10,
    maxMessageBytes: 1_000,
    log: { read: (_: number, __: number, ___: number, done: StoreCallback) => pending.push(done) },
    snapshots: null,
    sendTo: (_: PeerId, message: ChildMessage) => sent.push(message) > 0,
    broadcast: () => [],
    start: (_: unknown, tag: string) => started.push(tag),
    wakeAfter: () => {},
    feedCommand: ({ bytes }: { bytes: Uint8Array }) => fed.push(bytes) > 0,
    append: (_: unknown, done: StoreCallback) => pending.push(done),
    install: (_: unknown, done: StoreCallback) => pending.push(done),
  } as unknown as SyncSessionContext<never, ChildMessage> & SyncProviderContext<never, ChildMessage>;
  const sync = autoSync(strategies as unknown as AnyStrategy[], options);
  return { sync, cx, clock, sent, lines, started, fed, pending };
}

function session(...strategies: readonly Scripted[]) {
  return sessionOf(strategies);
}

function sessionOf(strategies: readonly Scripted[], options: AutoSyncOptions = {}) {
  const all = world(strategies, options);
  const made = all.sync.createSession(all.cx as never, cursor(1, 10), 10 as Index, []);
  return { ...all, poll: () => made.poll(all.cx as never), made };
}

const costs = (bytes: number): SyncCost => ({ bytes, impossible: null });
const cannot = (why: string): SyncCost => ({ bytes: 0, impossible: why });
const failed = (why: string): SessionPoll => ({ failed: new SmaltiError('CANNOT_SYNC', why) });

describe('a session', () => {
  it('follows the cheapest way once all have said what they cost, and says why', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    const { poll, lines } = session(log, parts);
    log.cost = costs(900);
    expect(poll()).toBe('pending');
    expect([log.polls, parts.polls]).toEqual([0, 0]);
    parts.cost = costs(300);
    poll();
    expect([log.polls, parts.polls, log.closed]).toEqual([0, 1, 1]);
    expect(lines).toEqual(['catches up by parts (parts: about 300 bytes; log: about 900 bytes)']);
  });

  it('follows the first way that can be followed, whatever it costs, where it is told to', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    log.cost = costs(900);
    parts.cost = costs(300);
    sessionOf([log, parts], { choose: 'first' }).poll();
    expect([log.polls, parts.polls]).toEqual([1, 0]);
    log.cost = cannot('it was pruned');
    sessionOf([log, parts], { choose: 'first' }).poll();
    expect([log.polls, parts.polls]).toEqual([1, 1]);
    expect(() => autoSync([log as never], { choose: 'last' as never })).toThrow(/must be cheapest or first/);
  });

  it('prefers the first where costs are alike, and what is possible to what is not', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    log.cost = costs(300);
    parts.cost = costs(300);
    session(parts, log).poll();
    expect([log.polls, parts.polls]).toEqual([0, 1]);
    parts.cost = cannot('it was pruned');
    const { poll, lines } = session(parts, log);
    poll();
    expect(log.polls).toBe(1);
    expect(lines[0]).toContain('parts: it was pruned');
  });

  it('waits an election timeout for those that do not know', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    const { poll, clock } = session(log, parts);
    parts.cost = costs(1e9);
    clock.at = 499;
    poll();
    expect(parts.polls).toBe(0);
    clock.at = 500;
    poll();
    expect([log.polls, parts.polls]).toEqual([0, 1]);
  });

  it('goes another way when one fails before its install, and then fails with all reasons', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    log.cost = costs(1);
    parts.cost = costs(2);
    const { poll } = session(log, parts);
    log.answer = failed('pruned everywhere');
    expect(poll()).toBe('again');
    expect([log.closed, parts.opened]).toEqual([1, 2]);
    poll();
    expect(parts.polls).toBe(1);
    parts.answer = failed('nobody has it');
    const end = poll() as { failed: SmaltiError };
    expect(end.failed.code).toBe('CANNOT_SYNC');
    expect(end.failed.message).toBe('log: pruned everywhere; parts: nobody has it');
  });

  it('goes another way when one throws, and none after an install was asked for', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    log.cost = costs(1);
    parts.cost = costs(2);
    log.throws = true;
    const first = session(log, parts);
    expect(first.poll()).toBe('again');
    log.throws = false;
    parts.cost = costs(0);
    const second = session(log, parts);
    second.poll();
    parts.cx?.install({ at: cursor(1, 5), root: 'x' as never }, () => {});
    parts.answer = failed('damaged');
    expect(second.poll()).toMatchObject({ failed: { message: 'parts: damaged' } });
  });

  it('ends a way that was given up: nothing is told to it, and its context is dead', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    const { poll, pending } = session(log, parts);
    const told: string[] = [];
    log.cx?.log.read(1 as Index, 2 as Index, 10, () => told.push('read'));
    parts.cx?.append([], () => told.push('append'));
    log.cost = costs(2);
    parts.cost = costs(1);
    poll();
    for (const done of pending) done(null);
    expect(told).toEqual(['append']);
    expect(() => log.cx?.position).toThrow(expect.objectContaining({ code: 'CONTEXT_REVOKED' }));
    expect(parts.cx?.position).toEqual(cursor(1, 10));
  });

  it('is done when its way is', () => {
    const log = new Scripted('log');
    log.cost = costs(1);
    log.answer = { done: cursor(1, 10) };
    const { poll, made } = session(log);
    expect(poll()).toEqual({ done: cursor(1, 10) });
    made.close?.({ sendTo: () => false });
    expect(log.closed).toBe(1);
  });

  it('H27: lets each way say its last word, whether it is given up or the whole session ends', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    [log.cost, parts.cost] = [costs(1), costs(2)];
    [log.last, parts.last] = ['bye', 'farewell'];
    const { poll, made, sent } = session(log, parts);
    expect(poll()).toBe('pending');
    expect(sent).toEqual([{ child: 1, message: 'farewell' }]);
    made.close?.({ sendTo: (_, message) => sent.push(message) > 0 });
    made.close?.({ sendTo: (_, message) => sent.push(message) > 0 });
    expect(sent.slice(1)).toEqual([{ child: 0, message: 'bye' }]);
  });

  it('keeps apart what is for whom', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    const { made, cx, sent, started } = session(parts, log);
    log.cx?.sendTo(toPeerId('n2'), 'hi');
    parts.cx?.sendTo(toPeerId('n2'), 'ho');
    // Places follow the names, whatever is preferred here.
    expect(sent).toEqual([
      { child: 0, message: 'hi' },
      { child: 1, message: 'ho' },
    ]);
    made.receive({ child: 1, message: 'answer' }, toPeerId('n2'), cx as never);
    parts.cx?.start(async () => 1, 'work');
    made.completed?.(started[0] as string, { ok: true, value: 1 }, cx as never);
    expect([log.got, parts.got]).toEqual([[], ['answer', 'completed work']]);
    expect(parts.cx?.maxMessageBytes).toBe(999);
  });
});

describe('a provider', () => {
  it('is all of them: messages, markers and work go to whose they are', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    const { sync, cx, fed } = world([parts, log]);
    const provider = sync.createProvider(cx as never);
    expect(provider.receive({ child: 1, message: 'for the provider' }, toPeerId('n2'), cx as never)).toBe(
      true,
    );
    expect(provider.receive({ child: 0, message: 'for a session' }, toPeerId('n2'), cx as never)).toBe(false);
    provider.completed?.('0/work', { ok: true, value: 1 }, cx as never);
    provider.marker?.(Uint8Array.of(1, 7, 8), cursor(1, 3), null, cx as never);
    expect(log.got).toEqual(['provider for a session', 'completed work']);
    expect(parts.got).toEqual(['provider for the provider', 'marker 7,8']);
    expect(fed).toEqual([]);
    provider.close?.();
    expect([log.closed, parts.closed]).toEqual([1, 1]);
  });

  it('lets be pruned what all allow, and abstains if all do', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    const { sync, cx } = world([log, parts]);
    const provider = sync.createProvider(cx as never);
    expect(provider.safeToPrunePrefix?.(cx as never)).toBeNull();
    parts.word = 7 as Index;
    expect(provider.safeToPrunePrefix?.(cx as never)).toBe(7);
    log.word = 5 as Index;
    expect(provider.safeToPrunePrefix?.(cx as never)).toBe(5);
  });

  it('serves all, though one of them throws', () => {
    const [log, parts] = [new Scripted('log'), new Scripted('parts')];
    const { sync, cx } = world([log, parts]);
    const provider = sync.createProvider(cx as never);
    log.throws = true;
    expect(() => provider.poll?.(cx as never)).toThrow('planted in log');
    expect(parts.polls).toBe(1);
  });
});

describe('the composition', () => {
  it('is one strategy, whatever is preferred here, and another with other parts', () => {
    const [a, b, c] = [new Scripted('a'), new Scripted('b'), new Scripted('c')] as unknown as AnyStrategy[];
    const of = (...strategies: (AnyStrategy | undefined)[]) =>
      autoSync(strategies as AnyStrategy[]).signature;
    expect(of(a, b)).toBe(of(b, a));
    expect(of(a, b)).not.toBe(of(a, c));
    expect(() => autoSync([])).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
    expect(() => autoSync([a, a] as AnyStrategy[])).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  it('speaks a version that all of its parts speak', () => {
    const strategies = [new Scripted('a', { min: 1, max: 3 }), new Scripted('b')] as unknown as AnyStrategy[];
    const sync = autoSync(strategies);
    expect(sync.wireVersions).toEqual({ min: 1, max: 3 });
    const text = (version: number, child: number) =>
      textCodec.decode(sync.messages(version).encode({ child, message: 'x' }).subarray(1));
    expect([text(3, 0), text(3, 1), text(2, 0)]).toEqual(['3x', '1x', '2x']);
    const codec = sync.messages(2);
    expect(codec.decode(codec.encode({ child: 1, message: 'x' }))).toEqual({ child: 1, message: 'x' });
    expect(() => codec.decode(Uint8Array.of(2, 1))).toThrow(RangeError);
    expect(() => codec.decode(new Uint8Array(0))).toThrow(RangeError);
  });
});
