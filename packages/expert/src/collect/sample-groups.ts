import { type Clock, mapInSlices, TimeSlice } from "@ottla/base";
import type { Admin, CallOptions, CommittedOffset, GroupDescription, TopicPartition } from "@ottla/client";
import { type GroupSample, partitionName, type SampledPartition } from "../lag/group-sample.ts";
import { type DescribedGroup, describeStreams } from "./streams-positions.ts";

/** A group that could not be sampled, and why. */
export interface GroupFailure {
  readonly groupId: string;
  readonly error: Error & { readonly code: string };
}

/** A partition that a group reads whose end nobody told: its lag is not known, and is in no sum. */
export interface UnseenPartition extends TopicPartition {
  readonly groupId: string;
  readonly error: Error & { readonly code: string };
}

/** One look at several groups. */
export interface GroupSamples {
  readonly samples: readonly GroupSample[];
  /** As the coordinators describe them, in the order of the samples. */
  readonly descriptions: readonly DescribedGroup[];
  readonly failures: readonly GroupFailure[];
  readonly unseen: readonly UnseenPartition[];
}

/** Where a group stands, whatever its protocol and its members. */
export interface GroupPositions {
  readonly partitions: readonly (SampledPartition & { readonly metadata: string })[];
  readonly unseen: readonly UnseenPartition[];
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
export interface KnownGroup extends KnownPositions {
  readonly description: DescribedGroup;
}

interface KnownPositions {
  readonly committed: ReadonlyMap<string, CommittedOffset>;
  readonly owners: ReadonlyMap<string, string>;
  readonly partitions: readonly TopicPartition[];
}

/** Where a partition begins and ends; undefined where the leader does not answer, and why. */
export type Places = Pick<SampledPartition, "logStartOffset" | "lastStableOffset" | "highWatermark">;

/** Places, and the error of those that nobody told. */
interface ReadPlaces {
  readonly places: ReadonlyMap<string, Places>;
  readonly errors: ReadonlyMap<string, UnseenPartition["error"]>;
}

/**
 * One look at groups of the classic, the consumer and the streams protocol: their members, commits, and where the partitions begin and end. It costs {@link requestsOfGroups} for members and commits, and three a
 * partition's leader for the ends, whatever the number of groups that read them. A refused group is a failure of its own; a partition that tells nothing has undefined places.
 */
export async function sampleGroups(admin: Admin, groupIds: readonly string[], { clock, signal }: LookOptions): Promise<GroupSamples> {
  const slice = new TimeSlice(clock);
  const { groups, failures } = await readGroups(admin, groupIds, slice, { signal });
  const wanted = new Map<string, TopicPartition>();
  for (const { partitions } of groups)
    await mapInSlices(slice, partitions, (partition) => void wanted.set(partitionName(partition), partition));
  const { places, errors } = await readPlaces(admin, [...wanted.values()], { signal });
  const timeMs = clock.monotonicMs();
  const samples: GroupSample[] = [];
  for (const group of groups) samples.push(await sampleOf(group, places, timeMs, slice));
  return {
    samples,
    descriptions: groups.map(({ description }) => description),
    failures,
    unseen: samples.flatMap(({ groupId, partitions }) => unseenOf(groupId, partitions, errors)),
  };
}

/** Where one group has committed, and how far that is from the ends. Errors: those of the group's coordinator. */
export async function readPositions(admin: Admin, groupId: string, { clock, signal }: LookOptions): Promise<GroupPositions> {
  const slice = new TimeSlice(clock);
  const known = await knownPositions(await admin.listGroupOffsets(groupId, undefined, { signal }), [], slice);
  const { places, errors } = await readPlaces(admin, known.partitions, { signal });
  const sampled = await sampledPartitions(known, places, slice);
  const partitions = sampled.map((each) => ({ ...each, metadata: known.committed.get(partitionName(each))?.metadata ?? "" }));
  return { partitions, unseen: unseenOf(groupId, sampled, errors) };
}

function unseenOf(groupId: string, partitions: readonly TopicPartition[], errors: ReadPlaces["errors"]): readonly UnseenPartition[] {
  if (errors.size === 0) return [];
  return partitions.flatMap(({ topic, partition }) => {
    const error = errors.get(partitionName({ topic, partition }));
    return error ? [{ groupId, topic, partition, error }] : [];
  });
}

/** Groups whose commits one request brings (KIP-709, Kafka 3.0; an older broker takes one a request). */
const GROUPS_PER_REQUEST = 25;

/** How many requests {@link readGroups} makes of so many groups: where their coordinators are, and of each coordinator descriptions by the new and by the old protocol and the commits. */
export function requestsOfGroups(groups: number, brokers: number): number {
  const coordinators = Math.min(brokers, groups);
  return 1 + 2 * coordinators + Math.max(coordinators, Math.ceil(groups / GROUPS_PER_REQUEST));
}

/** Members and commits of groups of the classic, the consumer and the streams protocol. */
export async function readGroups(
  admin: Admin,
  groupIds: readonly string[],
  slice: TimeSlice,
  call: CallOptions,
): Promise<{ readonly groups: readonly KnownGroup[]; readonly failures: readonly GroupFailure[] }> {
  const [descriptions, offsets] = await Promise.all([admin.describeGroups(groupIds, call), admin.listOffsetsOfGroups(groupIds, call)]);
  const failures: GroupFailure[] = [];
  const groups: KnownGroup[] = [];
  for (const [i, { name, value, error }] of descriptions.entries()) {
    const { value: commits, error: refusal } = offsets[i]!;
    const description = value ?? (commits && isNoneOfThese(error) ? await describeStreams(admin, name, commits, call) : undefined);
    if (description && commits) groups.push({ description, ...(await knownPositions(commits, description.members, slice)) });
    else failures.push({ groupId: name, error: (error ?? refusal)! });
  }
  return { groups, failures };
}

/** How it is said of a group that it is neither a classic nor a consumer group. */
function isNoneOfThese(error: { readonly code: string } | undefined): boolean {
  return error?.code === "GROUP_ID_NOT_FOUND";
}

type Commits = readonly (TopicPartition & { readonly value?: CommittedOffset | undefined })[];

/** All partitions that the group has committed to or is assigned, by topic and number. A group may have a hundred thousand: others get their turn meanwhile. */
async function knownPositions(commits: Commits, members: GroupDescription["members"], slice: TimeSlice): Promise<KnownPositions> {
  const committed = new Map<string, CommittedOffset>();
  const owners = new Map<string, string>();
  const byTopic = new Map<string, Set<number>>();
  const take = ({ topic, partition }: TopicPartition): void => {
    const known = byTopic.get(topic);
    if (known) known.add(partition);
    else byTopic.set(topic, new Set([partition]));
  };
  await mapInSlices(slice, commits, (commit) => {
    if (!commit.value) return;
    committed.set(partitionName(commit), commit.value);
    take(commit);
  });
  for (const { memberId, assignment } of members)
    await mapInSlices(slice, assignment ?? [], (partition) => {
      owners.set(partitionName(partition), memberId);
      take(partition);
    });
  const partitions: TopicPartition[] = [];
  for (const topic of [...byTopic.keys()].sort()) {
    for (const partition of [...byTopic.get(topic)!].sort((a, b) => a - b)) partitions.push({ topic, partition });
    if (slice.isOver) await slice.rest();
  }
  return { committed, owners, partitions };
}

/** The group as a sample. A partition whose places are not known has undefined ones. */
export async function sampleOf(
  { description, ...positions }: KnownGroup,
  places: Pick<ReadonlyMap<string, Places>, "get">,
  timeMs: number,
  slice: TimeSlice,
): Promise<GroupSample> {
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
    partitions: await sampledPartitions(positions, places, slice),
  };
}

async function sampledPartitions(
  { committed, owners, partitions }: KnownPositions,
  places: Pick<ReadonlyMap<string, Places>, "get">,
  slice: TimeSlice,
): Promise<readonly SampledPartition[]> {
  return mapInSlices(slice, partitions, (partition) => {
    const name = partitionName(partition);
    return { ...partition, ...(places.get(name) ?? NOWHERE), committed: committed.get(name)?.offset, memberId: owners.get(name) };
  });
}

/** Where partitions begin and end, by {@link partitionName}. */
export async function readPlaces(admin: Admin, partitions: readonly TopicPartition[], call: CallOptions): Promise<ReadPlaces> {
  const places = new Map<string, Places>();
  const errors = new Map<string, UnseenPartition["error"]>();
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
    for (const [j, partition] of some.entries()) {
      const name = partitionName(partition);
      const error = ends[j]?.error ?? stable[j]?.error ?? starts[j]?.error;
      if (error) errors.set(name, error);
      places.set(name, {
        logStartOffset: starts[j]?.value?.offset,
        lastStableOffset: stable[j]?.value?.offset,
        highWatermark: ends[j]?.value?.offset,
      });
    }
  }
  return { places, errors };
}
