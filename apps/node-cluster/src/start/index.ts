export { runStart } from './run-start.ts';
