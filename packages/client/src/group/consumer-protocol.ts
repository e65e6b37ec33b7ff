import { type ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import {
  consumerProtocolAssignment,
  makeConsumerProtocolAssignment,
  makeTopicPartition as assignedTopic,
} from "@ottla/protocol/data/consumer-protocol-assignment";
import {
  consumerProtocolSubscription,
  makeConsumerProtocolSubscription,
  makeTopicPartition as ownedTopic,
} from "@ottla/protocol/data/consumer-protocol-subscription";
import { ClientError } from "../client-error.ts";
import { groupByTopic, type TopicPartition } from "../topic-partition.ts";

/** What a member tells the leader when it joins. */
export interface Subscription {
  readonly topics: readonly string[];
  readonly userData: Buffer | null;
  readonly ownedPartitions: readonly TopicPartition[];
  /** Of the owned partitions; −1: unknown. */
  readonly generationId: number;
  readonly rackId: string | undefined;
}

/** What the leader tells a member. */
export interface Assignment {
  readonly partitions: readonly TopicPartition[];
  readonly userData: Buffer | null;
}

/** `int16 version · subscription`, in the newest version. Source: KIP-429, KIP-792, KIP-881. */
export function encodeSubscription(subscription: Subscription): Buffer {
  const ownedPartitions = [...groupByTopic(subscription.ownedPartitions)].map(([topic, entries]) =>
    ownedTopic({ topic, partitions: entries.map((e) => e.partition) }),
  );
  const version = consumerProtocolSubscription.maxVersion;
  const writer = new ByteWriter();
  writer.int16(version);
  const message = makeConsumerProtocolSubscription({
    topics: subscription.topics.toSorted(),
    userData: subscription.userData,
    ownedPartitions,
    generationId: subscription.generationId,
    rackId: subscription.rackId ?? null,
  });
  consumerProtocolSubscription.write(writer, message, version);
  return writer.toBuffer();
}

/** Any version; what a newer one adds is behind the fields that are known. Throws `MalformedBytesError`. */
export function decodeSubscription(reader: ByteReader): Subscription {
  const version = readVersion(reader, consumerProtocolSubscription.maxVersion);
  const message = consumerProtocolSubscription.read(reader, version);
  return {
    topics: message.topics,
    userData: message.userData,
    ownedPartitions: flatten(message.ownedPartitions),
    generationId: message.generationId,
    rackId: message.rackId ?? undefined,
  };
}

/** `int16 version · assignment`. Version 0 is all there is to say, and every client reads it. */
export function encodeAssignment(assignment: Assignment): Buffer {
  const assignedPartitions = [...groupByTopic(assignment.partitions)].map(([topic, entries]) =>
    assignedTopic({ topic, partitions: entries.map((e) => e.partition) }),
  );
  const writer = new ByteWriter();
  writer.int16(0);
  consumerProtocolAssignment.write(writer, makeConsumerProtocolAssignment({ assignedPartitions, userData: assignment.userData }), 0);
  return writer.toBuffer();
}

/** As {@link decodeSubscription}. */
export function decodeAssignment(reader: ByteReader): Assignment {
  const version = readVersion(reader, consumerProtocolAssignment.maxVersion);
  const message = consumerProtocolAssignment.read(reader, version);
  return { partitions: flatten(message.assignedPartitions), userData: message.userData };
}

/** What another client wrote. Throws `ClientError` BAD_RESPONSE, which says `what`, in place of `MalformedBytesError`. */
export function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof MalformedBytesError)) throw cause;
    const remedy = "look for a client of another kind, or of a later version, among the group's members";
    throw new ClientError("BAD_RESPONSE", `${what} cannot be read: ${cause.message.replace(/\.$/, "")}; ${remedy}.`, { cause });
  }
}

function readVersion(reader: ByteReader, known: number): number {
  const version = reader.int16();
  if (version < 0) throw new MalformedBytesError(`A consumer protocol message claims version ${version}.`);
  return Math.min(version, known);
}

function flatten(topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}
