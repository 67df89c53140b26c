import { SmaltiError } from '@smalti/core';

/** Default, least and greatest value of each option. */
export type OptionBounds<Options> = Readonly<Record<keyof Options, readonly [number, number, number]>>;

/**
 * Options that are whole numbers, with nothing left open.
 *
 * @param owner whose they are, for messages.
 * @throws SmaltiError `BAD_OPTION` naming an option that is not an integer within its range.
 */
export function wholeOptions<Options extends { readonly [K in keyof Options]: number }>(
  owner: string,
  bounds: OptionBounds<Options>,
  given: { readonly [K in keyof Options]?: number | undefined },
): Options {
  const checked: Partial<Record<keyof Options, number>> = {};
  for (const name of Object.keys(bounds) as (keyof Options)[]) {
    const [byDefault, least, most] = bounds[name];
    const value = given[name] ?? byDefault;
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      const message = `${owner}: ${String(name)} must be an integer from ${least} to ${most}, and ${value} is not`;
      throw new SmaltiError('BAD_OPTION', message, { details: { option: name, value } });
    }
    checked[name] = value;
  }
  return checked as Options;
}
