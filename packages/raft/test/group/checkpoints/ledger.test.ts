import { EntryKind, type Index, type PartName, type Term } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/group/checkpoints/ledger.ts';
import { command, configuration, framer, genesis } from '../../engine/support/members.ts';

const ROOT = 'ab'.repeat(32) as PartName;

function at(index: number) {
  return { index: index as Index, term: 1 as Term };
}

/** A ledger that has seen the birth, and commands up to that index. */
function ledgerAt(index: number): Ledger {
  const ledger = new Ledger(null);
  ledger.passed(genesis(configuration(['a', 'b', 'c'])));
  const drafts = Array.from({ length: index - 1 }, () => command('x'));
  for (const entry of framer.seal(drafts, 2 as Index, 1 as Term, 7_000)) ledger.passed(entry);
  return ledger;
}

describe('what the log says of checkpoints', () => {
  it('is that a marker is open until its own outcome comes', () => {
    const ledger = ledgerAt(9);
    ledger.marker(null, at(10));
    expect(ledger.open?.at).toEqual(at(10));
    expect(ledger.outcome({ verdict: 'agreed', marker: 8 as Index, root: ROOT })).toBeNull();
    expect(ledger.open?.at).toEqual(at(10));
    expect(ledger.agreed).toBeNull();
    expect(ledger.outcome({ verdict: 'agreed', marker: 10 as Index, root: ROOT })?.at).toEqual(at(10));
    expect(ledger.open).toBeNull();
    expect(ledger.agreed).toEqual({ at: at(10), root: ROOT });
    // Two leaders may have written one each: the first counts.
    expect(ledger.outcome({ verdict: 'abandoned', marker: 10 as Index })).toBeNull();
  });

  it('is how much there is since the newest marker, and when that was', () => {
    const ledger = ledgerAt(9);
    expect(ledger.entries).toBe(9);
    ledger.marker(null, at(10));
    expect([ledger.bytes, ledger.entries, ledger.markerIndex, ledger.markerTime]).toEqual([0, 0, 10, 7_000]);
    const drafts = [EntryKind.empty, EntryKind.tick, EntryKind.outcome].map((kind) => {
      return { kind, payload: new Uint8Array(0) };
    });
    const entries = framer.seal(drafts, 11 as Index, 1 as Term, 7_000);
    for (const entry of entries) ledger.passed(entry);
    expect(ledger.bytes).toBe(entries.reduce((sum, { frame }) => sum + frame.length, 0));
    expect([ledger.entries, ledger.newsAt]).toEqual([3, 9]);
  });

  it('begins with the checkpoint that was loaded, whose outcome comes after it', () => {
    const of = configuration(['a', 'b']);
    const anchor = { at: at(500), root: ROOT };
    const ledger = new Ledger({ anchor, root: { time: 9_000 }, configuration: genesis(of) });
    expect(ledger.open).toEqual({ at: at(500), marker: null, configuration: of });
    expect([ledger.agreed, ledger.newsAt, ledger.markerTime]).toEqual([anchor, 500, 9_000]);
    expect(ledger.outcome({ verdict: 'agreed', marker: 500 as Index, root: ROOT })?.at).toEqual(at(500));
  });
});
