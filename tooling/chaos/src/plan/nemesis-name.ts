/** What can be done to a cluster. */
export const NEMESES = [
  'kill',
  'pause',
  'partition',
  'ring',
  'oneway',
  'disk-full',
  'bitflip',
  'torn-tail',
  'clock',
] as const;

export type NemesisName = (typeof NEMESES)[number];

export function isNemesisName(text: string): text is NemesisName {
  return (NEMESES as readonly string[]).includes(text);
}
