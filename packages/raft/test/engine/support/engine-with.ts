import { vi } from 'vitest';
import type { EngineMaker } from './test-node.ts';

/** An engine in which some functions of one of its modules are replaced. */
export async function engineWith<Module extends object>(
  module: string,
  plant: (original: Module) => Partial<Module>,
): Promise<EngineMaker> {
  const path = `../../../src/engine/${module}.ts`;
  vi.resetModules();
  vi.doMock(path, async (importOriginal) => {
    const original = await importOriginal<Module>();
    return { ...original, ...plant(original) };
  });
  const { Engine } = await import('../../../src/engine/engine.ts');
  vi.doUnmock(path);
  vi.resetModules();
  return (options, recovered, now) => new Engine(options, recovered, now);
}
