// Generated from ../../proto by 'pnpm generate'. Do not edit.
import * as $protobuf from "protobufjs/minimal.js";

/** Namespace smalti. */
export namespace smalti {

    /** Namespace wire. */
    namespace wire {

        /**
         * Properties of a Cursor.
         * @deprecated Use smalti.wire.Cursor.$Properties instead.
         */
        interface ICursor extends smalti.wire.Cursor.$Properties {
        }

        /** Represents a Cursor. */
        class Cursor {

            /**
             * Constructs a new Cursor.
             * @param [properties] Properties to set
             */
            constructor(properties?: smalti.wire.Cursor.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Cursor term. */
            term: number;

            /** Cursor index. */
            index: number;

            /**
             * Creates a new Cursor instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Cursor instance
             */
            static create(properties: smalti.wire.Cursor.$Shape): smalti.wire.Cursor & smalti.wire.Cursor.$Shape;
            static create(properties?: smalti.wire.Cursor.$Properties): smalti.wire.Cursor;

            /**
             * Encodes the specified Cursor message. Does not implicitly {@link smalti.wire.Cursor.verify|verify} messages.
             * @param message Cursor message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: smalti.wire.Cursor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Cursor message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {smalti.wire.Cursor & smalti.wire.Cursor.$Shape} Cursor
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): smalti.wire.Cursor & smalti.wire.Cursor.$Shape;
        }

        namespace Cursor {

            /** Properties of a Cursor. */
            interface $Properties {

                /** Cursor term */
                term?: (number|null);

                /** Cursor index */
                index?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Cursor. */
            type $Shape = smalti.wire.Cursor.$Properties;
        }
    }
}
