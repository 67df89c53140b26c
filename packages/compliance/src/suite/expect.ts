import { type ErrorCode, SmaltiError } from '@smalti/core';

/** Thrown by a case: what the contract says, and what the plugin did. */
export class ComplianceError extends Error {
  override readonly name = 'ComplianceError';
}

/** @throws ComplianceError if the condition does not hold. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ComplianceError(message);
}

/** Compares by value, as JSON. @throws ComplianceError if they differ. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, shouldBe] = [show(actual), show(expected)];
  check(is === shouldBe, `${what} is ${is}, and should be ${shouldBe}`);
}

/** States that the work fails with that code. @throws ComplianceError if it does not. */
export async function refused(work: Promise<unknown>, code: ErrorCode, what: string): Promise<SmaltiError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SmaltiError && error.code === code) return error;
    throw new ComplianceError(`${what} should fail with ${code}, and failed with ${String(error)}`, {
      cause: error,
    });
  }
  throw new ComplianceError(`${what} should fail with ${code}, and succeeded`);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}
