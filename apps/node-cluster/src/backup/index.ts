export { runBackup, runVerify } from './run-backup.ts';
export { runRestore } from './run-restore.ts';
