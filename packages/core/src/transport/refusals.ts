import { SmaltiError } from '../errors/smalti-error.ts';
import type { Refusal } from './transport.ts';

/** How a refusal is told. */
export interface RefusalManner {
  /** True if nothing is wrong: oneself was dialled, or the bond exists on another link. No event, no warning. */
  readonly quiet?: boolean;
  /** What the other side is told instead of the detail, where the detail names what strangers need not know. */
  readonly told?: string;
}

/** Thrown inside a handshake to refuse the other side; transports turn it into a {@link Refusal}. */
export class BondRefused extends SmaltiError {
  override readonly name = 'BondRefused';
  declare readonly code: Refusal['code'];
  /** True if nothing is wrong: see {@link RefusalManner}. */
  readonly quiet: boolean;
  /** What the other side is told. */
  readonly told: string;

  constructor(code: Refusal['code'], detail: string, manner: RefusalManner = {}) {
    super(code, detail, { retryable: true });
    this.quiet = manner.quiet ?? false;
    this.told = manner.told ?? detail;
  }
}
