// Generated from ../../proto by 'pnpm generate'. Do not edit.
import * as $protobuf from "protobufjs/minimal.js";

/** Namespace smalti. */
export namespace smalti {

    /** Namespace snapshotsync. */
    namespace snapshotsync {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a SnapshotSyncMessage.
             * @deprecated Use smalti.snapshotsync.v1.SnapshotSyncMessage.$Properties instead.
             */
            interface ISnapshotSyncMessage extends smalti.snapshotsync.v1.SnapshotSyncMessage.$Properties {
            }

            /** Represents a SnapshotSyncMessage. */
            class SnapshotSyncMessage {

                /**
                 * Constructs a new SnapshotSyncMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.SnapshotSyncMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** SnapshotSyncMessage ask. */
                ask?: (smalti.snapshotsync.v1.Ask.$Properties|null);

                /** SnapshotSyncMessage offer. */
                offer?: (smalti.snapshotsync.v1.Offer.$Properties|null);

                /** SnapshotSyncMessage fetch. */
                fetch?: (smalti.snapshotsync.v1.Fetch.$Properties|null);

                /** SnapshotSyncMessage parts. */
                parts?: (smalti.snapshotsync.v1.Parts.$Properties|null);

                /** SnapshotSyncMessage lease. */
                lease?: (smalti.snapshotsync.v1.Lease.$Properties|null);

                /** SnapshotSyncMessage entries. */
                entries?: (smalti.snapshotsync.v1.Entries.$Properties|null);

                /** SnapshotSyncMessage body. */
                body?: ("ask"|"offer"|"fetch"|"parts"|"lease"|"entries");

                /**
                 * Creates a new SnapshotSyncMessage instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns SnapshotSyncMessage instance
                 */
                static create(properties: smalti.snapshotsync.v1.SnapshotSyncMessage.$Shape): smalti.snapshotsync.v1.SnapshotSyncMessage & smalti.snapshotsync.v1.SnapshotSyncMessage.$Shape;
                static create(properties?: smalti.snapshotsync.v1.SnapshotSyncMessage.$Properties): smalti.snapshotsync.v1.SnapshotSyncMessage;

                /**
                 * Encodes the specified SnapshotSyncMessage message. Does not implicitly {@link smalti.snapshotsync.v1.SnapshotSyncMessage.verify|verify} messages.
                 * @param message SnapshotSyncMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.SnapshotSyncMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a SnapshotSyncMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.SnapshotSyncMessage & smalti.snapshotsync.v1.SnapshotSyncMessage.$Shape} SnapshotSyncMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.SnapshotSyncMessage & smalti.snapshotsync.v1.SnapshotSyncMessage.$Shape;
            }

            namespace SnapshotSyncMessage {

                /** Properties of a SnapshotSyncMessage. */
                interface $Properties {

                    /** SnapshotSyncMessage ask */
                    ask?: (smalti.snapshotsync.v1.Ask.$Properties|null);

                    /** SnapshotSyncMessage offer */
                    offer?: (smalti.snapshotsync.v1.Offer.$Properties|null);

                    /** SnapshotSyncMessage fetch */
                    fetch?: (smalti.snapshotsync.v1.Fetch.$Properties|null);

                    /** SnapshotSyncMessage parts */
                    parts?: (smalti.snapshotsync.v1.Parts.$Properties|null);

                    /** SnapshotSyncMessage lease */
                    lease?: (smalti.snapshotsync.v1.Lease.$Properties|null);

                    /** SnapshotSyncMessage entries */
                    entries?: (smalti.snapshotsync.v1.Entries.$Properties|null);

                    /** SnapshotSyncMessage body */
                    body?: ("ask"|"offer"|"fetch"|"parts"|"lease"|"entries");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a SnapshotSyncMessage. */
                type $Shape = {
                  ask?: smalti.snapshotsync.v1.Ask.$Shape|null;
                  offer?: smalti.snapshotsync.v1.Offer.$Shape|null;
                  fetch?: smalti.snapshotsync.v1.Fetch.$Shape|null;
                  parts?: smalti.snapshotsync.v1.Parts.$Shape|null;
                  lease?: smalti.snapshotsync.v1.Lease.$Shape|null;
                  entries?: smalti.snapshotsync.v1.Entries.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; ask?: null; offer?: null; fetch?: null; parts?: null; lease?: null; entries?: null }|{ body?: "ask"; ask: smalti.snapshotsync.v1.Ask.$Shape; offer?: null; fetch?: null; parts?: null; lease?: null; entries?: null }|{ body?: "offer"; ask?: null; offer: smalti.snapshotsync.v1.Offer.$Shape; fetch?: null; parts?: null; lease?: null; entries?: null }|{ body?: "fetch"; ask?: null; offer?: null; fetch: smalti.snapshotsync.v1.Fetch.$Shape; parts?: null; lease?: null; entries?: null }|{ body?: "parts"; ask?: null; offer?: null; fetch?: null; parts: smalti.snapshotsync.v1.Parts.$Shape; lease?: null; entries?: null }|{ body?: "lease"; ask?: null; offer?: null; fetch?: null; parts?: null; lease: smalti.snapshotsync.v1.Lease.$Shape; entries?: null }|{ body?: "entries"; ask?: null; offer?: null; fetch?: null; parts?: null; lease?: null; entries: smalti.snapshotsync.v1.Entries.$Shape })
                );
            }

            /**
             * Properties of an Ask.
             * @deprecated Use smalti.snapshotsync.v1.Ask.$Properties instead.
             */
            interface IAsk extends smalti.snapshotsync.v1.Ask.$Properties {
            }

            /** Represents an Ask. */
            class Ask {

                /**
                 * Constructs a new Ask.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.Ask.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Ask nonce. */
                nonce: number;

                /**
                 * Creates a new Ask instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Ask instance
                 */
                static create(properties: smalti.snapshotsync.v1.Ask.$Shape): smalti.snapshotsync.v1.Ask & smalti.snapshotsync.v1.Ask.$Shape;
                static create(properties?: smalti.snapshotsync.v1.Ask.$Properties): smalti.snapshotsync.v1.Ask;

                /**
                 * Encodes the specified Ask message. Does not implicitly {@link smalti.snapshotsync.v1.Ask.verify|verify} messages.
                 * @param message Ask message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.Ask.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Ask message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.Ask & smalti.snapshotsync.v1.Ask.$Shape} Ask
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.Ask & smalti.snapshotsync.v1.Ask.$Shape;
            }

            namespace Ask {

                /** Properties of an Ask. */
                interface $Properties {

                    /** Ask nonce */
                    nonce?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Ask. */
                type $Shape = smalti.snapshotsync.v1.Ask.$Properties;
            }

            /**
             * Properties of an Offer.
             * @deprecated Use smalti.snapshotsync.v1.Offer.$Properties instead.
             */
            interface IOffer extends smalti.snapshotsync.v1.Offer.$Properties {
            }

            /** Represents an Offer. */
            class Offer {

                /**
                 * Constructs a new Offer.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.Offer.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Offer nonce. */
                nonce: number;

                /** Offer checkpoints. */
                checkpoints: smalti.snapshotsync.v1.Checkpoint.$Properties[];

                /**
                 * Creates a new Offer instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Offer instance
                 */
                static create(properties: smalti.snapshotsync.v1.Offer.$Shape): smalti.snapshotsync.v1.Offer & smalti.snapshotsync.v1.Offer.$Shape;
                static create(properties?: smalti.snapshotsync.v1.Offer.$Properties): smalti.snapshotsync.v1.Offer;

                /**
                 * Encodes the specified Offer message. Does not implicitly {@link smalti.snapshotsync.v1.Offer.verify|verify} messages.
                 * @param message Offer message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.Offer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Offer message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.Offer & smalti.snapshotsync.v1.Offer.$Shape} Offer
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.Offer & smalti.snapshotsync.v1.Offer.$Shape;
            }

            namespace Offer {

                /** Properties of an Offer. */
                interface $Properties {

                    /** Offer nonce */
                    nonce?: (number|null);

                    /** Offer checkpoints */
                    checkpoints?: (smalti.snapshotsync.v1.Checkpoint.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Offer. */
                type $Shape = smalti.snapshotsync.v1.Offer.$Properties;
            }

            /**
             * Properties of a Checkpoint.
             * @deprecated Use smalti.snapshotsync.v1.Checkpoint.$Properties instead.
             */
            interface ICheckpoint extends smalti.snapshotsync.v1.Checkpoint.$Properties {
            }

            /** Represents a Checkpoint. */
            class Checkpoint {

                /**
                 * Constructs a new Checkpoint.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.Checkpoint.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Checkpoint index. */
                index: number;

                /** Checkpoint term. */
                term: number;

                /** Checkpoint root. */
                root: Uint8Array;

                /** Checkpoint bytes. */
                bytes: number;

                /**
                 * Creates a new Checkpoint instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Checkpoint instance
                 */
                static create(properties: smalti.snapshotsync.v1.Checkpoint.$Shape): smalti.snapshotsync.v1.Checkpoint & smalti.snapshotsync.v1.Checkpoint.$Shape;
                static create(properties?: smalti.snapshotsync.v1.Checkpoint.$Properties): smalti.snapshotsync.v1.Checkpoint;

                /**
                 * Encodes the specified Checkpoint message. Does not implicitly {@link smalti.snapshotsync.v1.Checkpoint.verify|verify} messages.
                 * @param message Checkpoint message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.Checkpoint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Checkpoint message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.Checkpoint & smalti.snapshotsync.v1.Checkpoint.$Shape} Checkpoint
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.Checkpoint & smalti.snapshotsync.v1.Checkpoint.$Shape;
            }

            namespace Checkpoint {

                /** Properties of a Checkpoint. */
                interface $Properties {

                    /** Checkpoint index */
                    index?: (number|null);

                    /** Checkpoint term */
                    term?: (number|null);

                    /** Checkpoint root */
                    root?: (Uint8Array|null);

                    /** Checkpoint bytes */
                    bytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Checkpoint. */
                type $Shape = smalti.snapshotsync.v1.Checkpoint.$Properties;
            }

            /**
             * Properties of a Fetch.
             * @deprecated Use smalti.snapshotsync.v1.Fetch.$Properties instead.
             */
            interface IFetch extends smalti.snapshotsync.v1.Fetch.$Properties {
            }

            /** Represents a Fetch. */
            class Fetch {

                /**
                 * Constructs a new Fetch.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.Fetch.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Fetch nonce. */
                nonce: number;

                /** Fetch id. */
                id: number;

                /** Fetch names. */
                names: Uint8Array;

                /** Fetch maxBytes. */
                maxBytes: number;

                /**
                 * Creates a new Fetch instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Fetch instance
                 */
                static create(properties: smalti.snapshotsync.v1.Fetch.$Shape): smalti.snapshotsync.v1.Fetch & smalti.snapshotsync.v1.Fetch.$Shape;
                static create(properties?: smalti.snapshotsync.v1.Fetch.$Properties): smalti.snapshotsync.v1.Fetch;

                /**
                 * Encodes the specified Fetch message. Does not implicitly {@link smalti.snapshotsync.v1.Fetch.verify|verify} messages.
                 * @param message Fetch message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.Fetch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Fetch message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.Fetch & smalti.snapshotsync.v1.Fetch.$Shape} Fetch
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.Fetch & smalti.snapshotsync.v1.Fetch.$Shape;
            }

            namespace Fetch {

                /** Properties of a Fetch. */
                interface $Properties {

                    /** Fetch nonce */
                    nonce?: (number|null);

                    /** Fetch id */
                    id?: (number|null);

                    /** Fetch names */
                    names?: (Uint8Array|null);

                    /** Fetch maxBytes */
                    maxBytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Fetch. */
                type $Shape = smalti.snapshotsync.v1.Fetch.$Properties;
            }

            /**
             * Properties of a Parts.
             * @deprecated Use smalti.snapshotsync.v1.Parts.$Properties instead.
             */
            interface IParts extends smalti.snapshotsync.v1.Parts.$Properties {
            }

            /** Represents a Parts. */
            class Parts {

                /**
                 * Constructs a new Parts.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.Parts.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Parts nonce. */
                nonce: number;

                /** Parts id. */
                id: number;

                /** Parts parts. */
                parts: Uint8Array[];

                /**
                 * Creates a new Parts instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Parts instance
                 */
                static create(properties: smalti.snapshotsync.v1.Parts.$Shape): smalti.snapshotsync.v1.Parts & smalti.snapshotsync.v1.Parts.$Shape;
                static create(properties?: smalti.snapshotsync.v1.Parts.$Properties): smalti.snapshotsync.v1.Parts;

                /**
                 * Encodes the specified Parts message. Does not implicitly {@link smalti.snapshotsync.v1.Parts.verify|verify} messages.
                 * @param message Parts message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.Parts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Parts message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.Parts & smalti.snapshotsync.v1.Parts.$Shape} Parts
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.Parts & smalti.snapshotsync.v1.Parts.$Shape;
            }

            namespace Parts {

                /** Properties of a Parts. */
                interface $Properties {

                    /** Parts nonce */
                    nonce?: (number|null);

                    /** Parts id */
                    id?: (number|null);

                    /** Parts parts */
                    parts?: (Uint8Array[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Parts. */
                type $Shape = smalti.snapshotsync.v1.Parts.$Properties;
            }

            /**
             * Properties of a Lease.
             * @deprecated Use smalti.snapshotsync.v1.Lease.$Properties instead.
             */
            interface ILease extends smalti.snapshotsync.v1.Lease.$Properties {
            }

            /** Represents a Lease. */
            class Lease {

                /**
                 * Constructs a new Lease.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.Lease.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Lease nonce. */
                nonce: number;

                /** Lease index. */
                index: number;

                /** Lease term. */
                term: number;

                /** Lease root. */
                root: Uint8Array;

                /** Lease release. */
                release: boolean;

                /**
                 * Creates a new Lease instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Lease instance
                 */
                static create(properties: smalti.snapshotsync.v1.Lease.$Shape): smalti.snapshotsync.v1.Lease & smalti.snapshotsync.v1.Lease.$Shape;
                static create(properties?: smalti.snapshotsync.v1.Lease.$Properties): smalti.snapshotsync.v1.Lease;

                /**
                 * Encodes the specified Lease message. Does not implicitly {@link smalti.snapshotsync.v1.Lease.verify|verify} messages.
                 * @param message Lease message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.Lease.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Lease message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.Lease & smalti.snapshotsync.v1.Lease.$Shape} Lease
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.Lease & smalti.snapshotsync.v1.Lease.$Shape;
            }

            namespace Lease {

                /** Properties of a Lease. */
                interface $Properties {

                    /** Lease nonce */
                    nonce?: (number|null);

                    /** Lease index */
                    index?: (number|null);

                    /** Lease term */
                    term?: (number|null);

                    /** Lease root */
                    root?: (Uint8Array|null);

                    /** Lease release */
                    release?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Lease. */
                type $Shape = smalti.snapshotsync.v1.Lease.$Properties;
            }

            /**
             * Properties of an Entries.
             * @deprecated Use smalti.snapshotsync.v1.Entries.$Properties instead.
             */
            interface IEntries extends smalti.snapshotsync.v1.Entries.$Properties {
            }

            /** Represents an Entries. */
            class Entries {

                /**
                 * Constructs a new Entries.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.Entries.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Entries ask. */
                ask?: (smalti.snapshotsync.v1.EntryAsk.$Properties|null);

                /** Entries range. */
                range?: (smalti.snapshotsync.v1.EntryRange.$Properties|null);

                /** Entries fetch. */
                fetch?: (smalti.snapshotsync.v1.EntryFetch.$Properties|null);

                /** Entries run. */
                run?: (smalti.snapshotsync.v1.EntryRun.$Properties|null);

                /** Entries refusal. */
                refusal?: (smalti.snapshotsync.v1.EntryRefusal.$Properties|null);

                /** Entries body. */
                body?: ("ask"|"range"|"fetch"|"run"|"refusal");

                /**
                 * Creates a new Entries instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Entries instance
                 */
                static create(properties: smalti.snapshotsync.v1.Entries.$Shape): smalti.snapshotsync.v1.Entries & smalti.snapshotsync.v1.Entries.$Shape;
                static create(properties?: smalti.snapshotsync.v1.Entries.$Properties): smalti.snapshotsync.v1.Entries;

                /**
                 * Encodes the specified Entries message. Does not implicitly {@link smalti.snapshotsync.v1.Entries.verify|verify} messages.
                 * @param message Entries message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.Entries.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Entries message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.Entries & smalti.snapshotsync.v1.Entries.$Shape} Entries
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.Entries & smalti.snapshotsync.v1.Entries.$Shape;
            }

            namespace Entries {

                /** Properties of an Entries. */
                interface $Properties {

                    /** Entries ask */
                    ask?: (smalti.snapshotsync.v1.EntryAsk.$Properties|null);

                    /** Entries range */
                    range?: (smalti.snapshotsync.v1.EntryRange.$Properties|null);

                    /** Entries fetch */
                    fetch?: (smalti.snapshotsync.v1.EntryFetch.$Properties|null);

                    /** Entries run */
                    run?: (smalti.snapshotsync.v1.EntryRun.$Properties|null);

                    /** Entries refusal */
                    refusal?: (smalti.snapshotsync.v1.EntryRefusal.$Properties|null);

                    /** Entries body */
                    body?: ("ask"|"range"|"fetch"|"run"|"refusal");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of an Entries. */
                type $Shape = {
                  ask?: smalti.snapshotsync.v1.EntryAsk.$Shape|null;
                  range?: smalti.snapshotsync.v1.EntryRange.$Shape|null;
                  fetch?: smalti.snapshotsync.v1.EntryFetch.$Shape|null;
                  run?: smalti.snapshotsync.v1.EntryRun.$Shape|null;
                  refusal?: smalti.snapshotsync.v1.EntryRefusal.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; ask?: null; range?: null; fetch?: null; run?: null; refusal?: null }|{ body?: "ask"; ask: smalti.snapshotsync.v1.EntryAsk.$Shape; range?: null; fetch?: null; run?: null; refusal?: null }|{ body?: "range"; ask?: null; range: smalti.snapshotsync.v1.EntryRange.$Shape; fetch?: null; run?: null; refusal?: null }|{ body?: "fetch"; ask?: null; range?: null; fetch: smalti.snapshotsync.v1.EntryFetch.$Shape; run?: null; refusal?: null }|{ body?: "run"; ask?: null; range?: null; fetch?: null; run: smalti.snapshotsync.v1.EntryRun.$Shape; refusal?: null }|{ body?: "refusal"; ask?: null; range?: null; fetch?: null; run?: null; refusal: smalti.snapshotsync.v1.EntryRefusal.$Shape })
                );
            }

            /**
             * Properties of an EntryAsk.
             * @deprecated Use smalti.snapshotsync.v1.EntryAsk.$Properties instead.
             */
            interface IEntryAsk extends smalti.snapshotsync.v1.EntryAsk.$Properties {
            }

            /** Represents an EntryAsk. */
            class EntryAsk {

                /**
                 * Constructs a new EntryAsk.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.EntryAsk.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** EntryAsk nonce. */
                nonce: number;

                /**
                 * Creates a new EntryAsk instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns EntryAsk instance
                 */
                static create(properties: smalti.snapshotsync.v1.EntryAsk.$Shape): smalti.snapshotsync.v1.EntryAsk & smalti.snapshotsync.v1.EntryAsk.$Shape;
                static create(properties?: smalti.snapshotsync.v1.EntryAsk.$Properties): smalti.snapshotsync.v1.EntryAsk;

                /**
                 * Encodes the specified EntryAsk message. Does not implicitly {@link smalti.snapshotsync.v1.EntryAsk.verify|verify} messages.
                 * @param message EntryAsk message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.EntryAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an EntryAsk message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.EntryAsk & smalti.snapshotsync.v1.EntryAsk.$Shape} EntryAsk
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.EntryAsk & smalti.snapshotsync.v1.EntryAsk.$Shape;
            }

            namespace EntryAsk {

                /** Properties of an EntryAsk. */
                interface $Properties {

                    /** EntryAsk nonce */
                    nonce?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an EntryAsk. */
                type $Shape = smalti.snapshotsync.v1.EntryAsk.$Properties;
            }

            /**
             * Properties of an EntryRange.
             * @deprecated Use smalti.snapshotsync.v1.EntryRange.$Properties instead.
             */
            interface IEntryRange extends smalti.snapshotsync.v1.EntryRange.$Properties {
            }

            /** Represents an EntryRange. */
            class EntryRange {

                /**
                 * Constructs a new EntryRange.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.EntryRange.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** EntryRange nonce. */
                nonce: number;

                /** EntryRange first. */
                first: number;

                /** EntryRange last. */
                last: number;

                /**
                 * Creates a new EntryRange instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns EntryRange instance
                 */
                static create(properties: smalti.snapshotsync.v1.EntryRange.$Shape): smalti.snapshotsync.v1.EntryRange & smalti.snapshotsync.v1.EntryRange.$Shape;
                static create(properties?: smalti.snapshotsync.v1.EntryRange.$Properties): smalti.snapshotsync.v1.EntryRange;

                /**
                 * Encodes the specified EntryRange message. Does not implicitly {@link smalti.snapshotsync.v1.EntryRange.verify|verify} messages.
                 * @param message EntryRange message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.EntryRange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an EntryRange message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.EntryRange & smalti.snapshotsync.v1.EntryRange.$Shape} EntryRange
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.EntryRange & smalti.snapshotsync.v1.EntryRange.$Shape;
            }

            namespace EntryRange {

                /** Properties of an EntryRange. */
                interface $Properties {

                    /** EntryRange nonce */
                    nonce?: (number|null);

                    /** EntryRange first */
                    first?: (number|null);

                    /** EntryRange last */
                    last?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an EntryRange. */
                type $Shape = smalti.snapshotsync.v1.EntryRange.$Properties;
            }

            /**
             * Properties of an EntryFetch.
             * @deprecated Use smalti.snapshotsync.v1.EntryFetch.$Properties instead.
             */
            interface IEntryFetch extends smalti.snapshotsync.v1.EntryFetch.$Properties {
            }

            /** Represents an EntryFetch. */
            class EntryFetch {

                /**
                 * Constructs a new EntryFetch.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.EntryFetch.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** EntryFetch nonce. */
                nonce: number;

                /** EntryFetch id. */
                id: number;

                /** EntryFetch first. */
                first: number;

                /** EntryFetch last. */
                last: number;

                /** EntryFetch maxBytes. */
                maxBytes: number;

                /**
                 * Creates a new EntryFetch instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns EntryFetch instance
                 */
                static create(properties: smalti.snapshotsync.v1.EntryFetch.$Shape): smalti.snapshotsync.v1.EntryFetch & smalti.snapshotsync.v1.EntryFetch.$Shape;
                static create(properties?: smalti.snapshotsync.v1.EntryFetch.$Properties): smalti.snapshotsync.v1.EntryFetch;

                /**
                 * Encodes the specified EntryFetch message. Does not implicitly {@link smalti.snapshotsync.v1.EntryFetch.verify|verify} messages.
                 * @param message EntryFetch message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.EntryFetch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an EntryFetch message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.EntryFetch & smalti.snapshotsync.v1.EntryFetch.$Shape} EntryFetch
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.EntryFetch & smalti.snapshotsync.v1.EntryFetch.$Shape;
            }

            namespace EntryFetch {

                /** Properties of an EntryFetch. */
                interface $Properties {

                    /** EntryFetch nonce */
                    nonce?: (number|null);

                    /** EntryFetch id */
                    id?: (number|null);

                    /** EntryFetch first */
                    first?: (number|null);

                    /** EntryFetch last */
                    last?: (number|null);

                    /** EntryFetch maxBytes */
                    maxBytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an EntryFetch. */
                type $Shape = smalti.snapshotsync.v1.EntryFetch.$Properties;
            }

            /**
             * Properties of an EntryRun.
             * @deprecated Use smalti.snapshotsync.v1.EntryRun.$Properties instead.
             */
            interface IEntryRun extends smalti.snapshotsync.v1.EntryRun.$Properties {
            }

            /** Represents an EntryRun. */
            class EntryRun {

                /**
                 * Constructs a new EntryRun.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.EntryRun.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** EntryRun nonce. */
                nonce: number;

                /** EntryRun id. */
                id: number;

                /** EntryRun first. */
                first: number;

                /** EntryRun prevTerm. */
                prevTerm: number;

                /** EntryRun frames. */
                frames: Uint8Array;

                /**
                 * Creates a new EntryRun instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns EntryRun instance
                 */
                static create(properties: smalti.snapshotsync.v1.EntryRun.$Shape): smalti.snapshotsync.v1.EntryRun & smalti.snapshotsync.v1.EntryRun.$Shape;
                static create(properties?: smalti.snapshotsync.v1.EntryRun.$Properties): smalti.snapshotsync.v1.EntryRun;

                /**
                 * Encodes the specified EntryRun message. Does not implicitly {@link smalti.snapshotsync.v1.EntryRun.verify|verify} messages.
                 * @param message EntryRun message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.EntryRun.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an EntryRun message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.EntryRun & smalti.snapshotsync.v1.EntryRun.$Shape} EntryRun
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.EntryRun & smalti.snapshotsync.v1.EntryRun.$Shape;
            }

            namespace EntryRun {

                /** Properties of an EntryRun. */
                interface $Properties {

                    /** EntryRun nonce */
                    nonce?: (number|null);

                    /** EntryRun id */
                    id?: (number|null);

                    /** EntryRun first */
                    first?: (number|null);

                    /** EntryRun prevTerm */
                    prevTerm?: (number|null);

                    /** EntryRun frames */
                    frames?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an EntryRun. */
                type $Shape = smalti.snapshotsync.v1.EntryRun.$Properties;
            }

            /**
             * Properties of an EntryRefusal.
             * @deprecated Use smalti.snapshotsync.v1.EntryRefusal.$Properties instead.
             */
            interface IEntryRefusal extends smalti.snapshotsync.v1.EntryRefusal.$Properties {
            }

            /** Represents an EntryRefusal. */
            class EntryRefusal {

                /**
                 * Constructs a new EntryRefusal.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.snapshotsync.v1.EntryRefusal.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** EntryRefusal nonce. */
                nonce: number;

                /** EntryRefusal id. */
                id: number;

                /** EntryRefusal first. */
                first: number;

                /** EntryRefusal last. */
                last: number;

                /**
                 * Creates a new EntryRefusal instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns EntryRefusal instance
                 */
                static create(properties: smalti.snapshotsync.v1.EntryRefusal.$Shape): smalti.snapshotsync.v1.EntryRefusal & smalti.snapshotsync.v1.EntryRefusal.$Shape;
                static create(properties?: smalti.snapshotsync.v1.EntryRefusal.$Properties): smalti.snapshotsync.v1.EntryRefusal;

                /**
                 * Encodes the specified EntryRefusal message. Does not implicitly {@link smalti.snapshotsync.v1.EntryRefusal.verify|verify} messages.
                 * @param message EntryRefusal message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.snapshotsync.v1.EntryRefusal.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an EntryRefusal message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.snapshotsync.v1.EntryRefusal & smalti.snapshotsync.v1.EntryRefusal.$Shape} EntryRefusal
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.snapshotsync.v1.EntryRefusal & smalti.snapshotsync.v1.EntryRefusal.$Shape;
            }

            namespace EntryRefusal {

                /** Properties of an EntryRefusal. */
                interface $Properties {

                    /** EntryRefusal nonce */
                    nonce?: (number|null);

                    /** EntryRefusal id */
                    id?: (number|null);

                    /** EntryRefusal first */
                    first?: (number|null);

                    /** EntryRefusal last */
                    last?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an EntryRefusal. */
                type $Shape = smalti.snapshotsync.v1.EntryRefusal.$Properties;
            }
        }
    }
}
