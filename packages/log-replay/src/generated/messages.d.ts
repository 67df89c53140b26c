// Generated from ../../proto by 'pnpm generate'. Do not edit.
import * as $protobuf from "protobufjs/minimal.js";

/** Namespace smalti. */
export namespace smalti {

    /** Namespace logreplay. */
    namespace logreplay {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a LogReplayMessage.
             * @deprecated Use smalti.logreplay.v1.LogReplayMessage.$Properties instead.
             */
            interface ILogReplayMessage extends smalti.logreplay.v1.LogReplayMessage.$Properties {
            }

            /** Represents a LogReplayMessage. */
            class LogReplayMessage {

                /**
                 * Constructs a new LogReplayMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.logreplay.v1.LogReplayMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** LogReplayMessage ask. */
                ask?: (smalti.logreplay.v1.Ask.$Properties|null);

                /** LogReplayMessage available. */
                available?: (smalti.logreplay.v1.Available.$Properties|null);

                /** LogReplayMessage fetch. */
                fetch?: (smalti.logreplay.v1.Fetch.$Properties|null);

                /** LogReplayMessage run. */
                run?: (smalti.logreplay.v1.Run.$Properties|null);

                /** LogReplayMessage unavailable. */
                unavailable?: (smalti.logreplay.v1.Unavailable.$Properties|null);

                /** LogReplayMessage body. */
                body?: ("ask"|"available"|"fetch"|"run"|"unavailable");

                /**
                 * Creates a new LogReplayMessage instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns LogReplayMessage instance
                 */
                static create(properties: smalti.logreplay.v1.LogReplayMessage.$Shape): smalti.logreplay.v1.LogReplayMessage & smalti.logreplay.v1.LogReplayMessage.$Shape;
                static create(properties?: smalti.logreplay.v1.LogReplayMessage.$Properties): smalti.logreplay.v1.LogReplayMessage;

                /**
                 * Encodes the specified LogReplayMessage message. Does not implicitly {@link smalti.logreplay.v1.LogReplayMessage.verify|verify} messages.
                 * @param message LogReplayMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.logreplay.v1.LogReplayMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a LogReplayMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.logreplay.v1.LogReplayMessage & smalti.logreplay.v1.LogReplayMessage.$Shape} LogReplayMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.logreplay.v1.LogReplayMessage & smalti.logreplay.v1.LogReplayMessage.$Shape;
            }

            namespace LogReplayMessage {

                /** Properties of a LogReplayMessage. */
                interface $Properties {

                    /** LogReplayMessage ask */
                    ask?: (smalti.logreplay.v1.Ask.$Properties|null);

                    /** LogReplayMessage available */
                    available?: (smalti.logreplay.v1.Available.$Properties|null);

                    /** LogReplayMessage fetch */
                    fetch?: (smalti.logreplay.v1.Fetch.$Properties|null);

                    /** LogReplayMessage run */
                    run?: (smalti.logreplay.v1.Run.$Properties|null);

                    /** LogReplayMessage unavailable */
                    unavailable?: (smalti.logreplay.v1.Unavailable.$Properties|null);

                    /** LogReplayMessage body */
                    body?: ("ask"|"available"|"fetch"|"run"|"unavailable");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a LogReplayMessage. */
                type $Shape = {
                  ask?: smalti.logreplay.v1.Ask.$Shape|null;
                  available?: smalti.logreplay.v1.Available.$Shape|null;
                  fetch?: smalti.logreplay.v1.Fetch.$Shape|null;
                  run?: smalti.logreplay.v1.Run.$Shape|null;
                  unavailable?: smalti.logreplay.v1.Unavailable.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; ask?: null; available?: null; fetch?: null; run?: null; unavailable?: null }|{ body?: "ask"; ask: smalti.logreplay.v1.Ask.$Shape; available?: null; fetch?: null; run?: null; unavailable?: null }|{ body?: "available"; ask?: null; available: smalti.logreplay.v1.Available.$Shape; fetch?: null; run?: null; unavailable?: null }|{ body?: "fetch"; ask?: null; available?: null; fetch: smalti.logreplay.v1.Fetch.$Shape; run?: null; unavailable?: null }|{ body?: "run"; ask?: null; available?: null; fetch?: null; run: smalti.logreplay.v1.Run.$Shape; unavailable?: null }|{ body?: "unavailable"; ask?: null; available?: null; fetch?: null; run?: null; unavailable: smalti.logreplay.v1.Unavailable.$Shape })
                );
            }

            /**
             * Properties of an Ask.
             * @deprecated Use smalti.logreplay.v1.Ask.$Properties instead.
             */
            interface IAsk extends smalti.logreplay.v1.Ask.$Properties {
            }

            /** Represents an Ask. */
            class Ask {

                /**
                 * Constructs a new Ask.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.logreplay.v1.Ask.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Ask nonce. */
                nonce: number;

                /**
                 * Creates a new Ask instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Ask instance
                 */
                static create(properties: smalti.logreplay.v1.Ask.$Shape): smalti.logreplay.v1.Ask & smalti.logreplay.v1.Ask.$Shape;
                static create(properties?: smalti.logreplay.v1.Ask.$Properties): smalti.logreplay.v1.Ask;

                /**
                 * Encodes the specified Ask message. Does not implicitly {@link smalti.logreplay.v1.Ask.verify|verify} messages.
                 * @param message Ask message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.logreplay.v1.Ask.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Ask message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.logreplay.v1.Ask & smalti.logreplay.v1.Ask.$Shape} Ask
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.logreplay.v1.Ask & smalti.logreplay.v1.Ask.$Shape;
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
                type $Shape = smalti.logreplay.v1.Ask.$Properties;
            }

            /**
             * Properties of an Available.
             * @deprecated Use smalti.logreplay.v1.Available.$Properties instead.
             */
            interface IAvailable extends smalti.logreplay.v1.Available.$Properties {
            }

            /** Represents an Available. */
            class Available {

                /**
                 * Constructs a new Available.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.logreplay.v1.Available.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Available nonce. */
                nonce: number;

                /** Available first. */
                first: number;

                /** Available last. */
                last: number;

                /**
                 * Creates a new Available instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Available instance
                 */
                static create(properties: smalti.logreplay.v1.Available.$Shape): smalti.logreplay.v1.Available & smalti.logreplay.v1.Available.$Shape;
                static create(properties?: smalti.logreplay.v1.Available.$Properties): smalti.logreplay.v1.Available;

                /**
                 * Encodes the specified Available message. Does not implicitly {@link smalti.logreplay.v1.Available.verify|verify} messages.
                 * @param message Available message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.logreplay.v1.Available.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Available message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.logreplay.v1.Available & smalti.logreplay.v1.Available.$Shape} Available
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.logreplay.v1.Available & smalti.logreplay.v1.Available.$Shape;
            }

            namespace Available {

                /** Properties of an Available. */
                interface $Properties {

                    /** Available nonce */
                    nonce?: (number|null);

                    /** Available first */
                    first?: (number|null);

                    /** Available last */
                    last?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Available. */
                type $Shape = smalti.logreplay.v1.Available.$Properties;
            }

            /**
             * Properties of a Fetch.
             * @deprecated Use smalti.logreplay.v1.Fetch.$Properties instead.
             */
            interface IFetch extends smalti.logreplay.v1.Fetch.$Properties {
            }

            /** Represents a Fetch. */
            class Fetch {

                /**
                 * Constructs a new Fetch.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.logreplay.v1.Fetch.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Fetch nonce. */
                nonce: number;

                /** Fetch id. */
                id: number;

                /** Fetch first. */
                first: number;

                /** Fetch last. */
                last: number;

                /** Fetch maxBytes. */
                maxBytes: number;

                /**
                 * Creates a new Fetch instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Fetch instance
                 */
                static create(properties: smalti.logreplay.v1.Fetch.$Shape): smalti.logreplay.v1.Fetch & smalti.logreplay.v1.Fetch.$Shape;
                static create(properties?: smalti.logreplay.v1.Fetch.$Properties): smalti.logreplay.v1.Fetch;

                /**
                 * Encodes the specified Fetch message. Does not implicitly {@link smalti.logreplay.v1.Fetch.verify|verify} messages.
                 * @param message Fetch message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.logreplay.v1.Fetch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Fetch message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.logreplay.v1.Fetch & smalti.logreplay.v1.Fetch.$Shape} Fetch
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.logreplay.v1.Fetch & smalti.logreplay.v1.Fetch.$Shape;
            }

            namespace Fetch {

                /** Properties of a Fetch. */
                interface $Properties {

                    /** Fetch nonce */
                    nonce?: (number|null);

                    /** Fetch id */
                    id?: (number|null);

                    /** Fetch first */
                    first?: (number|null);

                    /** Fetch last */
                    last?: (number|null);

                    /** Fetch maxBytes */
                    maxBytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Fetch. */
                type $Shape = smalti.logreplay.v1.Fetch.$Properties;
            }

            /**
             * Properties of a Run.
             * @deprecated Use smalti.logreplay.v1.Run.$Properties instead.
             */
            interface IRun extends smalti.logreplay.v1.Run.$Properties {
            }

            /** Represents a Run. */
            class Run {

                /**
                 * Constructs a new Run.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.logreplay.v1.Run.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Run nonce. */
                nonce: number;

                /** Run id. */
                id: number;

                /** Run first. */
                first: number;

                /** Run prevTerm. */
                prevTerm: number;

                /** Run frames. */
                frames: Uint8Array;

                /**
                 * Creates a new Run instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Run instance
                 */
                static create(properties: smalti.logreplay.v1.Run.$Shape): smalti.logreplay.v1.Run & smalti.logreplay.v1.Run.$Shape;
                static create(properties?: smalti.logreplay.v1.Run.$Properties): smalti.logreplay.v1.Run;

                /**
                 * Encodes the specified Run message. Does not implicitly {@link smalti.logreplay.v1.Run.verify|verify} messages.
                 * @param message Run message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.logreplay.v1.Run.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Run message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.logreplay.v1.Run & smalti.logreplay.v1.Run.$Shape} Run
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.logreplay.v1.Run & smalti.logreplay.v1.Run.$Shape;
            }

            namespace Run {

                /** Properties of a Run. */
                interface $Properties {

                    /** Run nonce */
                    nonce?: (number|null);

                    /** Run id */
                    id?: (number|null);

                    /** Run first */
                    first?: (number|null);

                    /** Run prevTerm */
                    prevTerm?: (number|null);

                    /** Run frames */
                    frames?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Run. */
                type $Shape = smalti.logreplay.v1.Run.$Properties;
            }

            /**
             * Properties of an Unavailable.
             * @deprecated Use smalti.logreplay.v1.Unavailable.$Properties instead.
             */
            interface IUnavailable extends smalti.logreplay.v1.Unavailable.$Properties {
            }

            /** Represents an Unavailable. */
            class Unavailable {

                /**
                 * Constructs a new Unavailable.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: smalti.logreplay.v1.Unavailable.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Unavailable nonce. */
                nonce: number;

                /** Unavailable id. */
                id: number;

                /** Unavailable first. */
                first: number;

                /** Unavailable last. */
                last: number;

                /**
                 * Creates a new Unavailable instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Unavailable instance
                 */
                static create(properties: smalti.logreplay.v1.Unavailable.$Shape): smalti.logreplay.v1.Unavailable & smalti.logreplay.v1.Unavailable.$Shape;
                static create(properties?: smalti.logreplay.v1.Unavailable.$Properties): smalti.logreplay.v1.Unavailable;

                /**
                 * Encodes the specified Unavailable message. Does not implicitly {@link smalti.logreplay.v1.Unavailable.verify|verify} messages.
                 * @param message Unavailable message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: smalti.logreplay.v1.Unavailable.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Unavailable message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {smalti.logreplay.v1.Unavailable & smalti.logreplay.v1.Unavailable.$Shape} Unavailable
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.logreplay.v1.Unavailable & smalti.logreplay.v1.Unavailable.$Shape;
            }

            namespace Unavailable {

                /** Properties of an Unavailable. */
                interface $Properties {

                    /** Unavailable nonce */
                    nonce?: (number|null);

                    /** Unavailable id */
                    id?: (number|null);

                    /** Unavailable first */
                    first?: (number|null);

                    /** Unavailable last */
                    last?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Unavailable. */
                type $Shape = smalti.logreplay.v1.Unavailable.$Properties;
            }
        }
    }
}
