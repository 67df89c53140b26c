import { type ApplyContext, RejectCommand, SmaltiError, type StateMachine } from '@smalti/core';

/**
 * Lets the machine apply commands, in order: at once if it can.
 *
 * @throws what it throws, except refusals: they are results.
 */
export function applyAll<Command, Query, Result>(
  machine: StateMachine<Command, Query, Result>,
  commands: readonly Command[],
  contexts: readonly ApplyContext[],
): readonly (Result | RejectCommand)[] {
  if (machine.applyBatch !== undefined) {
    const results = machine.applyBatch(commands, contexts);
    const wrong =
      results.length !== commands.length ||
      results.some((r) => r instanceof Error && !(r instanceof RejectCommand));
    if (wrong) {
      throw new SmaltiError(
        'MACHINE_FAILED',
        `applyBatch gave ${results.length} results for ${commands.length} commands, or one that is an error`,
      );
    }
    return results as (Result | RejectCommand)[];
  }
  return commands.map((command, i) => {
    try {
      return machine.apply(command, contexts[i] as ApplyContext);
    } catch (error) {
      if (error instanceof RejectCommand) return error;
      throw error;
    }
  });
}
