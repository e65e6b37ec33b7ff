import { ByteReader, ByteWriter } from "@ottla/base";
import { type DataMessage, madeWhenWritten, NIL_UUID } from "@ottla/protocol";
import type { RecordCursor } from "@ottla/protocol/records";
import { groupMetadataKey } from "@ottla/protocol/data/group-metadata-key";
import { groupMetadataValue, type MemberMetadata, makeGroupMetadataValue } from "@ottla/protocol/data/group-metadata-value";
import { legacyOffsetCommitKey } from "@ottla/protocol/data/legacy-offset-commit-key";
import { offsetCommitKey } from "@ottla/protocol/data/offset-commit-key";
import { makeOffsetCommitValue, offsetCommitValue } from "@ottla/protocol/data/offset-commit-value";
import type { LogRecord } from "../coordinator/coordinator-log.ts";
import { readRecordValue } from "../coordinator/read-record-value.ts";
import { keptBytes } from "./classic/kept-bytes.ts";
import { decodeConsumerRecord, encodeConsumerRecord } from "./consumer/consumer-record-codec.ts";
import type { CommitDetails, CommittedOffset, GroupRecord, GroupSnapshot, MemberSnapshot } from "./group-records.ts";
import { decodeStreamsRecord, encodeStreamsRecord } from "./streams/streams-record-codec.ts";

/** As Apache Kafka 4.3 writes them. */
const OFFSET_VALUE_VERSION = 4;
/** The only version that carries a commit's own expiry. */
const EXPIRING_OFFSET_VALUE_VERSION = 1;
const GROUP_VALUE_VERSION = 3;

/** What fields beside the strings take, at most. */
const KEY_BYTES = 16;
const OFFSET_VALUE_BYTES = 64;
/** As for most groups. */
const GROUP_VALUE_BYTES = 512;

/** A record in Kafka's own format, so that Kafka's tools can print it: key = int16 record type · fields; value = int16 version · fields. */
export function encodeRecord(record: GroupRecord): LogRecord {
  if (record.kind === "offset") {
    const { groupId, topic, partition, value } = record;
    return { key: encodeOffsetKey(groupId, topic, partition), value: value && encodeOffset(value) };
  }
  if (record.kind === "consumer") return encodeConsumerRecord(record);
  if (record.kind === "streams") return encodeStreamsRecord(record);
  return {
    key: encodeKey(groupMetadataKey, { group: record.groupId }, record.groupId.length),
    value: record.value && encodeGroup(record.value),
  };
}

/** Reads a record; `undefined` for kinds this coordinator does not keep. Errors: `MALFORMED_BYTES`. */
export function decodeRecord({ key, value, producerId }: LogRecord): GroupRecord | undefined {
  const reader = new ByteReader(key);
  switch (reader.int16()) {
    case legacyOffsetCommitKey.recordType:
    case offsetCommitKey.recordType: {
      const { group, topic, partition } = offsetCommitKey.read(reader, 0);
      if (reader.remaining === 0) lastReadKey = { groupId: group, topic, bytes: Buffer.from(key) };
      const record = { kind: "offset", groupId: group, topic, partition, value: value && decodeOffset(value) } as const;
      return producerId === undefined ? record : { ...record, producerId };
    }
    case groupMetadataKey.recordType: {
      const { group } = groupMetadataKey.read(reader, 0);
      return { kind: "group", groupId: group, value: value && decodeGroup(value) };
    }
    default:
      return decodeConsumerRecord({ key, value }) ?? decodeStreamsRecord({ key, value });
  }
}

/** The last key and value that were read whole: a start reads many in which only the partition, and the offset, are others. */
let lastReadKey: { readonly groupId: string; readonly topic: string; readonly bytes: Buffer } | undefined;
let lastReadValue: { readonly commit: CommitDetails; readonly bytes: Buffer } | undefined;
/** A key ends with its partition. */
const PARTITION_BYTES = 4;
const OFFSET_BYTES = 8;

/** What {@link readKnownOffset} reads. One serves any number of records. */
export class KnownOffset {
  groupId = "";
  topic = "";
  partition = 0;
  offset = 0;
  commit: CommitDetails = { leaderEpoch: -1, metadata: "", commitTimestampMs: -1, expireTimestampMs: -1, topicId: NIL_UUID };
}

/**
 * Reads the record that the cursor stands on, where it is the offset of a partition and differs in partition and offset alone from those that {@link decodeRecord} has read last:
 * without an object for the record, its key or its value. False, and nothing is read, where it is not.
 */
export function readKnownOffset({ bytes, keyStart, keyLength, valueStart, valueLength }: RecordCursor, target: KnownOffset): boolean {
  const key = lastReadKey;
  const value = lastReadValue;
  if (key === undefined || value === undefined) return false;
  if (!isSameBut(bytes, keyStart, keyLength, key.bytes, key.bytes.length - PARTITION_BYTES, key.bytes.length)) return false;
  if (!isSameBut(bytes, valueStart, valueLength, value.bytes, OFFSET_AT, OFFSET_AT + OFFSET_BYTES)) return false;
  const offset = bytes.readInt32BE(valueStart + OFFSET_AT) * 2 ** 32 + bytes.readUInt32BE(valueStart + OFFSET_AT + 4);
  if (!Number.isSafeInteger(offset)) return false;
  target.groupId = key.groupId;
  target.topic = key.topic;
  target.partition = bytes.readInt32BE(keyStart + keyLength - PARTITION_BYTES);
  target.offset = offset;
  target.commit = value.commit;
  return true;
}

/** Whether the key or value at `start` is the same as `other` but for the bytes from `from` to `to`. */
function isSameBut(bytes: Buffer, start: number, length: number, other: Buffer, from: number, to: number): boolean {
  if (length !== other.length) return false;
  for (let i = 0; i < from; i++) if (bytes[start + i] !== other[i]) return false;
  for (let i = to; i < length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}

function encodeKey<Key>(message: DataMessage<Key>, key: Key, stringsLength: number): Buffer {
  return encode(message, key, message.recordType ?? 0, 0, KEY_BYTES + stringsLength);
}

/** `bytesGuess` is what it takes if strings are ASCII: a record of a large commit must not take a large chunk. */
function encode<Message>(codec: DataMessage<Message>, message: Message, prefix: number, version: number, bytesGuess: number): Buffer {
  const writer = new ByteWriter(bytesGuess);
  writer.int16(prefix);
  codec.write(writer, message, version);
  return writer.toBuffer();
}

/** The last key and value: offsets of one commit differ from one another in their partition and offset, mostly, and a commit may have thousands. */
let lastKey: { readonly groupId: string; readonly topic: string; readonly bytes: Buffer } | undefined;
let lastValue: { readonly offset: CommittedOffset; readonly bytes: Buffer } | undefined;
/** Where a value, of any version, has its offset. */
const OFFSET_AT = 2;

function encodeOffsetKey(groupId: string, topic: string, partition: number): Buffer {
  if (lastKey?.topic !== topic || lastKey.groupId !== groupId) {
    const bytes = encodeKey(offsetCommitKey, { group: groupId, topic, partition }, groupId.length + topic.length);
    lastKey = { groupId, topic, bytes };
  }
  const key = Buffer.from(lastKey.bytes);
  key.writeInt32BE(partition, key.length - 4);
  return key;
}

function encodeOffset(offset: CommittedOffset): Buffer {
  if (lastValue === undefined || !differsInOffsetOnly(offset, lastValue.offset)) lastValue = { offset, bytes: encodeWholeOffset(offset) };
  const value = Buffer.from(lastValue.bytes);
  value.writeInt32BE(Math.floor(offset.offset / 2 ** 32), OFFSET_AT);
  value.writeInt32BE(offset.offset | 0, OFFSET_AT + 4);
  return value;
}

function differsInOffsetOnly(one: CommittedOffset, other: CommittedOffset): boolean {
  return (
    one.leaderEpoch === other.leaderEpoch &&
    one.commitTimestampMs === other.commitTimestampMs &&
    one.expireTimestampMs === other.expireTimestampMs &&
    one.topicId === other.topicId &&
    one.metadata === other.metadata
  );
}

function encodeWholeOffset({ offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId }: CommittedOffset): Buffer {
  const version = expireTimestampMs === -1 ? OFFSET_VALUE_VERSION : EXPIRING_OFFSET_VALUE_VERSION;
  const value = makeOffsetCommitValue({
    offset,
    leaderEpoch,
    metadata,
    commitTimestamp: commitTimestampMs,
    expireTimestamp: expireTimestampMs,
    topicId,
  });
  return encode(offsetCommitValue, value, version, version, OFFSET_VALUE_BYTES + metadata.length);
}

function decodeOffset(bytes: Buffer): CommittedOffset {
  const value = decodeWholeOffset(bytes);
  const { leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId } = value;
  lastReadValue = { commit: { leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId }, bytes: Buffer.from(bytes) };
  return value;
}

function decodeWholeOffset(bytes: Buffer): CommittedOffset {
  const value = readRecordValue(offsetCommitValue, bytes);
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: value.expireTimestamp,
    topicId: value.topicId,
  };
}

function encodeGroup(group: GroupSnapshot): Buffer {
  const value = makeGroupMetadataValue({
    protocolType: group.protocolType,
    generation: group.generationId,
    protocol: group.protocolName,
    leader: group.leaderId,
    currentStateTimestamp: group.stateTimestampMs,
    members: madeWhenWritten(group.members, memberMetadata),
  });
  return encode(groupMetadataValue, value, GROUP_VALUE_VERSION, GROUP_VALUE_VERSION, GROUP_VALUE_BYTES);
}

/** Field by field: of a large group thousands are written in one turn, and copies by rest and spread make more garbage than all else. */
function memberMetadata(member: MemberSnapshot): MemberMetadata {
  return {
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeout: member.rebalanceTimeoutMs,
    sessionTimeout: member.sessionTimeoutMs,
    subscription: member.subscription,
    assignment: member.assignment,
    unknownTaggedFields: undefined,
  };
}

function decodeGroup(bytes: Buffer): GroupSnapshot {
  const value = readRecordValue(groupMetadataValue, bytes);
  return {
    protocolType: value.protocolType,
    generationId: value.generation,
    protocolName: value.protocol,
    leaderId: value.leader,
    stateTimestampMs: value.currentStateTimestamp,
    members: value.members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeout,
      sessionTimeoutMs: member.sessionTimeout,
      // The codec gives views; a copy lets go of the rest of the log chunk.
      subscription: keptBytes(member.subscription),
      assignment: keptBytes(member.assignment),
    })),
  };
}
