import { describe, expect, it } from 'vitest';
import { runner } from './support/commands.ts';
import { replay } from './support/script.ts';

const golden = `# A node alone.

nodes a
  a: follower of nobody in term 1; log to 1.1, durable 1, commit 1

# Nothing comes of a read without a leader.

read a
  a fails read 1
`;

const replayed = (script: string): string => replay(script, runner());

describe('scripts', () => {
  it('are themselves when their traces are right, each time', () => {
    expect(replayed(golden)).toBe(golden);
    expect(replayed(golden)).toBe(golden);
  });

  it('differ when a trace is missing, is another, or is too long', () => {
    const lines = golden.split('\n');
    for (const script of [
      lines.filter((line) => !line.startsWith('  ')).join('\n'),
      golden.replace('fails', 'answers'),
      golden.replace('read 1', 'read 1\n  a fails read 2'),
      golden.replace('\n\nnodes', '\n  stray\nnodes'),
    ]) {
      expect(script).not.toBe(golden);
      expect(replayed(script)).not.toBe(script);
    }
  });

  it('fail for what is not understood, and say where', () => {
    for (const [text, why] of [
      ['shout a', /^line 11: shout a: there is no command shout; there are bond, campaign, /],
      ['read z', /there is no node z/],
      ['read a b', /nothing is known of b/],
      ['read a loudly=yes', /nothing is known of loudly/],
      ['deliver a->a', /a link is missing/],
      ['persist a', /a writes nothing/],
      ['tick a soon', /there is no node soon/],
      ['vote voters=a a:perhaps', /a vote is yes or no/],
      ['committed voters=a outgoin=b', /nothing is known of outgoin/],
    ] as const) {
      expect(() => replayed(`${golden}\n${text}\n`)).toThrow(why);
    }
    expect(() => replayed('# No nodes.\n\nread a\n')).toThrow(
      'line 3: read a: a script begins with its nodes',
    );
  });

  it('say what they are about, and show something', () => {
    expect(() => replayed('nodes a\n')).toThrow('begins by saying');
    expect(() => replayed('# Nothing follows.\n')).toThrow('a script has commands');
    expect(() => replay('# Nothing is shown.\nlog-level none\n', () => [])).toThrow('a script has commands');
  });
});
