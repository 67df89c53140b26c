import type { Cursor, Index, Term, TermStart } from '@smalti/core';

/** The most rows in one message: 16 bytes each on the wire, or less. */
export const MAX_TERM_ROWS = 4096;

/**
 * What a leader says of the terms of committed entries. Index and term name one entry, so whoever has the table can
 * tell a committed entry from a deposed leader's, whoever sent it.
 */
export class TermTable {
  /** The entry before the first that the table speaks of. */
  readonly since: Cursor;
  readonly rows: readonly TermStart[];
  /** The last index that it speaks of; beyond every index if its last row has no end. */
  readonly through: number;

  constructor(since: Cursor, rows: readonly TermStart[], through: number) {
    this.since = since;
    this.rows = rows;
    this.through = through;
  }

  /** True if the last row has no end: whatever its leader commits later is of that term. */
  get isOpen(): boolean {
    return this.through === Number.POSITIVE_INFINITY;
  }

  termAt(index: Index): Term | undefined {
    if (index === this.since.index) return this.since.term;
    if (index < this.since.index || index > this.through) return undefined;
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.rows[middle];
      if (row !== undefined && row.first <= index) low = middle + 1;
      else high = middle;
    }
    return this.rows[low - 1]?.term;
  }

  /** The last index of that row. */
  endOf(row: number): number {
    const next = this.rows[row + 1];
    return next === undefined ? this.through : next.first - 1;
  }

  /** The same up to an index: what is committed up to there stays so, whoever leads. */
  upTo(through: Index): TermTable {
    if (through >= this.through) return this;
    return new TermTable(
      this.since,
      this.rows.filter((row) => row.first <= through),
      through,
    );
  }

  /** This table, and what an older one says before it begins and after its end, where the two meet. */
  over(older: TermTable): TermTable {
    const { since, rows } = this.#begunBy(older);
    if (older.through <= this.through || older.since.index > this.through) {
      return new TermTable(since, rows, this.through);
    }
    const after = (this.through + 1) as Index;
    const term = older.termAt(after);
    const begin = term === undefined || term === rows.at(-1)?.term ? [] : [{ first: after, term }];
    const more = older.rows.filter((row) => row.first > after);
    return new TermTable(since, [...rows, ...begin, ...more], older.through);
  }

  #begunBy(older: TermTable): Pick<TermTable, 'since' | 'rows'> {
    const { since, rows } = this;
    if (older.since.index >= since.index || older.termAt(since.index) !== since.term) return this;
    const before = older.rows.filter((row) => row.first <= since.index);
    // A run of one term is one row.
    const goesOn = rows[0]?.term === before.at(-1)?.term;
    return { since: older.since, rows: [...before, ...rows.slice(goesOn ? 1 : 0)] };
  }

  /** Why it cannot be the table of a leader of that term, or null. */
  fault(term: Term): string | null {
    let before = { first: this.since.index, term: this.since.term };
    for (const [i, row] of this.rows.entries()) {
      if (i === 0 ? row.first !== before.first + 1 : row.first <= before.first) {
        return `its row of term ${row.term} begins at ${row.first}, after ${before.first}`;
      }
      // The first row may go on with the term before it.
      if (row.term < before.term || (i > 0 && row.term === before.term) || row.term > term) {
        return `its row at ${row.first} is of term ${row.term}, after ${before.term} and under ${term}`;
      }
      before = row;
    }
    if (this.rows.length === 0 || this.rows.length > MAX_TERM_ROWS) {
      return `its table has ${this.rows.length} rows, and must have 1 to ${MAX_TERM_ROWS}`;
    }
    return this.through < before.first ? `its last row begins after its end at ${this.through}` : null;
  }
}
