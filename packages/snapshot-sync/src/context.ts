import type { AnyStateMachine, SyncSessionContext } from '@smalti/core';
import type { SnapshotSyncMessage } from './messages.ts';

export type SessionContext = SyncSessionContext<AnyStateMachine, SnapshotSyncMessage>;
