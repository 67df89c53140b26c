import { type PartName, toPartName } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartTable, type Row } from '../src/part-table.ts';

const digits = (length: number, of: string) =>
  fc.array(fc.constantFrom(...of), { minLength: length, maxLength: length }).map((all) => all.join(''));

/** Few of them begin differently: they share shards and slots, and rows are put behind each other. */
const crowded = fc
  .tuple(fc.constantFrom('00000000', '00000008', '0000000f', '00ffffff', 'ffffffff'), digits(2, '0f'))
  .map(([head, tail]) => toPartName(head + tail.padStart(56, '7')));
const spread = digits(64, '0123456789abcdef').map(toPartName);
const name = fc.oneof(crowded, crowded, spread);

/** A name for each number, none like another, spread over all shards. */
const named = (i: number): PartName =>
  toPartName((Math.imul(0x9e3779b1, i + 1) >>> 0).toString(16).padStart(8, '0').padEnd(64, '5'));

type Step = readonly ['add' | 'remove' | 'find', PartName];
const steps = fc.array(
  fc.tuple(fc.constantFrom('add' as const, 'add' as const, 'remove' as const, 'find' as const), name),
  { maxLength: 300 },
);

describe('a table of parts', () => {
  it('finds what a map finds, whatever is added and removed', () => {
    fc.assert(
      fc.property(steps, (all: readonly Step[]) => {
        const table = new PartTable(2);
        const model = new Map<PartName, { readonly row: Row; readonly value: number }>();
        for (const [i, [what, name]] of all.entries()) {
          const known = model.get(name);
          expect(table.find(name)).toBe(known?.row ?? null);
          if (what === 'add' && known === undefined) {
            const row = table.add(name);
            expect([table.get(row, 0), table.get(row, 1)]).toEqual([0, 0]);
            table.set(row, 0, i);
            table.set(row, 1, 0xffff_ffff - i);
            model.set(name, { row, value: i });
          }
          if (what === 'remove' && known !== undefined) {
            table.remove(known.row);
            model.delete(name);
          }
        }
        for (const [name, { row, value }] of model) {
          expect(table.find(name)).toBe(row);
          expect(table.nameOf(row)).toBe(name);
          expect([table.get(row, 0), table.get(row, 1)]).toEqual([value, 0xffff_ffff - value]);
          expect(row).toBeLessThan(table.rows);
        }
        expect(new Set([...model.values()].map(({ row }) => row)).size).toBe(model.size);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps what is known of parts in many slabs', () => {
    const table = new PartTable(2);
    const count = 70_000;
    const rows = Array.from({ length: count }, (_, i) => table.add(named(i)));
    for (const [i, row] of rows.entries()) table.set(row, 1, i);
    const found = rows.map((_, i) => table.find(named(i)));
    expect(found).toEqual(rows);
    expect(rows.every((row, i) => table.get(row, 0) === 0 && table.get(row, 1) === i)).toBe(true);
    expect(rows.every((row, i) => table.nameOf(row) === named(i))).toBe(true);
  });

  it('has no more rows than there were parts at once', () => {
    const table = new PartTable(1);
    const rows = Array.from({ length: 3000 }, (_, i) => table.add(named(i)));
    for (const row of rows) table.remove(row);
    for (let i = 0; i < 3000; i++) expect(table.find(named(i))).toBe(null);
    for (let i = 3000; i < 6000; i++) table.add(named(i));
    expect(table.rows).toBe(3000);
    for (let i = 3000; i < 6000; i++) expect(table.nameOf(table.find(named(i)) as Row)).toBe(named(i));
  });

  it('takes nothing for a name that is none', () => {
    const table = new PartTable(1);
    const good = toPartName('ab'.repeat(32));
    table.add(good);
    for (const text of [
      'AB'.repeat(32),
      'ab'.repeat(31),
      'ab'.repeat(33),
      `${'ab'.repeat(31)}a/`,
      '',
      'é'.repeat(64),
    ]) {
      expect(table.find(text as PartName)).toBe(null);
    }
    expect(table.find(good)).toBe(0);
  });
});
