import { ByteReader } from "@ottla/base";
import type { JoinGroupResponseMember } from "@ottla/protocol/apis/join-group";
import type { Cluster } from "../cluster/cluster.ts";
import type { AssignableTopic, Assignor, GroupMember, MemberAssignment } from "./assignor.ts";
import { decodeSubscription, encodeAssignment, readable } from "./consumer-protocol.ts";

/** What the leader decided, and on what numbers of partitions it is based. */
export interface LeaderPlan {
  /** By member, as it goes on the wire. */
  readonly assignments: ReadonlyMap<string, Buffer>;
  readonly partitionCounts: ReadonlyMap<string, number>;
}

/** Divides the partitions of all subscribed topics, with metadata fetched for the purpose. Throws `ClientError` BAD_RESPONSE where a member's subscription cannot be read. */
export async function planAssignment(
  cluster: Cluster,
  groupId: string,
  assignor: Assignor,
  members: readonly JoinGroupResponseMember[],
): Promise<LeaderPlan> {
  const group = members.map((member) => readMember(groupId, member));
  const names = new Set(group.flatMap((member) => member.topics));
  for (const name of names) cluster.metadata.track(name, false);
  if ([...names].some((name) => !cluster.metadata.topic(name)?.partitions.length)) await cluster.metadata.refresh();
  const topics = new Map<string, AssignableTopic>();
  for (const name of names) {
    const topic = assignableTopic(cluster, name);
    if (topic) topics.set(name, topic);
  }
  const assigned = await assignor.assign(group, topics);
  return {
    assignments: new Map(group.map(({ memberId }) => [memberId, encoded(assigned.get(memberId))])),
    partitionCounts: new Map([...names].map((name) => [name, topics.get(name)?.partitionCount ?? 0])),
  };
}

/** Why the plan does not hold any more: a topic has another number of partitions; undefined: it does. */
export function changeSince({ partitionCounts }: LeaderPlan, { metadata }: Cluster): string | undefined {
  for (const [topic, planned] of partitionCounts) {
    metadata.track(topic, false);
    const state = metadata.topic(topic);
    if (state !== undefined && state.partitions.length > 0 && state.partitions.length !== planned)
      return `topic ${topic} has ${state.partitions.length} partitions where ${planned} were assigned`;
  }
  return undefined;
}

function encoded(assignment: MemberAssignment | undefined): Buffer {
  return encodeAssignment({ partitions: assignment?.partitions ?? [], userData: assignment?.userData ?? null });
}

function readMember(groupId: string, member: JoinGroupResponseMember): GroupMember {
  const what = `What member "${member.memberId}" of group "${groupId}" subscribes to`;
  const subscription = readable(what, () => decodeSubscription(new ByteReader(member.metadata)));
  return { memberId: member.memberId, groupInstanceId: member.groupInstanceId ?? undefined, ...subscription };
}

function assignableTopic(cluster: Cluster, name: string): AssignableTopic | undefined {
  const topic = cluster.metadata.topic(name);
  if (topic === undefined || topic.partitions.length === 0) return undefined;
  const { brokers } = cluster.metadata.current;
  const rackOf = (nodeId: number) => brokers.get(nodeId)?.rack ?? undefined;
  return {
    name,
    partitionCount: topic.partitions.length,
    partitionRacks: topic.partitions.map((partition) => partition.replicas.map(rackOf).filter((rack) => rack !== undefined)),
  };
}
