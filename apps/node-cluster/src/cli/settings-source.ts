import type { Check } from './checks.ts';
import * as checks from './checks.ts';
import { readConfig } from './config-file.ts';
import { UsageError } from './usage-error.ts';

/** What was given on the command line, by the names of the flags. */
export type Flags = Readonly<Record<string, unknown>>;

/** Looks names up: first among the flags, then in the configuration file. */
export class SettingsSource {
  readonly #flags: Flags;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #file: string | null;

  /** @param known the names that the file may have. @throws UsageError. */
  constructor(flags: Flags, known: readonly string[]) {
    this.#flags = flags;
    const file = flags.config;
    this.#file = file === undefined ? null : checked('--config', file, checks.path);
    this.#config = this.#file === null ? {} : readConfig(this.#file);
    for (const name of Object.keys(this.#config)) {
      if (!known.includes(name)) {
        throw new UsageError(this.inFile(name), undefined, `is not known; known are ${known.join(', ')}`);
      }
    }
  }

  /** How a name was given. */
  where(name: string): string {
    return this.#flags[name] === undefined && Object.hasOwn(this.#config, name)
      ? this.inFile(name)
      : `--${name}`;
  }

  optional<T>(name: string, check: Check<T>, otherwise: T): T {
    const value = this.#value(name);
    return value === undefined ? otherwise : checked(this.where(name), value, check);
  }

  required<T>(name: string, check: Check<T>, todo: string): T {
    const value = this.#value(name);
    if (value === undefined) throw new UsageError(`--${name}`, undefined, `is missing: ${todo}`);
    return checked(this.where(name), value, check);
  }

  /** An object of the configuration file, whose names and values are checked. */
  section<T extends Readonly<Record<string, Check<number>>>>(
    name: string,
    known: T,
  ): { [K in keyof T]?: number } {
    const value = Object.hasOwn(this.#config, name) ? this.#config[name] : {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UsageError(this.inFile(name), value, 'must be an object');
    }
    const result: { [K in keyof T]?: number } = {};
    for (const [key, each] of Object.entries(value)) {
      const check = Object.hasOwn(known, key) ? known[key] : undefined;
      const where = this.inFile(`${name}.${key}`);
      if (check === undefined) {
        throw new UsageError(where, undefined, `is not known; known are ${Object.keys(known).join(', ')}`);
      }
      result[key as keyof T] = checked(where, each, check);
    }
    return result;
  }

  #value(name: string): unknown {
    return this.#flags[name] ?? (Object.hasOwn(this.#config, name) ? this.#config[name] : undefined);
  }

  /** A name in the configuration file, for messages. */
  inFile(name: string): string {
    return `"${name}" in ${this.#file ?? 'the configuration'}`;
  }
}

function checked<T>(where: string, value: unknown, check: Check<T>): T {
  try {
    return check(value);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(where, value, error.message);
    throw error;
  }
}
