import { describe, expect, it } from 'vitest';
import { NoRun, readOptions } from '../src/cli/options.ts';
import { NEMESES } from '../src/plan/nemesis-name.ts';

const read = (...args: string[]) => readOptions(args, () => 'fresh');

function refused(...args: string[]): NoRun {
  try {
    read(...args);
  } catch (error) {
    if (error instanceof NoRun) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('the flags of chaos', () => {
  it('are five minutes of everything by default, with a new seed', () => {
    const options = read();
    expect(options).toMatchObject({ minutes: 5, seed: 'fresh', nemeses: NEMESES, history: null });
    expect([3, 4, 5]).toContain(options.nodes);
  });

  it('say what is done, to how many, and for how long', () => {
    expect(
      read(
        '--minutes',
        '0.5',
        '--seed',
        '7',
        '--nodes',
        '4',
        '--nemesis',
        'kill,disk-full,kill',
        '--history',
        'h',
      ),
    ).toEqual({ minutes: 0.5, seed: '7', nodes: 4, nemeses: ['kill', 'disk-full'], history: 'h' });
  });

  it('give a seed the same number of nodes each time', () => {
    expect(read('--seed', 'abc').nodes).toBe(read('--seed', 'abc').nodes);
    const sizes = new Set(Array.from({ length: 20 }, (_, i) => read('--seed', String(i)).nodes));
    expect([...sizes].sort()).toEqual([3, 4, 5]);
  });

  it('may stand behind the two dashes that a package manager passes on', () => {
    expect(read('--', '--seed', '7').seed).toBe('7');
  });

  it.each([
    [['--minutes', '0'], '--minutes'],
    [['--minutes', '-5'], '--minutes'],
    [['--minutes', 'five'], '--minutes'],
    [['--minutes', '1e9'], '--minutes'],
    [['--minutes'], '--minutes'],
    [['--seed', ''], '--seed'],
    [['--seed', 'a b'], '--seed'],
    [['--nodes', '2'], '--nodes'],
    [['--nodes', '6'], '--nodes'],
    [['--nemesis', ''], '--nemesis'],
    [['--nemesis', 'kill,flood'], "'flood'"],
    [['--history', ''], '--history'],
    [['--nonsense'], '--nonsense'],
    [['now'], 'argument'],
  ])('%j is refused in a line that says what is wrong', (args, named) => {
    const { code, message } = refused(...args);
    expect(code).toBe(2);
    expect(message).toMatch(/^chaos: .*see --help\n$/s);
    expect(message).toContain(named);
  });

  it('--help names every flag and every nemesis', () => {
    const { code, message } = refused('--help');
    expect(code).toBe(0);
    for (const word of ['--minutes', '--seed', '--nodes', '--nemesis', '--history', ...NEMESES]) {
      expect(message).toContain(word);
    }
  });
});
