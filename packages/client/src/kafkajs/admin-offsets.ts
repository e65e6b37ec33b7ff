import type { Admin as ClientAdmin, OffsetSpec, Partitioned } from "../admin/admin-types.ts";
import type { TopicPartition } from "../topic-partition.ts";
import { groupByTopic } from "../topic-partition.ts";
import type { FetchOffsetsPartition, SeekEntry } from "./admin-types.ts";
import { KafkaJSNonRetriableError } from "./errors.ts";
import { EARLIEST, LATEST } from "./runner.ts";
import { protocolError } from "./translate-error.ts";

/** Both ends of every partition. */
export async function fetchTopicOffsets(admin: ClientAdmin, topic: string): Promise<(SeekEntry & { high: string; low: string })[]> {
  const partitions = await partitionsOf(admin, topic);
  const high = await offsetsOf(admin, partitions, "latest");
  const low = await offsetsOf(admin, partitions, "earliest");
  return partitions.map(({ partition }, i) => ({ partition, offset: String(high[i]), high: String(high[i]), low: String(low[i]) }));
}

/** The first offsets at or after a time; the ends where there is none, or no time is given. */
export async function fetchTopicOffsetsByTimestamp(admin: ClientAdmin, topic: string, timestamp?: number): Promise<SeekEntry[]> {
  const partitions = await partitionsOf(admin, topic);
  const ends = await offsetsOf(admin, partitions, "latest");
  const found = timestamp === undefined ? [] : await offsetsOf(admin, partitions, { timestamp: Number(timestamp) });
  return partitions.map(({ partition }, i) => ({ partition, offset: String(found[i] ?? ends[i]) }));
}

/** What a group has committed; −1 where nothing is. */
export async function fetchOffsets(
  admin: ClientAdmin,
  { groupId, topics = [] }: { groupId: string; topics?: string[]; resolveOffsets?: boolean },
): Promise<{ topic: string; partitions: FetchOffsetsPartition[] }[]> {
  checkGroup(groupId);
  if (!Array.isArray(topics)) throw new KafkaJSNonRetriableError("Expected topics array to be set");
  const wanted = (await Promise.all(topics.map((topic) => partitionsOf(admin, topic)))).flat();
  const listed = await admin.listGroupOffsets(groupId, topics.length > 0 ? wanted : undefined);
  throwFirst(listed);
  return [...groupByTopic(listed)].map(([topic, entries]) => ({
    topic,
    partitions: entries.map(({ partition, value }) => ({
      partition,
      offset: String(value?.offset ?? -1),
      metadata: value?.metadata || null,
    })),
  }));
}

export async function setOffsets(
  admin: ClientAdmin,
  { groupId, topic, partitions }: { groupId: string; topic: string; partitions: SeekEntry[] },
): Promise<void> {
  checkGroup(groupId);
  checkTopic(topic);
  if (!Array.isArray(partitions) || partitions.length === 0) throw new KafkaJSNonRetriableError("Invalid partitions");
  await refuseActive(admin, groupId);
  const named = partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }));
  const places = await Promise.all(
    named.map(async (each) => {
      if (each.offset !== LATEST && each.offset !== EARLIEST) return each;
      const [offset = 0] = await offsetsOf(admin, [each], each.offset === LATEST ? "latest" : "earliest");
      return { ...each, offset };
    }),
  );
  throwFirst(await admin.alterGroupOffsets(groupId, places));
}

/** Sets a group to one of the ends as they are now. */
export async function resetOffsets(
  admin: ClientAdmin,
  { groupId, topic, earliest = false }: { groupId: string; topic: string; earliest?: boolean },
): Promise<void> {
  checkGroup(groupId);
  checkTopic(topic);
  const partitions = await partitionsOf(admin, topic);
  const offset = String(earliest ? EARLIEST : LATEST);
  await setOffsets(admin, { groupId, topic, partitions: partitions.map(({ partition }) => ({ partition, offset })) });
}

async function refuseActive(admin: ClientAdmin, groupId: string): Promise<void> {
  const [described] = await admin.describeGroups([groupId]);
  const state = described?.value?.state;
  if (state !== undefined && state !== "Empty" && state !== "Dead")
    throw new KafkaJSNonRetriableError(`The consumer group must have no running instances, current state: ${state}`);
}

export async function partitionsOf(admin: ClientAdmin, topic: string): Promise<TopicPartition[]> {
  checkTopic(topic);
  const [described] = await admin.describeTopics([topic]);
  if (described?.error) throw protocolError(described.error);
  return described!.value.partitions.map(({ partition }) => ({ topic, partition })).sort((a, b) => a.partition - b.partition);
}

async function offsetsOf(admin: ClientAdmin, partitions: readonly TopicPartition[], spec: OffsetSpec): Promise<(number | undefined)[]> {
  const listed = await admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, spec })));
  throwFirst(listed);
  return listed.map(({ value }) => value?.offset);
}

function throwFirst(outcomes: readonly Partitioned<unknown>[]): void {
  const refused = outcomes.find(({ error }) => error);
  if (refused?.error) throw protocolError(refused.error);
}

function checkGroup(groupId: unknown): void {
  if (typeof groupId !== "string" || groupId === "") throw new KafkaJSNonRetriableError(`Invalid groupId ${String(groupId)}`);
}

function checkTopic(topic: unknown): void {
  if (typeof topic !== "string" || topic === "") throw new KafkaJSNonRetriableError(`Invalid topic ${String(topic)}`);
}
