#!/usr/bin/env node
import { copyGenerated, writeGenerated } from './files.ts';
import { generate, protoFiles } from './generate.ts';

const usage = `usage, in the directory of a package: smalti-codegen <command>

  generate   proto/*.proto -> src/generated/messages.js and messages.d.ts
  copy       src/generated -> dist/generated
`;

const here = process.cwd();
const command = process.argv[2];
if (command === 'generate') {
  if (protoFiles(here).length > 0) writeGenerated(here, await generate(here));
} else if (command === 'copy') {
  copyGenerated(here);
} else {
  process.stderr.write(usage);
  process.exitCode = 2;
}
