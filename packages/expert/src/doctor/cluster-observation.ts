import { type GroupObservation, isSettled, lagOf, observe } from "../lag/group-observation.ts";
import { type GroupSample, partitionName } from "../lag/group-sample.ts";
import type { ClusterSnapshot } from "../snapshot/cluster-snapshot.ts";
import type { GroupSnapshot } from "../snapshot/group-snapshot.ts";
import { isObserved, valueOf } from "../snapshot/observed.ts";
import type { PartitionSnapshot } from "../snapshot/topic-snapshot.ts";

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
  readonly clients: ReadonlySet<string>;
  readonly epoch: number | undefined;
  /** Looks in which the members, or the epoch, were others than before, or the group was in the middle of a rebalance. */
  readonly changes: number;
  /** Members that came with a client id, host and instance that a member before them had: the same program joined anew. */
  readonly rejoins: number;
  readonly totalLag: number | undefined;
  /** Looks one after another, up to the last, in which more records waited than in the look before. */
  readonly risingLooks: number;
}

/** What was seen of one reassignment. */
interface ReassignmentTrend {
  readonly sinceMs: number;
  /** Bytes that the added replicas lacked; undefined while unknown. */
  readonly firstBytes: number | undefined;
  readonly lastBytes: number | undefined;
}

/** A cluster as it is by the last of several looks, with what came before. Bounded by what the last look shows: what is gone is forgotten. */
export interface ClusterObservation {
  readonly snapshot: ClusterSnapshot;
  /** By the clock that never jumps. */
  readonly sinceMs: number;
  readonly looks: number;
  readonly partitions: ReadonlyMap<string, PartitionTrend>;
  /** Lag with its history, of groups whose positions were seen. */
  readonly lags: ReadonlyMap<string, GroupObservation>;
  readonly groups: ReadonlyMap<string, GroupTrend>;
  readonly reassignments: ReadonlyMap<string, ReassignmentTrend>;
}

/** The observation with one more look. */
export function observeCluster(before: ClusterObservation | undefined, snapshot: ClusterSnapshot): ClusterObservation {
  const nowMs = snapshot.monotonicMs;
  const partitions = new Map<string, PartitionTrend>();
  for (const { name: topic, partitions: all } of valueOf(snapshot.topics) ?? [])
    for (const each of all) {
      const name = partitionName({ topic, partition: each.partition });
      partitions.set(name, partitionTrend(before?.partitions.get(name), each, nowMs));
    }
  const lags = new Map<string, GroupObservation>();
  const groups = new Map<string, GroupTrend>();
  for (const group of valueOf(snapshot.groups) ?? []) {
    const sample = lagSampleOf(group, nowMs);
    if (sample) lags.set(group.groupId, observe(before?.lags.get(group.groupId), sample));
    const trend = groupTrend(before?.groups.get(group.groupId), group);
    if (trend) groups.set(group.groupId, trend);
  }
  return {
    snapshot,
    sinceMs: before?.sinceMs ?? nowMs,
    looks: (before?.looks ?? 0) + 1,
    partitions,
    lags,
    groups,
    reassignments: reassignmentTrends(before, snapshot),
  };
}

/** A group's look as the lag's evaluation takes it; undefined when its members or positions were not seen, and for share groups, which have no commits. */
function lagSampleOf({ groupId, type, state, members, positions }: GroupSnapshot, timeMs: number): GroupSample | undefined {
  if (type === "share" || !isObserved(members) || !isObserved(positions)) return undefined;
  return { groupId, timeMs, state, members: members.value, partitions: positions.value };
}

function partitionTrend(before: PartitionTrend | undefined, partition: PartitionSnapshot, nowMs: number): PartitionTrend {
  const isr = partition.replicas.filter(({ inSync }) => inSync).length;
  const offsets = valueOf(partition.offsets);
  const at = (offset: number | undefined) => (offset === undefined ? undefined : { offset, atMs: nowMs });
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

function groupTrend(before: GroupTrend | undefined, group: GroupSnapshot): GroupTrend | undefined {
  if (!isObserved(group.members)) return undefined;
  const members = new Set(group.members.value.map(({ memberId }) => memberId));
  const clients = new Set(
    group.members.value.map(({ clientId, clientHost, groupInstanceId }) => `${clientId} ${clientHost} ${groupInstanceId}`),
  );
  const epoch = valueOf(group.epoch);
  const totalLag = valueOf(group.positions)?.reduce((sum, position) => sum + (lagOf(position) ?? 0), 0);
  if (before === undefined) return { members, clients, epoch, totalLag, changes: 0, rejoins: 0, risingLooks: 0 };
  const came = group.members.value.filter(({ memberId }) => !before.members.has(memberId));
  const isOther = members.size !== before.members.size || came.length > 0 || epoch !== before.epoch || !isSettled(group.state);
  const again = came.filter(({ clientId, clientHost, groupInstanceId }) =>
    before.clients.has(`${clientId} ${clientHost} ${groupInstanceId}`),
  );
  return {
    members,
    // Those that left stay known, so that they are known when they come back; of a group that never settles no more than so many.
    clients: new Set([...before.clients, ...clients].slice(-CLIENTS_MAX)),
    epoch,
    changes: before.changes + (isOther ? 1 : 0),
    rejoins: before.rejoins + again.length,
    totalLag,
    risingLooks: (totalLag ?? 0) > (before.totalLag ?? 0) ? before.risingLooks + 1 : 0,
  };
}

const CLIENTS_MAX = 1000;

function reassignmentTrends(before: ClusterObservation | undefined, snapshot: ClusterSnapshot): ReadonlyMap<string, ReassignmentTrend> {
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
