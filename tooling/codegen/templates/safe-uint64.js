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
