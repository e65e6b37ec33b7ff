import { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "@ottla/protocol";
import { groupMetadataKey } from "@ottla/protocol/data/group-metadata-key";
import { groupMetadataValue, makeGroupMetadataValue, makeMemberMetadata } from "@ottla/protocol/data/group-metadata-value";
import { legacyOffsetCommitKey } from "@ottla/protocol/data/legacy-offset-commit-key";
import { offsetCommitKey } from "@ottla/protocol/data/offset-commit-key";
import { makeOffsetCommitValue, offsetCommitValue } from "@ottla/protocol/data/offset-commit-value";
import type { LogRecord } from "../coordinator/coordinator-log.ts";
import { readRecordValue } from "../coordinator/read-record-value.ts";
import { keptBytes } from "./classic/kept-bytes.ts";
import { decodeConsumerRecord, encodeConsumerRecord } from "./consumer/consumer-record-codec.ts";
import type { CommittedOffset, GroupRecord, GroupSnapshot } from "./group-records.ts";

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
  return {
    key: encodeKey(groupMetadataKey, { group: record.groupId }, record.groupId.length),
    value: record.value && encodeGroup(record.value),
  };
}

/** Reads a record; `undefined` for kinds this coordinator does not keep. Errors: `MALFORMED_BYTES`. */
export function decodeRecord({ key, value, producerId }: LogRecord): GroupRecord | undefined {
  const read = lastReadKey;
  if (read !== undefined && isSameBut(key, read.bytes, read.bytes.length - PARTITION_BYTES, read.bytes.length)) {
    const partition = key.readInt32BE(key.length - PARTITION_BYTES);
    return offsetRecord(read.groupId, read.topic, partition, value, producerId);
  }
  const reader = new ByteReader(key);
  switch (reader.int16()) {
    case legacyOffsetCommitKey.recordType:
    case offsetCommitKey.recordType: {
      const { group, topic, partition } = offsetCommitKey.read(reader, 0);
      if (reader.remaining === 0) lastReadKey = { groupId: group, topic, bytes: Buffer.from(key) };
      return offsetRecord(group, topic, partition, value, producerId);
    }
    case groupMetadataKey.recordType: {
      const { group } = groupMetadataKey.read(reader, 0);
      return { kind: "group", groupId: group, value: value && decodeGroup(value) };
    }
    default:
      return decodeConsumerRecord({ key, value });
  }
}

/** The last key and value that were read whole: a start reads many in which only the partition, and the offset, are others. */
let lastReadKey: { readonly groupId: string; readonly topic: string; readonly bytes: Buffer } | undefined;
let lastReadValue: { readonly offset: CommittedOffset; readonly bytes: Buffer } | undefined;
/** A key ends with its partition. */
const PARTITION_BYTES = 4;
const OFFSET_BYTES = 8;

function offsetRecord(
  groupId: string,
  topic: string,
  partition: number,
  value: Buffer | null,
  producerId: number | undefined,
): GroupRecord {
  const record = { kind: "offset", groupId, topic, partition, value: value && decodeOffset(value) } as const;
  return producerId === undefined ? record : { ...record, producerId };
}

/** Whether two keys or values are the same but for the bytes from `from` to `to`. */
function isSameBut(one: Buffer, other: Buffer, from: number, to: number): boolean {
  const { length } = one;
  if (length !== other.length) return false;
  for (let i = 0; i < from; i++) if (one[i] !== other[i]) return false;
  for (let i = to; i < length; i++) if (one[i] !== other[i]) return false;
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
  const read = lastReadValue;
  if (read !== undefined && isSameBut(bytes, read.bytes, OFFSET_AT, OFFSET_AT + OFFSET_BYTES)) {
    const offset = bytes.readInt32BE(OFFSET_AT) * 2 ** 32 + bytes.readUInt32BE(OFFSET_AT + 4);
    if (Number.isSafeInteger(offset)) return { ...read.offset, offset };
  }
  const offset = decodeWholeOffset(bytes);
  lastReadValue = { offset, bytes: Buffer.from(bytes) };
  return offset;
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
    members: group.members.map(({ rebalanceTimeoutMs, sessionTimeoutMs, ...member }) =>
      makeMemberMetadata({ ...member, rebalanceTimeout: rebalanceTimeoutMs, sessionTimeout: sessionTimeoutMs }),
    ),
  });
  return encode(groupMetadataValue, value, GROUP_VALUE_VERSION, GROUP_VALUE_VERSION, GROUP_VALUE_BYTES);
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
