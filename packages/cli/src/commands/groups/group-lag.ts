import type { Admin, CommittedOffset, GroupMemberDescription, TopicPartition } from "@ottla/client";

/** How a group stands on one partition. */
export interface PartitionLag extends TopicPartition {
  /** Undefined while the group has committed nothing here. */
  readonly committed: number | undefined;
  /** Undefined when the partition has no leader, or is gone. */
  readonly end: number | undefined;
  readonly lag: number | undefined;
  readonly metadata: string;
  readonly memberId: string | undefined;
  readonly clientId: string | undefined;
  readonly clientHost: string | undefined;
}

/** All partitions that the group has committed to or is assigned, by topic and number. Errors: the first refusal. */
export async function readGroupLag(
  admin: Admin,
  groupId: string,
  members: readonly GroupMemberDescription[],
): Promise<readonly PartitionLag[]> {
  const commits = (await admin.listGroupOffsets(groupId)).flatMap(({ topic, partition, error, value }) => {
    if (error) throw error;
    return value ? [{ topic, partition, value }] : [];
  });
  const committed: ReadonlyMap<string, CommittedOffset> = new Map(
    commits.map(({ topic, partition, value }) => [`${topic} ${partition}`, value]),
  );
  const owners: ReadonlyMap<string, GroupMemberDescription> = new Map(
    members.flatMap((member) => (member.assignment ?? []).map(({ topic, partition }) => [`${topic} ${partition}`, member] as const)),
  );
  const partitions = [...commits, ...members.flatMap(({ assignment }) => assignment ?? [])]
    .map(({ topic, partition }) => ({ topic, partition }))
    .toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
    .filter(({ topic, partition }, i, all) => topic !== all[i - 1]?.topic || partition !== all[i - 1]?.partition);
  const ends = await admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: "latest" })));
  return partitions.map(({ topic, partition }, i) => {
    const key = `${topic} ${partition}`;
    const commit = committed.get(key);
    const end = ends[i]?.value?.offset;
    const owner = owners.get(key);
    return {
      topic,
      partition,
      committed: commit?.offset,
      end,
      lag: commit && end !== undefined ? Math.max(0, end - commit.offset) : undefined,
      metadata: commit?.metadata ?? "",
      memberId: owner?.memberId,
      clientId: owner?.clientId,
      clientHost: owner?.clientHost,
    };
  });
}
