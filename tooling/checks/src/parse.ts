/** What a source file refers to, from its syntax tree. */
import { type ImportDeclaration, parseSync, Visitor } from 'oxc-parser';
import type { SourceFile } from './repository.ts';

export interface Reference {
  readonly name: string;
  readonly line: number;
}

export interface Syntax {
  /** The modules that are imported or re-exported, as values or as types, statically or not. */
  readonly imports: readonly Reference[];
  /** The globals, or members of globals, that are mentioned: `setTimeout`, `Date.now`. */
  readonly globals: readonly Reference[];
  /** `new Date()` and `Date()`, which read the clock. */
  readonly currentDates: readonly Reference[];
  /** Lines of statements at the top level that are not `export { name } from 'module'`. */
  readonly notReExports: readonly number[];
}

const hosts = new Set(['globalThis', 'window', 'self', 'global']);

export function parse(file: SourceFile): Syntax {
  const result = parseSync(file.path, file.text);
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`${file.path}: ${error.message}`);

  const imports: Reference[] = [];
  /** By name and place: in `{ setTimeout }` one identifier is both key and value. */
  const globals = new Map<string, Reference & { readonly start: number }>();
  /** Where identifiers stand that name a property and refer to nothing. */
  const keys = new Set<number>();
  const currentDates: Reference[] = [];
  const notReExports: number[] = [];
  const lineOf = lineFinder(file.text);
  const addImport = (source: { value: unknown } | null, start: number) => {
    if (source !== null && typeof source.value === 'string') {
      imports.push({ name: source.value, line: lineOf(start) });
    }
  };

  const addGlobal = (name: string, start: number) => {
    globals.set(`${name}@${start}`, { name, line: lineOf(start), start });
  };
  const addKey = (node: { computed: boolean; key: { start: number } }, isReference = false) => {
    if (!node.computed && !isReference) keys.add(node.key.start);
  };

  new Visitor({
    ImportDeclaration: (node: ImportDeclaration) => addImport(node.source, node.start),
    ExportNamedDeclaration: (node) => addImport(node.source, node.start),
    ExportAllDeclaration: (node) => addImport(node.source, node.start),
    TSImportType: (node) => addImport(node.source, node.start),
    ImportExpression(node) {
      if (node.source.type === 'Literal') addImport(node.source, node.start);
      else imports.push({ name: '(computed)', line: lineOf(node.start) });
    },
    CallExpression(node) {
      const [argument] = node.arguments;
      if (node.callee.type !== 'Identifier') return;
      if (node.callee.name === 'require' && argument?.type === 'Literal') addImport(argument, node.start);
      if (node.callee.name === 'Date') currentDates.push({ name: 'Date()', line: lineOf(node.start) });
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
        currentDates.push({ name: 'new Date()', line: lineOf(node.start) });
      }
    },
    Identifier(node) {
      addGlobal(node.name, node.start);
    },
    MemberExpression(node) {
      if (!node.computed) keys.add(node.property.start);
      const path = memberPath(node);
      if (path !== undefined) addGlobal(path, node.start);
    },
    Property: (node) => addKey(node, node.shorthand),
    MethodDefinition: (node) => addKey(node),
    PropertyDefinition: (node) => addKey(node),
    TSPropertySignature: (node) => addKey(node),
    TSMethodSignature: (node) => addKey(node),
    VariableDeclarator(node) {
      // const { now } = Date
      if (node.id.type !== 'ObjectPattern' || node.init?.type !== 'Identifier') return;
      for (const property of node.id.properties) {
        if (property.type === 'Property' && property.key.type === 'Identifier') {
          addGlobal(`${node.init.name}.${property.key.name}`, property.start);
        }
      }
    },
  }).visit(result.program);

  for (const statement of result.program.body) {
    const reExports = statement.type === 'ExportNamedDeclaration' && statement.declaration === null;
    const empty = reExports && statement.specifiers.length === 0;
    if (!reExports || (statement.source === null && !empty)) notReExports.push(lineOf(statement.start));
  }
  return {
    imports,
    globals: [...globals.values()].filter(({ name, start }) => name.includes('.') || !keys.has(start)),
    currentDates,
    notReExports,
  };
}

type Expression = { readonly type: string };
interface Member extends Expression {
  readonly object: Expression;
  readonly property: Expression & { readonly name?: string; readonly value?: unknown };
  readonly computed: boolean;
}

/** `Date.now` for `Date.now`, `Date['now']` and `globalThis.Date.now`; undefined for what is not a plain path. */
function memberPath(node: Expression): string | undefined {
  if (node.type === 'Identifier') return (node as Expression & { name: string }).name;
  if (node.type !== 'MemberExpression') return undefined;
  const { object, property, computed } = node as Member;
  const name = computed ? property.value : property.name;
  const owner = memberPath(object);
  if (owner === undefined || typeof name !== 'string') return undefined;
  return hosts.has(owner) ? name : `${owner}.${name}`;
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
