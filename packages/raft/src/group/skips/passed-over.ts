import { decodeSkip, type Entry, type Index, payloadOf, SmaltiError, type Term } from '@smalti/core';

/** Which commands this replica has passed over, since the state that its applying began with. */
export class PassedOver {
  #from: Index;
  readonly #skipped = new Set<Index>();

  constructor(from: Index) {
    this.#from = from;
  }

  /** Applying begins after that index: what is in the state by then is what a majority has. */
  beginAfter(from: Index): void {
    this.#from = from;
    this.#skipped.clear();
  }

  add(index: Index): void {
    this.#skipped.add(index);
  }

  /**
   * A skip is applied: what it names was to be passed over before.
   *
   * @param log whose terms are undefined where nothing is known.
   * @throws SmaltiError `DIVERGED` if it was applied, DecodeError if the entry cannot be read here.
   */
  check(entry: Entry, log: { termAt(index: Index): Term | undefined }): void {
    const { index, term } = decodeSkip(payloadOf(entry)).entry;
    const isApplied = index > this.#from && index < entry.index && !this.#skipped.has(index);
    if (!isApplied || log.termAt(index) !== term) return;
    const text =
      `entry ${entry.index} skips entry ${index}, whose command was applied here before that was known: ` +
      'start this node again';
    throw new SmaltiError('DIVERGED', text, { details: { index } });
  }
}
