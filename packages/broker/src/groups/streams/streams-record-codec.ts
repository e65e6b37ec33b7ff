import { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "@ottla/protocol";
import { streamsGroupCurrentMemberAssignmentKey } from "@ottla/protocol/data/streams-group-current-member-assignment-key";
import {
  makeStreamsGroupCurrentMemberAssignmentValue,
  makeTaskIds,
  streamsGroupCurrentMemberAssignmentValue,
  type TaskIds,
} from "@ottla/protocol/data/streams-group-current-member-assignment-value";
import { streamsGroupMemberMetadataKey } from "@ottla/protocol/data/streams-group-member-metadata-key";
import {
  makeEndpoint,
  makeKeyValue,
  makeStreamsGroupMemberMetadataValue,
  streamsGroupMemberMetadataValue,
} from "@ottla/protocol/data/streams-group-member-metadata-value";
import { streamsGroupMetadataKey } from "@ottla/protocol/data/streams-group-metadata-key";
import {
  makeLastAssignmentConfig,
  makeStreamsGroupMetadataValue,
  streamsGroupMetadataValue,
} from "@ottla/protocol/data/streams-group-metadata-value";
import { streamsGroupTargetAssignmentMemberKey } from "@ottla/protocol/data/streams-group-target-assignment-member-key";
import {
  makeStreamsGroupTargetAssignmentMemberValue,
  makeTaskIds as makeTargetTaskIds,
  streamsGroupTargetAssignmentMemberValue,
} from "@ottla/protocol/data/streams-group-target-assignment-member-value";
import { streamsGroupTargetAssignmentMetadataKey } from "@ottla/protocol/data/streams-group-target-assignment-metadata-key";
import {
  makeStreamsGroupTargetAssignmentMetadataValue,
  streamsGroupTargetAssignmentMetadataValue,
} from "@ottla/protocol/data/streams-group-target-assignment-metadata-value";
import { streamsGroupTopologyKey } from "@ottla/protocol/data/streams-group-topology-key";
import { streamsGroupTopologyValue } from "@ottla/protocol/data/streams-group-topology-value";
import type { LogRecord } from "../../coordinator/coordinator-log.ts";
import { readRecordValue } from "../../coordinator/read-record-value.ts";
import type { StreamsCurrent, StreamsMemberMetadata, StreamsMemberState } from "./streams-member.ts";
import type { StreamsGroupMetadata, StreamsPart, StreamsRecord } from "./streams-records.ts";
import { listTasks, type TaskEpochs, type Tasks, type TaskTuple, tasksOf } from "./tasks.ts";

/** All values are of this version. */
const VERSION = 0;
/** Most records are small. */
const BYTES_GUESS = 128;

/** By Kafka's numbers, from 1. */
const STATES: readonly StreamsMemberState[] = ["stable", "unrevoked", "unreleased"];
const FIRST_STATE = 1;
const UNKNOWN_STATE = 127;

/** A record in Kafka's own layout, so that Kafka's tools can print it. */
export function encodeStreamsRecord({ groupId, part }: StreamsRecord): LogRecord {
  switch (part.type) {
    case "group":
      return { key: key(streamsGroupMetadataKey, { groupId }), value: part.value && encodeGroup(part.value) };
    case "topology":
      return { key: key(streamsGroupTopologyKey, { groupId }), value: part.value && value(streamsGroupTopologyValue, part.value) };
    case "member":
      return {
        key: key(streamsGroupMemberMetadataKey, { groupId, memberId: part.memberId }),
        value: part.value && encodeMember(part.value),
      };
    case "target":
      return {
        key: key(streamsGroupTargetAssignmentMetadataKey, { groupId }),
        value:
          part.value &&
          value(
            streamsGroupTargetAssignmentMetadataValue,
            makeStreamsGroupTargetAssignmentMetadataValue({
              assignmentEpoch: part.value.assignmentEpoch,
              assignmentTimestamp: part.value.assignmentTimestampMs,
            }),
          ),
      };
    case "target-member":
      return {
        key: key(streamsGroupTargetAssignmentMemberKey, { groupId, memberId: part.memberId }),
        value: part.value && encodeTarget(part.value),
      };
    case "current":
      return {
        key: key(streamsGroupCurrentMemberAssignmentKey, { groupId, memberId: part.memberId }),
        value: part.value && encodeCurrent(part.value),
      };
  }
}

/** Reads a record of a streams group; `undefined` for any other kind. Errors: `MALFORMED_BYTES`. */
export function decodeStreamsRecord(record: LogRecord): StreamsRecord | undefined {
  const reader = new ByteReader(record.key);
  switch (reader.int16()) {
    case streamsGroupMetadataKey.recordType: {
      const { groupId } = streamsGroupMetadataKey.read(reader, 0);
      return made(groupId, { type: "group", value: record.value && decodeGroup(record.value) });
    }
    case streamsGroupTopologyKey.recordType: {
      const { groupId } = streamsGroupTopologyKey.read(reader, 0);
      return made(groupId, { type: "topology", value: record.value && readRecordValue(streamsGroupTopologyValue, record.value) });
    }
    case streamsGroupMemberMetadataKey.recordType: {
      const { groupId, memberId } = streamsGroupMemberMetadataKey.read(reader, 0);
      return made(groupId, { type: "member", memberId, value: record.value && decodeMember(record.value) });
    }
    case streamsGroupTargetAssignmentMetadataKey.recordType: {
      const { groupId } = streamsGroupTargetAssignmentMetadataKey.read(reader, 0);
      const read = record.value && readRecordValue(streamsGroupTargetAssignmentMetadataValue, record.value);
      return made(groupId, {
        type: "target",
        value: read && { assignmentEpoch: read.assignmentEpoch, assignmentTimestampMs: read.assignmentTimestamp },
      });
    }
    case streamsGroupTargetAssignmentMemberKey.recordType: {
      const { groupId, memberId } = streamsGroupTargetAssignmentMemberKey.read(reader, 0);
      return made(groupId, { type: "target-member", memberId, value: record.value && decodeTarget(record.value) });
    }
    case streamsGroupCurrentMemberAssignmentKey.recordType: {
      const { groupId, memberId } = streamsGroupCurrentMemberAssignmentKey.read(reader, 0);
      return made(groupId, { type: "current", memberId, value: record.value && decodeCurrent(record.value) });
    }
    default:
      return undefined;
  }
}

function made(groupId: string, part: StreamsPart): StreamsRecord {
  return { kind: "streams", groupId, part };
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

function encodeGroup({ groupEpoch, metadataHash, validatedTopologyEpoch, assignmentConfigs }: StreamsGroupMetadata): Buffer {
  return value(
    streamsGroupMetadataValue,
    makeStreamsGroupMetadataValue({
      epoch: groupEpoch,
      metadataHash,
      validatedTopologyEpoch,
      lastAssignmentConfigs: Array.from(assignmentConfigs, ([name, set]) => makeLastAssignmentConfig({ key: name, value: set })),
    }),
  );
}

function decodeGroup(bytes: Buffer): StreamsGroupMetadata {
  const read = readRecordValue(streamsGroupMetadataValue, bytes);
  return {
    groupEpoch: read.epoch,
    metadataHash: read.metadataHash,
    validatedTopologyEpoch: read.validatedTopologyEpoch,
    assignmentConfigs: new Map((read.lastAssignmentConfigs ?? []).map((config) => [config.key, config.value])),
  };
}

function encodeMember({ clientTags, userEndpoint, ...member }: StreamsMemberMetadata): Buffer {
  return value(
    streamsGroupMemberMetadataValue,
    makeStreamsGroupMemberMetadataValue({
      instanceId: member.instanceId,
      rackId: member.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      topologyEpoch: member.topologyEpoch,
      processId: member.processId,
      userEndpoint: userEndpoint && makeEndpoint(userEndpoint),
      clientTags: Array.from(clientTags, ([name, tag]) => makeKeyValue({ key: name, value: tag })),
    }),
  );
}

function decodeMember(bytes: Buffer): StreamsMemberMetadata {
  const read = readRecordValue(streamsGroupMemberMetadataValue, bytes);
  return {
    instanceId: read.instanceId,
    rackId: read.rackId,
    clientId: read.clientId,
    clientHost: read.clientHost,
    rebalanceTimeoutMs: read.rebalanceTimeoutMs,
    topologyEpoch: read.topologyEpoch,
    processId: read.processId,
    userEndpoint: read.userEndpoint && { host: read.userEndpoint.host, port: read.userEndpoint.port },
    clientTags: new Map(read.clientTags.map((tag) => [tag.key, tag.value])),
  };
}

function encodeTarget({ active, standby, warmup }: TaskTuple): Buffer {
  const listed = (tasks: Tasks) => listTasks(tasks).map((each) => makeTargetTaskIds(each));
  return value(
    streamsGroupTargetAssignmentMemberValue,
    makeStreamsGroupTargetAssignmentMemberValue({
      activeTasks: listed(active),
      standbyTasks: listed(standby),
      warmupTasks: listed(warmup),
    }),
  );
}

function decodeTarget(bytes: Buffer): TaskTuple {
  const { activeTasks, standbyTasks, warmupTasks } = readRecordValue(streamsGroupTargetAssignmentMemberValue, bytes);
  return { active: tasksOf(activeTasks), standby: tasksOf(standbyTasks), warmup: tasksOf(warmupTasks) };
}

function encodeCurrent({ memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation }: StreamsCurrent): Buffer {
  return value(
    streamsGroupCurrentMemberAssignmentValue,
    makeStreamsGroupCurrentMemberAssignmentValue({
      memberEpoch,
      previousMemberEpoch,
      state: state === "unknown" ? UNKNOWN_STATE : STATES.indexOf(state) + FIRST_STATE,
      activeTasks: listEpochs(assigned.active),
      standbyTasks: listed(assigned.standby),
      warmupTasks: listed(assigned.warmup),
      activeTasksPendingRevocation: listEpochs(pendingRevocation.active),
      standbyTasksPendingRevocation: listed(pendingRevocation.standby),
      warmupTasksPendingRevocation: listed(pendingRevocation.warmup),
    }),
  );
}

function listed(tasks: Tasks): TaskIds[] {
  return listTasks(tasks).map((each) => makeTaskIds(each));
}

function listEpochs(tasks: TaskEpochs): TaskIds[] {
  return listTasks(tasks).map(({ subtopologyId, partitions }) =>
    makeTaskIds({
      subtopologyId,
      partitions,
      assignmentEpochs: partitions.map((partition) => tasks.get(subtopologyId)?.get(partition) ?? 0),
    }),
  );
}

function decodeCurrent(bytes: Buffer): StreamsCurrent {
  const read = readRecordValue(streamsGroupCurrentMemberAssignmentValue, bytes);
  const { memberEpoch } = read;
  return {
    memberEpoch,
    previousMemberEpoch: read.previousMemberEpoch,
    state: STATES[read.state - FIRST_STATE] ?? "unknown",
    assigned: {
      active: epochsOf(read.activeTasks, memberEpoch),
      standby: tasksOf(read.standbyTasks),
      warmup: tasksOf(read.warmupTasks),
    },
    pendingRevocation: {
      active: epochsOf(read.activeTasksPendingRevocation, memberEpoch),
      standby: tasksOf(read.standbyTasksPendingRevocation),
      warmup: tasksOf(read.warmupTasksPendingRevocation),
    },
  };
}

/** Records of Kafka before 4.3 have no epochs: the member's own counts. */
function epochsOf(tasks: readonly TaskIds[], memberEpoch: number): TaskEpochs {
  return new Map(
    tasks.map(({ subtopologyId, partitions, assignmentEpochs }) => {
      const epochs = assignmentEpochs?.length === partitions.length ? assignmentEpochs : undefined;
      return [subtopologyId, new Map(partitions.map((partition, i) => [partition, epochs?.[i] ?? memberEpoch]))];
    }),
  );
}
