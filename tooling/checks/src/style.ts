/** Checks the shape of files: their length, their names, and what an index.ts may hold. */
import { parse } from './parse.ts';
import { isGenerated, type Repository, type Violation } from './repository.ts';
import { style } from './rules.ts';

const sources = (repository: Repository) =>
  repository.files.filter(({ path }) => path.includes('/src/') && !isGenerated(path));

export function checkLength(repository: Repository): Violation[] {
  return sources(repository)
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > style.maxLines)
    .map(({ path, lines }) => ({
      path,
      message: `has ${lines} lines, more than ${style.maxLines}: it does more than one thing`,
    }));
}

export function checkNames(repository: Repository): Violation[] {
  return sources(repository)
    .filter(({ path }) => {
      const inSource = path.slice(path.indexOf('/src/') + '/src/'.length);
      return !inSource.split('/').every((part) => style.name.test(part.replace(/(\.d)?\.(ts|js)$/, '')));
    })
    .map(({ path }) => ({ path, message: 'is not named in kebab-case' }));
}

export function checkIndexes(repository: Repository): Violation[] {
  return sources(repository)
    .filter(({ path }) => path.endsWith('/index.ts') && !path.startsWith('tooling/'))
    .flatMap((file) =>
      parse(file).notReExports.map((line) => ({
        path: file.path,
        line,
        message: 'an index.ts only re-exports, by name',
      })),
    );
}
