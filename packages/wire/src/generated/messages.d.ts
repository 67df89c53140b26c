// Generated from ../../proto by 'pnpm generate'. Do not edit.
import * as $protobuf from "protobufjs/minimal.js";

/** Namespace smalti. */
export namespace smalti {

    /** Namespace group. */
    namespace group {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a GroupMessage.
             * @deprecated Use smalti.group.v1.GroupMessage.$Properties instead.
             */
            interface IGroupMessage extends smalti.group.v1.GroupMessage.$Properties {
            }

            /** Represents a GroupMessage. */
            class GroupMessage {

                /**
                 * Constructs a new GroupMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.GroupMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** GroupMessage cluster. */
                cluster: number;

                /** GroupMessage append. */
                append?: (smalti.group.v1.Append.$Properties|null);

                /** GroupMessage appendReply. */
                appendReply?: (smalti.group.v1.AppendReply.$Properties|null);

                /** GroupMessage heartbeat. */
                heartbeat?: (smalti.group.v1.Heartbeat.$Properties|null);

                /** GroupMessage heartbeatReply. */
                heartbeatReply?: (smalti.group.v1.HeartbeatReply.$Properties|null);

                /** GroupMessage preVote. */
                preVote?: (smalti.group.v1.Vote.$Properties|null);

                /** GroupMessage preVoteReply. */
                preVoteReply?: (smalti.group.v1.VoteReply.$Properties|null);

                /** GroupMessage vote. */
                vote?: (smalti.group.v1.Vote.$Properties|null);

                /** GroupMessage voteReply. */
                voteReply?: (smalti.group.v1.VoteReply.$Properties|null);

                /** GroupMessage readIndex. */
                readIndex?: (smalti.group.v1.ReadIndex.$Properties|null);

                /** GroupMessage readIndexReply. */
                readIndexReply?: (smalti.group.v1.ReadIndexReply.$Properties|null);

                /** GroupMessage forward. */
                forward?: (smalti.group.v1.Forward.$Properties|null);

                /** GroupMessage forwardReply. */
                forwardReply?: (smalti.group.v1.ForwardReply.$Properties|null);

                /** GroupMessage birth. */
                birth?: (smalti.group.v1.Birth.$Properties|null);

                /** GroupMessage catchUp. */
                catchUp?: (smalti.group.v1.CatchUp.$Properties|null);

                /** GroupMessage sync. */
                sync?: (smalti.group.v1.SyncMessage.$Properties|null);

                /** GroupMessage syncOffers. */
                syncOffers?: (smalti.group.v1.SyncOffers.$Properties|null);

                /** GroupMessage timeoutNow. */
                timeoutNow?: (smalti.group.v1.TimeoutNow.$Properties|null);

                /** GroupMessage removed. */
                removed?: (smalti.group.v1.Removed.$Properties|null);

                /** GroupMessage memberRequest. */
                memberRequest?: (smalti.group.v1.MemberRequest.$Properties|null);

                /** GroupMessage memberReply. */
                memberReply?: (smalti.group.v1.MemberReply.$Properties|null);

                /** GroupMessage checkpointReport. */
                checkpointReport?: (smalti.group.v1.CheckpointReport.$Properties|null);

                /** GroupMessage body. */
                body?: ("append"|"appendReply"|"heartbeat"|"heartbeatReply"|"preVote"|"preVoteReply"|"vote"|"voteReply"|"readIndex"|"readIndexReply"|"forward"|"forwardReply"|"birth"|"catchUp"|"sync"|"syncOffers"|"timeoutNow"|"removed"|"memberRequest"|"memberReply"|"checkpointReport");

                /**
                 * Creates a new GroupMessage instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns GroupMessage instance
                 */
                static create(properties: smalti.group.v1.GroupMessage.$Shape): smalti.group.v1.GroupMessage & smalti.group.v1.GroupMessage.$Shape;
                static create(properties?: smalti.group.v1.GroupMessage.$Properties): smalti.group.v1.GroupMessage;

                /**
                 * Encodes the specified GroupMessage message. Does not implicitly {@link smalti.group.v1.GroupMessage.verify|verify} messages.
                 * @param message GroupMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.GroupMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a GroupMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.GroupMessage & smalti.group.v1.GroupMessage.$Shape} GroupMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.GroupMessage & smalti.group.v1.GroupMessage.$Shape;
            }

            namespace GroupMessage {

                /** Properties of a GroupMessage. */
                interface $Properties {

                    /** GroupMessage cluster */
                    cluster?: (number|null);

                    /** GroupMessage append */
                    append?: (smalti.group.v1.Append.$Properties|null);

                    /** GroupMessage appendReply */
                    appendReply?: (smalti.group.v1.AppendReply.$Properties|null);

                    /** GroupMessage heartbeat */
                    heartbeat?: (smalti.group.v1.Heartbeat.$Properties|null);

                    /** GroupMessage heartbeatReply */
                    heartbeatReply?: (smalti.group.v1.HeartbeatReply.$Properties|null);

                    /** GroupMessage preVote */
                    preVote?: (smalti.group.v1.Vote.$Properties|null);

                    /** GroupMessage preVoteReply */
                    preVoteReply?: (smalti.group.v1.VoteReply.$Properties|null);

                    /** GroupMessage vote */
                    vote?: (smalti.group.v1.Vote.$Properties|null);

                    /** GroupMessage voteReply */
                    voteReply?: (smalti.group.v1.VoteReply.$Properties|null);

                    /** GroupMessage readIndex */
                    readIndex?: (smalti.group.v1.ReadIndex.$Properties|null);

                    /** GroupMessage readIndexReply */
                    readIndexReply?: (smalti.group.v1.ReadIndexReply.$Properties|null);

                    /** GroupMessage forward */
                    forward?: (smalti.group.v1.Forward.$Properties|null);

                    /** GroupMessage forwardReply */
                    forwardReply?: (smalti.group.v1.ForwardReply.$Properties|null);

                    /** GroupMessage birth */
                    birth?: (smalti.group.v1.Birth.$Properties|null);

                    /** GroupMessage catchUp */
                    catchUp?: (smalti.group.v1.CatchUp.$Properties|null);

                    /** GroupMessage sync */
                    sync?: (smalti.group.v1.SyncMessage.$Properties|null);

                    /** GroupMessage syncOffers */
                    syncOffers?: (smalti.group.v1.SyncOffers.$Properties|null);

                    /** GroupMessage timeoutNow */
                    timeoutNow?: (smalti.group.v1.TimeoutNow.$Properties|null);

                    /** GroupMessage removed */
                    removed?: (smalti.group.v1.Removed.$Properties|null);

                    /** GroupMessage memberRequest */
                    memberRequest?: (smalti.group.v1.MemberRequest.$Properties|null);

                    /** GroupMessage memberReply */
                    memberReply?: (smalti.group.v1.MemberReply.$Properties|null);

                    /** GroupMessage checkpointReport */
                    checkpointReport?: (smalti.group.v1.CheckpointReport.$Properties|null);

                    /** GroupMessage body */
                    body?: ("append"|"appendReply"|"heartbeat"|"heartbeatReply"|"preVote"|"preVoteReply"|"vote"|"voteReply"|"readIndex"|"readIndexReply"|"forward"|"forwardReply"|"birth"|"catchUp"|"sync"|"syncOffers"|"timeoutNow"|"removed"|"memberRequest"|"memberReply"|"checkpointReport");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a GroupMessage. */
                type $Shape = {
                  cluster?: number|null;
                  append?: smalti.group.v1.Append.$Shape|null;
                  appendReply?: smalti.group.v1.AppendReply.$Shape|null;
                  heartbeat?: smalti.group.v1.Heartbeat.$Shape|null;
                  heartbeatReply?: smalti.group.v1.HeartbeatReply.$Shape|null;
                  preVote?: smalti.group.v1.Vote.$Shape|null;
                  preVoteReply?: smalti.group.v1.VoteReply.$Shape|null;
                  vote?: smalti.group.v1.Vote.$Shape|null;
                  voteReply?: smalti.group.v1.VoteReply.$Shape|null;
                  readIndex?: smalti.group.v1.ReadIndex.$Shape|null;
                  readIndexReply?: smalti.group.v1.ReadIndexReply.$Shape|null;
                  forward?: smalti.group.v1.Forward.$Shape|null;
                  forwardReply?: smalti.group.v1.ForwardReply.$Shape|null;
                  birth?: smalti.group.v1.Birth.$Shape|null;
                  catchUp?: smalti.group.v1.CatchUp.$Shape|null;
                  sync?: smalti.group.v1.SyncMessage.$Shape|null;
                  syncOffers?: smalti.group.v1.SyncOffers.$Shape|null;
                  timeoutNow?: smalti.group.v1.TimeoutNow.$Shape|null;
                  removed?: smalti.group.v1.Removed.$Shape|null;
                  memberRequest?: smalti.group.v1.MemberRequest.$Shape|null;
                  memberReply?: smalti.group.v1.MemberReply.$Shape|null;
                  checkpointReport?: smalti.group.v1.CheckpointReport.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "append"; append: smalti.group.v1.Append.$Shape; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "appendReply"; append?: null; appendReply: smalti.group.v1.AppendReply.$Shape; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "heartbeat"; append?: null; appendReply?: null; heartbeat: smalti.group.v1.Heartbeat.$Shape; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "heartbeatReply"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply: smalti.group.v1.HeartbeatReply.$Shape; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "preVote"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote: smalti.group.v1.Vote.$Shape; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "preVoteReply"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply: smalti.group.v1.VoteReply.$Shape; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "vote"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote: smalti.group.v1.Vote.$Shape; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "voteReply"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply: smalti.group.v1.VoteReply.$Shape; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "readIndex"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex: smalti.group.v1.ReadIndex.$Shape; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "readIndexReply"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply: smalti.group.v1.ReadIndexReply.$Shape; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "forward"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward: smalti.group.v1.Forward.$Shape; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "forwardReply"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply: smalti.group.v1.ForwardReply.$Shape; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "birth"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth: smalti.group.v1.Birth.$Shape; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "catchUp"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp: smalti.group.v1.CatchUp.$Shape; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "sync"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync: smalti.group.v1.SyncMessage.$Shape; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "syncOffers"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers: smalti.group.v1.SyncOffers.$Shape; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "timeoutNow"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow: smalti.group.v1.TimeoutNow.$Shape; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "removed"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed: smalti.group.v1.Removed.$Shape; memberRequest?: null; memberReply?: null; checkpointReport?: null }|{ body?: "memberRequest"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest: smalti.group.v1.MemberRequest.$Shape; memberReply?: null; checkpointReport?: null }|{ body?: "memberReply"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply: smalti.group.v1.MemberReply.$Shape; checkpointReport?: null }|{ body?: "checkpointReport"; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; readIndex?: null; readIndexReply?: null; forward?: null; forwardReply?: null; birth?: null; catchUp?: null; sync?: null; syncOffers?: null; timeoutNow?: null; removed?: null; memberRequest?: null; memberReply?: null; checkpointReport: smalti.group.v1.CheckpointReport.$Shape })
                );
            }

            /**
             * Properties of an Append.
             * @deprecated Use smalti.group.v1.Append.$Properties instead.
             */
            interface IAppend extends smalti.group.v1.Append.$Properties {
            }

            /** Represents an Append. */
            class Append {

                /**
                 * Constructs a new Append.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.Append.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Append term. */
                term: number;

                /** Append prevIndex. */
                prevIndex: number;

                /** Append prevTerm. */
                prevTerm: number;

                /** Append commit. */
                commit: number;

                /** Append logEnd. */
                logEnd: number;

                /** Append entries. */
                entries: Uint8Array;

                /**
                 * Creates a new Append instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Append instance
                 */
                static create(properties: smalti.group.v1.Append.$Shape): smalti.group.v1.Append & smalti.group.v1.Append.$Shape;
                static create(properties?: smalti.group.v1.Append.$Properties): smalti.group.v1.Append;

                /**
                 * Encodes the specified Append message. Does not implicitly {@link smalti.group.v1.Append.verify|verify} messages.
                 * @param message Append message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.Append.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Append message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.Append & smalti.group.v1.Append.$Shape} Append
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.Append & smalti.group.v1.Append.$Shape;
            }

            namespace Append {

                /** Properties of an Append. */
                interface $Properties {

                    /** Append term */
                    term?: (number|null);

                    /** Append prevIndex */
                    prevIndex?: (number|null);

                    /** Append prevTerm */
                    prevTerm?: (number|null);

                    /** Append commit */
                    commit?: (number|null);

                    /** Append logEnd */
                    logEnd?: (number|null);

                    /** Append entries */
                    entries?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Append. */
                type $Shape = smalti.group.v1.Append.$Properties;
            }

            /**
             * Properties of an AppendReply.
             * @deprecated Use smalti.group.v1.AppendReply.$Properties instead.
             */
            interface IAppendReply extends smalti.group.v1.AppendReply.$Properties {
            }

            /** Represents an AppendReply. */
            class AppendReply {

                /**
                 * Constructs a new AppendReply.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.AppendReply.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** AppendReply term. */
                term: number;

                /** AppendReply match. */
                match: number;

                /** AppendReply refused. */
                refused: boolean;

                /** AppendReply refusedPrev. */
                refusedPrev: number;

                /** AppendReply hintIndex. */
                hintIndex: number;

                /** AppendReply hintTerm. */
                hintTerm: number;

                /** AppendReply session. */
                session: number;

                /**
                 * Creates a new AppendReply instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns AppendReply instance
                 */
                static create(properties: smalti.group.v1.AppendReply.$Shape): smalti.group.v1.AppendReply & smalti.group.v1.AppendReply.$Shape;
                static create(properties?: smalti.group.v1.AppendReply.$Properties): smalti.group.v1.AppendReply;

                /**
                 * Encodes the specified AppendReply message. Does not implicitly {@link smalti.group.v1.AppendReply.verify|verify} messages.
                 * @param message AppendReply message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.AppendReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an AppendReply message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.AppendReply & smalti.group.v1.AppendReply.$Shape} AppendReply
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.AppendReply & smalti.group.v1.AppendReply.$Shape;
            }

            namespace AppendReply {

                /** Properties of an AppendReply. */
                interface $Properties {

                    /** AppendReply term */
                    term?: (number|null);

                    /** AppendReply match */
                    match?: (number|null);

                    /** AppendReply refused */
                    refused?: (boolean|null);

                    /** AppendReply refusedPrev */
                    refusedPrev?: (number|null);

                    /** AppendReply hintIndex */
                    hintIndex?: (number|null);

                    /** AppendReply hintTerm */
                    hintTerm?: (number|null);

                    /** AppendReply session */
                    session?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an AppendReply. */
                type $Shape = smalti.group.v1.AppendReply.$Properties;
            }

            /**
             * Properties of a Heartbeat.
             * @deprecated Use smalti.group.v1.Heartbeat.$Properties instead.
             */
            interface IHeartbeat extends smalti.group.v1.Heartbeat.$Properties {
            }

            /** Represents a Heartbeat. */
            class Heartbeat {

                /**
                 * Constructs a new Heartbeat.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.Heartbeat.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Heartbeat term. */
                term: number;

                /** Heartbeat commit. */
                commit: number;

                /** Heartbeat leaderCommit. */
                leaderCommit: number;

                /** Heartbeat round. */
                round: number;

                /** Heartbeat logEnd. */
                logEnd: number;

                /** Heartbeat heard. */
                heard: number;

                /** Heartbeat confirmed. */
                confirmed: number;

                /** Heartbeat rest. */
                rest: boolean;

                /**
                 * Creates a new Heartbeat instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Heartbeat instance
                 */
                static create(properties: smalti.group.v1.Heartbeat.$Shape): smalti.group.v1.Heartbeat & smalti.group.v1.Heartbeat.$Shape;
                static create(properties?: smalti.group.v1.Heartbeat.$Properties): smalti.group.v1.Heartbeat;

                /**
                 * Encodes the specified Heartbeat message. Does not implicitly {@link smalti.group.v1.Heartbeat.verify|verify} messages.
                 * @param message Heartbeat message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Heartbeat message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.Heartbeat & smalti.group.v1.Heartbeat.$Shape} Heartbeat
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.Heartbeat & smalti.group.v1.Heartbeat.$Shape;
            }

            namespace Heartbeat {

                /** Properties of a Heartbeat. */
                interface $Properties {

                    /** Heartbeat term */
                    term?: (number|null);

                    /** Heartbeat commit */
                    commit?: (number|null);

                    /** Heartbeat leaderCommit */
                    leaderCommit?: (number|null);

                    /** Heartbeat round */
                    round?: (number|null);

                    /** Heartbeat logEnd */
                    logEnd?: (number|null);

                    /** Heartbeat heard */
                    heard?: (number|null);

                    /** Heartbeat confirmed */
                    confirmed?: (number|null);

                    /** Heartbeat rest */
                    rest?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Heartbeat. */
                type $Shape = smalti.group.v1.Heartbeat.$Properties;
            }

            /**
             * Properties of a HeartbeatReply.
             * @deprecated Use smalti.group.v1.HeartbeatReply.$Properties instead.
             */
            interface IHeartbeatReply extends smalti.group.v1.HeartbeatReply.$Properties {
            }

            /** Represents a HeartbeatReply. */
            class HeartbeatReply {

                /**
                 * Constructs a new HeartbeatReply.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.HeartbeatReply.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HeartbeatReply term. */
                term: number;

                /** HeartbeatReply round. */
                round: number;

                /** HeartbeatReply match. */
                match: number;

                /** HeartbeatReply received. */
                received: number;

                /** HeartbeatReply session. */
                session: number;

                /** HeartbeatReply rest. */
                rest: boolean;

                /**
                 * Creates a new HeartbeatReply instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HeartbeatReply instance
                 */
                static create(properties: smalti.group.v1.HeartbeatReply.$Shape): smalti.group.v1.HeartbeatReply & smalti.group.v1.HeartbeatReply.$Shape;
                static create(properties?: smalti.group.v1.HeartbeatReply.$Properties): smalti.group.v1.HeartbeatReply;

                /**
                 * Encodes the specified HeartbeatReply message. Does not implicitly {@link smalti.group.v1.HeartbeatReply.verify|verify} messages.
                 * @param message HeartbeatReply message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.HeartbeatReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HeartbeatReply message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.HeartbeatReply & smalti.group.v1.HeartbeatReply.$Shape} HeartbeatReply
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.HeartbeatReply & smalti.group.v1.HeartbeatReply.$Shape;
            }

            namespace HeartbeatReply {

                /** Properties of a HeartbeatReply. */
                interface $Properties {

                    /** HeartbeatReply term */
                    term?: (number|null);

                    /** HeartbeatReply round */
                    round?: (number|null);

                    /** HeartbeatReply match */
                    match?: (number|null);

                    /** HeartbeatReply received */
                    received?: (number|null);

                    /** HeartbeatReply session */
                    session?: (number|null);

                    /** HeartbeatReply rest */
                    rest?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HeartbeatReply. */
                type $Shape = smalti.group.v1.HeartbeatReply.$Properties;
            }

            /**
             * Properties of a Vote.
             * @deprecated Use smalti.group.v1.Vote.$Properties instead.
             */
            interface IVote extends smalti.group.v1.Vote.$Properties {
            }

            /** Represents a Vote. */
            class Vote {

                /**
                 * Constructs a new Vote.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.Vote.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Vote term. */
                term: number;

                /** Vote lastIndex. */
                lastIndex: number;

                /** Vote lastTerm. */
                lastTerm: number;

                /** Vote transfer. */
                transfer: boolean;

                /**
                 * Creates a new Vote instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Vote instance
                 */
                static create(properties: smalti.group.v1.Vote.$Shape): smalti.group.v1.Vote & smalti.group.v1.Vote.$Shape;
                static create(properties?: smalti.group.v1.Vote.$Properties): smalti.group.v1.Vote;

                /**
                 * Encodes the specified Vote message. Does not implicitly {@link smalti.group.v1.Vote.verify|verify} messages.
                 * @param message Vote message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.Vote.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Vote message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.Vote & smalti.group.v1.Vote.$Shape} Vote
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.Vote & smalti.group.v1.Vote.$Shape;
            }

            namespace Vote {

                /** Properties of a Vote. */
                interface $Properties {

                    /** Vote term */
                    term?: (number|null);

                    /** Vote lastIndex */
                    lastIndex?: (number|null);

                    /** Vote lastTerm */
                    lastTerm?: (number|null);

                    /** Vote transfer */
                    transfer?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Vote. */
                type $Shape = smalti.group.v1.Vote.$Properties;
            }

            /**
             * Properties of a TimeoutNow.
             * @deprecated Use smalti.group.v1.TimeoutNow.$Properties instead.
             */
            interface ITimeoutNow extends smalti.group.v1.TimeoutNow.$Properties {
            }

            /** Represents a TimeoutNow. */
            class TimeoutNow {

                /**
                 * Constructs a new TimeoutNow.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.TimeoutNow.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** TimeoutNow term. */
                term: number;

                /**
                 * Creates a new TimeoutNow instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns TimeoutNow instance
                 */
                static create(properties: smalti.group.v1.TimeoutNow.$Shape): smalti.group.v1.TimeoutNow & smalti.group.v1.TimeoutNow.$Shape;
                static create(properties?: smalti.group.v1.TimeoutNow.$Properties): smalti.group.v1.TimeoutNow;

                /**
                 * Encodes the specified TimeoutNow message. Does not implicitly {@link smalti.group.v1.TimeoutNow.verify|verify} messages.
                 * @param message TimeoutNow message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.TimeoutNow.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a TimeoutNow message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.TimeoutNow & smalti.group.v1.TimeoutNow.$Shape} TimeoutNow
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.TimeoutNow & smalti.group.v1.TimeoutNow.$Shape;
            }

            namespace TimeoutNow {

                /** Properties of a TimeoutNow. */
                interface $Properties {

                    /** TimeoutNow term */
                    term?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a TimeoutNow. */
                type $Shape = smalti.group.v1.TimeoutNow.$Properties;
            }

            /**
             * Properties of a Removed.
             * @deprecated Use smalti.group.v1.Removed.$Properties instead.
             */
            interface IRemoved extends smalti.group.v1.Removed.$Properties {
            }

            /** Represents a Removed. */
            class Removed {

                /**
                 * Constructs a new Removed.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.Removed.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Removed term. */
                term: number;

                /** Removed at. */
                at: number;

                /**
                 * Creates a new Removed instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Removed instance
                 */
                static create(properties: smalti.group.v1.Removed.$Shape): smalti.group.v1.Removed & smalti.group.v1.Removed.$Shape;
                static create(properties?: smalti.group.v1.Removed.$Properties): smalti.group.v1.Removed;

                /**
                 * Encodes the specified Removed message. Does not implicitly {@link smalti.group.v1.Removed.verify|verify} messages.
                 * @param message Removed message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.Removed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Removed message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.Removed & smalti.group.v1.Removed.$Shape} Removed
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.Removed & smalti.group.v1.Removed.$Shape;
            }

            namespace Removed {

                /** Properties of a Removed. */
                interface $Properties {

                    /** Removed term */
                    term?: (number|null);

                    /** Removed at */
                    at?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Removed. */
                type $Shape = smalti.group.v1.Removed.$Properties;
            }

            /**
             * Properties of a MemberRequest.
             * @deprecated Use smalti.group.v1.MemberRequest.$Properties instead.
             */
            interface IMemberRequest extends smalti.group.v1.MemberRequest.$Properties {
            }

            /** Represents a MemberRequest. */
            class MemberRequest {

                /**
                 * Constructs a new MemberRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.MemberRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** MemberRequest id. */
                id: number;

                /** MemberRequest changes. */
                changes: smalti.group.v1.MemberChange.$Properties[];

                /** MemberRequest force. */
                force: boolean;

                /** MemberRequest transfer. */
                transfer: boolean;

                /** MemberRequest to. */
                to: string;

                /**
                 * Creates a new MemberRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns MemberRequest instance
                 */
                static create(properties: smalti.group.v1.MemberRequest.$Shape): smalti.group.v1.MemberRequest & smalti.group.v1.MemberRequest.$Shape;
                static create(properties?: smalti.group.v1.MemberRequest.$Properties): smalti.group.v1.MemberRequest;

                /**
                 * Encodes the specified MemberRequest message. Does not implicitly {@link smalti.group.v1.MemberRequest.verify|verify} messages.
                 * @param message MemberRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.MemberRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a MemberRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.MemberRequest & smalti.group.v1.MemberRequest.$Shape} MemberRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.MemberRequest & smalti.group.v1.MemberRequest.$Shape;
            }

            namespace MemberRequest {

                /** Properties of a MemberRequest. */
                interface $Properties {

                    /** MemberRequest id */
                    id?: (number|null);

                    /** MemberRequest changes */
                    changes?: (smalti.group.v1.MemberChange.$Properties[]|null);

                    /** MemberRequest force */
                    force?: (boolean|null);

                    /** MemberRequest transfer */
                    transfer?: (boolean|null);

                    /** MemberRequest to */
                    to?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a MemberRequest. */
                type $Shape = smalti.group.v1.MemberRequest.$Properties;
            }

            /**
             * Properties of a MemberChange.
             * @deprecated Use smalti.group.v1.MemberChange.$Properties instead.
             */
            interface IMemberChange extends smalti.group.v1.MemberChange.$Properties {
            }

            /** Represents a MemberChange. */
            class MemberChange {

                /**
                 * Constructs a new MemberChange.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.MemberChange.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** MemberChange kind. */
                kind: number;

                /** MemberChange id. */
                id: string;

                /** MemberChange incarnation. */
                incarnation: string;

                /** MemberChange address. */
                address: string;

                /** MemberChange preference. */
                preference: number;

                /**
                 * Creates a new MemberChange instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns MemberChange instance
                 */
                static create(properties: smalti.group.v1.MemberChange.$Shape): smalti.group.v1.MemberChange & smalti.group.v1.MemberChange.$Shape;
                static create(properties?: smalti.group.v1.MemberChange.$Properties): smalti.group.v1.MemberChange;

                /**
                 * Encodes the specified MemberChange message. Does not implicitly {@link smalti.group.v1.MemberChange.verify|verify} messages.
                 * @param message MemberChange message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.MemberChange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a MemberChange message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.MemberChange & smalti.group.v1.MemberChange.$Shape} MemberChange
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.MemberChange & smalti.group.v1.MemberChange.$Shape;
            }

            namespace MemberChange {

                /** Properties of a MemberChange. */
                interface $Properties {

                    /** MemberChange kind */
                    kind?: (number|null);

                    /** MemberChange id */
                    id?: (string|null);

                    /** MemberChange incarnation */
                    incarnation?: (string|null);

                    /** MemberChange address */
                    address?: (string|null);

                    /** MemberChange preference */
                    preference?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a MemberChange. */
                type $Shape = smalti.group.v1.MemberChange.$Properties;
            }

            /**
             * Properties of a MemberReply.
             * @deprecated Use smalti.group.v1.MemberReply.$Properties instead.
             */
            interface IMemberReply extends smalti.group.v1.MemberReply.$Properties {
            }

            /** Represents a MemberReply. */
            class MemberReply {

                /**
                 * Constructs a new MemberReply.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.MemberReply.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** MemberReply id. */
                id: number;

                /** MemberReply refusal. */
                refusal: string;

                /** MemberReply text. */
                text: string;

                /** MemberReply index. */
                index: number;

                /** MemberReply addresses. */
                addresses: string[];

                /**
                 * Creates a new MemberReply instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns MemberReply instance
                 */
                static create(properties: smalti.group.v1.MemberReply.$Shape): smalti.group.v1.MemberReply & smalti.group.v1.MemberReply.$Shape;
                static create(properties?: smalti.group.v1.MemberReply.$Properties): smalti.group.v1.MemberReply;

                /**
                 * Encodes the specified MemberReply message. Does not implicitly {@link smalti.group.v1.MemberReply.verify|verify} messages.
                 * @param message MemberReply message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.MemberReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a MemberReply message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.MemberReply & smalti.group.v1.MemberReply.$Shape} MemberReply
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.MemberReply & smalti.group.v1.MemberReply.$Shape;
            }

            namespace MemberReply {

                /** Properties of a MemberReply. */
                interface $Properties {

                    /** MemberReply id */
                    id?: (number|null);

                    /** MemberReply refusal */
                    refusal?: (string|null);

                    /** MemberReply text */
                    text?: (string|null);

                    /** MemberReply index */
                    index?: (number|null);

                    /** MemberReply addresses */
                    addresses?: (string[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a MemberReply. */
                type $Shape = smalti.group.v1.MemberReply.$Properties;
            }

            /**
             * Properties of a CheckpointReport.
             * @deprecated Use smalti.group.v1.CheckpointReport.$Properties instead.
             */
            interface ICheckpointReport extends smalti.group.v1.CheckpointReport.$Properties {
            }

            /** Represents a CheckpointReport. */
            class CheckpointReport {

                /**
                 * Constructs a new CheckpointReport.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.CheckpointReport.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CheckpointReport marker. */
                marker: number;

                /** CheckpointReport root. */
                root: Uint8Array;

                /** CheckpointReport format. */
                format: number;

                /** CheckpointReport machine. */
                machine: number;

                /** CheckpointReport wanted. */
                wanted: number;

                /** CheckpointReport failedIndex. */
                failedIndex: number;

                /** CheckpointReport failedTerm. */
                failedTerm: number;

                /** CheckpointReport failedChecksum. */
                failedChecksum: number;

                /**
                 * Creates a new CheckpointReport instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns CheckpointReport instance
                 */
                static create(properties: smalti.group.v1.CheckpointReport.$Shape): smalti.group.v1.CheckpointReport & smalti.group.v1.CheckpointReport.$Shape;
                static create(properties?: smalti.group.v1.CheckpointReport.$Properties): smalti.group.v1.CheckpointReport;

                /**
                 * Encodes the specified CheckpointReport message. Does not implicitly {@link smalti.group.v1.CheckpointReport.verify|verify} messages.
                 * @param message CheckpointReport message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.CheckpointReport.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CheckpointReport message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.CheckpointReport & smalti.group.v1.CheckpointReport.$Shape} CheckpointReport
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.CheckpointReport & smalti.group.v1.CheckpointReport.$Shape;
            }

            namespace CheckpointReport {

                /** Properties of a CheckpointReport. */
                interface $Properties {

                    /** CheckpointReport marker */
                    marker?: (number|null);

                    /** CheckpointReport root */
                    root?: (Uint8Array|null);

                    /** CheckpointReport format */
                    format?: (number|null);

                    /** CheckpointReport machine */
                    machine?: (number|null);

                    /** CheckpointReport wanted */
                    wanted?: (number|null);

                    /** CheckpointReport failedIndex */
                    failedIndex?: (number|null);

                    /** CheckpointReport failedTerm */
                    failedTerm?: (number|null);

                    /** CheckpointReport failedChecksum */
                    failedChecksum?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CheckpointReport. */
                type $Shape = smalti.group.v1.CheckpointReport.$Properties;
            }

            /**
             * Properties of a VoteReply.
             * @deprecated Use smalti.group.v1.VoteReply.$Properties instead.
             */
            interface IVoteReply extends smalti.group.v1.VoteReply.$Properties {
            }

            /** Represents a VoteReply. */
            class VoteReply {

                /**
                 * Constructs a new VoteReply.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.VoteReply.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** VoteReply term. */
                term: number;

                /** VoteReply granted. */
                granted: boolean;

                /** VoteReply doubtful. */
                doubtful: boolean;

                /**
                 * Creates a new VoteReply instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns VoteReply instance
                 */
                static create(properties: smalti.group.v1.VoteReply.$Shape): smalti.group.v1.VoteReply & smalti.group.v1.VoteReply.$Shape;
                static create(properties?: smalti.group.v1.VoteReply.$Properties): smalti.group.v1.VoteReply;

                /**
                 * Encodes the specified VoteReply message. Does not implicitly {@link smalti.group.v1.VoteReply.verify|verify} messages.
                 * @param message VoteReply message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.VoteReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a VoteReply message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.VoteReply & smalti.group.v1.VoteReply.$Shape} VoteReply
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.VoteReply & smalti.group.v1.VoteReply.$Shape;
            }

            namespace VoteReply {

                /** Properties of a VoteReply. */
                interface $Properties {

                    /** VoteReply term */
                    term?: (number|null);

                    /** VoteReply granted */
                    granted?: (boolean|null);

                    /** VoteReply doubtful */
                    doubtful?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a VoteReply. */
                type $Shape = smalti.group.v1.VoteReply.$Properties;
            }

            /**
             * Properties of a ReadIndex.
             * @deprecated Use smalti.group.v1.ReadIndex.$Properties instead.
             */
            interface IReadIndex extends smalti.group.v1.ReadIndex.$Properties {
            }

            /** Represents a ReadIndex. */
            class ReadIndex {

                /**
                 * Constructs a new ReadIndex.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.ReadIndex.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ReadIndex term. */
                term: number;

                /** ReadIndex id. */
                id: number;

                /**
                 * Creates a new ReadIndex instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ReadIndex instance
                 */
                static create(properties: smalti.group.v1.ReadIndex.$Shape): smalti.group.v1.ReadIndex & smalti.group.v1.ReadIndex.$Shape;
                static create(properties?: smalti.group.v1.ReadIndex.$Properties): smalti.group.v1.ReadIndex;

                /**
                 * Encodes the specified ReadIndex message. Does not implicitly {@link smalti.group.v1.ReadIndex.verify|verify} messages.
                 * @param message ReadIndex message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.ReadIndex.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ReadIndex message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.ReadIndex & smalti.group.v1.ReadIndex.$Shape} ReadIndex
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.ReadIndex & smalti.group.v1.ReadIndex.$Shape;
            }

            namespace ReadIndex {

                /** Properties of a ReadIndex. */
                interface $Properties {

                    /** ReadIndex term */
                    term?: (number|null);

                    /** ReadIndex id */
                    id?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ReadIndex. */
                type $Shape = smalti.group.v1.ReadIndex.$Properties;
            }

            /**
             * Properties of a ReadIndexReply.
             * @deprecated Use smalti.group.v1.ReadIndexReply.$Properties instead.
             */
            interface IReadIndexReply extends smalti.group.v1.ReadIndexReply.$Properties {
            }

            /** Represents a ReadIndexReply. */
            class ReadIndexReply {

                /**
                 * Constructs a new ReadIndexReply.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.ReadIndexReply.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ReadIndexReply term. */
                term: number;

                /** ReadIndexReply id. */
                id: number;

                /** ReadIndexReply index. */
                index: number;

                /** ReadIndexReply stamp. */
                stamp: number;

                /**
                 * Creates a new ReadIndexReply instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ReadIndexReply instance
                 */
                static create(properties: smalti.group.v1.ReadIndexReply.$Shape): smalti.group.v1.ReadIndexReply & smalti.group.v1.ReadIndexReply.$Shape;
                static create(properties?: smalti.group.v1.ReadIndexReply.$Properties): smalti.group.v1.ReadIndexReply;

                /**
                 * Encodes the specified ReadIndexReply message. Does not implicitly {@link smalti.group.v1.ReadIndexReply.verify|verify} messages.
                 * @param message ReadIndexReply message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.ReadIndexReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ReadIndexReply message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.ReadIndexReply & smalti.group.v1.ReadIndexReply.$Shape} ReadIndexReply
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.ReadIndexReply & smalti.group.v1.ReadIndexReply.$Shape;
            }

            namespace ReadIndexReply {

                /** Properties of a ReadIndexReply. */
                interface $Properties {

                    /** ReadIndexReply term */
                    term?: (number|null);

                    /** ReadIndexReply id */
                    id?: (number|null);

                    /** ReadIndexReply index */
                    index?: (number|null);

                    /** ReadIndexReply stamp */
                    stamp?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ReadIndexReply. */
                type $Shape = smalti.group.v1.ReadIndexReply.$Properties;
            }

            /**
             * Properties of a Forward.
             * @deprecated Use smalti.group.v1.Forward.$Properties instead.
             */
            interface IForward extends smalti.group.v1.Forward.$Properties {
            }

            /** Represents a Forward. */
            class Forward {

                /**
                 * Constructs a new Forward.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.Forward.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Forward term. */
                term: number;

                /** Forward id. */
                id: number;

                /** Forward envelopes. */
                envelopes: Uint8Array[];

                /**
                 * Creates a new Forward instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Forward instance
                 */
                static create(properties: smalti.group.v1.Forward.$Shape): smalti.group.v1.Forward & smalti.group.v1.Forward.$Shape;
                static create(properties?: smalti.group.v1.Forward.$Properties): smalti.group.v1.Forward;

                /**
                 * Encodes the specified Forward message. Does not implicitly {@link smalti.group.v1.Forward.verify|verify} messages.
                 * @param message Forward message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.Forward.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Forward message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.Forward & smalti.group.v1.Forward.$Shape} Forward
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.Forward & smalti.group.v1.Forward.$Shape;
            }

            namespace Forward {

                /** Properties of a Forward. */
                interface $Properties {

                    /** Forward term */
                    term?: (number|null);

                    /** Forward id */
                    id?: (number|null);

                    /** Forward envelopes */
                    envelopes?: (Uint8Array[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Forward. */
                type $Shape = smalti.group.v1.Forward.$Properties;
            }

            /**
             * Properties of a ForwardReply.
             * @deprecated Use smalti.group.v1.ForwardReply.$Properties instead.
             */
            interface IForwardReply extends smalti.group.v1.ForwardReply.$Properties {
            }

            /** Represents a ForwardReply. */
            class ForwardReply {

                /**
                 * Constructs a new ForwardReply.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.ForwardReply.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ForwardReply term. */
                term: number;

                /** ForwardReply id. */
                id: number;

                /** ForwardReply first. */
                first: number;

                /**
                 * Creates a new ForwardReply instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ForwardReply instance
                 */
                static create(properties: smalti.group.v1.ForwardReply.$Shape): smalti.group.v1.ForwardReply & smalti.group.v1.ForwardReply.$Shape;
                static create(properties?: smalti.group.v1.ForwardReply.$Properties): smalti.group.v1.ForwardReply;

                /**
                 * Encodes the specified ForwardReply message. Does not implicitly {@link smalti.group.v1.ForwardReply.verify|verify} messages.
                 * @param message ForwardReply message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.ForwardReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ForwardReply message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.ForwardReply & smalti.group.v1.ForwardReply.$Shape} ForwardReply
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.ForwardReply & smalti.group.v1.ForwardReply.$Shape;
            }

            namespace ForwardReply {

                /** Properties of a ForwardReply. */
                interface $Properties {

                    /** ForwardReply term */
                    term?: (number|null);

                    /** ForwardReply id */
                    id?: (number|null);

                    /** ForwardReply first */
                    first?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ForwardReply. */
                type $Shape = smalti.group.v1.ForwardReply.$Properties;
            }

            /**
             * Properties of a CatchUp.
             * @deprecated Use smalti.group.v1.CatchUp.$Properties instead.
             */
            interface ICatchUp extends smalti.group.v1.CatchUp.$Properties {
            }

            /** Represents a CatchUp. */
            class CatchUp {

                /**
                 * Constructs a new CatchUp.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.CatchUp.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CatchUp term. */
                term: number;

                /** CatchUp ticket. */
                ticket: number;

                /** CatchUp sinceIndex. */
                sinceIndex: number;

                /** CatchUp sinceTerm. */
                sinceTerm: number;

                /** CatchUp positionIndex. */
                positionIndex: number;

                /** CatchUp positionTerm. */
                positionTerm: number;

                /** CatchUp leaderCommit. */
                leaderCommit: number;

                /** CatchUp logEnd. */
                logEnd: number;

                /** CatchUp rowFirsts. */
                rowFirsts: number[];

                /** CatchUp rowTerms. */
                rowTerms: number[];

                /** CatchUp through. */
                through: number;

                /** CatchUp entries. */
                entries: Uint8Array;

                /** CatchUp anchorIndex. */
                anchorIndex: number;

                /** CatchUp anchorTerm. */
                anchorTerm: number;

                /** CatchUp anchorRoot. */
                anchorRoot: Uint8Array;

                /**
                 * Creates a new CatchUp instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns CatchUp instance
                 */
                static create(properties: smalti.group.v1.CatchUp.$Shape): smalti.group.v1.CatchUp & smalti.group.v1.CatchUp.$Shape;
                static create(properties?: smalti.group.v1.CatchUp.$Properties): smalti.group.v1.CatchUp;

                /**
                 * Encodes the specified CatchUp message. Does not implicitly {@link smalti.group.v1.CatchUp.verify|verify} messages.
                 * @param message CatchUp message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.CatchUp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CatchUp message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.CatchUp & smalti.group.v1.CatchUp.$Shape} CatchUp
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.CatchUp & smalti.group.v1.CatchUp.$Shape;
            }

            namespace CatchUp {

                /** Properties of a CatchUp. */
                interface $Properties {

                    /** CatchUp term */
                    term?: (number|null);

                    /** CatchUp ticket */
                    ticket?: (number|null);

                    /** CatchUp sinceIndex */
                    sinceIndex?: (number|null);

                    /** CatchUp sinceTerm */
                    sinceTerm?: (number|null);

                    /** CatchUp positionIndex */
                    positionIndex?: (number|null);

                    /** CatchUp positionTerm */
                    positionTerm?: (number|null);

                    /** CatchUp leaderCommit */
                    leaderCommit?: (number|null);

                    /** CatchUp logEnd */
                    logEnd?: (number|null);

                    /** CatchUp rowFirsts */
                    rowFirsts?: (number[]|null);

                    /** CatchUp rowTerms */
                    rowTerms?: (number[]|null);

                    /** CatchUp through */
                    through?: (number|null);

                    /** CatchUp entries */
                    entries?: (Uint8Array|null);

                    /** CatchUp anchorIndex */
                    anchorIndex?: (number|null);

                    /** CatchUp anchorTerm */
                    anchorTerm?: (number|null);

                    /** CatchUp anchorRoot */
                    anchorRoot?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CatchUp. */
                type $Shape = smalti.group.v1.CatchUp.$Properties;
            }

            /**
             * Properties of a SyncMessage.
             * @deprecated Use smalti.group.v1.SyncMessage.$Properties instead.
             */
            interface ISyncMessage extends smalti.group.v1.SyncMessage.$Properties {
            }

            /** Represents a SyncMessage. */
            class SyncMessage {

                /**
                 * Constructs a new SyncMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.SyncMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SyncMessage strategy. */
                strategy: string;

                /** SyncMessage version. */
                version: number;

                /** SyncMessage bytes. */
                bytes: Uint8Array;

                /**
                 * Creates a new SyncMessage instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns SyncMessage instance
                 */
                static create(properties: smalti.group.v1.SyncMessage.$Shape): smalti.group.v1.SyncMessage & smalti.group.v1.SyncMessage.$Shape;
                static create(properties?: smalti.group.v1.SyncMessage.$Properties): smalti.group.v1.SyncMessage;

                /**
                 * Encodes the specified SyncMessage message. Does not implicitly {@link smalti.group.v1.SyncMessage.verify|verify} messages.
                 * @param message SyncMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.SyncMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SyncMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.SyncMessage & smalti.group.v1.SyncMessage.$Shape} SyncMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.SyncMessage & smalti.group.v1.SyncMessage.$Shape;
            }

            namespace SyncMessage {

                /** Properties of a SyncMessage. */
                interface $Properties {

                    /** SyncMessage strategy */
                    strategy?: (string|null);

                    /** SyncMessage version */
                    version?: (number|null);

                    /** SyncMessage bytes */
                    bytes?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SyncMessage. */
                type $Shape = smalti.group.v1.SyncMessage.$Properties;
            }

            /**
             * Properties of a SyncOffers.
             * @deprecated Use smalti.group.v1.SyncOffers.$Properties instead.
             */
            interface ISyncOffers extends smalti.group.v1.SyncOffers.$Properties {
            }

            /** Represents a SyncOffers. */
            class SyncOffers {

                /**
                 * Constructs a new SyncOffers.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.SyncOffers.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SyncOffers offers. */
                offers: smalti.group.v1.SyncOffer.$Properties[];

                /** SyncOffers ask. */
                ask: boolean;

                /**
                 * Creates a new SyncOffers instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns SyncOffers instance
                 */
                static create(properties: smalti.group.v1.SyncOffers.$Shape): smalti.group.v1.SyncOffers & smalti.group.v1.SyncOffers.$Shape;
                static create(properties?: smalti.group.v1.SyncOffers.$Properties): smalti.group.v1.SyncOffers;

                /**
                 * Encodes the specified SyncOffers message. Does not implicitly {@link smalti.group.v1.SyncOffers.verify|verify} messages.
                 * @param message SyncOffers message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.SyncOffers.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SyncOffers message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.SyncOffers & smalti.group.v1.SyncOffers.$Shape} SyncOffers
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.SyncOffers & smalti.group.v1.SyncOffers.$Shape;
            }

            namespace SyncOffers {

                /** Properties of a SyncOffers. */
                interface $Properties {

                    /** SyncOffers offers */
                    offers?: (smalti.group.v1.SyncOffer.$Properties[]|null);

                    /** SyncOffers ask */
                    ask?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SyncOffers. */
                type $Shape = smalti.group.v1.SyncOffers.$Properties;
            }

            /**
             * Properties of a SyncOffer.
             * @deprecated Use smalti.group.v1.SyncOffer.$Properties instead.
             */
            interface ISyncOffer extends smalti.group.v1.SyncOffer.$Properties {
            }

            /** Represents a SyncOffer. */
            class SyncOffer {

                /**
                 * Constructs a new SyncOffer.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.SyncOffer.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SyncOffer strategy. */
                strategy: string;

                /** SyncOffer min. */
                min: number;

                /** SyncOffer max. */
                max: number;

                /**
                 * Creates a new SyncOffer instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns SyncOffer instance
                 */
                static create(properties: smalti.group.v1.SyncOffer.$Shape): smalti.group.v1.SyncOffer & smalti.group.v1.SyncOffer.$Shape;
                static create(properties?: smalti.group.v1.SyncOffer.$Properties): smalti.group.v1.SyncOffer;

                /**
                 * Encodes the specified SyncOffer message. Does not implicitly {@link smalti.group.v1.SyncOffer.verify|verify} messages.
                 * @param message SyncOffer message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.SyncOffer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SyncOffer message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.SyncOffer & smalti.group.v1.SyncOffer.$Shape} SyncOffer
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.SyncOffer & smalti.group.v1.SyncOffer.$Shape;
            }

            namespace SyncOffer {

                /** Properties of a SyncOffer. */
                interface $Properties {

                    /** SyncOffer strategy */
                    strategy?: (string|null);

                    /** SyncOffer min */
                    min?: (number|null);

                    /** SyncOffer max */
                    max?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a SyncOffer. */
                type $Shape = smalti.group.v1.SyncOffer.$Properties;
            }

            /**
             * Properties of a Birth.
             * @deprecated Use smalti.group.v1.Birth.$Properties instead.
             */
            interface IBirth extends smalti.group.v1.Birth.$Properties {
            }

            /** Represents a Birth. */
            class Birth {

                /**
                 * Constructs a new Birth.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.group.v1.Birth.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Birth entry. */
                entry: Uint8Array;

                /**
                 * Creates a new Birth instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Birth instance
                 */
                static create(properties: smalti.group.v1.Birth.$Shape): smalti.group.v1.Birth & smalti.group.v1.Birth.$Shape;
                static create(properties?: smalti.group.v1.Birth.$Properties): smalti.group.v1.Birth;

                /**
                 * Encodes the specified Birth message. Does not implicitly {@link smalti.group.v1.Birth.verify|verify} messages.
                 * @param message Birth message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.group.v1.Birth.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Birth message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.group.v1.Birth & smalti.group.v1.Birth.$Shape} Birth
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.group.v1.Birth & smalti.group.v1.Birth.$Shape;
            }

            namespace Birth {

                /** Properties of a Birth. */
                interface $Properties {

                    /** Birth entry */
                    entry?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Birth. */
                type $Shape = smalti.group.v1.Birth.$Properties;
            }
        }
    }
}
