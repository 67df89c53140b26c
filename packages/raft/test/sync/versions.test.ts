import { textCodec } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { Scripted } from './support/strategy.ts';
import { codeOf, peer, World } from './support/world.ts';

const RANGE = { min: 2, max: 4 };
const offerOf = (min: number, max: number, strategy = 'replay') => [{ strategy, min, max }];

function setup(): {
  world: World;
  sync: Scripted;
  send: (name: string, text?: string) => boolean | undefined;
} {
  const sync = new Scripted('replay', { versions: RANGE });
  const world = new World([sync]);
  return { world, sync, send: (name, text = 'hi') => sync.providerCx?.sendTo(peer(name), text) };
}

describe('versions of messages', () => {
  it('are told when a bond begins', () => {
    const { world } = setup();
    world.bond('n2');
    expect(world.offers).toEqual([{ to: 'n2', offers: [{ strategy: 'replay', ...RANGE }], ask: false }]);
  });

  it.each([
    [1, 9, 4],
    [1, 3, 3],
    [4, 4, 4],
    [2, 2, 2],
  ])('%i to %i of a peer: the highest that both know is used, %i', (min, max, version) => {
    const { world, send } = setup();
    world.bond('n2', offerOf(min, max));
    expect(send('n2')).toBe(true);
    const bytes = textCodec.encode(`${version}:hi`);
    expect(world.sent).toEqual([{ to: 'n2', envelope: { strategy: 'replay', version, bytes } }]);
  });

  it.each([
    ['older', offerOf(1, 1)],
    ['newer', offerOf(5, 6)],
    ['of another strategy', offerOf(2, 4, 'other')],
    ['not to be', offerOf(4, 2)],
    ['none', []],
  ])('that are %s are not used, and told of once for a bond', (_, offers) => {
    const { world, send } = setup();
    world.bond('n2', offers);
    expect(send('n2')).toBe(false);
    expect(send('n2')).toBe(false);
    expect(world.sent).toEqual([]);
    expect(world.texts('warn')).toHaveLength(1);
    expect(world.texts('warn')[0]).toMatch(/^replay: n2 speaks .*, and this node 2 to 4/);
  });

  it('that are not known are asked for, once in an election timeout', async () => {
    const { world, send } = setup();
    world.bond('n2');
    expect(send('n2')).toBe(false);
    expect(send('n2')).toBe(false);
    expect(world.offers.filter(({ ask }) => ask)).toHaveLength(1);
    await world.run(99);
    send('n2');
    expect(world.offers.filter(({ ask }) => ask)).toHaveLength(1);
    await world.run(1);
    send('n2');
    expect(world.offers.filter(({ ask }) => ask)).toHaveLength(2);
    world.host.offered(peer('n2'), offerOf(1, 3), false);
    expect(send('n2')).toBe(true);
  });

  it('are told to who asks, and only then', () => {
    const { world } = setup();
    world.bond('n2');
    world.host.offered(peer('n2'), offerOf(1, 3), false);
    expect(world.offers).toHaveLength(1);
    world.host.offered(peer('n2'), offerOf(1, 3), true);
    expect(world.offers.at(-1)).toEqual({
      to: 'n2',
      offers: [{ strategy: 'replay', ...RANGE }],
      ask: false,
    });
  });

  it('are forgotten with the bond', () => {
    const { world, send } = setup();
    world.bond('n2', offerOf(2, 2));
    world.unbond('n2');
    expect(send('n2')).toBe(false);
    world.host.offered(peer('n2'), offerOf(2, 2), true);
    expect(send('n2')).toBe(false);
    world.bond('n2');
    expect(send('n2')).toBe(false);
    expect(world.sent).toEqual([]);
  });

  it('differ between the receivers of a broadcast', () => {
    const { world, sync } = setup();
    world.bond('n2', offerOf(2, 2));
    world.bond('n3', offerOf(1, 9));
    world.bond('n4', offerOf(9, 9));
    world.bond('n5');
    expect(sync.providerCx?.broadcast('hi')).toEqual(['n2', 'n3']);
    expect(world.sent.map(({ to, envelope }) => [to, textCodec.decode(envelope.bytes)])).toEqual([
      ['n2', '2:hi'],
      ['n3', '4:hi'],
    ]);
  });
});

describe('sending', () => {
  it('gives false without a bond or room', () => {
    const { world, send } = setup();
    expect(send('n2')).toBe(false);
    world.bond('n2', offerOf(2, 2));
    world.room = false;
    expect(send('n2')).toBe(false);
  });

  it('may succeed when a poll comes: bonds, versions and room have changed', async () => {
    const polled = new Scripted('polled', { provider: { poll: () => 'pending' } });
    const other = new World([polled]);
    for (const event of [
      () => other.bond('n2'),
      () => other.host.offered(peer('n2'), [], false),
      () => other.host.writable(peer('n2')),
      () => other.unbond('n2'),
    ]) {
      await other.run();
      const before = polled.count('provider poll');
      event();
      await other.run();
      expect(polled.count('provider poll')).toBe(before + 1);
    }
  });

  it('refuses a message that is too long', () => {
    const { world, send } = setup();
    world.bond('n2', offerOf(2, 2));
    expect(send('n2', 'x'.repeat(998))).toBe(true);
    expect(codeOf(() => send('n2', 'x'.repeat(999)))).toBe('RangeError');
  });
});

describe('a message that comes', () => {
  const message = (version: number, text: string, strategy = 'replay') => ({
    strategy,
    version,
    bytes: textCodec.encode(text),
  });

  it('goes to the provider, and to the session of the same strategy if it is handed back', async () => {
    const got: string[] = [];
    const take = (name: string): Scripted =>
      new Scripted(name, {
        provider: {
          receive: (text, sender) => {
            got.push(`${name} provider ${text} of ${sender}`);
            return text === 'mine';
          },
        },
        session: { receive: (text, sender) => got.push(`${name} session ${text} of ${sender}`) },
      });
    const world = new World([take('first'), take('second')]);
    world.bond('n2');
    world.host.received(peer('n2'), message(1, '1:early', 'first'));
    await world.run();
    world.open();
    await world.run();
    world.host.received(peer('n2'), message(1, '1:a', 'first'));
    world.host.received(peer('n2'), message(1, '1:mine', 'first'));
    world.host.received(peer('n2'), message(1, '1:b', 'first'));
    world.host.received(peer('n2'), message(1, '1:c', 'second'));
    await world.run();
    expect(got).toEqual([
      'first provider early of n2',
      'first provider a of n2',
      'first provider mine of n2',
      'first provider b of n2',
      'second provider c of n2',
      'first session a of n2',
      'first session b of n2',
    ]);
    expect(world.host.status().totals.dropped).toBe(0);
  });

  it.each([
    ['of an unknown strategy', message(1, '1:x', 'other')],
    ['of a strategy without a name', message(1, '1:x', '\u001b[2J')],
    ['of an older version', message(1, '1:x')],
    ['of a newer version', message(5, '5:x')],
    ['that the codec refuses', message(2, 'nonsense')],
  ])('%s is dropped, counted, and told at a bounded rate', async (_, envelope) => {
    const { world, sync } = setup();
    world.bond('n2');
    for (let i = 0; i < 50; i++) world.host.received(peer('n2'), envelope);
    await world.run();
    expect(sync.count('provider receive')).toBe(0);
    expect(world.host.status().totals.dropped).toBe(50);
    expect(world.texts('warn')).toHaveLength(1);
    expect(world.texts('warn')[0]).toContain('n2');
    expect(world.texts('warn')[0]).not.toContain('\u001b');
    await world.run(10_000);
    world.host.received(peer('n2'), envelope);
    await world.run();
    expect(world.texts('warn')[1]).toContain('(and 49 times since it was last told)');
  });

  it('that is not readable is told to the session', async () => {
    const told: string[] = [];
    const sync = new Scripted('replay', { session: { unreadable: (sender) => told.push(sender) } });
    const world = new World([sync]);
    world.bond('n2');
    world.open();
    await world.run();
    world.host.received(peer('n2'), message(1, 'nonsense'));
    await world.run();
    expect(told).toEqual(['n2']);
  });

  it('is dropped if too many bytes wait for their turn', async () => {
    const { world, sync } = setup();
    world.bond('n2');
    const bytes = new Uint8Array(8 * 1024 * 1024);
    bytes.set(textCodec.encode('2:'));
    for (let i = 0; i < 20; i++) world.host.received(peer('n2'), { strategy: 'replay', version: 2, bytes });
    await world.run();
    expect(sync.count('provider receive')).toBe(7);
    expect(world.host.status().totals.dropped).toBe(13);
    expect(world.texts('warn')[0]).toBe('replay: a message of n2 was dropped: too many wait for their turn');
  });
});
