/** The version of the protocol that a connection speaks. */
export type Protocol = 2 | 3;

/*
 * Replies are latin1 strings: many are put together into one write, and values are held as such strings already.
 */

export const OK = '+OK\r\n';

/** A short text without line breaks. */
export function simple(text: string): string {
  return `+${text}\r\n`;
}

/** An error: a word in capitals, a blank, and a text, as a latin1 string. Line breaks become blanks. */
export function failure(text: string): string {
  return `-${text.replace(/[\r\n]+/g, ' ')}\r\n`;
}

export function integer(value: number | bigint): string {
  return `:${value}\r\n`;
}

/** Bytes, as a latin1 string. */
export function bulk(bytes: string): string {
  return `$${bytes.length}\r\n${bytes}\r\n`;
}

/** Text for people; with RESP3 it says so. */
export function verbatim(text: string, protocol: Protocol): string {
  const bytes = toLatin1(text);
  return protocol === 3 ? `=${bytes.length + 4}\r\ntxt:${bytes}\r\n` : bulk(bytes);
}

/** Nothing. */
export function nil(protocol: Protocol): string {
  return protocol === 3 ? '_\r\n' : '$-1\r\n';
}

/** Replies one after the other. */
export function array(items: readonly string[]): string {
  return `*${items.length}\r\n${items.join('')}`;
}

/**
 * The same, of items that share their bytes with others: with the state, or with replies that wait as this one does. Put
 * together one by one they go on sharing them; `join` would copy each for every reply.
 */
export function sharingArray(items: readonly string[]): string {
  let text = `*${items.length}\r\n`;
  for (const item of items) text += item;
  return text;
}

/** Without an order, where RESP3 can say so. */
export function set(items: readonly string[], protocol: Protocol): string {
  return `${protocol === 3 ? '~' : '*'}${items.length}\r\n${items.join('')}`;
}

/** Keys and values in turn; to RESP2 a map is an array. */
export function map(pairs: readonly (readonly [string, string])[], protocol: Protocol): string {
  const body = pairs.map(([key, value]) => key + value).join('');
  return protocol === 3 ? `%${pairs.length}\r\n${body}` : `*${2 * pairs.length}\r\n${body}`;
}

/** UTF-8 of a text, a character a byte. */
export function toLatin1(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is what it looks for
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
