import { describe, expect, it } from 'vitest';
import { failuresOf, type TransportAbility, transportSuite } from '../src/index.ts';
import { type Bugs, brokenTransport } from './broken-transport.ts';

describe('the suite of transports', () => {
  const failure = async (bugs: Bugs, id: string, abilities?: readonly TransportAbility[]) => {
    const cases = transportSuite(brokenTransport(bugs, abilities));
    const [failed] = await failuresOf(cases.filter((each) => each.id === `transport/${id}`));
    return failed === undefined ? null : String(failed.error);
  };

  it('passes a transport without bugs', async () => {
    expect(await failuresOf(transportSuite(brokenTransport()))).toEqual([]);
    expect(await failuresOf(transportSuite(brokenTransport({}, [])))).toEqual([]);
  });

  it.each<[string, Bugs, string]>([
    ['loses messages', { loses: true }, 'order'],
    ['repeats messages', { repeats: true }, 'order'],
    ['swaps messages', { swaps: true }, 'order'],
    ['damages messages', { damages: true }, 'order'],
    ['shares bytes with the sender', { shares: true }, 'own-bytes'],
    ['takes what is too long', { takesAnything: true }, 'largest'],
    ['never says that there is room', { neverWritable: true }, 'back-pressure'],
    ['speaks after it was closed', { speaksAfterClose: true }, 'close-group'],
    ['speaks within a call', { reenters: true }, 'close-group'],
    ['hides that bonds end', { hidesEnds: true }, 'close-group'],
    ['refuses without saying what to do', { refusesDumbly: true }, 'bad-proof'],
    ['says that it is something else', { liesAboutItself: true }, 'descriptor'],
  ])('finds out a transport that %s', async (_, bugs, id) => {
    expect(await failure(bugs, id)).not.toBeNull();
  });

  it('finds out abilities that do not exist', async () => {
    expect(await failure({}, 'abilities', ['kil' as never])).toMatch(
      /unknown abilities: kil; there are kill/,
    );
  });
});
