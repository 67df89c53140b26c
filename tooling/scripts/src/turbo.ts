/**
 * Runs Turborepo on this repository and on nothing else: no telemetry, no remote cache, no news of updates.
 *
 * Usage: node turbo.ts <arguments of turbo>
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..', '..');

export interface CommandOptions {
  /** Variables on top of this process's own. */
  readonly env?: Record<string, string>;
  /** 'inherit' streams to the terminal, 'pipe' collects. */
  readonly output: 'inherit' | 'pipe';
}

/** Runs a command of this repository's own tools to its end. */
export function run(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): SpawnSyncReturns<string> {
  return spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...options.env },
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
    stdio: ['ignore', options.output, options.output],
  });
}

export function turbo(args: readonly string[], options: CommandOptions): SpawnSyncReturns<string> {
  const env = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', ...options.env };
  return run('turbo', args, { ...options, env });
}

if (import.meta.main) {
  const result = turbo(process.argv.slice(2), { output: 'inherit' });
  if (result.error !== undefined) console.error(`cannot run turbo: ${result.error.message}`);
  process.exitCode = result.status ?? 1;
}
