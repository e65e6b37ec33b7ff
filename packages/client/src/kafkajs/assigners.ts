import { ByteReader, ByteWriter } from "@ottla/base";
import type { Assignor, MemberAssignment as ClientAssignment } from "../group/assignor.ts";
import { groupByTopic } from "../topic-partition.ts";
import type { Logger } from "./logger.ts";

/** Partitions by topic. */
export type Assignment = { [topic: string]: number[] };

/** What a member says when it joins. */
export interface MemberMetadata {
  version: number;
  topics: string[];
  userData?: Buffer;
}

/** What a member gets. */
export interface MemberAssignment {
  version: number;
  assignment: Assignment;
  userData?: Buffer;
}

/** A member as an assigner sees it; its bytes are a {@link MemberMetadata}. */
export interface GroupMember {
  memberId: string;
  memberMetadata: Buffer;
}

/** A member's share; its bytes are a {@link MemberAssignment}. */
export interface GroupMemberAssignment {
  memberId: string;
  memberAssignment: Buffer;
}

/** Divides the partitions of a group, as kafkajs has it. */
export interface Assigner {
  name: string;
  version: number;
  assign(group: { members: GroupMember[]; topics: string[] }): Promise<GroupMemberAssignment[]> | GroupMemberAssignment[];
  protocol(subscription: { topics: string[] }): { name: string; metadata: Buffer };
}

/** Of kafkajs's cluster an assigner finds the numbers of partitions here, and nothing else. */
interface AssignerCluster {
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
}

/** Makes an assigner for one consumer. */
export type PartitionAssigner = (config: { cluster: AssignerCluster; groupId: string; logger: Logger }) => Assigner;

/** The bytes of subscriptions and assignments. Source: Kafka's consumer protocol, version 0. */
export const AssignerProtocol = {
  MemberMetadata: {
    encode({ version, topics, userData = Buffer.alloc(0) }: MemberMetadata): Buffer {
      const writer = new ByteWriter();
      writer.int16(version);
      writer.int32(topics.length);
      for (const topic of topics) writeText(writer, topic);
      writer.int32(userData.length);
      writer.bytes(userData);
      return writer.toBuffer();
    },
    decode(buffer: Buffer): MemberMetadata | null {
      if (buffer.length === 0) return null;
      const reader = new ByteReader(buffer);
      const version = reader.int16();
      const topics = readList(reader, () => readText(reader));
      return { version, topics, userData: readBytes(reader) };
    },
  },
  MemberAssignment: {
    encode({ version, assignment, userData = Buffer.alloc(0) }: MemberAssignment): Buffer {
      const writer = new ByteWriter();
      writer.int16(version);
      const topics = Object.entries(assignment);
      writer.int32(topics.length);
      for (const [topic, partitions] of topics) {
        writeText(writer, topic);
        writer.int32(partitions.length);
        for (const partition of partitions) writer.int32(partition);
      }
      writer.int32(userData.length);
      writer.bytes(userData);
      return writer.toBuffer();
    },
    decode(buffer: Buffer): MemberAssignment | null {
      if (buffer.length === 0) return null;
      const reader = new ByteReader(buffer);
      const version = reader.int16();
      const topics = readList(reader, () => [readText(reader), readList(reader, () => reader.int32())] as const);
      return { version, assignment: Object.fromEntries(topics), userData: readBytes(reader) };
    },
  },
} as const;

/** Partitions in turn to the members that subscribe to their topic; goes by the name and gives the shares of kafkajs's own, so that both may be in one group. */
const roundRobin: PartitionAssigner = ({ cluster }) => ({
  name: "RoundRobinAssigner",
  version: 0,
  assign({ members, topics }) {
    const subscriptions = new Map(
      members.map(({ memberId, memberMetadata }) => [memberId, AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? []]),
    );
    const order = [...subscriptions.keys()].sort();
    const shares = new Map<string, Assignment>(order.map((memberId) => [memberId, {}]));
    let turn = 0;
    for (const topic of topics) {
      const takers = order.filter((memberId) => subscriptions.get(memberId)!.includes(topic));
      for (const { partitionId } of cluster.findTopicPartitionMetadata(topic)) {
        const taker = takers[turn++ % takers.length];
        if (taker !== undefined) (shares.get(taker)![topic] ??= []).push(partitionId);
      }
    }
    return order.map((memberId) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 0,
        assignment: shares.get(memberId)!,
        userData: Buffer.alloc(0),
      }),
    }));
  },
  protocol: ({ topics }) => ({
    name: "RoundRobinAssigner",
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
});

/** The assigners that there are. */
export const PartitionAssigners = { roundRobin } as const;

/** The client's assignor that does what an assigner says. `onLeading` is called when this member divides. */
export function toAssignor(make: PartitionAssigner, groupId: string, logger: Logger, onLeading: () => void): Assignor {
  let counts = new Map<string, number>();
  const cluster: AssignerCluster = {
    findTopicPartitionMetadata: (topic) => Array.from({ length: counts.get(topic) ?? 0 }, (_, partitionId) => ({ partitionId })),
  };
  const assigner = make({ cluster, groupId, logger });
  return {
    name: assigner.name,
    protocols: ["eager"],
    subscriptionUserData: (topics) =>
      AssignerProtocol.MemberMetadata.decode(assigner.protocol({ topics: [...topics] }).metadata)?.userData ?? null,
    async assign(members, topics) {
      onLeading();
      counts = new Map([...topics].map(([name, { partitionCount }]) => [name, partitionCount]));
      const described = members.map(({ memberId, topics: wanted, userData }) => ({
        memberId,
        memberMetadata: AssignerProtocol.MemberMetadata.encode({
          version: assigner.version,
          topics: [...wanted],
          userData: userData ?? Buffer.alloc(0),
        }),
      }));
      const shares = await assigner.assign({ members: described, topics: [...topics.keys()] });
      return new Map(shares.map(({ memberId, memberAssignment }) => [memberId, readShare(memberAssignment)]));
    },
  };
}

/** Partitions by topic, as events show an assignment. */
export function assignmentOf(partitions: Iterable<{ readonly topic: string; readonly partition: number }>): Assignment {
  return Object.fromEntries([...groupByTopic(partitions)].map(([topic, entries]) => [topic, entries.map(({ partition }) => partition)]));
}

function readShare(bytes: Buffer): ClientAssignment {
  const decoded = AssignerProtocol.MemberAssignment.decode(bytes);
  const topics = Object.entries(decoded?.assignment ?? {});
  return {
    partitions: topics.flatMap(([topic, list]) => list.map((partition) => ({ topic, partition }))),
    userData: decoded?.userData ?? null,
  };
}

function writeText(writer: ByteWriter, text: string): void {
  writer.int16(Buffer.byteLength(text));
  writer.utf8(text);
}

function readText(reader: ByteReader): string {
  return reader.utf8(reader.int16());
}

/** Null, and nothing at all, are empty. */
function readBytes(reader: ByteReader): Buffer {
  return reader.remaining < 4 ? Buffer.alloc(0) : reader.view(Math.max(0, reader.int32()));
}

function readList<T>(reader: ByteReader, read: () => T): T[] {
  const count = reader.int32();
  const list: T[] = [];
  for (let i = 0; i < count; i++) list.push(read());
  return list;
}
