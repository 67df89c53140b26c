import { HttpError } from './http-error.ts';

/** @throws HttpError `BAD_REQUEST`. */
export function wholeNumber(name: string, text: string, max: number, what: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new HttpError(
    400,
    'BAD_REQUEST',
    `${name}=${shown(text)}: must be ${what}, a whole number of at most ${max}`,
  );
}

/** @throws HttpError `BAD_REQUEST`. */
export function truth(name: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new HttpError(400, 'BAD_REQUEST', `${name}=${shown(text)}: must be true or false`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
