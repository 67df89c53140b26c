import { describe, expect, it } from 'vitest';
import { checkDescriptor, noopMachine, type PluginDescriptor, PluginMismatch } from '../src/index.ts';

const plugin: PluginDescriptor = {
  name: 'smalti-storage-tape',
  version: '2.3.4',
  contract: 'log-store',
  contractVersion: 1,
};

describe('plugin descriptors', () => {
  it('that fit are accepted', () => {
    expect(() => checkDescriptor(plugin, 'log-store')).not.toThrow();
    expect(() => checkDescriptor(noopMachine().descriptor, 'state-machine')).not.toThrow();
  });

  it.each([
    [
      'of another contract',
      { ...plugin, contract: 'transport' as const },
      'pass it where a transport belongs',
    ],
    ['of a newer contract', { ...plugin, contractVersion: 2 }, 'upgrade @smalti/core'],
    ['of an older contract', { ...plugin, contractVersion: 0 }, 'newer version of the plugin'],
    ['that are missing', undefined, 'no plugin descriptor'],
  ])('%s are refused, with both sides and what to do', (_, descriptor, advice) => {
    let thrown: unknown;
    try {
      checkDescriptor(descriptor, 'log-store');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PluginMismatch);
    const { code, message } = thrown as PluginMismatch;
    expect(code).toBe('PLUGIN_MISMATCH');
    expect(message).toContain('@smalti/core speaks log-store 1');
    expect(message).toContain(advice);
    if (descriptor !== undefined) expect(message).toContain('smalti-storage-tape 2.3.4');
  });
});
