import type { VerifiedArchive } from '@smalti/backup';

/** What a backup is, for programs. */
export interface BackupSummary {
  readonly file: string;
  /** Of the file. */
  readonly bytes: number;
  readonly parts: number;
  readonly cluster: string;
  readonly group: string;
  readonly index: number;
  readonly term: number;
  /** Group time of the state, in milliseconds. */
  readonly time: number;
  readonly machine: { readonly signature: string; readonly version: number };
  /** Items and bytes of each kind of state. */
  readonly sections: Readonly<Record<string, { readonly items: number; readonly bytes: number }>>;
}

export function summaryOf(file: string, { root, parts, bytes }: VerifiedArchive): BackupSummary {
  const { cluster, group, anchor, time, machine } = root;
  const sections = root.sections.map(({ name, items, bytes: all }) => [name, { items, bytes: all }] as const);
  return {
    file,
    bytes,
    parts,
    cluster,
    group,
    index: anchor.index,
    term: anchor.term,
    time,
    machine,
    sections: Object.fromEntries(sections),
  };
}

/** What a backup is, for people. */
export function showSummary(summary: BackupSummary): string {
  const { bytes, parts, cluster, group, index, term, time, machine, sections } = summary;
  const items = Object.entries(sections).map(([name, section]) => `${section.items} of ${name}`);
  return [
    ['cluster', cluster],
    ['group', group],
    ['index', `${index}, of term ${term}`],
    ['time', new Date(time).toISOString()],
    ['machine', `${machine.signature}, format ${machine.version}`],
    ['items', items.join(', ')],
    ['file', `${bytes} bytes, ${parts} parts`],
  ]
    .map(([name = '', value = '']) => `  ${name.padEnd(8)}${value.replaceAll(/[^ -~]/g, '?')}\n`)
    .join('');
}
