import { describe, expect, test } from 'vitest';
import {
  BondRefused,
  type Challenge,
  encodeHandshake,
  MAX_HANDSHAKE_BYTES,
  type Prove,
} from '../../src/index.ts';
import { acceptor, NO_BINDING, opener, party, shake, wire } from './parties.ts';

function refusal(work: () => unknown): BondRefused {
  try {
    work();
  } catch (error) {
    if (error instanceof BondRefused) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a handshake', () => {
  test('proves both sides to each other', () => {
    const a = party('n1', { protocol: { min: 1, max: 4 } });
    const b = party('n2', { protocol: { min: 2, max: 9 } });
    const proven = shake(opener(a), acceptor(b));
    expect(proven.opener.peer).toEqual(b.local());
    expect(proven.acceptor.peer).toEqual(a.local());
    expect(proven.opener.protocol).toBe(4);
    expect(proven.opener.bondId).toEqual(proven.acceptor.bondId);
    expect(proven.opener.secret).toEqual(proven.acceptor.secret);
    expect(proven.opener.secret).toHaveLength(32);
    const again = shake(opener(a), acceptor(b));
    expect(again.opener.bondId).not.toEqual(proven.opener.bondId);
    expect(again.opener.secret).not.toEqual(proven.opener.secret);
  });

  test('takes any key in common, of up to eight on each side', () => {
    const many = [1, 2, 3, 4, 5, 6, 7, 8];
    shake(opener(party('n1', { keys: many })), acceptor(party('n2', { keys: [9, 10, 8] })));
    shake(opener(party('n1', { keys: [9, 8] })), acceptor(party('n2', { keys: many })));
  });

  test.each([
    ['both know it', {}, {}, 'a'],
    ['a joiner with a newer key learns the id', { groups: ['b'] }, { groups: ['a', 'b'], cluster: 'c' }, 'a'],
    ['a blank node is dialled by a born one', { groups: ['a', 'b'], cluster: 'c' }, { groups: ['b'] }, 'a'],
    ['two blank nodes', { groups: ['a', 'b'] }, { groups: ['d', 'b'] }, 'b'],
    ['two blank nodes, the acceptor chooses', { groups: ['a', 'b'] }, { groups: ['b', 'a'] }, 'b'],
    ['two born nodes', { groups: ['a', 'b'], cluster: 'c' }, { groups: ['a'], cluster: 'c' }, 'a'],
  ])('agrees on the group: %s', (_, a, b, group) => {
    const proven = shake(opener(party('n1', a)), acceptor(party('n2', b)));
    expect(proven.opener.group).toBe(group.repeat(64));
    expect(proven.acceptor.group).toBe(group.repeat(64));
  });

  test.each([
    ['WRONG_NETWORK', { network: 'other' }, {}],
    ['UNKNOWN_GROUP', { groups: ['a'] }, { groups: ['b'] }],
    ['UNKNOWN_GROUP', { groups: ['a', 'b'], cluster: 'c' }, { groups: ['b', 'a'], cluster: 'c' }],
    ['WRONG_CLUSTER', { cluster: 'c' }, { cluster: 'd' }],
    ['BAD_PROOF', { keys: [1, 2] }, { keys: [3] }],
    ['VERSION_MISMATCH', { protocol: { min: 1, max: 2 } }, { protocol: { min: 3, max: 5 } }],
    ['ALREADY_BONDED', { incarnation: '7' }, { incarnation: '7', boot: '2' }],
  ])('refuses with %s, and says what to do', (code, a, b) => {
    const name = code === 'ALREADY_BONDED' ? 'n1' : 'n2';
    const refused = refusal(() => shake(opener(party('n1', a)), acceptor(party(name, b))));
    expect(refused.code).toBe(code);
    expect(refused.quiet).toBe(false);
    expect(refused.message).toMatch(/: /);
  });

  test('names both ranges of versions, and both processes of one identity', () => {
    const ranges = refusal(() =>
      shake(
        opener(party('n1', { protocol: { min: 1, max: 2 } })),
        acceptor(party('n2', { protocol: { min: 4, max: 5 } })),
      ),
    );
    expect(ranges.message).toMatch(/1 to 2/);
    expect(ranges.message).toMatch(/4 to 5/);
    const same = { incarnation: '7' };
    const two = refusal(() =>
      shake(opener(party('n1', same)), acceptor(party('n1', { ...same, boot: '2' }))),
    );
    expect(two.message).toMatch(/11111111.*22222222|22222222.*11111111/);
  });

  test('tells strangers neither the network nor the groups of a node', () => {
    const secretive = acceptor(party('n2', { network: 'secret-net' }));
    expect(refusal(() => secretive.receive(opener(party('n1')).start())).told).not.toMatch(/secret-net/);
  });

  test('notices quietly that a process dialled itself', () => {
    const me = party('n1');
    expect(refusal(() => shake(opener(me), acceptor(me)))).toMatchObject({
      code: 'ALREADY_BONDED',
      quiet: true,
    });
  });

  test('refuses a proof on another channel than the one it was made for', () => {
    const here = new Uint8Array(32).fill(1);
    const there = new Uint8Array(32).fill(2);
    shake(opener(party('n1'), here), acceptor(party('n2'), here));
    expect(refusal(() => shake(opener(party('n1'), here), acceptor(party('n2'), there))).code).toBe(
      'BAD_PROOF',
    );
    expect(refusal(() => shake(opener(party('n1'), here), acceptor(party('n2'), NO_BINDING))).code).toBe(
      'BAD_PROOF',
    );
  });

  test('refuses a proof that was sent before (replay)', () => {
    const a = opener(party('n1'));
    const b = acceptor(party('n2'));
    const prove = a.receive(b.receive(a.start()).reply as Challenge).reply as Prove;
    b.receive(prove);
    const later = acceptor(party('n2'));
    later.receive(a.start());
    expect(refusal(() => later.receive(prove)).code).toBe('BAD_PROOF');
  });

  test("refuses its own proof sent back (reflection), and a proof of the opener's as the acceptor's", () => {
    const a = opener(party('n1'));
    const b = acceptor(party('n2'));
    const prove = a.receive(b.receive(a.start()).reply as Challenge).reply as Prove;
    const proof = prove.proofs[0] as Uint8Array;
    expect(refusal(() => a.receive({ kind: 'bonded', proof })).code).toBe('BAD_PROOF');
  });

  test('refuses a proof of which anything that was said has changed', () => {
    const change = (swap: (c: Challenge) => Challenge): string => {
      const a = opener(party('n1'));
      const b = acceptor(party('n2'));
      const challenge = swap(b.receive(a.start()).reply as Challenge);
      return refusal(() => b.receive(a.receive(challenge).reply as Prove)).code;
    };
    expect(change((c) => ({ ...c, nonce: new Uint8Array(32) }))).toBe('BAD_PROOF');
    expect(change((c) => ({ ...c, identity: { ...c.identity, address: 'elsewhere:1' } }))).toBe('BAD_PROOF');
    expect(change((c) => ({ ...c, identity: { ...c.identity, bootstrapping: true } }))).toBe('BAD_PROOF');
    const a = opener(party('n1'));
    const b = acceptor(party('n2'));
    const prove = a.receive(b.receive(a.start()).reply as Challenge).reply as Prove;
    const previous = new Uint8Array(16).fill(1);
    expect(refusal(() => b.receive({ ...prove, previous })).code).toBe('BAD_PROOF');
  });

  test('refuses what comes out of order, and everything after a refusal', () => {
    const a = opener(party('n1'));
    const start = a.start();
    expect(refusal(() => a.receive(start)).code).toBe('BAD_HANDSHAKE');
    const b = acceptor(party('n2'));
    const proof = new Uint8Array(32);
    expect(
      refusal(() => b.receive({ kind: 'prove', previous: new Uint8Array(16), proofs: [proof] })).code,
    ).toBe('BAD_HANDSHAKE');
    expect(refusal(() => b.receive(start)).code).toBe('BAD_HANDSHAKE');
    const twice = acceptor(party('n2'));
    twice.receive(start);
    expect(refusal(() => twice.receive(start)).code).toBe('BAD_HANDSHAKE');
  });

  test('fits its bounds with everything as long as it can be', () => {
    const digits = [...'123456789'];
    const long = 'n'.repeat(64);
    const big = (): ReturnType<typeof party> => {
      const base = party(long, {
        network: long,
        groups: digits,
        keys: [1, 2, 3, 4, 5, 6, 7, 8],
        cluster: 'c',
      });
      const local = { ...base.local(), address: 'x'.repeat(256), protocol: { min: 0, max: 0xffff_ffff } };
      return { ...base, local: () => local };
    };
    const other = { ...big(), local: () => ({ ...big().local(), id: party('n2').local().id }) };
    const a = opener(big());
    const b = acceptor(other);
    const open = wire(a.start());
    const challenge = wire(b.receive(open).reply);
    const prove = wire(a.receive(challenge).reply);
    const bonded = wire(b.receive(prove).reply);
    for (const message of [open, challenge, prove, bonded]) {
      expect(encodeHandshake(message).length).toBeLessThanOrEqual(MAX_HANDSHAKE_BYTES[message.kind]);
    }
  });
});
