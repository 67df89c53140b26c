export { readGenerated } from './files.ts';
export { type GeneratedCode, generate, protoFiles } from './generate.ts';
