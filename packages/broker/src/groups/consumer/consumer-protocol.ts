import { ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import {
  type ConsumerProtocolAssignment,
  consumerProtocolAssignment,
  makeConsumerProtocolAssignment,
  makeTopicPartition,
} from "@ottla/protocol/data/consumer-protocol-assignment";
import { type ConsumerProtocolSubscription, consumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import { keptBytes } from "../classic/kept-bytes.ts";
import type { Assignment } from "./assignors/assignment.ts";
import { ascending } from "./assignors/assignment.ts";
import type { OwnedPartitions } from "./partition-epochs.ts";
import type { TopicCatalog } from "./topic-catalog.ts";

/** Reads a subscription as clients of the classic protocol encode it; one of a newer version as the newest known. Errors: `MALFORMED_BYTES`. */
export function readSubscription(metadata: Buffer): ConsumerProtocolSubscription {
  return consumerProtocolSubscription.read(afterVersion(metadata), versionOf(metadata, consumerProtocolSubscription.maxVersion));
}

/** As {@link readSubscription}, of an assignment. */
export function readAssignment(bytes: Buffer): ConsumerProtocolAssignment {
  return consumerProtocolAssignment.read(afterVersion(bytes), versionOf(bytes, consumerProtocolAssignment.maxVersion));
}

/** The version that a client encodes with. */
function versionOf(bytes: Buffer, maxVersion: number): number {
  const version = new ByteReader(bytes).int16();
  if (version < 0) throw new MalformedBytesError(`An embedded consumer protocol has version ${version}.`);
  return Math.min(version, maxVersion);
}

function afterVersion(bytes: Buffer): ByteReader {
  const reader = new ByteReader(bytes);
  reader.skip(2);
  return reader;
}

/** An assignment for a client that encodes its subscription like this. Topics that are gone have no name, and are left out. */
export function assignmentBytes(assignment: Assignment, topics: TopicCatalog, subscription: Buffer): Buffer {
  const assignedPartitions = Array.from(assignment, ([topicId, partitions]) => ({ topic: topics.byId(topicId)?.name, partitions })).flatMap(
    ({ topic, partitions }) => (topic === undefined ? [] : [makeTopicPartition({ topic, partitions })]),
  );
  const version = versionOf(subscription, consumerProtocolAssignment.maxVersion);
  const writer = new ByteWriter();
  writer.int16(version);
  consumerProtocolAssignment.write(writer, makeConsumerProtocolAssignment({ assignedPartitions }), version);
  return keptBytes(writer.toBuffer());
}

/** What a classic member says it has, by the ids that the topics have now. */
export function ownedPartitions(subscription: ConsumerProtocolSubscription, topics: TopicCatalog): OwnedPartitions {
  return subscription.ownedPartitions.flatMap(({ topic, partitions }) => {
    const topicId = topics.byName(topic)?.topicId;
    return topicId === undefined ? [] : [{ topicId, partitions }];
  });
}

/** An assignment's partitions by the ids that the topics have now, those that there are: a topic may have been made again since, with fewer. */
export function partitionsById({ assignedPartitions }: ConsumerProtocolAssignment, topics: TopicCatalog): Assignment {
  const assignment = new Map<string, readonly number[]>();
  for (const { topic, partitions } of assignedPartitions) {
    const found = topics.byName(topic);
    const present = [...new Set(partitions)].filter((partition) => partition >= 0 && partition < (found?.partitions.length ?? 0));
    if (found !== undefined && present.length > 0) assignment.set(found.topicId, present.sort(ascending));
  }
  return assignment;
}
