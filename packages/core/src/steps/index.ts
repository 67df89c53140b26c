export {
  allocate,
  close,
  list,
  lock,
  open,
  read,
  readAll,
  rename,
  size,
  sync,
  syncDirectory,
  truncate,
  unlink,
  write,
  writeAndSync,
} from './disk-steps.ts';
export { call, nextTurn, run, type Steps, Stint, type StintBounds, type Wait } from './steps.ts';
