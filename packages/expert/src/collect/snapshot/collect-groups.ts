import { mapInSlices, type TimeSlice } from "@ottla/base";
import type { Admin, GroupListing, ShareGroupDescription, SharePosition, StreamsGroupDescription, TopicPartition } from "@ottla/client";
import { partitionName, type SampledMember, type SampledPartition } from "../../lag/group-sample.ts";
import type { GroupSnapshot, GroupType } from "../../snapshot/group-snapshot.ts";
import { isObserved, mapObserved, notObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { PartitionOffsets } from "../../snapshot/topic-snapshot.ts";
import { type KnownGroup, readGroups, requestsOfGroups, sampleOf } from "../sample-groups.ts";
import type { CallPacer } from "./call-pacer.ts";
import { pieces } from "./collect-topics.ts";
import { notObservedOf } from "./not-observed-of.ts";

/** The requests of one call go out at once. */
const GROUPS_PER_CALL = 100;

/** A group before it is known where its partitions end. */
export interface SeenGroup {
  readonly listing: Pick<GroupSnapshot, "groupId" | "type" | "protocolType" | "state" | "coordinator">;
  readonly description: Observed<Described>;
}

type Described =
  | { readonly type: "consumer"; readonly group: KnownGroup }
  | {
      readonly type: "share";
      readonly group: ShareGroupDescription;
      readonly starts: Observed<readonly (TopicPartition & { readonly value?: SharePosition | undefined })[]>;
    }
  | {
      readonly type: "streams";
      readonly group: StreamsGroupDescription;
      readonly commits: Observed<readonly (TopicPartition & { readonly value?: { readonly offset: number } | undefined })[]>;
    };

const UNLISTED_STATE = "Unknown";

/** All groups, with members and commits. */
export async function collectGroups(
  admin: Admin,
  pacer: CallPacer,
  brokers: number,
  slice: TimeSlice,
): Promise<Observed<readonly SeenGroup[]>> {
  const listed = await pacer.run(brokers, (options) => admin.listGroups(options));
  if (!isObserved(listed)) return listed;
  const listings = listed.value.map(listingOf);
  const ofType = (...types: readonly GroupType[]) => listings.filter(({ type }) => types.includes(type));
  const found = await Promise.all([
    ...pieces(ofType("classic", "consumer", "unknown"), GROUPS_PER_CALL).map((some) => consumerGroups(admin, pacer, some, brokers, slice)),
    ...ofType("share").map((listing) => shareGroup(admin, pacer, listing)),
    ...ofType("streams").map((listing) => streamsGroup(admin, pacer, listing)),
  ]);
  return observed(found.flat().sort((a, b) => (a.listing.groupId < b.listing.groupId ? -1 : 1)));
}

function listingOf({ groupId, type = "unknown", protocolType, state = UNLISTED_STATE, coordinator }: GroupListing): SeenGroup["listing"] {
  const known: readonly string[] = ["classic", "consumer", "share", "streams"];
  return { groupId, type: known.includes(type) ? (type as GroupType) : "unknown", protocolType, state, coordinator };
}

async function consumerGroups(
  admin: Admin,
  pacer: CallPacer,
  listings: readonly SeenGroup["listing"][],
  brokers: number,
  slice: TimeSlice,
): Promise<readonly SeenGroup[]> {
  const ids = listings.map(({ groupId }) => groupId);
  const seen = await pacer.run(requestsOfGroups(ids.length, brokers), (options) => readGroups(admin, ids, slice, options));
  if (!isObserved(seen)) return listings.map((listing) => ({ listing, description: seen }));
  const groups = new Map(seen.value.groups.map((group) => [group.description.groupId, group]));
  const failures = new Map(seen.value.failures.map(({ groupId, error }) => [groupId, error]));
  return listings.flatMap((listing): SeenGroup[] => {
    const group = groups.get(listing.groupId);
    if (group) return [{ listing, description: observed({ type: "consumer", group }) }];
    const error = failures.get(listing.groupId);
    // Gone between the list and the question.
    if (error?.code === "GROUP_ID_NOT_FOUND") return [];
    return [{ listing, description: notObservedOf(error) }];
  });
}

async function shareGroup(admin: Admin, pacer: CallPacer, listing: SeenGroup["listing"]): Promise<SeenGroup> {
  const seen = await pacer.run(2, (options) => admin.describeShareGroups([listing.groupId], options).then(([only]) => only!));
  if (!isObserved(seen)) return { listing, description: seen };
  if (seen.value.error) return { listing, description: notObservedOf(seen.value.error) };
  const starts = await pacer.run(1, (options) => admin.listShareGroupOffsets(listing.groupId, undefined, options));
  return { listing, description: observed({ type: "share", group: seen.value.value, starts }) };
}

async function streamsGroup(admin: Admin, pacer: CallPacer, listing: SeenGroup["listing"]): Promise<SeenGroup> {
  const seen = await pacer.run(2, (options) => admin.describeStreamsGroups([listing.groupId], options).then(([only]) => only!));
  if (!isObserved(seen)) return { listing, description: seen };
  if (seen.value.error) return { listing, description: notObservedOf(seen.value.error) };
  const commits = await pacer.run(1, (options) => admin.listGroupOffsets(listing.groupId, undefined, options));
  return { listing, description: observed({ type: "streams", group: seen.value.value, commits }) };
}

const CLASSIC_EPOCH = notObserved("notShown", "The classic protocol shows no epoch of a group.");

/** Groups with the ends of their partitions. */
export async function groupSnapshots(
  groups: readonly SeenGroup[],
  offsets: ReadonlyMap<string, Observed<PartitionOffsets>>,
  slice: TimeSlice,
): Promise<readonly GroupSnapshot[]> {
  const places: Ends = {
    get: (name) => {
      const seen = offsets.get(name);
      return seen !== undefined && isObserved(seen) ? seen.value : undefined;
    },
  };
  const found: GroupSnapshot[] = [];
  for (const group of groups) {
    found.push(await groupSnapshot(group, places, slice));
    if (slice.isOver) await slice.rest();
  }
  return found;
}

/** Where partitions end, by name, of those that are known. */
type Ends = Pick<ReadonlyMap<string, PartitionOffsets>, "get">;

async function groupSnapshot({ listing, description }: SeenGroup, places: Ends, slice: TimeSlice): Promise<GroupSnapshot> {
  if (!isObserved(description))
    return { ...listing, epoch: description, assignor: description, members: description, positions: description };
  const { value } = description;
  switch (value.type) {
    case "consumer": {
      const { members, partitions } = await sampleOf(value.group, places, 0, slice);
      const { type, state, protocol, groupEpoch } = value.group.description;
      const epoch = groupEpoch === undefined ? CLASSIC_EPOCH : observed(groupEpoch);
      return {
        ...listing,
        type,
        state,
        epoch,
        assignor: observed(protocol),
        members: observed(members),
        positions: observed(partitions),
      };
    }
    case "share": {
      const { state, groupEpoch, assignor, members } = value.group;
      // A partition of a share group may have several members at once: none of them owns it.
      const assigned = members.flatMap(({ assignment }) => assignment.map((partition) => [partitionName(partition), undefined] as const));
      const starts = mapObserved(value.starts, (all) => all.map((each) => ({ ...each, value: offsetOf(each.value?.startOffset) })));
      return {
        ...listing,
        state,
        epoch: observed(groupEpoch),
        assignor: observed(assignor),
        members: observed(members.map(memberOf)),
        positions: await positionsOf(starts, new Map(assigned), places, slice),
      };
    }
    case "streams": {
      const { state, groupEpoch, members, subtopologies } = value.group;
      const topicsOf = new Map(subtopologies.map((each) => [each.subtopologyId, [...each.sourceTopics, ...each.repartitionSourceTopics]]));
      const owners = members.flatMap(({ memberId, activeTasks }) =>
        activeTasks.flatMap(({ subtopologyId, partitions }) =>
          (topicsOf.get(subtopologyId) ?? []).flatMap((topic) =>
            partitions.map((partition) => [partitionName({ topic, partition }), memberId] as const),
          ),
        ),
      );
      return {
        ...listing,
        state,
        epoch: observed(groupEpoch),
        assignor: notObserved("notShown", "Streams groups have tasks, which the coordinator gives out."),
        members: observed(members.map(memberOf)),
        positions: await positionsOf(value.commits, new Map(owners), places, slice),
      };
    }
  }
}

function offsetOf(offset: number | undefined): { readonly offset: number } | undefined {
  return offset === undefined ? undefined : { offset };
}

function memberOf({ memberId, clientId, clientHost }: SampledMember): SampledMember {
  return { memberId, clientId, clientHost };
}

async function positionsOf(
  commits: Observed<readonly (TopicPartition & { readonly value?: { readonly offset: number } | undefined })[]>,
  owners: ReadonlyMap<string, string | undefined>,
  places: Ends,
  slice: TimeSlice,
): Promise<Observed<readonly SampledPartition[]>> {
  if (!isObserved(commits)) return commits;
  const positions: SampledPartition[] = [];
  await mapInSlices(slice, commits.value, ({ topic, partition, value }) => {
    const name = partitionName({ topic, partition });
    const place = places.get(name);
    if (value === undefined && !owners.has(name)) return;
    positions.push({
      topic,
      partition,
      committed: value?.offset,
      logStartOffset: place?.logStartOffset,
      lastStableOffset: place?.lastStableOffset,
      highWatermark: place?.highWatermark,
      memberId: owners.get(name),
    });
  });
  return observed(positions);
}
