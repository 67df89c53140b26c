import { describe, expect, test } from 'vitest';
import type { Challenge, Open, Prove } from '../../src/index.ts';
import { Board, type HandLink } from './board.ts';
import { acceptor, opener, party } from './parties.ts';

/** A member dials, and says all that it has to say. */
function comes(board: Board, name = 'n2'): HandLink {
  const link = board.accept();
  const member = opener(party(name));
  link.say(1, member.start());
  link.say(1, member.receive(link.heard(1) as Challenge).reply as Prove);
  return link;
}

/** Who is dialled says that it is n2, and proves nothing. */
function claims(link: HandLink, channel = 1): void {
  link.say(channel, acceptor(party('n2')).receive(link.heard(channel) as Open).reply as Challenge);
}

describe('a stranger at an address that is dialled, under the name of a member', () => {
  test('keeps that member waiting for a moment only when it comes', async () => {
    const board = new Board(party('n1'));
    board.group.dial('old:1');
    const stranger = await board.dialled('old:1');
    claims(stranger);
    expect(comes(board).heard(1)).toMatchObject({ kind: 'refuse', code: 'ALREADY_BONDED', quiet: true });
    board.clock.pass(1500);
    // It has tried again meanwhile, as it does when nothing came of either dial.
    expect(comes(board).heard(1)).toMatchObject({ kind: 'bonded' });
    expect(board.peers).toEqual(['n2']);
    expect(stranger.heard(1)).toMatchObject({ kind: 'refuse', code: 'ALREADY_BONDED' });
  });

  test('keeps that member waiting for a moment only when it is dialled', async () => {
    const board = new Board(party('n1'));
    board.group.dial('old:1');
    claims(await board.dialled('old:1'));
    board.group.dial('n2:9000');
    const first = await board.dialled('n2:9000');
    claims(first);
    expect(first.heard(1)).toMatchObject({ kind: 'refuse', code: 'ALREADY_BONDED', quiet: true });
    await board.settle();
    board.clock.pass(2000);
    const second = await board.dialled('n2:9000');
    expect(second).not.toBe(first);
    const member = acceptor(party('n2'));
    second.say(1, member.receive(second.heard(1) as Open).reply as Challenge);
    second.say(1, member.receive(second.heard(1) as Prove).reply as Challenge);
    expect(board.peers).toEqual(['n2']);
  });

  test('does not end the dialling of that address while the member is bonded by another way', async () => {
    const board = new Board(party('n1'));
    comes(board);
    board.group.dial('n3:9000');
    claims(await board.dialled('n3:9000'));
    await board.settle();
    board.clock.pass(29_000);
    expect(board.links).toHaveLength(1);
    board.clock.pass(1000);
    expect(board.links).toHaveLength(2);
    board.group.dial('n2:9000');
    claims(await board.dialled('n2:9000'));
    await board.settle();
    board.clock.pass(29_000);
    expect(board.links.filter(({ address }) => address === 'n2:9000')).toHaveLength(1);
  });
});

describe('two nodes that dial each other at once', () => {
  test('keep the dial of the lesser one, however late the other one is', async () => {
    const board = new Board(party('n1'));
    board.group.dial('n2:9000');
    const out = await board.dialled('n2:9000');
    const member = acceptor(party('n2'));
    out.say(1, member.receive(out.heard(1) as Open).reply as Challenge);
    board.clock.pass(4000);
    expect(comes(board).heard(1)).toMatchObject({ kind: 'refuse', quiet: true });
    out.say(1, member.receive(out.heard(1) as Prove).reply as Challenge);
    expect(board.peers).toEqual(['n2']);
  });
});

describe('a bond', () => {
  test('says that a lane is writable when what it refused fits, however little waited', async () => {
    const board = new Board(party('n1'), { bulkQueueBytes: 1000, maxMessageBytes: 4000 });
    const link = comes(board);
    link.events?.frame('control', Uint8Array.of(3, 1));
    const [bond] = board.group.bonds;
    link.waiting.bulk = 400;
    expect(bond?.send('bulk', new Uint8Array(3000))).toBe(false);
    link.events?.drained('bulk');
    await board.settle();
    expect(board.writables).toEqual([]);
    link.waiting.bulk = 0;
    link.events?.drained('bulk');
    link.events?.drained('bulk');
    await board.settle();
    expect(board.writables).toEqual(['bulk']);
    expect(bond?.send('bulk', new Uint8Array(3000))).toBe(true);
  });
});

describe('a link with a member', () => {
  test('answers no handshakes while its queue is full: a member that asks and does not read costs no memory', () => {
    const board = new Board(party('n1'));
    const link = comes(board);
    for (let channel = 2; channel < 20; channel++)
      link.events?.frame('control', Uint8Array.of(0, channel, 9, 9));
    const answered = link.sent.length;
    expect(answered).toBeGreaterThan(18);
    link.waiting.control = 65 * 1024 * 1024;
    for (let channel = 20; channel < 99; channel++)
      link.events?.frame('control', Uint8Array.of(0, channel, 9, 9));
    expect(link.sent).toHaveLength(answered);
    link.waiting.control = 0;
    link.say(100, opener(party('n2')).start());
    expect(link.heard(100)).toMatchObject({ kind: 'challenge' });
    expect(board.peers).toEqual(['n2']);
  });
});
