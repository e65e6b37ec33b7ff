import { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "@ottla/protocol";
import { consumerGroupCurrentMemberAssignmentKey } from "@ottla/protocol/data/consumer-group-current-member-assignment-key";
import {
  consumerGroupCurrentMemberAssignmentValue,
  makeConsumerGroupCurrentMemberAssignmentValue,
  makeTopicPartitions,
  type TopicPartitions,
} from "@ottla/protocol/data/consumer-group-current-member-assignment-value";
import { consumerGroupMemberMetadataKey } from "@ottla/protocol/data/consumer-group-member-metadata-key";
import {
  consumerGroupMemberMetadataValue,
  makeClassicMemberMetadata,
  makeClassicProtocol,
  makeConsumerGroupMemberMetadataValue,
} from "@ottla/protocol/data/consumer-group-member-metadata-value";
import { consumerGroupMetadataKey } from "@ottla/protocol/data/consumer-group-metadata-key";
import { consumerGroupMetadataValue, makeConsumerGroupMetadataValue } from "@ottla/protocol/data/consumer-group-metadata-value";
import { consumerGroupPartitionMetadataKey } from "@ottla/protocol/data/consumer-group-partition-metadata-key";
import { consumerGroupRegularExpressionKey } from "@ottla/protocol/data/consumer-group-regular-expression-key";
import {
  consumerGroupRegularExpressionValue,
  makeConsumerGroupRegularExpressionValue,
} from "@ottla/protocol/data/consumer-group-regular-expression-value";
import { consumerGroupTargetAssignmentMemberKey } from "@ottla/protocol/data/consumer-group-target-assignment-member-key";
import {
  consumerGroupTargetAssignmentMemberValue,
  makeConsumerGroupTargetAssignmentMemberValue,
  makeTopicPartition,
} from "@ottla/protocol/data/consumer-group-target-assignment-member-value";
import { consumerGroupTargetAssignmentMetadataKey } from "@ottla/protocol/data/consumer-group-target-assignment-metadata-key";
import {
  consumerGroupTargetAssignmentMetadataValue,
  makeConsumerGroupTargetAssignmentMetadataValue,
} from "@ottla/protocol/data/consumer-group-target-assignment-metadata-value";
import type { LogRecord } from "../../coordinator/coordinator-log.ts";
import { readRecordValue } from "../../coordinator/read-record-value.ts";
import { keptBytes } from "../classic/kept-bytes.ts";
import type { Assignment } from "./assignors/assignment.ts";
import type { CurrentAssignment, MemberMetadata, MemberState } from "./consumer-member.ts";
import type { ConsumerPart, ConsumerRecord, ResolvedRegex } from "./consumer-records.ts";
import type { PartitionEpochs } from "./partition-epochs.ts";
import { TopicNames } from "./topic-names.ts";

/** All values are of this version. */
const VERSION = 0;
/** Most records are small. */
const BYTES_GUESS = 128;

const STATES: readonly MemberState[] = ["stable", "unrevoked", "unreleased"];
const UNKNOWN_STATE = 127;

/** A record in Kafka's own layout, so that Kafka's tools can print it. */
export function encodeConsumerRecord({ groupId, part }: ConsumerRecord): LogRecord {
  switch (part.type) {
    case "group":
      return {
        key: key(consumerGroupMetadataKey, { groupId }),
        value:
          part.value &&
          value(
            consumerGroupMetadataValue,
            makeConsumerGroupMetadataValue({ epoch: part.value.groupEpoch, metadataHash: part.value.metadataHash }),
          ),
      };
    case "partition-metadata":
      return { key: key(consumerGroupPartitionMetadataKey, { groupId }), value: null };
    case "member":
      return {
        key: key(consumerGroupMemberMetadataKey, { groupId, memberId: part.memberId }),
        value: part.value && encodeMember(part.value),
      };
    case "target":
      return {
        key: key(consumerGroupTargetAssignmentMetadataKey, { groupId }),
        value:
          part.value &&
          value(
            consumerGroupTargetAssignmentMetadataValue,
            makeConsumerGroupTargetAssignmentMetadataValue({
              assignmentEpoch: part.value.assignmentEpoch,
              assignmentTimestamp: part.value.assignmentTimestampMs,
            }),
          ),
      };
    case "target-member":
      return {
        key: key(consumerGroupTargetAssignmentMemberKey, { groupId, memberId: part.memberId }),
        value: part.value && encodeTarget(part.value),
      };
    case "current":
      return {
        key: key(consumerGroupCurrentMemberAssignmentKey, { groupId, memberId: part.memberId }),
        value: part.value && encodeCurrent(part.value),
      };
    case "regex":
      return {
        key: key(consumerGroupRegularExpressionKey, { groupId, regularExpression: part.regex }),
        value: part.value && encodeRegex(part.value),
      };
  }
}

/** Reads a record of a consumer group; `undefined` for any other kind. Errors: `MALFORMED_BYTES`. */
export function decodeConsumerRecord(record: LogRecord): ConsumerRecord | undefined {
  const reader = new ByteReader(record.key);
  switch (reader.int16()) {
    case consumerGroupMetadataKey.recordType: {
      const { groupId } = consumerGroupMetadataKey.read(reader, 0);
      const read = record.value && readRecordValue(consumerGroupMetadataValue, record.value);
      return made(groupId, { type: "group", value: read && { groupEpoch: read.epoch, metadataHash: read.metadataHash } });
    }
    case consumerGroupPartitionMetadataKey.recordType: {
      const { groupId } = consumerGroupPartitionMetadataKey.read(reader, 0);
      return made(groupId, { type: "partition-metadata", value: record.value && {} });
    }
    case consumerGroupMemberMetadataKey.recordType: {
      const { groupId, memberId } = consumerGroupMemberMetadataKey.read(reader, 0);
      return made(groupId, { type: "member", memberId, value: record.value && decodeMember(record.value) });
    }
    case consumerGroupTargetAssignmentMetadataKey.recordType: {
      const { groupId } = consumerGroupTargetAssignmentMetadataKey.read(reader, 0);
      const read = record.value && readRecordValue(consumerGroupTargetAssignmentMetadataValue, record.value);
      return made(groupId, {
        type: "target",
        value: read && { assignmentEpoch: read.assignmentEpoch, assignmentTimestampMs: read.assignmentTimestamp },
      });
    }
    case consumerGroupTargetAssignmentMemberKey.recordType: {
      const { groupId, memberId } = consumerGroupTargetAssignmentMemberKey.read(reader, 0);
      return made(groupId, { type: "target-member", memberId, value: record.value && decodeTarget(record.value) });
    }
    case consumerGroupCurrentMemberAssignmentKey.recordType: {
      const { groupId, memberId } = consumerGroupCurrentMemberAssignmentKey.read(reader, 0);
      return made(groupId, { type: "current", memberId, value: record.value && decodeCurrent(record.value) });
    }
    case consumerGroupRegularExpressionKey.recordType: {
      const { groupId, regularExpression } = consumerGroupRegularExpressionKey.read(reader, 0);
      return made(groupId, { type: "regex", regex: regularExpression, value: record.value && decodeRegex(record.value) });
    }
    default:
      return undefined;
  }
}

function made(groupId: string, part: ConsumerPart): ConsumerRecord {
  return { kind: "consumer", groupId, part };
}

function key<Key>(codec: DataMessage<Key>, fields: Key): Buffer {
  const writer = new ByteWriter(BYTES_GUESS);
  writer.int16(codec.recordType ?? 0);
  codec.write(writer, fields, 0);
  return writer.toBuffer();
}

function value<Value>(codec: DataMessage<Value>, fields: Value): Buffer {
  const writer = new ByteWriter(BYTES_GUESS);
  writer.int16(VERSION);
  codec.write(writer, fields, VERSION);
  return writer.toBuffer();
}

function encodeMember({ subscribedTopicNames, subscribedTopicRegex, classic, ...member }: MemberMetadata): Buffer {
  return value(
    consumerGroupMemberMetadataValue,
    makeConsumerGroupMemberMetadataValue({
      instanceId: member.instanceId,
      rackId: member.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: subscribedTopicNames.sorted,
      subscribedTopicRegex,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      serverAssignor: member.serverAssignor,
      classicMemberMetadata:
        classic &&
        makeClassicMemberMetadata({
          sessionTimeoutMs: classic.sessionTimeoutMs,
          supportedProtocols: classic.protocols.map((protocol) => makeClassicProtocol(protocol)),
        }),
    }),
  );
}

function decodeMember(bytes: Buffer): MemberMetadata {
  const read = readRecordValue(consumerGroupMemberMetadataValue, bytes);
  const { classicMemberMetadata: classic } = read;
  return {
    instanceId: read.instanceId,
    rackId: read.rackId,
    clientId: read.clientId,
    clientHost: read.clientHost,
    subscribedTopicNames: TopicNames.of(read.subscribedTopicNames),
    subscribedTopicRegex: read.subscribedTopicRegex ?? "",
    rebalanceTimeoutMs: read.rebalanceTimeoutMs,
    serverAssignor: read.serverAssignor,
    classic: classic && {
      sessionTimeoutMs: classic.sessionTimeoutMs,
      // The codec gives views; a copy lets go of the rest of the log chunk.
      protocols: classic.supportedProtocols.map(({ name, metadata }) => ({ name, metadata: keptBytes(metadata) })),
    },
  };
}

function encodeTarget(target: Assignment): Buffer {
  const topicPartitions = Array.from(target, ([topicId, partitions]) => makeTopicPartition({ topicId, partitions }));
  return value(consumerGroupTargetAssignmentMemberValue, makeConsumerGroupTargetAssignmentMemberValue({ topicPartitions }));
}

function decodeTarget(bytes: Buffer): Assignment {
  const { topicPartitions } = readRecordValue(consumerGroupTargetAssignmentMemberValue, bytes);
  return new Map(topicPartitions.map(({ topicId, partitions }) => [topicId, [...partitions].sort((one, other) => one - other)]));
}

function encodeCurrent({ memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation }: CurrentAssignment): Buffer {
  return value(
    consumerGroupCurrentMemberAssignmentValue,
    makeConsumerGroupCurrentMemberAssignmentValue({
      memberEpoch,
      previousMemberEpoch,
      state: state === "unknown" ? UNKNOWN_STATE : STATES.indexOf(state),
      assignedPartitions: encodeEpochs(assigned),
      partitionsPendingRevocation: encodeEpochs(pendingRevocation),
    }),
  );
}

function encodeEpochs(epochs: PartitionEpochs): TopicPartitions[] {
  return Array.from(epochs, ([topicId, partitions]) =>
    makeTopicPartitions({ topicId, partitions: [...partitions.keys()], assignmentEpochs: [...partitions.values()] }),
  );
}

function decodeCurrent(bytes: Buffer): CurrentAssignment {
  const read = readRecordValue(consumerGroupCurrentMemberAssignmentValue, bytes);
  return {
    memberEpoch: read.memberEpoch,
    previousMemberEpoch: read.previousMemberEpoch,
    state: STATES[read.state] ?? "unknown",
    assigned: decodeEpochs(read.assignedPartitions, read.memberEpoch),
    pendingRevocation: decodeEpochs(read.partitionsPendingRevocation, read.memberEpoch),
  };
}

/** Records of Kafka before 4.4 have no epochs: the member's own counts. */
function decodeEpochs(topics: readonly TopicPartitions[], memberEpoch: number): PartitionEpochs {
  return new Map(
    topics.map(({ topicId, partitions, assignmentEpochs }) => {
      const epochs = assignmentEpochs?.length === partitions.length ? assignmentEpochs : undefined;
      return [topicId, new Map(partitions.map((partition, i) => [partition, epochs?.[i] ?? Math.max(memberEpoch, 0)]))];
    }),
  );
}

function encodeRegex({ topics, revision, timestampMs }: ResolvedRegex): Buffer {
  return value(
    consumerGroupRegularExpressionValue,
    makeConsumerGroupRegularExpressionValue({ topics: [...topics].sort(), version: revision, timestamp: timestampMs }),
  );
}

function decodeRegex(bytes: Buffer): ResolvedRegex {
  const { topics, version, timestamp } = readRecordValue(consumerGroupRegularExpressionValue, bytes);
  return { topics: new Set(topics), revision: version, timestampMs: timestamp };
}
