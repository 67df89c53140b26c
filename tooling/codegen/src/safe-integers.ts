/**
 * Makes generated code independent of the application it runs in: 64-bit fields are read as safe integers and never
 * as Long objects, and the messages are not registered in a table shared with every other user of protobufjs.
 */
import { readFileSync } from 'node:fs';

const readers = readFileSync(new URL('../templates/safe-uint64.js', import.meta.url), 'utf8');

const refusedTypes = /\breader\.(int64|sint64|fixed64|sfixed64)s?\(/;
const sharedRoot = /^const \$root = .*;$/m;
const longDefault = /\$util\.Long \? \$util\.Long\.fromBits\(0,0,true\) : 0;/g;
const leftOver = /\$util\.Long|\breader\.uint64|\$protobuf\.roots/;

export function withSafeIntegers(code: string): string {
  const refused = refusedTypes.exec(code);
  if (refused !== null) {
    throw new Error(
      `a field has the type ${refused[1]}, which cannot be read as a safe integer: ` +
        'use uint64 for numbers below 2^53 and bytes for what needs all 64 bits',
    );
  }
  if (!sharedRoot.test(code)) throw new Error('pbjs has changed its output: no declaration of $root');
  const safe = code
    .replace(sharedRoot, () => `const $root = {};\n\n${readers.trimEnd()}`)
    .replace(longDefault, '0;')
    .replace(/\breader\.uint64\(\)/g, '$uint64(reader)')
    .replace(/\breader\.uint64s\(/g, '$uint64s(reader, ');
  const left = leftOver.exec(safe);
  if (left !== null) throw new Error(`pbjs has changed its output: '${left[0]}' is left in it`);
  return safe;
}

/** Declarations need no import of 'long' when no field has its type. */
export function withoutLong(declarations: string): string {
  const rest = declarations.replace(/^import Long = require\("long"\);\n/m, '');
  if (/\bLong\b/.test(rest)) throw new Error('pbjs has changed its output: a declaration refers to Long');
  return rest;
}
