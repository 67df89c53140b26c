/**
 * Of `node:http`. An `import` of it looks at all of its exports, of which some load the client behind `fetch`: most of what
 * the module costs at every start, for something that nobody here needs.
 */
export const { createServer } = process.getBuiltinModule('node:http');
