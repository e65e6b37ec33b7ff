import { ByteReader } from "@ottla/base";
import type { JoinGroupResponseMember } from "@ottla/protocol/apis/join-group";
import type { Cluster } from "../cluster/cluster.ts";
import type { AssignableTopic, Assignor, GroupMember, MemberAssignment } from "./assignor.ts";
import { decodeSubscription, readable } from "./consumer-protocol.ts";

/** What the leader decided, and on what numbers of partitions it is based. */
export interface LeaderPlan {
  readonly assignments: ReadonlyMap<string, MemberAssignment>;
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
  const assignments = await assignor.assign(group, topics);
  return { assignments, partitionCounts: new Map([...names].map((name) => [name, topics.get(name)?.partitionCount ?? 0])) };
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
