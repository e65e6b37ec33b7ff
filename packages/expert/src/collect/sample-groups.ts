import type { Clock } from "@ottla/base";
import type { Admin, CallOptions, CommittedOffset, GroupDescription, TopicPartition } from "@ottla/client";
import { type GroupSample, partitionName, type SampledPartition } from "../lag/group-sample.ts";

/** A group that could not be sampled, and why. */
export interface GroupFailure {
  readonly groupId: string;
  readonly error: Error & { readonly code: string };
}

/** One look at several groups. */
export interface GroupSamples {
  readonly samples: readonly GroupSample[];
  readonly failures: readonly GroupFailure[];
}

/** How a look is taken. */
export interface LookOptions {
  /** The time of a look is its monotonic one. */
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const NOWHERE: Places = { logStartOffset: undefined, lastStableOffset: undefined, highWatermark: undefined };

/** How many partitions are asked for in one call, so that no request is large. */
const PARTITIONS_PER_CALL = 2000;

/** A group's members and commits, before it is known where the partitions end. */
export interface KnownGroup {
  readonly committed: ReadonlyMap<string, CommittedOffset>;
  readonly description: GroupDescription;
  readonly owners: ReadonlyMap<string, string>;
  readonly partitions: readonly TopicPartition[];
}

/** Where a partition begins and ends; undefined where the leader does not answer. */
export type Places = Pick<SampledPartition, "logStartOffset" | "lastStableOffset" | "highWatermark">;

/**
 * One look at groups of the classic and the consumer protocol: their members, commits, and where the partitions begin and end. It costs a request a group for the commits, one a coordinator for the
 * members, and three a partition's leader for the ends, whatever the number of groups that read them. A refused group is a failure of its own; a partition that tells nothing has undefined places.
 */
export async function sampleGroups(admin: Admin, groupIds: readonly string[], { clock, signal }: LookOptions): Promise<GroupSamples> {
  const { groups, failures } = await readGroups(admin, groupIds, { signal });
  const wanted = new Map(groups.flatMap(({ partitions }) => partitions.map((partition) => [partitionName(partition), partition] as const)));
  const places = await readPlaces(admin, [...wanted.values()], { signal });
  const timeMs = clock.monotonicMs();
  return { samples: groups.map((group) => sampleOf(group, places, timeMs)), failures };
}

/** Members and commits of groups of the classic and the consumer protocol. */
export async function readGroups(
  admin: Admin,
  groupIds: readonly string[],
  call: CallOptions,
): Promise<{ readonly groups: readonly KnownGroup[]; readonly failures: readonly GroupFailure[] }> {
  const [descriptions, offsets] = await Promise.all([admin.describeGroups(groupIds, call), admin.listOffsetsOfGroups(groupIds, call)]);
  const failures: GroupFailure[] = [];
  const groups: KnownGroup[] = [];
  for (const [i, { name, value, error }] of descriptions.entries()) {
    const { value: commits, error: refusal } = offsets[i]!;
    if (value && commits) groups.push(knownGroup(value, commits));
    else failures.push({ groupId: name, error: (error ?? refusal)! });
  }
  return { groups, failures };
}

type Commits = readonly (TopicPartition & { readonly value?: CommittedOffset | undefined })[];

/** All partitions that the group has committed to or is assigned, by topic and number. */
function knownGroup(description: GroupDescription, commits: Commits): KnownGroup {
  const committed = new Map(commits.flatMap((commit) => (commit.value ? [[partitionName(commit), commit.value] as const] : [])));
  const assigned = description.members.flatMap(({ memberId, assignment }) =>
    (assignment ?? []).map((partition) => ({ ...partition, memberId })),
  );
  const owners = new Map(assigned.map((partition) => [partitionName(partition), partition.memberId]));
  const partitions = new Map(
    [...commits.filter(({ value }) => value), ...assigned].map(({ topic, partition }) => [
      partitionName({ topic, partition }),
      { topic, partition },
    ]),
  );
  const sorted = [...partitions.values()].sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
  return { committed, description, owners, partitions: sorted };
}

/** The group as a sample. A partition whose places are not known has undefined ones. */
export function sampleOf(
  { committed, description, owners, partitions }: KnownGroup,
  places: ReadonlyMap<string, Places>,
  timeMs: number,
): GroupSample {
  return {
    groupId: description.groupId,
    timeMs,
    state: description.state,
    members: description.members.map(({ memberId, clientId, clientHost, groupInstanceId }) => ({
      memberId,
      clientId,
      clientHost,
      ...(groupInstanceId !== undefined && { groupInstanceId }),
    })),
    partitions: partitions.map((partition) => {
      const name = partitionName(partition);
      return { ...partition, ...(places.get(name) ?? NOWHERE), committed: committed.get(name)?.offset, memberId: owners.get(name) };
    }),
  };
}

/** Where partitions begin and end, by {@link partitionName}. */
export async function readPlaces(
  admin: Admin,
  partitions: readonly TopicPartition[],
  call: CallOptions,
): Promise<ReadonlyMap<string, Places>> {
  const places = new Map<string, Places>();
  for (let i = 0; i < partitions.length; i += PARTITIONS_PER_CALL) {
    const some = partitions.slice(i, i + PARTITIONS_PER_CALL);
    const ask = (spec: "earliest" | "latest", isolationLevel: "read_uncommitted" | "read_committed") =>
      admin.listOffsets(
        some.map((partition) => ({ ...partition, spec })),
        { ...call, isolationLevel },
      );
    const [starts, stable, ends] = await Promise.all([
      ask("earliest", "read_uncommitted"),
      ask("latest", "read_committed"),
      ask("latest", "read_uncommitted"),
    ]);
    for (const [j, partition] of some.entries())
      places.set(partitionName(partition), {
        logStartOffset: starts[j]?.value?.offset,
        lastStableOffset: stable[j]?.value?.offset,
        highWatermark: ends[j]?.value?.offset,
      });
  }
  return places;
}
