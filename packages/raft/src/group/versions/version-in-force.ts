import {
  type AnyStateMachine,
  decodeGenesis,
  decodeMachineVersion,
  type Entry,
  EntryKind,
  type KnownVersions,
  PluginMismatch,
  payloadOf,
  SmaltiError,
  versionsOf,
} from '@smalti/core';

/** @throws PluginMismatch `PLUGIN_MISMATCH` if the machine names versions that cannot be. */
export function checkVersions(machine: AnyStateMachine): void {
  try {
    versionsOf(machine);
  } catch (error) {
    throw new PluginMismatch(
      'PLUGIN_MISMATCH',
      `${machine.descriptor.name}: ${(error as Error).message}: set version and oldestVersion of the machine right`,
    );
  }
}

/**
 * Which version of the machine is in force at what was applied last. It is a part of the state: it follows from the
 * applied entries alone, and from the checkpoint that they go on from.
 */
export class VersionInForce {
  readonly known: KnownVersions;
  #now = 1;

  constructor(machine: AnyStateMachine) {
    this.known = versionsOf(machine);
  }

  get now(): number {
    return this.#now;
  }

  /** For a command or a tick. @throws SmaltiError `MACHINE_FAILED` if the machine does not know it any more. */
  forUse(): number {
    const { oldest } = this.known;
    if (this.#now >= oldest) return this.#now;
    throw new SmaltiError(
      'MACHINE_FAILED',
      `version ${this.#now} of the state machine is in force, and this node knows ${this.#span()}: give it a program that knows ${this.#now}`,
    );
  }

  /**
   * An entry is applied that may bring another version into force. Nothing ever lowers it.
   *
   * @throws SmaltiError `MACHINE_FAILED` if the machine does not know that version yet: what comes after the entry would
   * be applied in another way than elsewhere.
   */
  applied(entry: Entry): void {
    const version = versionOf(entry);
    if (version <= this.#now) return;
    if (version > this.known.newest) {
      throw new SmaltiError(
        'MACHINE_FAILED',
        `entry ${entry.index} brings version ${version} of the state machine into force, and this node knows ${this.#span()}: upgrade this node`,
      );
    }
    this.#now = version;
  }

  /** The state is that of a checkpoint now. */
  installed(version: number): void {
    this.#now = version;
  }

  #span(): string {
    const { oldest, newest } = this.known;
    return oldest === newest ? `only ${newest}` : `${oldest} to ${newest}`;
  }
}

function versionOf(entry: Entry): number {
  try {
    const payload = payloadOf(entry);
    return entry.kind === EntryKind.genesis
      ? decodeGenesis(payload).machineVersion
      : decodeMachineVersion(payload);
  } catch (error) {
    const text = `entry ${entry.index} names no version of the state machine: ${(error as Error).message}`;
    throw new SmaltiError('MACHINE_FAILED', text, { cause: error });
  }
}
