import { describe, expect, it } from 'vitest';
import { reasonOf, unexpectedEnd } from '../src/field/exits.ts';
import { refusalFault } from '../src/nemeses/bitflip.ts';

const CORRUPT =
  'smalti: STORAGE_CORRUPT /tmp/n2/wal-0000000001.log, byte 4096: a batch is damaged, and there are later ones.';
const LOG = '{"level":30,"msg":"started"}\n';

describe('a process that ended though nothing was done that ends it', () => {
  it('is reported with its reason, and as worse if it gave none', () => {
    const said = `${LOG}smalti: STORAGE_FAILED the disk is gone\n`;
    expect(unexpectedEnd('n1', { code: 1, signal: null }, said)).toBe(
      'n1 ended with 1, and nothing was done that ends a node: smalti: STORAGE_FAILED the disk is gone',
    );
    expect(unexpectedEnd('n1', { code: null, signal: 'SIGABRT' }, LOG)).toContain(
      'by SIGABRT and did not say why',
    );
    expect(unexpectedEnd('n1', { code: 0, signal: null }, LOG)).toContain('with 0 and did not say why');
  });

  it('has not said why in a line of its log, or in the middle of one', () => {
    expect(reasonOf(LOG)).toBeNull();
    expect(reasonOf('x smalti: STORAGE_FAILED y')).toBeNull();
  });
});

describe('a node that found a wrong bit', () => {
  it('has to say where', () => {
    expect(refusalFault(CORRUPT, 1, 'wal-0000000001.log', 5_000)).toBeNull();
  });

  it.each([
    ['nothing', null, 1, 5_000],
    ['another code', CORRUPT, 0, 5_000],
    ['no place', 'smalti: STORAGE_CORRUPT the log is bad', 1, 5_000],
    ['a place behind the bit', CORRUPT, 1, 4_000],
    ['a place far before the bit', CORRUPT, 1, 15_000_000],
  ])('and not: %s', (_, reason, code, at) => {
    expect(refusalFault(reason, code, 'wal-0000000001.log', at)).not.toBeNull();
  });

  it('and not another file', () => {
    expect(refusalFault(CORRUPT, 1, 'wal-0000000002.log', 5_000)).toContain('another place');
  });
});
