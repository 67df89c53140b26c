/**
 * A script is a text of commands, each with its golden trace under it, indented. Lines that begin with `#` are for the
 * reader; so are empty ones. See the README beside the scripts.
 */
export interface Command {
  /** From 1. */
  readonly line: number;
  readonly name: string;
  readonly args: readonly string[];
  /** What was given as `key=value`. */
  readonly options: ReadonlyMap<string, string>;
}

const TOKEN = /(?:([\w.-]+)=)?(?:"([^"]*)"|(\S+))/g;

function parse(text: string, line: number): Command {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (const [, key, quoted, bare = ''] of text.matchAll(TOKEN)) {
    const value = quoted ?? bare;
    if (key === undefined) words.push(value);
    else options.set(key, value);
  }
  const [name = '', ...args] = words;
  return { line, name, args, options };
}

/**
 * Runs every command and returns the script with the traces that came of it: the very same text if the golden ones are
 * right. Throws if the script does not say what it is about, shows nothing, or a command throws.
 */
export function replay(script: string, run: (command: Command) => readonly string[]): string {
  const lines = script.split(/\r?\n/);
  if (lines[0]?.startsWith('# ') !== true) throw new Error('line 1: a script begins by saying what it shows');
  let traced = 0;
  const replayed = lines.flatMap((text, i) => {
    if (text === '' || text.startsWith('#')) return [text];
    if (/^\s/.test(text)) return [];
    const trace = traceOf(text, i + 1, run);
    traced += trace.length;
    return [text, ...trace];
  });
  if (traced === 0) throw new Error('a script has commands, and shows what comes of some');
  return replayed.join('\n');
}

function traceOf(text: string, line: number, run: (command: Command) => readonly string[]): string[] {
  try {
    return run(parse(text, line)).map((each) => `  ${each}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : `${error}`;
    throw new Error(`line ${line}: ${text}: ${why}`, { cause: error });
  }
}
