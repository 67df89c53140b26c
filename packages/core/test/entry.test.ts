import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClusterId,
  type CommandEnvelope,
  DecodeError,
  decodeEnvelope,
  type EntryDraft,
  EntryKind,
  encodeEnvelope,
  FRAME_HEADER_BYTES,
  Framer,
  isKnownKind,
  joinFrames,
  MAX_ENVELOPE_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_RUN_PARTS,
  payloadOf,
  readFrames,
  sessionKeyOf,
  toClientSessionId,
  toHex,
  toIndex,
  toTerm,
} from '../src/index.ts';
import { nodeHasher } from './node-hasher.ts';

const CLUSTER = '000102030405060708090a0b0c0d0e0f' as ClusterId;
const framer = new Framer(CLUSTER, nodeHasher);
const drafts = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.values(EntryKind)),
    payload: fc.uint8Array({ maxLength: 64 }),
  }),
  { minLength: 1, maxLength: 8 },
);

describe('entry frames', () => {
  it('are read and verified as they were sealed', () => {
    fc.assert(
      fc.property(drafts, fc.nat(), fc.nat(), fc.nat(), (list: EntryDraft[], index, term, stamp) => {
        const sealed = framer.seal(list, toIndex(index + 1), toTerm(term), stamp);
        const opened = framer.open(joinFrames(sealed));
        expect(opened).toEqual(sealed);
        expect(opened.map(({ kind }) => kind)).toEqual(list.map(({ kind }) => kind));
        expect(opened.map((entry) => [...payloadOf(entry)])).toEqual(list.map(({ payload }) => [...payload]));
        expect(opened.map((entry) => entry.index)).toEqual(list.map((_, i) => index + 1 + i));
      }),
    );
  });

  it('have these bytes, on every disk and wire there is', () => {
    const [entry] = framer.seal(
      [{ kind: EntryKind.command, payload: new Uint8Array([1, 2, 3]) }],
      toIndex(42),
      toTerm(7),
      1_700_000_000_000,
    );
    expect(toHex(entry?.frame ?? new Uint8Array())).toMatchInlineSnapshot(
      `"0300000044862d752a0000000000000007000000000000000068e5cf8b01000003010000010203"`,
    );
  });

  it('do not survive a change of any bit', () => {
    const sealed = framer.seal(
      [
        { kind: EntryKind.command, payload: new Uint8Array([5, 6, 7]) },
        { kind: EntryKind.empty, payload: new Uint8Array(0) },
      ],
      toIndex(9),
      toTerm(2),
      1000,
    );
    const bytes = joinFrames(sealed);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => framer.open(flipped), `bit ${bit}`).toThrow(DecodeError);
    }
    for (let end = 1; end < bytes.length; end++) {
      if (end === sealed[0]?.frame.length) continue;
      expect(() => framer.open(bytes.slice(0, end)), `cut at ${end}`).toThrow(DecodeError);
    }
  });

  it('belong to one cluster', () => {
    const other = new Framer('ff0102030405060708090a0b0c0d0e0f' as ClusterId, nodeHasher);
    const sealed = other.seal(
      [{ kind: EntryKind.empty, payload: new Uint8Array(0) }],
      toIndex(1),
      toTerm(1),
      0,
    );
    expect(() => framer.open(joinFrames(sealed))).toThrow('checksum');
  });

  it('are joined without a copy where they lie side by side', () => {
    const list = [1, 2, 3].map((n) => ({ kind: EntryKind.command, payload: new Uint8Array([n]) }));
    const sealed = framer.seal(list, toIndex(1), toTerm(1), 0);
    expect(joinFrames(sealed).buffer).toBe(sealed[0]?.frame.buffer);
    expect(joinFrames([...sealed].reverse()).length).toBe(3 * (FRAME_HEADER_BYTES + 1));
    expect(joinFrames([])).toHaveLength(0);
  });

  it('never say that they are larger than allowed', () => {
    const bytes = new Uint8Array(FRAME_HEADER_BYTES);
    new DataView(bytes.buffer).setUint32(0, MAX_PAYLOAD_BYTES + 1, true);
    expect(() => readFrames(bytes)).toThrow(DecodeError);
    const draft = { kind: EntryKind.command, payload: new Uint8Array(MAX_PAYLOAD_BYTES + 1) };
    expect(() => framer.seal([draft], toIndex(1), toTerm(1), 0)).toThrow(RangeError);
  });

  it('of kinds that this version does not know are told apart', () => {
    expect(isKnownKind(EntryKind.marker)).toBe(true);
    expect(isKnownKind(99)).toBe(false);
  });
});

describe('command envelopes', () => {
  const origin = 'a1b2c3d4e5f60718';

  const session = sessionKeyOf(toClientSessionId('00ffd8007f80dc00a1b2c3d4e5f60718'));

  it('are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: MAX_RUN_PARTS }),
        fc.nat(),
        fc.uint8Array(),
        fc.nat(),
        (number, of, n, command, m) => {
          const run = { part: n % of, of };
          const sequence = number + 1;
          const place = { session, sequence, through: m % sequence, opening: sequence === 1 ? m : null };
          const envelopes: CommandEnvelope[] = [
            { type: 'plain', origin, request: number, ...run, command },
            { type: 'command', ...place, ...run, command },
            { type: 'fill', ...place },
            { type: 'fill', session, sequence: 0, through: 0, opening: m },
            { type: 'close', session },
          ];
          for (const envelope of envelopes) {
            const bytes = encodeEnvelope(envelope);
            const opened = decodeEnvelope(bytes);
            expect(bytes.length).toBeLessThanOrEqual(MAX_ENVELOPE_BYTES + command.length);
            expect('command' in opened ? { ...opened, command: opened.command.slice() } : opened).toEqual(
              envelope,
            );
          }
        },
      ),
    );
  });

  it('that cannot be are refused', () => {
    const none = new Uint8Array(0);
    const place = { session, sequence: 2, through: 1, opening: null };
    const wrong: CommandEnvelope[] = [
      { type: 'plain', origin, request: 1, part: 0, of: 0, command: none },
      { type: 'plain', origin, request: 1, part: 2, of: 2, command: none },
      { type: 'command', ...place, part: 0, of: MAX_RUN_PARTS + 1, command: none },
      { type: 'command', ...place, sequence: 0, through: 0, part: 0, of: 1, command: none },
      { type: 'fill', ...place, opening: 5 },
      { type: 'fill', ...place, sequence: 0, through: 0 },
    ];
    for (const envelope of wrong) expect(() => decodeEnvelope(encodeEnvelope(envelope))).toThrow(DecodeError);
    expect(() => decodeEnvelope(new Uint8Array(5))).toThrow(DecodeError);
    for (const first of [4, 10, 11, 7, 16]) {
      expect(() => decodeEnvelope(new Uint8Array([first, ...new Uint8Array(40)])), `${first}`).toThrow(
        DecodeError,
      );
    }
    const unread = encodeEnvelope({ type: 'fill', ...place, through: 0 });
    unread[unread.length - 1] = 2;
    expect(() => decodeEnvelope(unread)).toThrow('replies read through');
    const close = encodeEnvelope({ type: 'close', session });
    expect(() => decodeEnvelope(new Uint8Array([...close, 0]))).toThrow(DecodeError);
  });
});
