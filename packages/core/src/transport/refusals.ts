import { SmaltiError } from '../errors/smalti-error.ts';
import type { Refusal } from './transport.ts';

/** Thrown inside a handshake to refuse the other side; transports turn it into a {@link Refusal}. */
export class BondRefused extends SmaltiError {
  override readonly name = 'BondRefused';
  declare readonly code: Refusal['code'];

  constructor(code: Refusal['code'], detail: string) {
    super(code, detail, { retryable: true });
  }
}
