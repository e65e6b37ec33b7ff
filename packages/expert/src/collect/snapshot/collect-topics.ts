import { mapInSlices, type TimeSlice } from "@ottla/base";
import type { Admin, LogDirDescription, PartitionDescription, TopicDescription, TopicPartition } from "@ottla/client";
import { partitionName } from "../../lag/group-sample.ts";
import type { Configs } from "../../snapshot/config-snapshot.ts";
import { isObserved, notObserved, type NotObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { PartitionOffsets, PartitionSnapshot, ReplicaLog, TopicSnapshot } from "../../snapshot/topic-snapshot.ts";
import { readPlaces } from "../sample-groups.ts";
import type { CallPacer } from "./call-pacer.ts";
import { configsOf, outcome } from "./collect-brokers.ts";
import { notObservedOf } from "./not-observed-of.ts";

/** Topics that one call asks for, so that no answer is large. */
const TOPICS_PER_CALL = 200;
/** Each call makes three requests of a leader, four calls go on at once, and their answers may come in one turn of the loop. */
const PARTITIONS_PER_CALL = 500;
/** Of topics that one call asks for, so that no answer holds the loop; a larger topic is asked for alone. */
const DESCRIBED_PARTITIONS_PER_CALL = 2000;

/** Settings of topics that rules read: their effective values are kept even where nobody changed them. */
const JUDGED_KEYS: ReadonlySet<string> = new Set([
  "cleanup.policy",
  "compression.type",
  "delete.retention.ms",
  "max.message.bytes",
  "message.timestamp.type",
  "min.cleanable.dirty.ratio",
  "min.insync.replicas",
  "remote.storage.enable",
  "retention.bytes",
  "retention.ms",
  "segment.bytes",
  "segment.ms",
  "unclean.leader.election.enable",
]);

/** All topics with their partitions, as the cluster's metadata has them. */
export async function describeAllTopics(admin: Admin, pacer: CallPacer): Promise<Observed<readonly TopicDescription[]>> {
  const listed = await pacer.run(1, (options) => admin.listTopics({ ...options, includeInternal: true }));
  if (!isObserved(listed)) return listed;
  const parts = await Promise.all(
    describedTogether(listed.value).map((names) => pacer.run(1, (options) => admin.describeTopics(names, options))),
  );
  const failed = parts.find((part): part is NotObserved => !isObserved(part));
  // A part of the topics would look like all of them.
  if (failed) return failed;
  const untold = parts
    .flatMap((part) => (isObserved(part) ? part.value : []))
    .find(({ error }) => error !== undefined && error.code !== "UNKNOWN_TOPIC_OR_PARTITION");
  if (untold) return notObservedOf(untold.error);
  // A topic deleted between the two calls is none any more.
  return observed(parts.flatMap((part) => (isObserved(part) ? part.value.flatMap(({ value }) => value ?? []) : [])));
}

/** Names in pieces of so many topics and partitions at most. */
function describedTogether(topics: readonly { readonly name: string; readonly partitionCount: number }[]): string[][] {
  const together: string[][] = [];
  let partitions = Infinity;
  for (const { name, partitionCount } of topics) {
    partitions += partitionCount;
    if (partitions > DESCRIBED_PARTITIONS_PER_CALL || together.at(-1)!.length >= TOPICS_PER_CALL) {
      together.push([]);
      partitions = partitionCount;
    }
    together.at(-1)!.push(name);
  }
  return together;
}

/** Settings by topic. */
export async function collectTopicConfigs(
  admin: Admin,
  pacer: CallPacer,
  names: readonly string[],
): Promise<ReadonlyMap<string, Observed<Configs>>> {
  const found = new Map<string, Observed<Configs>>();
  const shared = sharedConfigs();
  await Promise.all(
    pieces(names, TOPICS_PER_CALL).map(async (some) => {
      const answer = await pacer.run(1, (options) =>
        admin.describeConfigs(
          some.map((name) => ({ type: "topic", name })),
          options,
        ),
      );
      for (const [i, name] of some.entries())
        found.set(
          name,
          outcome(
            answer,
            (all) => all[i],
            (entries) => shared(configsOf(entries.filter((entry) => entry.source !== "default" || JUDGED_KEYS.has(entry.name)))),
          ),
        );
    }),
  );
  return found;
}

/** Topics with equal settings, which are most of a cluster's, have one object of them: ten thousand of their own would be tens of MiB. */
function sharedConfigs(): (configs: Configs) => Configs {
  const known = new Map<string, Configs>();
  return (configs) => {
    const text = JSON.stringify(configs);
    const same = known.get(text);
    if (same === undefined) known.set(text, configs);
    return same ?? configs;
  };
}

/** Where partitions begin and end, by name. Each leader is asked for its own, so that one that does not answer holds up nobody else; of a partition without a leader nothing is asked. */
export async function collectOffsets(
  admin: Admin,
  pacer: CallPacer,
  topics: readonly TopicDescription[],
  slice: TimeSlice,
): Promise<ReadonlyMap<string, Observed<PartitionOffsets>>> {
  const ledBy = new Map<number, TopicPartition[]>();
  for (const { name: topic, partitions } of topics) {
    for (const { partition, leader } of partitions) {
      if (leader === undefined) continue;
      const led = ledBy.get(leader);
      if (led) led.push({ topic, partition });
      else ledBy.set(leader, [{ topic, partition }]);
    }
    if (slice.isOver) await slice.rest();
  }
  const found = new Map<string, Observed<PartitionOffsets>>();
  await Promise.all(
    [...ledBy].flatMap(([leader, led]) =>
      pieces(led, PARTITIONS_PER_CALL).map(async (some) => {
        const places = await pacer.run(3, (options) => readPlaces(admin, some, options));
        const silent = notObserved("unreachable", `The leader, broker ${leader}, did not tell where the partition ends.`);
        for (const { topic, partition } of some) {
          const name = partitionName({ topic, partition });
          if (!isObserved(places)) found.set(name, places);
          else {
            const place = places.value.places.get(name)!;
            found.set(name, place.highWatermark === undefined && place.logStartOffset === undefined ? silent : observed(place));
          }
        }
      }),
    ),
  );
  return found;
}

/** What is known of topics, put together. */
export async function topicSnapshots(
  topics: readonly TopicDescription[],
  configs: ReadonlyMap<string, Observed<Configs>>,
  offsets: ReadonlyMap<string, Observed<PartitionOffsets>>,
  logs: ReadonlyMap<number, Observed<readonly LogDirDescription[]>>,
  slice: TimeSlice,
): Promise<readonly TopicSnapshot[]> {
  const logOf = await replicaLogs(logs, slice);
  const found: TopicSnapshot[] = [];
  for (const { name, topicId, internal, partitions } of topics) {
    const shown = await mapInSlices(slice, partitions, (each) => partitionSnapshot(name, each, offsets, logOf));
    found.push({ name, topicId, internal, configs: configs.get(name)!, partitions: shown });
    if (slice.isOver) await slice.rest();
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const NO_LEADER = notObserved("unreachable", "The partition has no leader.");
const NO_ELIGIBLE_LEADERS = notObserved("notAsked", "Metadata does not show eligible leaders; DescribeTopicPartitions was not asked.");

function partitionSnapshot(
  topic: string,
  { partition, leader, leaderEpoch, replicas, isr, offlineReplicas }: PartitionDescription,
  offsets: ReadonlyMap<string, Observed<PartitionOffsets>>,
  logOf: LogOf,
): PartitionSnapshot {
  const name = partitionName({ topic, partition });
  return {
    partition,
    leader,
    leaderEpoch,
    replicas: replicas.map((broker) => ({
      broker,
      inSync: isr.includes(broker),
      offline: offlineReplicas.includes(broker),
      log: logOf(broker, name),
    })),
    eligibleLeaders: NO_ELIGIBLE_LEADERS,
    offsets: offsets.get(name) ?? NO_LEADER,
  };
}

type LogOf = (broker: number, name: string) => Observed<ReplicaLog>;

async function replicaLogs(logs: ReadonlyMap<number, Observed<readonly LogDirDescription[]>>, slice: TimeSlice): Promise<LogOf> {
  const byBroker = new Map<number, Observed<ReadonlyMap<string, ReplicaLog>>>();
  for (const [broker, dirs] of logs) byBroker.set(broker, isObserved(dirs) ? observed(await byPartition(dirs.value, slice)) : dirs);
  const absent = notObserved(
    "unreachable",
    "No directory of the broker shows the replica: it is in one that is offline, or not there yet.",
  );
  const gone = notObserved("unreachable", "The broker is not among the live ones.");
  return (broker, name) => {
    const known = byBroker.get(broker);
    if (known === undefined) return gone;
    if (!isObserved(known)) return known;
    const log = known.value.get(name);
    return log === undefined ? absent : observed(log);
  };
}

async function byPartition(dirs: readonly LogDirDescription[], slice: TimeSlice): Promise<ReadonlyMap<string, ReplicaLog>> {
  const found = new Map<string, ReplicaLog>();
  const futures = new Map<string, string>();
  for (const { path, partitions } of dirs)
    await mapInSlices(slice, partitions, ({ isFuture, sizeBytes, offsetLag, ...partition }) => {
      if (isFuture) futures.set(partitionName(partition), path);
      else found.set(partitionName(partition), { bytes: sizeBytes, offsetLag, dir: path });
    });
  for (const [name, futureDir] of futures) {
    const log = found.get(name);
    if (log) found.set(name, { ...log, futureDir });
  }
  return found;
}

/** A list in pieces of at most so many. */
export function pieces<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most));
}
