export {
  CheckpointCutter,
  type CheckpointParts,
  type CutCheckpoint,
} from './checkpoint/checkpoint-cutter.ts';
export { DamagedPart } from './checkpoint/damaged-part.ts';
export {
  CHECKPOINT_VERSION,
  type CheckpointFormat,
  checkFormat,
  DEFAULT_CHECKPOINT_FORMAT,
  decodeFormat,
  encodeFormat,
  SEGMENT_BOUNDS,
} from './checkpoint/format.ts';
export { type ItemSource, itemSource } from './checkpoint/item-source.ts';
export { decodeMarker, encodeMarker, type Marker } from './checkpoint/marker.ts';
export { type CheckpointOutcome, decodeOutcome, encodeOutcome } from './checkpoint/outcome.ts';
export { MAX_ITEM_BYTES } from './checkpoint/part-codec.ts';
export { type PartMemory, ReusedPartMemory } from './checkpoint/part-memory.ts';
export { isNameOf, nameOfPart, toPartName } from './checkpoint/part-name.ts';
export { PartPlan, type PartPlanParts, type PlanBytes } from './checkpoint/part-plan.ts';
export { type Reach, type ReachStep, reach } from './checkpoint/reach.ts';
export {
  type CheckpointHeader,
  type CheckpointRoot,
  decodeRoot,
  encodeRoot,
  MAX_ROOT_BYTES,
  MAX_SECTIONS,
  type Section,
} from './checkpoint/root.ts';
export type { CutPart } from './checkpoint/split-item.ts';
export { StateSection } from './checkpoint/state-sections.ts';
export { type Tree, TreeBuilder } from './checkpoint/tree-builder.ts';
export { openRoot, verifyCheckpoint } from './checkpoint/verify.ts';
export { type Walk, type WalkAnswer, type WalkStep, walkTree } from './checkpoint/walk.ts';
export type { SessionState } from './client-session/open-session.ts';
export type { SessionCapture } from './client-session/session-capture.ts';
export type { SessionTableHead } from './client-session/session-head.ts';
export {
  type ClientSessionId,
  type CommandId,
  type SessionKey,
  sessionIdOf,
  sessionKeyAt,
  sessionKeyOf,
  toClientSessionId,
} from './client-session/session-key.ts';
export {
  MAX_REPLY_BYTES,
  MAX_SESSION_REPLY_BYTES,
  MAX_SESSIONS,
  REPLY_OVERHEAD,
  SESSION_IDLE_MS,
  SESSION_STEP_MS,
} from './client-session/session-limits.ts';
export {
  decodeResults,
  encodeResults,
  NO_RESULTS,
  type SessionReply,
} from './client-session/session-reply.ts';
export { SessionTable, type SessionVerdict } from './client-session/session-table.ts';
export { SessionTableReader } from './client-session/session-table-reader.ts';
export { ByteReader, DecodeError, readSafeInteger } from './codec/byte-reader.ts';
export { ByteWriter, writeSafeInteger } from './codec/byte-writer.ts';
export { bytesCodec, type Codec, jsonCodec, textCodec } from './codec/codec.ts';
export { compareBytes } from './codec/compare-bytes.ts';
export { fromHex, toHex } from './codec/hex.ts';
export { type ReusableWriter, reusedWriter } from './codec/reused-writer.ts';
export {
  type CommandEnvelope,
  decodeEnvelope,
  encodeEnvelope,
  MAX_ENVELOPE_BYTES,
  MAX_RUN_PARTS,
  type PlainCommand,
  type RunPart,
  type SessionClose,
  type SessionCommand,
  type SessionFill,
  type SessionPlace,
} from './entry/command-envelope.ts';
export { type Entry, EntryKind } from './entry/entry.ts';
export {
  checksumOf,
  type EntryDraft,
  FRAME_HEADER_BYTES,
  Framer,
  isKnownKind,
  joinFrames,
  MAX_PAYLOAD_BYTES,
  payloadOf,
  readFrames,
} from './entry/frame.ts';
export {
  decodeSkip,
  type EntryName,
  encodeSkip,
  isSkipReason,
  MAX_SKIP_REASON_BYTES,
  nameOfEntry,
  SKIPPED_REASON,
  type Skip,
  sameEntry,
} from './entry/skip.ts';
export { InvariantError, invariant, unreachable } from './errors/invariant.ts';
export {
  type ErrorCode,
  type ErrorFacts,
  type Outcome,
  RejectCommand,
  SmaltiError,
} from './errors/smalti-error.ts';
export {
  type Configuration,
  decodeConfiguration,
  encodeConfiguration,
  isAddress,
  keyOf,
  MAX_ADDRESS_BYTES,
  MAX_MEMBERS,
  type Member,
  membersOf,
  type Preference,
} from './group/configuration.ts';
export { decodeGenesis, encodeGenesis, type Genesis } from './group/genesis.ts';
export { deriveGroupId, type GroupIngredients } from './group/group-id.ts';
export {
  decodeMachineVersion,
  encodeMachineVersion,
  type KnownVersions,
  versionsOf,
} from './machine/machine-version.ts';
export { noopMachine } from './machine/noop-machine.ts';
export {
  type ApplyContext,
  isSnapshotStateMachine,
  type Snapshot,
  type SnapshotItem,
  type SnapshotStateMachine,
  type StateMachine,
} from './machine/state-machine.ts';
export {
  CONTRACTS,
  type ContractName,
  checkDescriptor,
  type PluginDescriptor,
  PluginMismatch,
} from './plugin/descriptor.ts';
export type { Clock, Scheduler, Timer } from './ports/clock.ts';
export {
  type Disk,
  type DiskCallback,
  DiskError,
  type DiskErrorCode,
  type DiskFile,
  type DiskLock,
  type OpenMode,
} from './ports/disk.ts';
export type { Hasher } from './ports/hasher.ts';
export { type LogFields, type Logger, type Meter, silentLogger, silentMeter } from './ports/logger.ts';
export type { Random } from './ports/random.ts';
export { logOver, type SaveLog } from './storage/log-over.ts';
export { LogState } from './storage/log-state.ts';
export {
  type GroupLog,
  type HardState,
  type LogStore,
  type LogWrite,
  NO_HARD_STATE,
  type StoreCallback,
  type StoreIdentity,
  type TermStart,
} from './storage/log-store.ts';
export type { Manifest, PartName, SnapshotLease, SnapshotStore } from './storage/snapshot-store.ts';
export type {
  LogView,
  SyncContext,
  SyncProgress,
  SyncProviderContext,
  SyncSessionContext,
  SyncTiming,
} from './sync/contexts.ts';
export type { ProviderPoll, Settled, SyncProvider } from './sync/provider.ts';
export type { SessionPoll, SyncCost, SyncFarewell, SyncSession } from './sync/session.ts';
export type { Anchor, SnapshotView, SnapshotWriter } from './sync/snapshots.ts';
export type {
  AnyStateMachine,
  CannotSync,
  StateSync,
  StateSyncProvider,
  StateSyncSession,
} from './sync/state-sync.ts';
export { type BondLimits, DEFAULT_BOND_LIMITS } from './transport/bonding/limits.ts';
export type { Connect, Link, LinkEvents } from './transport/bonding/link.ts';
export { Switchboard, type SwitchboardParts } from './transport/bonding/switchboard.ts';
export { Acceptor, type AcceptorParts } from './transport/handshake/acceptor.ts';
export {
  decodeHandshake,
  encodeHandshake,
  REFUSAL_CODES,
  readRefusal,
  writeRefusal,
} from './transport/handshake/message-codec.ts';
export {
  type Bonded,
  type Challenge,
  HANDSHAKE_VERSION,
  type HandshakeMessage,
  LARGEST_HANDSHAKE_BYTES,
  MAX_HANDSHAKE_BYTES,
  type Open,
  type Prove,
  type Refuse,
} from './transport/handshake/messages.ts';
export { type HandshakeStep, Opener, type OpenerParts, type Proven } from './transport/handshake/opener.ts';
export { BondRefused, type RefusalManner } from './transport/refusals.ts';
export type {
  Bond,
  BondCredentials,
  BondEvents,
  BondPulse,
  Lane,
  PeerIdentity,
  Refusal,
  Transport,
  TransportGroup,
} from './transport/transport.ts';
export {
  type Cursor,
  cursor,
  type Index,
  ORIGIN,
  offset,
  sameCursor,
  showCursor,
  type Term,
  toIndex,
  toTerm,
} from './vocabulary/cursor.ts';
export {
  type BootNonce,
  type ClusterId,
  type GroupId,
  type Incarnation,
  type MemberKey,
  memberId,
  memberIncarnation,
  memberKey,
  type NetworkId,
  type PeerId,
  toBootNonce,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from './vocabulary/ids.ts';
