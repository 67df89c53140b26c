import { SmaltiError } from '../errors/smalti-error.ts';

/** The contracts that a plugin can implement, and the version of each that this core speaks. */
export const CONTRACTS = Object.freeze({
  'state-machine': 1,
  'log-store': 1,
  'snapshot-store': 1,
  transport: 1,
  'state-sync': 1,
});
export type ContractName = keyof typeof CONTRACTS;

/** What a plugin says of itself. */
export interface PluginDescriptor {
  /** Its package name. */
  readonly name: string;
  /** Its own version, for messages. */
  readonly version: string;
  readonly contract: ContractName;
  /** The version of the contract that it was written for. */
  readonly contractVersion: number;
}

/** A plugin that does not fit the place it was given. Code `PLUGIN_MISMATCH`. */
export class PluginMismatch extends SmaltiError {
  override readonly name = 'PluginMismatch';
}

/**
 * Checks that a plugin fits its place. Called for each plugin when a node is created or a group is joined, before
 * anything of it is used.
 *
 * @throws PluginMismatch naming both sides.
 */
export function checkDescriptor(descriptor: PluginDescriptor | undefined, wanted: ContractName): void {
  const here = `@smalti/core speaks ${wanted} ${CONTRACTS[wanted]}`;
  if (descriptor === undefined || typeof descriptor.name !== 'string') {
    throw new PluginMismatch(
      'PLUGIN_MISMATCH',
      `what was given as ${wanted} has no plugin descriptor; ${here}`,
    );
  }
  const there = `${descriptor.name} ${descriptor.version} is a ${descriptor.contract} ${descriptor.contractVersion}`;
  if (descriptor.contract === wanted && descriptor.contractVersion === CONTRACTS[wanted]) return;
  const advice =
    descriptor.contract !== wanted
      ? `pass it where a ${descriptor.contract} belongs`
      : descriptor.contractVersion > CONTRACTS[wanted]
        ? 'upgrade @smalti/core, or use an older version of the plugin'
        : 'use a newer version of the plugin';
  throw new PluginMismatch('PLUGIN_MISMATCH', `${there}, and ${here}: ${advice}`, {
    details: { descriptor, wanted },
  });
}
