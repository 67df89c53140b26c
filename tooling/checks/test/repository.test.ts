/** Applies every check to this repository. */
import { describe, expect, it } from 'vitest';
import { checks } from '../src/all.ts';
import { checkConsumer } from '../src/consumers.ts';
import { checkParts } from '../src/doc-parts.ts';
import { checkExamples, examplesOf, readDocuments } from '../src/docs.ts';
import { checkPublished, publishedPackages } from '../src/manifests.ts';
import { format, readRepository, repositoryRoot } from '../src/repository.ts';

const repository = readRepository();

describe('this repository', () => {
  it.each(Object.keys(checks))('%s', (name) => {
    expect(checks[name]?.(repository).map(format)).toEqual([]);
  });

  it('is looked at', () => {
    expect(repository.packages.map(({ folder }) => folder)).toContain('packages/core');
    expect(repository.files.map(({ path }) => path)).toContain('packages/core/src/index.ts');
  });

  it('has examples that compile, and run if they say so', { timeout: 120_000 }, () => {
    expect(checkExamples(readDocuments(repositoryRoot).flatMap(examplesOf)).map(format)).toEqual([]);
  });

  it.each(['DOM', 'Node.js'] as const)(
    'compiles where it is used, declarations and all, with the types of %s',
    { timeout: 60_000 },
    (host) => {
      const published = publishedPackages(repository);
      expect(checkConsumer(repositoryRoot, published, host).map(format)).toEqual([]);
    },
  );

  it('has guides that show whole files as they are', () => {
    const read = (path: string) => repository.files.find((file) => file.path === path)?.text;
    const documents = readDocuments(repositoryRoot);
    expect(documents.flatMap((document) => checkParts(document, read)).map(format)).toEqual([]);
  });

  it.each(publishedPackages(repository).map(({ folder }) => folder))(
    '%s can be published',
    { timeout: 60_000 },
    async (folder) => {
      const published = publishedPackages(repository).filter((each) => each.folder === folder);
      const violations = await Promise.all(published.map((each) => checkPublished(repositoryRoot, each)));
      expect(violations.flat().map(format)).toEqual([]);
    },
  );
});
