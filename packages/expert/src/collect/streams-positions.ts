import type { Admin, CallOptions, CommittedOffset, GroupDescription, StreamsGroupDescription, TopicPartition } from "@ottla/client";

/** A group as its coordinator describes it: one of consumers, or of the threads of an application (KIP-1071). */
export type DescribedGroup = Omit<GroupDescription, "type"> & { readonly type: GroupDescription["type"] | "streams" };

type Commits = readonly (TopicPartition & { readonly value?: CommittedOffset | undefined })[];

/** The streams group of this name, its members with what their tasks have committed; undefined: it is none, or the broker knows none. */
export async function describeStreams(
  admin: Admin,
  groupId: string,
  commits: Commits,
  call: CallOptions,
): Promise<DescribedGroup | undefined> {
  const [described] = await admin.describeStreamsGroups([groupId], call);
  return described?.value && asGroup(described.value, commits);
}

/** A task reads its partition of each topic of its sub-topology: those are told that the group has committed to, since a topic may have fewer partitions than there are tasks. */
function asGroup(
  { groupId, state, groupEpoch, coordinator, members, subtopologies }: StreamsGroupDescription,
  commits: Commits,
): DescribedGroup {
  const readBy = new Map<string, string>();
  for (const { subtopologyId, sourceTopics, repartitionSourceTopics } of subtopologies)
    for (const topic of [...sourceTopics, ...repartitionSourceTopics]) readBy.set(topic, subtopologyId);
  const byTask = Map.groupBy(commits, ({ topic, partition }) => `${readBy.get(topic)}_${partition}`);
  return {
    groupId,
    state,
    groupEpoch,
    coordinator,
    type: "streams",
    protocolType: "streams",
    protocol: "streams",
    members: members.map(({ memberId, groupInstanceId, clientId, clientHost, activeTasks }) => ({
      memberId,
      groupInstanceId,
      clientId,
      clientHost,
      rawMetadata: Buffer.alloc(0),
      rawAssignment: Buffer.alloc(0),
      assignment: activeTasks.flatMap(({ subtopologyId, partitions }) =>
        partitions.flatMap((task) => (byTask.get(`${subtopologyId}_${task}`) ?? []).map(({ topic, partition }) => ({ topic, partition }))),
      ),
    })),
  };
}
