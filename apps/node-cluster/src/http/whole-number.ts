import { HttpError } from './http-error.ts';

/** A parameter of a request. @throws HttpError 400 if it is not a whole number from 0 to `max`. */
export function wholeNumber(name: string, text: string, max: number, what: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  const shown = JSON.stringify(text.slice(0, 40));
  throw new HttpError(
    400,
    'BAD_REQUEST',
    `${name}=${shown}: must be ${what}, a whole number of at most ${max}`,
  );
}
