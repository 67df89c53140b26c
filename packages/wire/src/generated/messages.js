// Generated from ../../proto by 'pnpm generate'. Do not edit.
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = {};

// A 64-bit varint as a safe integer. protobufjs would give a Long object wherever the application happens to have the
// package 'long', and a rounded number where not; this gives a number everywhere and refuses what a number cannot hold.
function $uint64(reader) {
  const bytes = reader.buf;
  let value = 0;
  let weight = 1;
  for (let count = 0; count < 10; count++) {
    if (reader.pos >= reader.len) throw $RangeError('index out of range');
    const byte = bytes[reader.pos++];
    value += (byte & 127) * weight;
    if (byte < 128) {
      if (value > 9007199254740991) throw $RangeError('not a safe integer');
      return value;
    }
    weight *= 128;
  }
  throw $RangeError('invalid varint encoding');
}

function $uint64s(reader, values) {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw $RangeError('index out of range');
  while (reader.pos < end) values.push($uint64(reader));
  if (reader.pos !== end) throw $RangeError('index out of range');
}

export const smalti = $root.smalti = (() => {

    const smalti = {};

    smalti.wire = (function() {

        const wire = {};

        wire.Cursor = (function() {

            const Cursor = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Cursor.prototype.term = 0;
            Cursor.prototype.index = 0;

            Cursor.create = function(properties) {
                return new Cursor(properties);
            };

            Cursor.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                    writer.uint32(8).uint64(message.term);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && (typeof message.index === "object" ? message.index.low || message.index.high : message.index !== 0))
                    writer.uint32(16).uint64(message.index);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Cursor.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.smalti.wire.Cursor();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                message.term = value;
                            else
                                delete message.term;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                message.index = value;
                            else
                                delete message.index;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Cursor;
        })();

        return wire;
    })();

    return smalti;
})();

export {
  $root as default
};
