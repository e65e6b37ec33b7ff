import { type Clock, TimeSlice } from "@ottla/base";
import { type GroupObservation, isSettled, lagOf, observing as observingGroup } from "../lag/group-observation.ts";
import { type GroupSample, partitionName } from "../lag/group-sample.ts";
import type { ClusterSnapshot } from "../snapshot/cluster-snapshot.ts";
import { isFailing } from "../snapshot/connector-snapshot.ts";
import type { GroupSnapshot } from "../snapshot/group-snapshot.ts";
import { isObserved, valueOf } from "../snapshot/observed.ts";
import type { PartitionSnapshot } from "../snapshot/topic-snapshot.ts";
import { atOnce, inSlices, type Steps } from "../in-slices.ts";
import { followChurn, type GroupChurn } from "./group-churn.ts";
import { followCourse, type GroupCourse } from "./group-rewinds.ts";

/** What several looks tell of a partition. */
export interface PartitionTrend {
  /** The first end that was seen, and when by the clock that never jumps. */
  readonly firstEnd: { readonly offset: number; readonly atMs: number } | undefined;
  readonly firstStable: { readonly offset: number; readonly atMs: number } | undefined;
  /** Since when it has lacked replicas; undefined while it has all. */
  readonly underReplicatedSinceMs: number | undefined;
  readonly isr: number;
  /** Looks in which the ISR was smaller, or larger, than in the look before. */
  readonly shrinks: number;
  readonly expands: number;
}

/** What several looks tell of who is in a group. */
export interface GroupTrend {
  readonly members: ReadonlySet<string>;
  readonly state: string;
  readonly epoch: number | undefined;
  /** How often the members, or the epoch, were others than before, or a rebalance had begun, by looks and glances. A rebalance that goes on over several looks is one. */
  readonly changes: number;
  /** Those of them that glances alone have seen: too short for looks. */
  readonly shortChanges: number;
  readonly churn: GroupChurn;
  readonly totalLag: number | undefined;
  /** Looks one after another, up to the last, in which more records waited than in the look before. */
  readonly risingLooks: number;
  readonly course: GroupCourse;
}

/** What was seen of one reassignment. */
interface ReassignmentTrend {
  readonly sinceMs: number;
  /** Bytes that the added replicas lacked; undefined while unknown. */
  readonly firstBytes: number | undefined;
  readonly lastBytes: number | undefined;
}

/** What several looks tell of a broker's load: the best that was seen since then. Undefined: it was not told each time. */
interface LoadTrend {
  readonly sinceMs: number;
  readonly looks: number;
  readonly greatestHandlerIdle: number | undefined;
  readonly greatestNetworkIdle: number | undefined;
  readonly leastReplicaLag: number | undefined;
}

/** A cluster as it is by the last of several looks, with what came before. Bounded by what the last look shows: what is gone is forgotten. */
export interface ClusterObservation {
  readonly snapshot: ClusterSnapshot;
  /** By the clock that never jumps. */
  readonly sinceMs: number;
  readonly looks: number;
  /** Times that the states of groups alone were seen, between looks. */
  readonly glances: number;
  readonly partitions: ReadonlyMap<string, PartitionTrend>;
  /** Lag with its history, of groups whose positions were seen. */
  readonly lags: ReadonlyMap<string, GroupObservation>;
  readonly groups: ReadonlyMap<string, GroupTrend>;
  readonly reassignments: ReadonlyMap<string, ReassignmentTrend>;
  /** What was free at first in each log directory, by {@link diskName}. */
  readonly disks: ReadonlyMap<string, { readonly usableBytes: number; readonly atMs: number }>;
  /** Connectors of which something has failed, and since when some of it was seen so in each look. */
  readonly failedTasks: ReadonlyMap<string, number>;
  /** Of each page of metrics of a broker, by its name. */
  readonly brokerLoads: ReadonlyMap<string, LoadTrend>;
  /** Of each topic of the last look, by name. */
  readonly topicIds: ReadonlyMap<string, string>;
}

/** What the next look is held against. Who looks seldom keeps this: the last snapshot of a large cluster takes a hundred MiB. */
export type PastLooks = Omit<ClusterObservation, "snapshot">;

/** A log directory of a broker as the key of a map. */
export function diskName(nodeId: number, path: string): string {
  return `${nodeId} ${path}`;
}

/** The observation with one more look; of a large cluster some tenths of a second of work, see {@link observeInSlices}. */
export function observeCluster(before: PastLooks | undefined, snapshot: ClusterSnapshot): ClusterObservation {
  return atOnce(observing(before, snapshot));
}

/** As {@link observeCluster}, for callers whose loop has other work: it rests between topics and between groups. */
export function observeInSlices(before: PastLooks | undefined, snapshot: ClusterSnapshot, clock: Clock): Promise<ClusterObservation> {
  return inSlices(observing(before, snapshot), new TimeSlice(clock));
}

function* observing(before: PastLooks | undefined, snapshot: ClusterSnapshot): Steps<ClusterObservation> {
  const nowMs = snapshot.monotonicMs;
  const partitions = new Map<string, PartitionTrend>();
  const topicIds = new Map<string, string>();
  const at = placesAt(nowMs);
  for (const { name: topic, topicId, partitions: all } of valueOf(snapshot.topics) ?? []) {
    topicIds.set(topic, topicId);
    for (const [i, each] of all.entries()) {
      const name = partitionName({ topic, partition: each.partition });
      partitions.set(name, partitionTrend(before?.partitions.get(name), each, nowMs, at));
      if (i % 100 === 99) yield;
    }
    yield;
  }
  /** Whether a topic is another than in the look before, under the same name. */
  const isAnew = (topic: string): boolean => {
    const [was, is] = [before?.topicIds.get(topic), topicIds.get(topic)];
    return was !== undefined && is !== undefined && was !== is;
  };
  const lags = new Map<string, GroupObservation>();
  const groups = new Map<string, GroupTrend>();
  for (const group of valueOf(snapshot.groups) ?? []) {
    const sample = lagSampleOf(group, nowMs);
    if (sample) lags.set(group.groupId, yield* observingGroup(before?.lags.get(group.groupId), sample));
    const trend = groupTrend(before?.groups.get(group.groupId), group, nowMs, isAnew);
    if (trend) groups.set(group.groupId, trend);
    yield;
  }
  return {
    snapshot,
    sinceMs: before?.sinceMs ?? nowMs,
    looks: (before?.looks ?? 0) + 1,
    glances: before?.glances ?? 0,
    partitions,
    lags,
    groups,
    topicIds,
    reassignments: reassignmentTrends(before, snapshot),
    failedTasks: failedSince(before, snapshot),
    brokerLoads: loadTrends(before, snapshot),
    disks: new Map(
      snapshot.brokers.flatMap(({ nodeId, logDirs }) =>
        (valueOf(logDirs) ?? []).flatMap(({ path, usableBytes }) => {
          const name = diskName(nodeId, path);
          const first = before?.disks.get(name) ?? (usableBytes === undefined ? undefined : { usableBytes, atMs: nowMs });
          return first ? [[name, first] as const] : [];
        }),
      ),
    ),
  };
}

/** A group's look as the lag's evaluation takes it; undefined when its members or positions were not seen, and for share groups, which have no commits. */
function lagSampleOf({ groupId, type, state, members, positions }: GroupSnapshot, timeMs: number): GroupSample | undefined {
  if (type === "share" || !isObserved(members) || !isObserved(positions)) return undefined;
  return { groupId, timeMs, state, members: members.value, partitions: positions.value };
}

/** Where partitions were at a look; those at the same offset share one object. */
function placesAt(atMs: number): PlaceAt {
  const known = new Map<number, { readonly offset: number; readonly atMs: number }>();
  return (offset) => {
    if (offset === undefined) return undefined;
    let place = known.get(offset);
    if (place === undefined) known.set(offset, (place = { offset, atMs }));
    return place;
  };
}

type PlaceAt = (offset: number | undefined) => { readonly offset: number; readonly atMs: number } | undefined;

function partitionTrend(before: PartitionTrend | undefined, partition: PartitionSnapshot, nowMs: number, at: PlaceAt): PartitionTrend {
  const isr = partition.replicas.filter(({ inSync }) => inSync).length;
  const offsets = valueOf(partition.offsets);
  const stable = offsets?.lastStableOffset;
  return {
    firstEnd: before?.firstEnd ?? at(offsets?.highWatermark),
    // Where it stands still is what counts: it begins anew whenever it has moved.
    firstStable: stable !== undefined && before?.firstStable?.offset === stable ? before.firstStable : at(stable),
    underReplicatedSinceMs: isr < partition.replicas.length ? (before?.underReplicatedSinceMs ?? nowMs) : undefined,
    isr,
    shrinks: (before?.shrinks ?? 0) + (before && isr < before.isr ? 1 : 0),
    expands: (before?.expands ?? 0) + (before && isr > before.isr ? 1 : 0),
  };
}

function groupTrend(
  before: GroupTrend | undefined,
  group: GroupSnapshot,
  nowMs: number,
  isAnew: (topic: string) => boolean,
): GroupTrend | undefined {
  if (!isObserved(group.members)) return undefined;
  const { state } = group;
  const members = new Set(group.members.value.map(({ memberId }) => memberId));
  const epoch = valueOf(group.epoch);
  const positions = valueOf(group.positions) ?? [];
  const totalLag = isObserved(group.positions) ? positions.reduce((sum, position) => sum + (lagOf(position) ?? 0), 0) : undefined;
  const committed = positions.reduce((sum, position) => sum + (position.committed ?? 0), 0);
  const course = followCourse(before?.course, positions, nowMs, isAnew);
  const churn = followChurn(before?.churn, { members: group.members.value, committed, totalLag: totalLag ?? 0 });
  const same = { members, state, epoch, totalLag, course, churn };
  if (before === undefined) return { ...same, changes: 0, shortChanges: 0, risingLooks: 0 };
  const isOther = members.size !== before.members.size || [...members].some((id) => !before.members.has(id)) || epoch !== before.epoch;
  return {
    ...same,
    changes: before.changes + (hasChanged(before.state, state, isOther) ? 1 : 0),
    shortChanges: before.shortChanges,
    risingLooks: (totalLag ?? 0) > (before.totalLag ?? 0) ? before.risingLooks + 1 : 0,
  };
}

/** Whether something new has begun: of a rebalance that was seen already its end is nothing new, and neither is that it goes on with the same members. */
function hasChanged(before: string, now: string, isOther: boolean): boolean {
  if (!isSettled(now)) return isSettled(before) || isOther || (before !== PREPARING && now === PREPARING);
  return isSettled(before) && (isOther || before !== now);
}

const PREPARING = "PreparingRebalance";

/**
 * The observation with what was seen of groups between two looks: their states alone, by group id. A member that joins and goes again within moments is seen by it, where looks see the group without members
 * each time.
 */
export function glanceAtGroups(observation: ClusterObservation, states: ReadonlyMap<string, string>): ClusterObservation {
  const groups = new Map(observation.groups);
  for (const [groupId, trend] of observation.groups) {
    const state = states.get(groupId);
    if (state === undefined || state === trend.state) continue;
    const change = hasChanged(trend.state, state, false) ? 1 : 0;
    groups.set(groupId, { ...trend, state, changes: trend.changes + change, shortChanges: trend.shortChanges + change });
  }
  return { ...observation, groups, glances: observation.glances + 1 };
}

function failedSince(before: PastLooks | undefined, { connectors, monotonicMs }: ClusterSnapshot): ReadonlyMap<string, number> {
  // A worker that does not answer for a moment has mended nothing.
  if (!isObserved(connectors)) return before?.failedTasks ?? new Map();
  return new Map(
    connectors.value
      .filter(({ state, tasks }) => state === "FAILED" || tasks.some(isFailing))
      .map(({ connector }) => [connector, before?.failedTasks.get(connector) ?? monotonicMs]),
  );
}

function loadTrends(before: PastLooks | undefined, { metrics, monotonicMs }: ClusterSnapshot): ReadonlyMap<string, LoadTrend> {
  return new Map(
    (valueOf(metrics)?.brokers ?? []).map(({ page, handlerIdle, networkIdle, replicaLagMax }) => {
      const known = before?.brokerLoads.get(page);
      const best = (choose: typeof Math.max, was: number | undefined, is: number | undefined): number | undefined =>
        is === undefined || (known !== undefined && was === undefined) ? undefined : choose(was ?? is, is);
      return [
        page,
        {
          sinceMs: known?.sinceMs ?? monotonicMs,
          looks: (known?.looks ?? 0) + 1,
          greatestHandlerIdle: best(Math.max, known?.greatestHandlerIdle, handlerIdle),
          greatestNetworkIdle: best(Math.max, known?.greatestNetworkIdle, networkIdle),
          leastReplicaLag: best(Math.min, known?.leastReplicaLag, replicaLagMax),
        },
      ];
    }),
  );
}

function reassignmentTrends(before: PastLooks | undefined, snapshot: ClusterSnapshot): ReadonlyMap<string, ReassignmentTrend> {
  const topics = new Map((valueOf(snapshot.topics) ?? []).map((topic) => [topic.name, topic]));
  return new Map(
    (valueOf(snapshot.reassignments) ?? []).map(({ topic, partition, addingReplicas }) => {
      const name = partitionName({ topic, partition });
      const replicas = topics.get(topic)?.partitions.find((each) => each.partition === partition)?.replicas ?? [];
      const whole = Math.max(0, ...replicas.map(({ log }) => valueOf(log)?.bytes ?? 0));
      const added = replicas.filter(({ broker }) => addingReplicas.includes(broker)).map(({ log }) => valueOf(log)?.bytes);
      const bytes = added.includes(undefined) ? undefined : added.reduce<number>((sum, each) => sum + Math.max(0, whole - each!), 0);
      const known = before?.reassignments.get(name);
      return [name, { sinceMs: known?.sinceMs ?? snapshot.monotonicMs, firstBytes: known?.firstBytes ?? bytes, lastBytes: bytes }];
    }),
  );
}
