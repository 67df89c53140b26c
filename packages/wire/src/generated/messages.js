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

    smalti.group = (function() {

        const group = {};

        group.v1 = (function() {

            const v1 = {};

            v1.GroupMessage = (function() {

                const GroupMessage = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                GroupMessage.prototype.cluster = 0;
                GroupMessage.prototype.append = null;
                GroupMessage.prototype.appendReply = null;
                GroupMessage.prototype.heartbeat = null;
                GroupMessage.prototype.heartbeatReply = null;
                GroupMessage.prototype.preVote = null;
                GroupMessage.prototype.preVoteReply = null;
                GroupMessage.prototype.vote = null;
                GroupMessage.prototype.voteReply = null;
                GroupMessage.prototype.readIndex = null;
                GroupMessage.prototype.readIndexReply = null;
                GroupMessage.prototype.forward = null;
                GroupMessage.prototype.forwardReply = null;
                GroupMessage.prototype.birth = null;
                GroupMessage.prototype.catchUp = null;
                GroupMessage.prototype.sync = null;
                GroupMessage.prototype.syncOffers = null;
                GroupMessage.prototype.timeoutNow = null;
                GroupMessage.prototype.removed = null;
                GroupMessage.prototype.memberRequest = null;
                GroupMessage.prototype.memberReply = null;
                GroupMessage.prototype.checkpointReport = null;

                let $oneOfFields;

                $Object.defineProperty(GroupMessage.prototype, "body", {
                    get: $util.oneOfGetter($oneOfFields = ["append", "appendReply", "heartbeat", "heartbeatReply", "preVote", "preVoteReply", "vote", "voteReply", "readIndex", "readIndexReply", "forward", "forwardReply", "birth", "catchUp", "sync", "syncOffers", "timeoutNow", "removed", "memberRequest", "memberReply", "checkpointReport"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                GroupMessage.create = function(properties) {
                    return new GroupMessage(properties);
                };

                GroupMessage.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.cluster != null && $Object.hasOwnProperty.call(message, "cluster") && message.cluster !== 0)
                        writer.uint32(13).fixed32(message.cluster);
                    if (message.append != null && $Object.hasOwnProperty.call(message, "append"))
                        $root.smalti.group.v1.Append.encode(message.append, writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.appendReply != null && $Object.hasOwnProperty.call(message, "appendReply"))
                        $root.smalti.group.v1.AppendReply.encode(message.appendReply, writer.uint32(26).fork(), _depth + 1).ldelim();
                    if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat"))
                        $root.smalti.group.v1.Heartbeat.encode(message.heartbeat, writer.uint32(34).fork(), _depth + 1).ldelim();
                    if (message.heartbeatReply != null && $Object.hasOwnProperty.call(message, "heartbeatReply"))
                        $root.smalti.group.v1.HeartbeatReply.encode(message.heartbeatReply, writer.uint32(42).fork(), _depth + 1).ldelim();
                    if (message.preVote != null && $Object.hasOwnProperty.call(message, "preVote"))
                        $root.smalti.group.v1.Vote.encode(message.preVote, writer.uint32(50).fork(), _depth + 1).ldelim();
                    if (message.preVoteReply != null && $Object.hasOwnProperty.call(message, "preVoteReply"))
                        $root.smalti.group.v1.VoteReply.encode(message.preVoteReply, writer.uint32(58).fork(), _depth + 1).ldelim();
                    if (message.vote != null && $Object.hasOwnProperty.call(message, "vote"))
                        $root.smalti.group.v1.Vote.encode(message.vote, writer.uint32(66).fork(), _depth + 1).ldelim();
                    if (message.voteReply != null && $Object.hasOwnProperty.call(message, "voteReply"))
                        $root.smalti.group.v1.VoteReply.encode(message.voteReply, writer.uint32(74).fork(), _depth + 1).ldelim();
                    if (message.readIndex != null && $Object.hasOwnProperty.call(message, "readIndex"))
                        $root.smalti.group.v1.ReadIndex.encode(message.readIndex, writer.uint32(82).fork(), _depth + 1).ldelim();
                    if (message.readIndexReply != null && $Object.hasOwnProperty.call(message, "readIndexReply"))
                        $root.smalti.group.v1.ReadIndexReply.encode(message.readIndexReply, writer.uint32(90).fork(), _depth + 1).ldelim();
                    if (message.forward != null && $Object.hasOwnProperty.call(message, "forward"))
                        $root.smalti.group.v1.Forward.encode(message.forward, writer.uint32(98).fork(), _depth + 1).ldelim();
                    if (message.forwardReply != null && $Object.hasOwnProperty.call(message, "forwardReply"))
                        $root.smalti.group.v1.ForwardReply.encode(message.forwardReply, writer.uint32(106).fork(), _depth + 1).ldelim();
                    if (message.birth != null && $Object.hasOwnProperty.call(message, "birth"))
                        $root.smalti.group.v1.Birth.encode(message.birth, writer.uint32(114).fork(), _depth + 1).ldelim();
                    if (message.catchUp != null && $Object.hasOwnProperty.call(message, "catchUp"))
                        $root.smalti.group.v1.CatchUp.encode(message.catchUp, writer.uint32(122).fork(), _depth + 1).ldelim();
                    if (message.sync != null && $Object.hasOwnProperty.call(message, "sync"))
                        $root.smalti.group.v1.SyncMessage.encode(message.sync, writer.uint32(130).fork(), _depth + 1).ldelim();
                    if (message.syncOffers != null && $Object.hasOwnProperty.call(message, "syncOffers"))
                        $root.smalti.group.v1.SyncOffers.encode(message.syncOffers, writer.uint32(138).fork(), _depth + 1).ldelim();
                    if (message.timeoutNow != null && $Object.hasOwnProperty.call(message, "timeoutNow"))
                        $root.smalti.group.v1.TimeoutNow.encode(message.timeoutNow, writer.uint32(162).fork(), _depth + 1).ldelim();
                    if (message.removed != null && $Object.hasOwnProperty.call(message, "removed"))
                        $root.smalti.group.v1.Removed.encode(message.removed, writer.uint32(170).fork(), _depth + 1).ldelim();
                    if (message.memberRequest != null && $Object.hasOwnProperty.call(message, "memberRequest"))
                        $root.smalti.group.v1.MemberRequest.encode(message.memberRequest, writer.uint32(178).fork(), _depth + 1).ldelim();
                    if (message.memberReply != null && $Object.hasOwnProperty.call(message, "memberReply"))
                        $root.smalti.group.v1.MemberReply.encode(message.memberReply, writer.uint32(186).fork(), _depth + 1).ldelim();
                    if (message.checkpointReport != null && $Object.hasOwnProperty.call(message, "checkpointReport"))
                        $root.smalti.group.v1.CheckpointReport.encode(message.checkpointReport, writer.uint32(194).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                GroupMessage.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.GroupMessage();
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
                                if (wireType !== 5)
                                    break;
                                if (value = reader.fixed32())
                                    message.cluster = value;
                                else
                                    delete message.cluster;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                message.append = $root.smalti.group.v1.Append.decode(reader, reader.size(), $undefined, _depth + 1, message.append);
                                message.body = "append";
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.appendReply = $root.smalti.group.v1.AppendReply.decode(reader, reader.size(), $undefined, _depth + 1, message.appendReply);
                                message.body = "appendReply";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.heartbeat = $root.smalti.group.v1.Heartbeat.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeat);
                                message.body = "heartbeat";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.heartbeatReply = $root.smalti.group.v1.HeartbeatReply.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeatReply);
                                message.body = "heartbeatReply";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.preVote = $root.smalti.group.v1.Vote.decode(reader, reader.size(), $undefined, _depth + 1, message.preVote);
                                message.body = "preVote";
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                message.preVoteReply = $root.smalti.group.v1.VoteReply.decode(reader, reader.size(), $undefined, _depth + 1, message.preVoteReply);
                                message.body = "preVoteReply";
                                continue;
                            }
                        case 8: {
                                if (wireType !== 2)
                                    break;
                                message.vote = $root.smalti.group.v1.Vote.decode(reader, reader.size(), $undefined, _depth + 1, message.vote);
                                message.body = "vote";
                                continue;
                            }
                        case 9: {
                                if (wireType !== 2)
                                    break;
                                message.voteReply = $root.smalti.group.v1.VoteReply.decode(reader, reader.size(), $undefined, _depth + 1, message.voteReply);
                                message.body = "voteReply";
                                continue;
                            }
                        case 10: {
                                if (wireType !== 2)
                                    break;
                                message.readIndex = $root.smalti.group.v1.ReadIndex.decode(reader, reader.size(), $undefined, _depth + 1, message.readIndex);
                                message.body = "readIndex";
                                continue;
                            }
                        case 11: {
                                if (wireType !== 2)
                                    break;
                                message.readIndexReply = $root.smalti.group.v1.ReadIndexReply.decode(reader, reader.size(), $undefined, _depth + 1, message.readIndexReply);
                                message.body = "readIndexReply";
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                message.forward = $root.smalti.group.v1.Forward.decode(reader, reader.size(), $undefined, _depth + 1, message.forward);
                                message.body = "forward";
                                continue;
                            }
                        case 13: {
                                if (wireType !== 2)
                                    break;
                                message.forwardReply = $root.smalti.group.v1.ForwardReply.decode(reader, reader.size(), $undefined, _depth + 1, message.forwardReply);
                                message.body = "forwardReply";
                                continue;
                            }
                        case 14: {
                                if (wireType !== 2)
                                    break;
                                message.birth = $root.smalti.group.v1.Birth.decode(reader, reader.size(), $undefined, _depth + 1, message.birth);
                                message.body = "birth";
                                continue;
                            }
                        case 15: {
                                if (wireType !== 2)
                                    break;
                                message.catchUp = $root.smalti.group.v1.CatchUp.decode(reader, reader.size(), $undefined, _depth + 1, message.catchUp);
                                message.body = "catchUp";
                                continue;
                            }
                        case 16: {
                                if (wireType !== 2)
                                    break;
                                message.sync = $root.smalti.group.v1.SyncMessage.decode(reader, reader.size(), $undefined, _depth + 1, message.sync);
                                message.body = "sync";
                                continue;
                            }
                        case 17: {
                                if (wireType !== 2)
                                    break;
                                message.syncOffers = $root.smalti.group.v1.SyncOffers.decode(reader, reader.size(), $undefined, _depth + 1, message.syncOffers);
                                message.body = "syncOffers";
                                continue;
                            }
                        case 20: {
                                if (wireType !== 2)
                                    break;
                                message.timeoutNow = $root.smalti.group.v1.TimeoutNow.decode(reader, reader.size(), $undefined, _depth + 1, message.timeoutNow);
                                message.body = "timeoutNow";
                                continue;
                            }
                        case 21: {
                                if (wireType !== 2)
                                    break;
                                message.removed = $root.smalti.group.v1.Removed.decode(reader, reader.size(), $undefined, _depth + 1, message.removed);
                                message.body = "removed";
                                continue;
                            }
                        case 22: {
                                if (wireType !== 2)
                                    break;
                                message.memberRequest = $root.smalti.group.v1.MemberRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.memberRequest);
                                message.body = "memberRequest";
                                continue;
                            }
                        case 23: {
                                if (wireType !== 2)
                                    break;
                                message.memberReply = $root.smalti.group.v1.MemberReply.decode(reader, reader.size(), $undefined, _depth + 1, message.memberReply);
                                message.body = "memberReply";
                                continue;
                            }
                        case 24: {
                                if (wireType !== 2)
                                    break;
                                message.checkpointReport = $root.smalti.group.v1.CheckpointReport.decode(reader, reader.size(), $undefined, _depth + 1, message.checkpointReport);
                                message.body = "checkpointReport";
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

                return GroupMessage;
            })();

            v1.Append = (function() {

                const Append = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Append.prototype.term = 0;
                Append.prototype.prevIndex = 0;
                Append.prototype.prevTerm = 0;
                Append.prototype.commit = 0;
                Append.prototype.logEnd = 0;
                Append.prototype.entries = $util.newBuffer([]);

                Append.create = function(properties) {
                    return new Append(properties);
                };

                Append.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.prevIndex != null && $Object.hasOwnProperty.call(message, "prevIndex") && (typeof message.prevIndex === "object" ? message.prevIndex.low || message.prevIndex.high : message.prevIndex !== 0))
                        writer.uint32(16).uint64(message.prevIndex);
                    if (message.prevTerm != null && $Object.hasOwnProperty.call(message, "prevTerm") && (typeof message.prevTerm === "object" ? message.prevTerm.low || message.prevTerm.high : message.prevTerm !== 0))
                        writer.uint32(24).uint64(message.prevTerm);
                    if (message.commit != null && $Object.hasOwnProperty.call(message, "commit") && (typeof message.commit === "object" ? message.commit.low || message.commit.high : message.commit !== 0))
                        writer.uint32(32).uint64(message.commit);
                    if (message.logEnd != null && $Object.hasOwnProperty.call(message, "logEnd") && (typeof message.logEnd === "object" ? message.logEnd.low || message.logEnd.high : message.logEnd !== 0))
                        writer.uint32(40).uint64(message.logEnd);
                    if (message.entries != null && $Object.hasOwnProperty.call(message, "entries") && message.entries.length)
                        writer.uint32(50).bytes(message.entries);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Append.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.Append();
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
                                    message.prevIndex = value;
                                else
                                    delete message.prevIndex;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.prevTerm = value;
                                else
                                    delete message.prevTerm;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.commit = value;
                                else
                                    delete message.commit;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.logEnd = value;
                                else
                                    delete message.logEnd;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.entries = value;
                                else
                                    delete message.entries;
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

                return Append;
            })();

            v1.AppendReply = (function() {

                const AppendReply = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                AppendReply.prototype.term = 0;
                AppendReply.prototype.match = 0;
                AppendReply.prototype.refused = false;
                AppendReply.prototype.refusedPrev = 0;
                AppendReply.prototype.hintIndex = 0;
                AppendReply.prototype.hintTerm = 0;
                AppendReply.prototype.session = 0;

                AppendReply.create = function(properties) {
                    return new AppendReply(properties);
                };

                AppendReply.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.match != null && $Object.hasOwnProperty.call(message, "match") && (typeof message.match === "object" ? message.match.low || message.match.high : message.match !== 0))
                        writer.uint32(16).uint64(message.match);
                    if (message.refused != null && $Object.hasOwnProperty.call(message, "refused") && message.refused !== false)
                        writer.uint32(24).bool(message.refused);
                    if (message.refusedPrev != null && $Object.hasOwnProperty.call(message, "refusedPrev") && (typeof message.refusedPrev === "object" ? message.refusedPrev.low || message.refusedPrev.high : message.refusedPrev !== 0))
                        writer.uint32(32).uint64(message.refusedPrev);
                    if (message.hintIndex != null && $Object.hasOwnProperty.call(message, "hintIndex") && (typeof message.hintIndex === "object" ? message.hintIndex.low || message.hintIndex.high : message.hintIndex !== 0))
                        writer.uint32(40).uint64(message.hintIndex);
                    if (message.hintTerm != null && $Object.hasOwnProperty.call(message, "hintTerm") && (typeof message.hintTerm === "object" ? message.hintTerm.low || message.hintTerm.high : message.hintTerm !== 0))
                        writer.uint32(48).uint64(message.hintTerm);
                    if (message.session != null && $Object.hasOwnProperty.call(message, "session") && (typeof message.session === "object" ? message.session.low || message.session.high : message.session !== 0))
                        writer.uint32(56).uint64(message.session);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                AppendReply.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.AppendReply();
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
                                    message.match = value;
                                else
                                    delete message.match;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.refused = value;
                                else
                                    delete message.refused;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.refusedPrev = value;
                                else
                                    delete message.refusedPrev;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.hintIndex = value;
                                else
                                    delete message.hintIndex;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.hintTerm = value;
                                else
                                    delete message.hintTerm;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.session = value;
                                else
                                    delete message.session;
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

                return AppendReply;
            })();

            v1.Heartbeat = (function() {

                const Heartbeat = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Heartbeat.prototype.term = 0;
                Heartbeat.prototype.commit = 0;
                Heartbeat.prototype.leaderCommit = 0;
                Heartbeat.prototype.round = 0;
                Heartbeat.prototype.logEnd = 0;
                Heartbeat.prototype.heard = 0;
                Heartbeat.prototype.confirmed = 0;
                Heartbeat.prototype.rest = false;

                Heartbeat.create = function(properties) {
                    return new Heartbeat(properties);
                };

                Heartbeat.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.commit != null && $Object.hasOwnProperty.call(message, "commit") && (typeof message.commit === "object" ? message.commit.low || message.commit.high : message.commit !== 0))
                        writer.uint32(16).uint64(message.commit);
                    if (message.leaderCommit != null && $Object.hasOwnProperty.call(message, "leaderCommit") && (typeof message.leaderCommit === "object" ? message.leaderCommit.low || message.leaderCommit.high : message.leaderCommit !== 0))
                        writer.uint32(24).uint64(message.leaderCommit);
                    if (message.round != null && $Object.hasOwnProperty.call(message, "round") && (typeof message.round === "object" ? message.round.low || message.round.high : message.round !== 0))
                        writer.uint32(32).uint64(message.round);
                    if (message.logEnd != null && $Object.hasOwnProperty.call(message, "logEnd") && (typeof message.logEnd === "object" ? message.logEnd.low || message.logEnd.high : message.logEnd !== 0))
                        writer.uint32(40).uint64(message.logEnd);
                    if (message.heard != null && $Object.hasOwnProperty.call(message, "heard") && (typeof message.heard === "object" ? message.heard.low || message.heard.high : message.heard !== 0))
                        writer.uint32(160).uint64(message.heard);
                    if (message.confirmed != null && $Object.hasOwnProperty.call(message, "confirmed") && (typeof message.confirmed === "object" ? message.confirmed.low || message.confirmed.high : message.confirmed !== 0))
                        writer.uint32(168).uint64(message.confirmed);
                    if (message.rest != null && $Object.hasOwnProperty.call(message, "rest") && message.rest !== false)
                        writer.uint32(400).bool(message.rest);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Heartbeat.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.Heartbeat();
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
                                    message.commit = value;
                                else
                                    delete message.commit;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.leaderCommit = value;
                                else
                                    delete message.leaderCommit;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.round = value;
                                else
                                    delete message.round;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.logEnd = value;
                                else
                                    delete message.logEnd;
                                continue;
                            }
                        case 20: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.heard = value;
                                else
                                    delete message.heard;
                                continue;
                            }
                        case 21: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.confirmed = value;
                                else
                                    delete message.confirmed;
                                continue;
                            }
                        case 50: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.rest = value;
                                else
                                    delete message.rest;
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

                return Heartbeat;
            })();

            v1.HeartbeatReply = (function() {

                const HeartbeatReply = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HeartbeatReply.prototype.term = 0;
                HeartbeatReply.prototype.round = 0;
                HeartbeatReply.prototype.match = 0;
                HeartbeatReply.prototype.received = 0;
                HeartbeatReply.prototype.session = 0;
                HeartbeatReply.prototype.rest = false;

                HeartbeatReply.create = function(properties) {
                    return new HeartbeatReply(properties);
                };

                HeartbeatReply.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.round != null && $Object.hasOwnProperty.call(message, "round") && (typeof message.round === "object" ? message.round.low || message.round.high : message.round !== 0))
                        writer.uint32(16).uint64(message.round);
                    if (message.match != null && $Object.hasOwnProperty.call(message, "match") && (typeof message.match === "object" ? message.match.low || message.match.high : message.match !== 0))
                        writer.uint32(24).uint64(message.match);
                    if (message.received != null && $Object.hasOwnProperty.call(message, "received") && (typeof message.received === "object" ? message.received.low || message.received.high : message.received !== 0))
                        writer.uint32(32).uint64(message.received);
                    if (message.session != null && $Object.hasOwnProperty.call(message, "session") && (typeof message.session === "object" ? message.session.low || message.session.high : message.session !== 0))
                        writer.uint32(40).uint64(message.session);
                    if (message.rest != null && $Object.hasOwnProperty.call(message, "rest") && message.rest !== false)
                        writer.uint32(400).bool(message.rest);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HeartbeatReply.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.HeartbeatReply();
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
                                    message.round = value;
                                else
                                    delete message.round;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.match = value;
                                else
                                    delete message.match;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.received = value;
                                else
                                    delete message.received;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.session = value;
                                else
                                    delete message.session;
                                continue;
                            }
                        case 50: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.rest = value;
                                else
                                    delete message.rest;
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

                return HeartbeatReply;
            })();

            v1.Vote = (function() {

                const Vote = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Vote.prototype.term = 0;
                Vote.prototype.lastIndex = 0;
                Vote.prototype.lastTerm = 0;
                Vote.prototype.transfer = false;

                Vote.create = function(properties) {
                    return new Vote(properties);
                };

                Vote.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.lastIndex != null && $Object.hasOwnProperty.call(message, "lastIndex") && (typeof message.lastIndex === "object" ? message.lastIndex.low || message.lastIndex.high : message.lastIndex !== 0))
                        writer.uint32(16).uint64(message.lastIndex);
                    if (message.lastTerm != null && $Object.hasOwnProperty.call(message, "lastTerm") && (typeof message.lastTerm === "object" ? message.lastTerm.low || message.lastTerm.high : message.lastTerm !== 0))
                        writer.uint32(24).uint64(message.lastTerm);
                    if (message.transfer != null && $Object.hasOwnProperty.call(message, "transfer") && message.transfer !== false)
                        writer.uint32(32).bool(message.transfer);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Vote.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.Vote();
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
                                    message.lastIndex = value;
                                else
                                    delete message.lastIndex;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.lastTerm = value;
                                else
                                    delete message.lastTerm;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.transfer = value;
                                else
                                    delete message.transfer;
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

                return Vote;
            })();

            v1.TimeoutNow = (function() {

                const TimeoutNow = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                TimeoutNow.prototype.term = 0;

                TimeoutNow.create = function(properties) {
                    return new TimeoutNow(properties);
                };

                TimeoutNow.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                TimeoutNow.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.TimeoutNow();
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

                return TimeoutNow;
            })();

            v1.Removed = (function() {

                const Removed = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Removed.prototype.term = 0;
                Removed.prototype.at = 0;

                Removed.create = function(properties) {
                    return new Removed(properties);
                };

                Removed.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                        writer.uint32(16).uint64(message.at);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Removed.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.Removed();
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
                                    message.at = value;
                                else
                                    delete message.at;
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

                return Removed;
            })();

            v1.MemberRequest = (function() {

                const MemberRequest = function (properties) {
                    this.changes = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                MemberRequest.prototype.id = 0;
                MemberRequest.prototype.changes = $util.emptyArray;
                MemberRequest.prototype.force = false;
                MemberRequest.prototype.transfer = false;
                MemberRequest.prototype.to = "";

                MemberRequest.create = function(properties) {
                    return new MemberRequest(properties);
                };

                MemberRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                        writer.uint32(8).uint64(message.id);
                    if (message.changes != null && message.changes.length)
                        for (let i = 0; i < message.changes.length; ++i)
                            $root.smalti.group.v1.MemberChange.encode(message.changes[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.force != null && $Object.hasOwnProperty.call(message, "force") && message.force !== false)
                        writer.uint32(24).bool(message.force);
                    if (message.transfer != null && $Object.hasOwnProperty.call(message, "transfer") && message.transfer !== false)
                        writer.uint32(32).bool(message.transfer);
                    if (message.to != null && $Object.hasOwnProperty.call(message, "to") && message.to !== "")
                        writer.uint32(42).string(message.to);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                MemberRequest.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.MemberRequest();
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
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.changes && message.changes.length))
                                    message.changes = [];
                                message.changes.push($root.smalti.group.v1.MemberChange.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.force = value;
                                else
                                    delete message.force;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.transfer = value;
                                else
                                    delete message.transfer;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.to = value;
                                else
                                    delete message.to;
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

                return MemberRequest;
            })();

            v1.MemberChange = (function() {

                const MemberChange = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                MemberChange.prototype.kind = 0;
                MemberChange.prototype.id = "";
                MemberChange.prototype.incarnation = "";
                MemberChange.prototype.address = "";
                MemberChange.prototype.preference = 0;

                MemberChange.create = function(properties) {
                    return new MemberChange(properties);
                };

                MemberChange.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                        writer.uint32(8).uint32(message.kind);
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                        writer.uint32(18).string(message.id);
                    if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && message.incarnation !== "")
                        writer.uint32(26).string(message.incarnation);
                    if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                        writer.uint32(34).string(message.address);
                    if (message.preference != null && $Object.hasOwnProperty.call(message, "preference") && message.preference !== 0)
                        writer.uint32(40).uint32(message.preference);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                MemberChange.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.MemberChange();
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
                                if (value = reader.uint32())
                                    message.kind = value;
                                else
                                    delete message.kind;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.incarnation = value;
                                else
                                    delete message.incarnation;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.address = value;
                                else
                                    delete message.address;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.preference = value;
                                else
                                    delete message.preference;
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

                return MemberChange;
            })();

            v1.MemberReply = (function() {

                const MemberReply = function (properties) {
                    this.addresses = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                MemberReply.prototype.id = 0;
                MemberReply.prototype.refusal = "";
                MemberReply.prototype.text = "";
                MemberReply.prototype.index = 0;
                MemberReply.prototype.addresses = $util.emptyArray;

                MemberReply.create = function(properties) {
                    return new MemberReply(properties);
                };

                MemberReply.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                        writer.uint32(8).uint64(message.id);
                    if (message.refusal != null && $Object.hasOwnProperty.call(message, "refusal") && message.refusal !== "")
                        writer.uint32(18).string(message.refusal);
                    if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                        writer.uint32(26).string(message.text);
                    if (message.index != null && $Object.hasOwnProperty.call(message, "index") && (typeof message.index === "object" ? message.index.low || message.index.high : message.index !== 0))
                        writer.uint32(32).uint64(message.index);
                    if (message.addresses != null && message.addresses.length)
                        for (let i = 0; i < message.addresses.length; ++i)
                            writer.uint32(42).string(message.addresses[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                MemberReply.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.MemberReply();
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
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.refusal = value;
                                else
                                    delete message.refusal;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.text = value;
                                else
                                    delete message.text;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.index = value;
                                else
                                    delete message.index;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.addresses && message.addresses.length))
                                    message.addresses = [];
                                message.addresses.push(reader.stringVerify());
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

                return MemberReply;
            })();

            v1.CheckpointReport = (function() {

                const CheckpointReport = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                CheckpointReport.prototype.marker = 0;
                CheckpointReport.prototype.root = $util.newBuffer([]);
                CheckpointReport.prototype.format = 0;
                CheckpointReport.prototype.machine = 0;
                CheckpointReport.prototype.wanted = 0;
                CheckpointReport.prototype.failedIndex = 0;
                CheckpointReport.prototype.failedTerm = 0;
                CheckpointReport.prototype.failedChecksum = 0;

                CheckpointReport.create = function(properties) {
                    return new CheckpointReport(properties);
                };

                CheckpointReport.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.marker != null && $Object.hasOwnProperty.call(message, "marker") && (typeof message.marker === "object" ? message.marker.low || message.marker.high : message.marker !== 0))
                        writer.uint32(8).uint64(message.marker);
                    if (message.root != null && $Object.hasOwnProperty.call(message, "root") && message.root.length)
                        writer.uint32(18).bytes(message.root);
                    if (message.format != null && $Object.hasOwnProperty.call(message, "format") && (typeof message.format === "object" ? message.format.low || message.format.high : message.format !== 0))
                        writer.uint32(24).uint64(message.format);
                    if (message.machine != null && $Object.hasOwnProperty.call(message, "machine") && (typeof message.machine === "object" ? message.machine.low || message.machine.high : message.machine !== 0))
                        writer.uint32(32).uint64(message.machine);
                    if (message.wanted != null && $Object.hasOwnProperty.call(message, "wanted") && (typeof message.wanted === "object" ? message.wanted.low || message.wanted.high : message.wanted !== 0))
                        writer.uint32(40).uint64(message.wanted);
                    if (message.failedIndex != null && $Object.hasOwnProperty.call(message, "failedIndex") && (typeof message.failedIndex === "object" ? message.failedIndex.low || message.failedIndex.high : message.failedIndex !== 0))
                        writer.uint32(48).uint64(message.failedIndex);
                    if (message.failedTerm != null && $Object.hasOwnProperty.call(message, "failedTerm") && (typeof message.failedTerm === "object" ? message.failedTerm.low || message.failedTerm.high : message.failedTerm !== 0))
                        writer.uint32(56).uint64(message.failedTerm);
                    if (message.failedChecksum != null && $Object.hasOwnProperty.call(message, "failedChecksum") && message.failedChecksum !== 0)
                        writer.uint32(69).fixed32(message.failedChecksum);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                CheckpointReport.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.CheckpointReport();
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
                                    message.marker = value;
                                else
                                    delete message.marker;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.root = value;
                                else
                                    delete message.root;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.format = value;
                                else
                                    delete message.format;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.machine = value;
                                else
                                    delete message.machine;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.wanted = value;
                                else
                                    delete message.wanted;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.failedIndex = value;
                                else
                                    delete message.failedIndex;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.failedTerm = value;
                                else
                                    delete message.failedTerm;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 5)
                                    break;
                                if (value = reader.fixed32())
                                    message.failedChecksum = value;
                                else
                                    delete message.failedChecksum;
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

                return CheckpointReport;
            })();

            v1.VoteReply = (function() {

                const VoteReply = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                VoteReply.prototype.term = 0;
                VoteReply.prototype.granted = false;
                VoteReply.prototype.doubtful = false;

                VoteReply.create = function(properties) {
                    return new VoteReply(properties);
                };

                VoteReply.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.granted != null && $Object.hasOwnProperty.call(message, "granted") && message.granted !== false)
                        writer.uint32(16).bool(message.granted);
                    if (message.doubtful != null && $Object.hasOwnProperty.call(message, "doubtful") && message.doubtful !== false)
                        writer.uint32(24).bool(message.doubtful);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                VoteReply.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.VoteReply();
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
                                if (value = reader.bool())
                                    message.granted = value;
                                else
                                    delete message.granted;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.doubtful = value;
                                else
                                    delete message.doubtful;
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

                return VoteReply;
            })();

            v1.ReadIndex = (function() {

                const ReadIndex = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ReadIndex.prototype.term = 0;
                ReadIndex.prototype.id = 0;

                ReadIndex.create = function(properties) {
                    return new ReadIndex(properties);
                };

                ReadIndex.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                        writer.uint32(16).uint64(message.id);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ReadIndex.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.ReadIndex();
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
                                    message.id = value;
                                else
                                    delete message.id;
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

                return ReadIndex;
            })();

            v1.ReadIndexReply = (function() {

                const ReadIndexReply = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ReadIndexReply.prototype.term = 0;
                ReadIndexReply.prototype.id = 0;
                ReadIndexReply.prototype.index = 0;
                ReadIndexReply.prototype.stamp = 0;

                ReadIndexReply.create = function(properties) {
                    return new ReadIndexReply(properties);
                };

                ReadIndexReply.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                        writer.uint32(16).uint64(message.id);
                    if (message.index != null && $Object.hasOwnProperty.call(message, "index") && (typeof message.index === "object" ? message.index.low || message.index.high : message.index !== 0))
                        writer.uint32(24).uint64(message.index);
                    if (message.stamp != null && $Object.hasOwnProperty.call(message, "stamp") && (typeof message.stamp === "object" ? message.stamp.low || message.stamp.high : message.stamp !== 0))
                        writer.uint32(32).uint64(message.stamp);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ReadIndexReply.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.ReadIndexReply();
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
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.index = value;
                                else
                                    delete message.index;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.stamp = value;
                                else
                                    delete message.stamp;
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

                return ReadIndexReply;
            })();

            v1.Forward = (function() {

                const Forward = function (properties) {
                    this.envelopes = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Forward.prototype.term = 0;
                Forward.prototype.id = 0;
                Forward.prototype.envelopes = $util.emptyArray;

                Forward.create = function(properties) {
                    return new Forward(properties);
                };

                Forward.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                        writer.uint32(16).uint64(message.id);
                    if (message.envelopes != null && message.envelopes.length)
                        for (let i = 0; i < message.envelopes.length; ++i)
                            writer.uint32(26).bytes(message.envelopes[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Forward.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.Forward();
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
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.envelopes && message.envelopes.length))
                                    message.envelopes = [];
                                message.envelopes.push(reader.bytes());
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

                return Forward;
            })();

            v1.ForwardReply = (function() {

                const ForwardReply = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ForwardReply.prototype.term = 0;
                ForwardReply.prototype.id = 0;
                ForwardReply.prototype.first = 0;

                ForwardReply.create = function(properties) {
                    return new ForwardReply(properties);
                };

                ForwardReply.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.id != null && $Object.hasOwnProperty.call(message, "id") && (typeof message.id === "object" ? message.id.low || message.id.high : message.id !== 0))
                        writer.uint32(16).uint64(message.id);
                    if (message.first != null && $Object.hasOwnProperty.call(message, "first") && (typeof message.first === "object" ? message.first.low || message.first.high : message.first !== 0))
                        writer.uint32(24).uint64(message.first);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ForwardReply.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.ForwardReply();
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
                                    message.id = value;
                                else
                                    delete message.id;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.first = value;
                                else
                                    delete message.first;
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

                return ForwardReply;
            })();

            v1.CatchUp = (function() {

                const CatchUp = function (properties) {
                    this.rowFirsts = [];
                    this.rowTerms = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                CatchUp.prototype.term = 0;
                CatchUp.prototype.ticket = 0;
                CatchUp.prototype.sinceIndex = 0;
                CatchUp.prototype.sinceTerm = 0;
                CatchUp.prototype.positionIndex = 0;
                CatchUp.prototype.positionTerm = 0;
                CatchUp.prototype.leaderCommit = 0;
                CatchUp.prototype.logEnd = 0;
                CatchUp.prototype.rowFirsts = $util.emptyArray;
                CatchUp.prototype.rowTerms = $util.emptyArray;
                CatchUp.prototype.through = 0;
                CatchUp.prototype.entries = $util.newBuffer([]);
                CatchUp.prototype.anchorIndex = 0;
                CatchUp.prototype.anchorTerm = 0;
                CatchUp.prototype.anchorRoot = $util.newBuffer([]);

                CatchUp.create = function(properties) {
                    return new CatchUp(properties);
                };

                CatchUp.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.term != null && $Object.hasOwnProperty.call(message, "term") && (typeof message.term === "object" ? message.term.low || message.term.high : message.term !== 0))
                        writer.uint32(8).uint64(message.term);
                    if (message.ticket != null && $Object.hasOwnProperty.call(message, "ticket") && (typeof message.ticket === "object" ? message.ticket.low || message.ticket.high : message.ticket !== 0))
                        writer.uint32(16).uint64(message.ticket);
                    if (message.sinceIndex != null && $Object.hasOwnProperty.call(message, "sinceIndex") && (typeof message.sinceIndex === "object" ? message.sinceIndex.low || message.sinceIndex.high : message.sinceIndex !== 0))
                        writer.uint32(24).uint64(message.sinceIndex);
                    if (message.sinceTerm != null && $Object.hasOwnProperty.call(message, "sinceTerm") && (typeof message.sinceTerm === "object" ? message.sinceTerm.low || message.sinceTerm.high : message.sinceTerm !== 0))
                        writer.uint32(32).uint64(message.sinceTerm);
                    if (message.positionIndex != null && $Object.hasOwnProperty.call(message, "positionIndex") && (typeof message.positionIndex === "object" ? message.positionIndex.low || message.positionIndex.high : message.positionIndex !== 0))
                        writer.uint32(40).uint64(message.positionIndex);
                    if (message.positionTerm != null && $Object.hasOwnProperty.call(message, "positionTerm") && (typeof message.positionTerm === "object" ? message.positionTerm.low || message.positionTerm.high : message.positionTerm !== 0))
                        writer.uint32(48).uint64(message.positionTerm);
                    if (message.leaderCommit != null && $Object.hasOwnProperty.call(message, "leaderCommit") && (typeof message.leaderCommit === "object" ? message.leaderCommit.low || message.leaderCommit.high : message.leaderCommit !== 0))
                        writer.uint32(56).uint64(message.leaderCommit);
                    if (message.logEnd != null && $Object.hasOwnProperty.call(message, "logEnd") && (typeof message.logEnd === "object" ? message.logEnd.low || message.logEnd.high : message.logEnd !== 0))
                        writer.uint32(64).uint64(message.logEnd);
                    if (message.rowFirsts != null && message.rowFirsts.length)
                        writer.uint32(74).uint64s(message.rowFirsts);
                    if (message.rowTerms != null && message.rowTerms.length)
                        writer.uint32(82).uint64s(message.rowTerms);
                    if (message.through != null && $Object.hasOwnProperty.call(message, "through") && (typeof message.through === "object" ? message.through.low || message.through.high : message.through !== 0))
                        writer.uint32(88).uint64(message.through);
                    if (message.entries != null && $Object.hasOwnProperty.call(message, "entries") && message.entries.length)
                        writer.uint32(98).bytes(message.entries);
                    if (message.anchorIndex != null && $Object.hasOwnProperty.call(message, "anchorIndex") && (typeof message.anchorIndex === "object" ? message.anchorIndex.low || message.anchorIndex.high : message.anchorIndex !== 0))
                        writer.uint32(160).uint64(message.anchorIndex);
                    if (message.anchorTerm != null && $Object.hasOwnProperty.call(message, "anchorTerm") && (typeof message.anchorTerm === "object" ? message.anchorTerm.low || message.anchorTerm.high : message.anchorTerm !== 0))
                        writer.uint32(168).uint64(message.anchorTerm);
                    if (message.anchorRoot != null && $Object.hasOwnProperty.call(message, "anchorRoot") && message.anchorRoot.length)
                        writer.uint32(178).bytes(message.anchorRoot);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                CatchUp.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.CatchUp();
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
                                    message.ticket = value;
                                else
                                    delete message.ticket;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.sinceIndex = value;
                                else
                                    delete message.sinceIndex;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.sinceTerm = value;
                                else
                                    delete message.sinceTerm;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.positionIndex = value;
                                else
                                    delete message.positionIndex;
                                continue;
                            }
                        case 6: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.positionTerm = value;
                                else
                                    delete message.positionTerm;
                                continue;
                            }
                        case 7: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.leaderCommit = value;
                                else
                                    delete message.leaderCommit;
                                continue;
                            }
                        case 8: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.logEnd = value;
                                else
                                    delete message.logEnd;
                                continue;
                            }
                        case 9: {
                                if (wireType === 2) {
                                    if (!(message.rowFirsts && message.rowFirsts.length))
                                        message.rowFirsts = [];
                                    $uint64s(reader, message.rowFirsts);
                                    continue;
                                }
                                if (wireType !== 0)
                                    break;
                                if (!(message.rowFirsts && message.rowFirsts.length))
                                    message.rowFirsts = [];
                                message.rowFirsts.push($uint64(reader));
                                continue;
                            }
                        case 10: {
                                if (wireType === 2) {
                                    if (!(message.rowTerms && message.rowTerms.length))
                                        message.rowTerms = [];
                                    $uint64s(reader, message.rowTerms);
                                    continue;
                                }
                                if (wireType !== 0)
                                    break;
                                if (!(message.rowTerms && message.rowTerms.length))
                                    message.rowTerms = [];
                                message.rowTerms.push($uint64(reader));
                                continue;
                            }
                        case 11: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.through = value;
                                else
                                    delete message.through;
                                continue;
                            }
                        case 12: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.entries = value;
                                else
                                    delete message.entries;
                                continue;
                            }
                        case 20: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.anchorIndex = value;
                                else
                                    delete message.anchorIndex;
                                continue;
                            }
                        case 21: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = $uint64(reader)) === "object" ? value.low || value.high : value !== 0)
                                    message.anchorTerm = value;
                                else
                                    delete message.anchorTerm;
                                continue;
                            }
                        case 22: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.anchorRoot = value;
                                else
                                    delete message.anchorRoot;
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

                return CatchUp;
            })();

            v1.SyncMessage = (function() {

                const SyncMessage = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                SyncMessage.prototype.strategy = "";
                SyncMessage.prototype.version = 0;
                SyncMessage.prototype.bytes = $util.newBuffer([]);

                SyncMessage.create = function(properties) {
                    return new SyncMessage(properties);
                };

                SyncMessage.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.strategy != null && $Object.hasOwnProperty.call(message, "strategy") && message.strategy !== "")
                        writer.uint32(10).string(message.strategy);
                    if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                        writer.uint32(16).uint32(message.version);
                    if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && message.bytes.length)
                        writer.uint32(26).bytes(message.bytes);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                SyncMessage.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.SyncMessage();
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
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.strategy = value;
                                else
                                    delete message.strategy;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.version = value;
                                else
                                    delete message.version;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.bytes = value;
                                else
                                    delete message.bytes;
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

                return SyncMessage;
            })();

            v1.SyncOffers = (function() {

                const SyncOffers = function (properties) {
                    this.offers = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                SyncOffers.prototype.offers = $util.emptyArray;
                SyncOffers.prototype.ask = false;

                SyncOffers.create = function(properties) {
                    return new SyncOffers(properties);
                };

                SyncOffers.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.offers != null && message.offers.length)
                        for (let i = 0; i < message.offers.length; ++i)
                            $root.smalti.group.v1.SyncOffer.encode(message.offers[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.ask != null && $Object.hasOwnProperty.call(message, "ask") && message.ask !== false)
                        writer.uint32(16).bool(message.ask);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                SyncOffers.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.SyncOffers();
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
                                if (wireType !== 2)
                                    break;
                                if (!(message.offers && message.offers.length))
                                    message.offers = [];
                                message.offers.push($root.smalti.group.v1.SyncOffer.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.ask = value;
                                else
                                    delete message.ask;
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

                return SyncOffers;
            })();

            v1.SyncOffer = (function() {

                const SyncOffer = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                SyncOffer.prototype.strategy = "";
                SyncOffer.prototype.min = 0;
                SyncOffer.prototype.max = 0;

                SyncOffer.create = function(properties) {
                    return new SyncOffer(properties);
                };

                SyncOffer.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.strategy != null && $Object.hasOwnProperty.call(message, "strategy") && message.strategy !== "")
                        writer.uint32(10).string(message.strategy);
                    if (message.min != null && $Object.hasOwnProperty.call(message, "min") && message.min !== 0)
                        writer.uint32(16).uint32(message.min);
                    if (message.max != null && $Object.hasOwnProperty.call(message, "max") && message.max !== 0)
                        writer.uint32(24).uint32(message.max);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                SyncOffer.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.SyncOffer();
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
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.strategy = value;
                                else
                                    delete message.strategy;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.min = value;
                                else
                                    delete message.min;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.max = value;
                                else
                                    delete message.max;
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

                return SyncOffer;
            })();

            v1.Birth = (function() {

                const Birth = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                Birth.prototype.entry = $util.newBuffer([]);

                Birth.create = function(properties) {
                    return new Birth(properties);
                };

                Birth.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.entry != null && $Object.hasOwnProperty.call(message, "entry") && message.entry.length)
                        writer.uint32(10).bytes(message.entry);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                Birth.decode = function (reader, length, _end, _depth, _target) {
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
                    message = _target || new $root.smalti.group.v1.Birth();
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
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.entry = value;
                                else
                                    delete message.entry;
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

                return Birth;
            })();

            return v1;
        })();

        return group;
    })();

    return smalti;
})();

export {
  $root as default
};
