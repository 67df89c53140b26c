export type { ChunksOwner } from './files/identity-file.ts';
export { type OpenChunks, openChunks } from './open-chunks.ts';
export type { ChunksOptions } from './options.ts';
