export type { BackupSettings, RestoreSettings, VerifySettings } from './backup-settings.ts';
export { LOG_LEVELS, type LogLevel } from './checks.ts';
export type { ClientCommand, ClientSettings } from './client-settings.ts';
export { ExitCode } from './exit-codes.ts';
export type { GroupKeys } from './key-file.ts';
export { type Actions, errorLine, exitCodeOf, type Output, runProgram } from './program.ts';
export type { NodeSettings, ServerLimits, StartSettings, SyncChoice } from './settings.ts';
export { UsageError } from './usage-error.ts';
