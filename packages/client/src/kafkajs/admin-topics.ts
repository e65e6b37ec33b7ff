import type { Clock } from "@ottla/base";
import type { Admin as ClientAdmin, Named } from "../admin/admin-types.ts";
import type { Admin, ITopicMetadata } from "./admin-types.ts";
import { KafkaJSAggregateError, KafkaJSCreateTopicError, KafkaJSNonRetriableError, KafkaJSTimeout } from "./errors.ts";
import { toPartitionMetadata } from "./topic-metadata.ts";
import { protocolError } from "./translate-error.ts";

const LEADERS_EVERY_MS = 50;
const DEFAULT_TIMEOUT_MS = 5000;

type Options<Call extends keyof Admin> = Admin[Call] extends (options: infer Given, ...rest: never) => unknown ? NonNullable<Given> : never;

/** False when a topic is there already; throws all other refusals together. */
export async function createTopics(
  admin: ClientAdmin,
  clock: Clock,
  { topics, validateOnly = false, timeout, waitForLeaders = true }: Options<"createTopics">,
): Promise<boolean> {
  if (!Array.isArray(topics)) throw new KafkaJSNonRetriableError(`Invalid topics array ${String(topics)}`);
  checkNames(topics.map(({ topic }) => topic));
  if (new Set(topics.map(({ topic }) => topic)).size < topics.length)
    throw new KafkaJSNonRetriableError("Invalid topics array, it cannot have multiple entries for the same topic");
  for (const { topic, configEntries = [] } of topics) {
    if (!Array.isArray(configEntries)) throw new KafkaJSNonRetriableError(`Invalid configEntries for topic "${topic}", must be an array`);
    for (const [i, entry] of configEntries.entries())
      if (typeof entry !== "object" || entry === null || typeof entry.name !== "string" || typeof entry.value !== "string")
        throw new KafkaJSNonRetriableError(
          `Invalid configEntries for topic "${topic}". Entry ${i} must have a name and a value, both texts`,
        );
  }
  const named = topics.map(({ topic, numPartitions = -1, replicationFactor = -1, replicaAssignment, configEntries = [] }) => ({
    name: topic,
    partitionCount: numPartitions,
    replicationFactor,
    ...(replicaAssignment === undefined || replicaAssignment.length === 0
      ? {}
      : { assignments: replicaAssignment.toSorted((a, b) => a.partition - b.partition).map(({ replicas }) => replicas) }),
    configs: Object.fromEntries(configEntries.map(({ name, value }) => [name, value])),
  }));
  const outcomes = await admin.createTopics(named, { validateOnly, ...timeOf(timeout) });
  const refused = outcomes.filter(({ error }) => error);
  if (refused.length > 0 && refused.every(({ error }) => error?.code === "TOPIC_ALREADY_EXISTS")) return false;
  if (refused.length > 0)
    throw new KafkaJSAggregateError(
      "Topic creation errors",
      refused.map(({ name, error }) => new KafkaJSCreateTopicError(protocolError(error!), name)),
    );
  if (waitForLeaders && !validateOnly)
    await leadersOf(
      admin,
      clock,
      topics.map(({ topic }) => topic),
      timeout ?? DEFAULT_TIMEOUT_MS,
    );
  return true;
}

export async function deleteTopics(admin: ClientAdmin, { topics, timeout }: Options<"deleteTopics">): Promise<void> {
  if (!Array.isArray(topics)) throw new KafkaJSNonRetriableError(`Invalid topics array ${String(topics)}`);
  checkNames(topics);
  throwFirst(await admin.deleteTopics(topics, timeOf(timeout)));
}

export async function createPartitions(
  admin: ClientAdmin,
  { topicPartitions, validateOnly = false, timeout }: Options<"createPartitions">,
): Promise<boolean> {
  if (!Array.isArray(topicPartitions)) throw new KafkaJSNonRetriableError(`Invalid topic partitions array ${String(topicPartitions)}`);
  if (topicPartitions.length === 0) throw new KafkaJSNonRetriableError("Empty topic partitions array");
  checkNames(topicPartitions.map(({ topic }) => topic));
  if (new Set(topicPartitions.map(({ topic }) => topic)).size < topicPartitions.length)
    throw new KafkaJSNonRetriableError("Invalid topic partitions array, it cannot have multiple entries for the same topic");
  const changes = topicPartitions.map(({ topic, count, assignments }) => ({
    topic,
    partitionCount: count,
    ...(assignments === undefined || assignments === null ? {} : { assignments }),
  }));
  throwFirst(await admin.createPartitions(changes, { validateOnly, ...timeOf(timeout) }));
  return true;
}

export async function fetchTopicMetadata(
  admin: ClientAdmin,
  { topics = [] }: { topics?: string[] } = {},
): Promise<{ topics: ITopicMetadata[] }> {
  for (const topic of topics)
    if (typeof topic !== "string" || topic === "") throw new KafkaJSNonRetriableError(`Invalid topic ${String(topic)}`);
  const names = topics.length > 0 ? topics : (await admin.listTopics({ includeInternal: true })).map(({ name }) => name);
  const described = await admin.describeTopics(names);
  throwFirst(described);
  return { topics: described.map(({ name, value }) => ({ name, partitions: value!.partitions.map(toPartitionMetadata) })) };
}

async function leadersOf(admin: ClientAdmin, clock: Clock, names: readonly string[], timeoutMs: number): Promise<void> {
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const described = await admin.describeTopics(names);
    if (described.every(({ value }) => value?.partitions.every(({ leader }) => leader !== undefined))) return;
    if (clock.monotonicMs() >= deadlineMs) throw new KafkaJSTimeout("Timed out while waiting for the leaders of new topics");
    await new Promise<void>((resolve) => clock.schedule(LEADERS_EVERY_MS, resolve));
  }
}

function checkNames(names: readonly unknown[]): void {
  if (names.some((name) => typeof name !== "string" || name === ""))
    throw new KafkaJSNonRetriableError("Invalid topics array, the topic names have to be a valid string");
}

function throwFirst(outcomes: readonly Named<unknown>[]): void {
  const refused = outcomes.find(({ error }) => error);
  if (refused?.error) throw protocolError(refused.error);
}

function timeOf(timeout: number | undefined): { readonly timeoutMs?: number } {
  return timeout === undefined || timeout === null ? {} : { timeoutMs: Math.max(timeout, 1000) };
}
