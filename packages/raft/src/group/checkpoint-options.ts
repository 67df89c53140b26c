import {
  type AnyStateMachine,
  type CheckpointFormat,
  checkDescriptor,
  checkFormat,
  DEFAULT_CHECKPOINT_FORMAT,
  isSnapshotStateMachine,
  PluginMismatch,
  SmaltiError,
  type SnapshotStore,
} from '@smalti/core';

const MIB = 1024 * 1024;

/**
 * Checkpoints of the state: what lets the log be cut, what a restart begins from, and what a node that lacks much can
 * fetch. They need a machine that is a `SnapshotStateMachine`. Nobody's identity: members may differ, and a member that
 * keeps none keeps its whole log.
 */
export interface CheckpointOptions {
  /** Opened for this group on this node; the group closes it, but not if `join` rejects. Closing twice does no harm. */
  readonly store: SnapshotStore;
  /** A checkpoint is due after so many bytes of log. 4 KiB or more. Default 64 MiB. */
  readonly everyBytes?: number;
  /** Or after so many entries. Default 1,000,000. */
  readonly everyEntries?: number;
  /** Or after so many milliseconds, if anything but checkpoints was committed meanwhile. Default an hour. */
  readonly everyMs?: number;
  /**
   * Bytes of log before the newest checkpoint that are kept for followers that are a little behind. The log goes back to
   * the checkpoint before the newest one anyway, so that it makes up for a damaged one. Default 16 MiB.
   */
  readonly keepBytes?: number;
  /**
   * Bytes of state a second that are cut into parts: what is cut faster is done sooner, and is felt by writes meanwhile.
   * 64 KiB or more. Default 8 MiB.
   */
  readonly cutBytesPerSecond?: number;
  /**
   * A checkpoint on which there is no agreement after so many milliseconds is given up. A majority has to have cut its
   * states by then: with the default of `cutBytesPerSecond`, 4 GiB and a little more; of a leader whose state is needed for
   * that because another member hangs, 3 GiB and a half. Default 10 minutes.
   */
  readonly abandonMs?: number;
  /**
   * A replica whose state is found to differ from the majority's is repaired; if that happens again within so many
   * checkpoints, the node stops. Default 100.
   */
  readonly divergenceSpan?: number;
  /** How states are cut. The leader's counts. Default `DEFAULT_CHECKPOINT_FORMAT`. */
  readonly format?: CheckpointFormat;
}

/** Options with nothing left open. */
export type CheckedCheckpoints = Required<CheckpointOptions>;

/** @throws PluginMismatch `PLUGIN_MISMATCH` if machine or store do not fit. */
export function checkCheckpoints(machine: AnyStateMachine, { store }: CheckpointOptions): void {
  checkDescriptor(store.descriptor, 'snapshot-store');
  if (isSnapshotStateMachine(machine)) return;
  const { name } = machine.descriptor;
  throw new PluginMismatch(
    'PLUGIN_MISMATCH',
    `${name} cannot be captured, and checkpoints need a SnapshotStateMachine: give no checkpoints, or add createSnapshot and installSnapshot`,
  );
}

/** @throws SmaltiError `BAD_OPTION` that names the option, its value and the rule. */
export function checkpointsOf(given: CheckpointOptions): CheckedCheckpoints {
  const checked: CheckedCheckpoints = {
    store: given.store,
    everyBytes: whole('everyBytes', given.everyBytes ?? 64 * MIB, 4096),
    everyEntries: whole('everyEntries', given.everyEntries ?? 1_000_000, 1),
    everyMs: whole('everyMs', given.everyMs ?? 3_600_000, 1),
    keepBytes: whole('keepBytes', given.keepBytes ?? 16 * MIB, 0),
    cutBytesPerSecond: whole('cutBytesPerSecond', given.cutBytesPerSecond ?? 8 * MIB, 64 * 1024),
    abandonMs: whole('abandonMs', given.abandonMs ?? 600_000, 1),
    divergenceSpan: whole('divergenceSpan', given.divergenceSpan ?? 100, 0),
    format: given.format ?? DEFAULT_CHECKPOINT_FORMAT,
  };
  try {
    checkFormat(checked.format);
  } catch (error) {
    const text = `option checkpoints.format: ${(error as Error).message}`;
    throw new SmaltiError('BAD_OPTION', text, { cause: error });
  }
  return checked;
}

function whole(option: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  const text = `option checkpoints.${option} is ${String(value)}, and must be a whole number of at least ${least}`;
  throw new SmaltiError('BAD_OPTION', text, { details: { option, value } });
}
