import { DecodeError } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeGroupMessage,
  encodeGroupMessage,
  type GroupBody,
  MAX_FORWARDED,
  MAX_OFFERS,
  MAX_TERM_ROWS,
} from '../src/index.ts';

const big = 2 ** 53 - 1;

/** One of each, with every field set to something of its own. */
const EXAMPLES: Record<GroupBody['type'], GroupBody> = {
  append: {
    type: 'append',
    term: 3,
    prevIndex: 300,
    prevTerm: 2,
    commit: 299,
    logEnd: 400,
    entries: new Uint8Array([1, 2, 3]),
  },
  'append-reply': {
    type: 'append-reply',
    term: 3,
    match: 300,
    refused: true,
    refusedPrev: 301,
    hintIndex: 200,
    hintTerm: 1,
    session: 5,
  },
  heartbeat: {
    type: 'heartbeat',
    term: 3,
    commit: 10,
    leaderCommit: 11,
    round: 12,
    logEnd: 13,
    heard: 11,
    confirmed: 10,
    rest: false,
  },
  'heartbeat-reply': {
    type: 'heartbeat-reply',
    term: 3,
    round: 12,
    match: 10,
    received: 11,
    session: 6,
    rest: false,
  },
  'pre-vote': { type: 'pre-vote', term: 4, lastIndex: 5, lastTerm: 3, transfer: false },
  'pre-vote-reply': { type: 'pre-vote-reply', term: 4, granted: true, doubtful: false },
  vote: { type: 'vote', term: big, lastIndex: big, lastTerm: big, transfer: true },
  'vote-reply': { type: 'vote-reply', term: 4, granted: false, doubtful: true },
  'read-index': { type: 'read-index', term: 4, id: 77 },
  'read-index-reply': { type: 'read-index-reply', term: 4, id: 77, index: 9, stamp: 1_700_000_000_000 },
  forward: { type: 'forward', term: 4, id: 5, envelopes: [new Uint8Array([9]), new Uint8Array([8, 7])] },
  'forward-reply': { type: 'forward-reply', term: 4, id: 5, first: 10 },
  birth: { type: 'birth', entry: new Uint8Array([4, 5, 6]) },
  'catch-up': {
    type: 'catch-up',
    term: 7,
    ticket: 8,
    sinceIndex: 9,
    sinceTerm: 2,
    positionIndex: 300,
    positionTerm: 6,
    leaderCommit: 301,
    logEnd: 310,
    rowFirsts: [10, 200],
    rowTerms: [3, 6],
    through: 305,
    entries: new Uint8Array([1, 2, 3]),
    anchorIndex: 0,
    anchorTerm: 0,
    anchorRoot: new Uint8Array(0),
  },
  sync: { type: 'sync', strategy: 'log-replay', version: 1, bytes: new Uint8Array([4, 5]) },
  'sync-offers': {
    type: 'sync-offers',
    offers: [
      { strategy: 'log-replay', min: 1, max: 2 },
      { strategy: 'other', min: 3, max: 4 },
    ],
    ask: true,
  },
  'timeout-now': { type: 'timeout-now', term: 9 },
  removed: { type: 'removed', term: 9, at: 400 },
  'member-request': {
    type: 'member-request',
    id: 3,
    changes: [
      { kind: 1, id: 'n4', incarnation: 'ab'.repeat(16), address: '127.0.0.1:9004', preference: 2 },
      { kind: 4, id: 'n1', incarnation: 'cd'.repeat(16), address: '', preference: 0 },
    ],
    force: true,
    transfer: true,
    to: `n2@${'ef'.repeat(16)}`,
  },
  'member-reply': {
    type: 'member-reply',
    id: 3,
    refusal: 'pending',
    text: 'another change is under way',
    index: 500,
    addresses: ['127.0.0.1:9001', '127.0.0.1:9002'],
  },
  'checkpoint-report': {
    type: 'checkpoint-report',
    marker: 700,
    root: new Uint8Array(32).fill(5),
    format: 1,
    machine: 2,
    wanted: 801,
    failedIndex: 650,
    failedTerm: 9,
    failedChecksum: 0xfedcba98,
  },
};

/** Byte fields as hex: what is decoded are views of whatever kind came in. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

describe('group messages', () => {
  it.each(Object.values(EXAMPLES))('$type is read as it was written', (body) => {
    const bytes = encodeGroupMessage(0xdeadbeef, body);
    expect(plain(decodeGroupMessage(bytes))).toEqual(plain({ cluster: 0xdeadbeef, body }));
  });

  it('have these bytes, which peers of other versions read', () => {
    const golden = Object.fromEntries(
      Object.entries(EXAMPLES).map(([type, body]) => [
        type,
        Buffer.from(encodeGroupMessage(0xdeadbeef, body)).toString('hex'),
      ]),
    );
    expect(golden).toMatchInlineSnapshot(`
      {
        "append": "0defbeadde1212080310ac02180220ab022890033203010203",
        "append-reply": "0defbeadde1a11080310ac02180120ad0228c80130013805",
        "birth": "0defbeadde72050a03040506",
        "catch-up": "0defbeadde7a24080710081809200228ac02300638ad0240b6024a030ac8015202030658b1026203010203",
        "checkpoint-report": "0defbeaddec2013608bc05122005050505050505050505050505050505050505050505050505050505050505051801200228a106308a0538094598badcfe",
        "forward": "0defbeadde620b080410051a01091a020807",
        "forward-reply": "0defbeadde6a0608041005180a",
        "heartbeat": "0defbeadde22100803100a180b200c280da0010ba8010a",
        "heartbeat-reply": "0defbeadde2a0a0803100c180a200b2806",
        "member-reply": "0defbeaddeba014b0803120770656e64696e671a1b616e6f74686572206368616e676520697320756e6465722077617920f4032a0e3132372e302e302e313a393030312a0e3132372e302e302e313a39303032",
        "member-request": "0defbeaddeb20191010803123a080112026e341a206162616261626162616261626162616261626162616261626162616261626162220e3132372e302e302e313a3930303428021228080412026e311a206364636463646364636463646364636463646364636463646364636463646364180120012a236e32406566656665666566656665666566656665666566656665666566656665666566",
        "pre-vote": "0defbeadde3206080410051803",
        "pre-vote-reply": "0defbeadde3a0408041001",
        "read-index": "0defbeadde52040804104d",
        "read-index-reply": "0defbeadde5a0d0804104d18092080d095ffbc31",
        "removed": "0defbeaddeaa01050809109003",
        "sync": "0defbeadde8201120a0a6c6f672d7265706c617910011a020405",
        "sync-offers": "0defbeadde8a01210a100a0a6c6f672d7265706c6179100118020a0b0a056f74686572100318041001",
        "timeout-now": "0defbeaddea201020809",
        "vote": "0defbeadde421d08ffffffffffffff0f10ffffffffffffff0f18ffffffffffffff0f2001",
        "vote-reply": "0defbeadde4a0408041801",
      }
    `);
  });

  it('with nothing but zeros keep their fields', () => {
    const body: GroupBody = {
      type: 'heartbeat',
      term: 0,
      commit: 0,
      leaderCommit: 0,
      round: 0,
      logEnd: 0,
      heard: 0,
      confirmed: 0,
      rest: false,
    };
    expect(decodeGroupMessage(encodeGroupMessage(0, body))).toEqual({ cluster: 0, body });
  });

  it('that let pulses stand for heartbeats say so in a field that older peers pass over', () => {
    for (const type of ['heartbeat', 'heartbeat-reply'] as const) {
      const body = { ...EXAMPLES[type], rest: true } as GroupBody;
      const bytes = encodeGroupMessage(7, body);
      expect(Buffer.from(bytes.subarray(-3)).toString('hex')).toBe('900301');
      expect(decodeGroupMessage(bytes)).toEqual({ cluster: 7, body });
    }
  });

  it('that name a checkpoint do so in fields that older peers pass over', () => {
    const anchorRoot = new Uint8Array(32).fill(0xab);
    const body = { ...EXAMPLES['catch-up'], anchorIndex: 290, anchorTerm: 6, anchorRoot } as GroupBody;
    const bytes = Uint8Array.from(encodeGroupMessage(7, body));
    const tail = `a001a202a80106b20120${'ab'.repeat(32)}`;
    expect(Buffer.from(bytes).toString('hex').endsWith(tail)).toBe(true);
    expect(decodeGroupMessage(bytes)).toEqual({ cluster: 7, body });
    const short = { ...body, anchorRoot: anchorRoot.subarray(1) } as GroupBody;
    expect(() => decodeGroupMessage(encodeGroupMessage(7, short))).toThrow('a root of 31 bytes');
  });

  it('are numbers, never Long objects, and refused beyond 2^53 - 1', () => {
    const decoded = decodeGroupMessage(encodeGroupMessage(1, EXAMPLES.vote));
    expect(decoded.body).toEqual(EXAMPLES.vote);
    const tooLarge = Buffer.from(encodeGroupMessage(1, { type: 'read-index', term: big, id: 1 }));
    // The varint of the term, one bit longer.
    const at = tooLarge.indexOf(Buffer.from('ffffffffffffff0f', 'hex'));
    tooLarge[at + 7] = 0x1f;
    expect(() => decodeGroupMessage(tooLarge)).toThrow('safe integer');
  });

  it('that are cut or changed are refused or read as another message, and never crash', () => {
    for (const body of Object.values(EXAMPLES)) {
      const bytes = encodeGroupMessage(5, body);
      for (let end = 0; end < bytes.length; end++) readOrRefuse(bytes.slice(0, end));
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        readOrRefuse(flipped);
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => readOrRefuse(garbage)));
  });

  it('bound what they make a receiver keep', () => {
    const envelopes = Array.from({ length: MAX_FORWARDED + 1 }, () => new Uint8Array(0));
    const bytes = encodeGroupMessage(1, { type: 'forward', term: 1, id: 1, envelopes });
    expect(() => decodeGroupMessage(bytes)).toThrow(`at most ${MAX_FORWARDED}`);
    const rows = Array.from({ length: MAX_TERM_ROWS + 1 }, (_, i) => i);
    const table = { ...EXAMPLES['catch-up'], rowFirsts: rows, rowTerms: rows } as GroupBody;
    expect(() => decodeGroupMessage(encodeGroupMessage(1, table))).toThrow(`at most ${MAX_TERM_ROWS}`);
    const uneven = { ...EXAMPLES['catch-up'], rowFirsts: [1, 2], rowTerms: [1] } as GroupBody;
    expect(() => decodeGroupMessage(encodeGroupMessage(1, uneven))).toThrow(
      'a table of 2 indices and 1 terms',
    );
    const offers = rows.slice(0, MAX_OFFERS + 1).map((i) => ({ strategy: `s${i}`, min: 1, max: 1 }));
    const many: GroupBody = { type: 'sync-offers', offers, ask: false };
    expect(() => decodeGroupMessage(encodeGroupMessage(1, many))).toThrow(`at most ${MAX_OFFERS}`);
  });

  it.each([
    [7, 0],
    [7, 31],
    [0, 32],
  ])('report no root of marker %i with %i bytes', (marker, bytes) => {
    const report = { ...EXAMPLES['checkpoint-report'], marker, root: new Uint8Array(bytes) } as GroupBody;
    expect(() => decodeGroupMessage(encodeGroupMessage(1, report))).toThrow(`marker ${marker} with a root`);
  });
});

function readOrRefuse(bytes: Uint8Array): void {
  try {
    decodeGroupMessage(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
  }
}
