import { ByteReader } from "@ottla/base";
import type { DataMessage } from "@ottla/protocol";
import { consumerProtocolAssignment } from "@ottla/protocol/data/consumer-protocol-assignment";
import { consumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import { COORDINATOR_TOPICS } from "./coordinator-topics.ts";

/** A part of a coordinator's record, as Kafka's own schemas name its fields; or why it could not be read. */
export type ReadPart =
  | { readonly name: string; readonly version: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly error: string };

/** A record of a coordinator. A key of a type that is not known has no value that could be read either. */
export interface CoordinatorRecord {
  readonly key: ReadPart | undefined;
  readonly value: ReadPart | undefined;
}

/** Reading a group of very many members would hold the loop. */
const READ_BYTES_MAX = 1024 * 1024;
const TOO_LARGE = "it is larger than what is read here";

/** Whether records of the topic are a coordinator's. */
export function isCoordinatorTopic(topic: string): boolean {
  return Object.hasOwn(COORDINATOR_TOPICS, topic);
}

/** Reads key and value of a record of `__consumer_offsets`, `__transaction_state` or `__share_group_state`. Pure; bytes that are none of a coordinator's are told as errors. */
export function readCoordinatorRecord(topic: string, key: Buffer | null, value: Buffer | null): CoordinatorRecord {
  if (key === null || key.length < 2) return { key: key && { error: "it has no type" }, value: undefined } as CoordinatorRecord;
  const type = key.readInt16BE(0);
  const shape = COORDINATOR_TOPICS[topic]?.get(type);
  if (shape === undefined) {
    const error = `its type ${type} is of a newer Kafka than is known here`;
    return { key: { error }, value: value === null ? undefined : { error } };
  }
  if (value !== null && value.length > READ_BYTES_MAX) return { key: attempt(() => readKey(shape.key, key)), value: { error: TOO_LARGE } };
  return {
    key: attempt(() => readKey(shape.key, key)),
    value: value === null ? undefined : attempt(() => withInnerParts(readVersioned(shape.value, value))),
  };
}

function readKey(message: DataMessage<unknown>, bytes: Buffer): ReadPart {
  const reader = new ByteReader(bytes);
  reader.int16();
  return partOf(message, 0, message.read(reader, 0));
}

/** A value begins with its version. */
function readVersioned(message: DataMessage<unknown>, bytes: Buffer): ReadPart {
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  if (version < message.minVersion || version > message.maxVersion)
    return { error: `${message.name} of version ${version} is not known here` };
  return partOf(message, version, message.read(reader, version));
}

function partOf({ name }: DataMessage<unknown>, version: number, fields: unknown): ReadPart {
  return { name, version, fields: fields as Readonly<Record<string, unknown>> };
}

/** Members of classic groups of consumers carry what they subscribe to and what they were assigned as bytes of a protocol of their own. */
function withInnerParts(part: ReadPart): ReadPart {
  if ("error" in part || part.name !== "GroupMetadataValue" || part.fields["protocolType"] !== "consumer") return part;
  const members = part.fields["members"] as readonly { readonly subscription: Buffer; readonly assignment: Buffer }[];
  const inner = members.map((member) => ({
    ...member,
    subscription: innerPart(consumerProtocolSubscription, member.subscription),
    assignment: innerPart(consumerProtocolAssignment, member.assignment),
  }));
  return { ...part, fields: { ...part.fields, members: inner } };
}

function innerPart(message: DataMessage<unknown>, bytes: Buffer): unknown {
  if (bytes.length === 0) return bytes;
  const read = attempt(() => {
    const reader = new ByteReader(bytes);
    // Newer versions only add fields at the end.
    const version = Math.min(reader.int16(), message.maxVersion);
    return partOf(message, version, message.read(reader, version));
  });
  return "error" in read ? bytes : read.fields;
}

function attempt(read: () => ReadPart): ReadPart {
  try {
    return read();
  } catch (error) {
    return { error: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
