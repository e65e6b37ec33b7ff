import type { Admin, TopicDescription } from "@ottla/client";
import { StreamsError } from "../../streams-error.ts";
import { type InternalTopic, internalTopics } from "./internal-topics.ts";
import { partitionsChanged } from "./changed-partitions.ts";
import { countPartitions } from "./partition-counts.ts";
import { isWhole, type TopologyPlan } from "./topology-plan.ts";

/** So often a topic that another instance makes at the same moment is looked for. */
const LOOKS_MAX = 50;
/** So often topics of others, which may just have been made; one that was mistyped is told of behind it. */
const FOREIGN_LOOKS_MAX = 30;
/** So many topics are named in an error. */
const SHOWN_MAX = 10;

/** How topics of the application's own are made. */
export interface InternalTopicOptions {
  /** Undefined: the broker's default. */
  readonly replicationFactor: number | undefined;
  readonly additionalRetentionMs: number;
  /** The group's coordinator makes those that are missing: they are only checked, as far as they are there. */
  readonly areMadeByBroker: boolean;
  /** Waits a little before the next look. */
  readonly pause: () => Promise<void>;
}

/**
 * Looks at the topics that the application reads, makes those of its own that are missing, and checks those that are there. Several instances may do so at the same time. Returns how many
 * partitions each topic has. Throws `STREAMS_UNKNOWN_TOPIC` (a topic of others is missing), `STREAMS_CO_PARTITIONING`, `STREAMS_INTERNAL_TOPIC` (one of its own is not as it must be), and the
 * broker's `KafkaError`.
 */
export async function ensureTopics(admin: Admin, plan: TopologyPlan, options: InternalTopicOptions): Promise<Map<string, number>> {
  const patterns = plan.subtopologies.flatMap(({ sourcePatterns }) => sourcePatterns);
  const matched =
    patterns.length === 0
      ? []
      : (await admin.listTopics()).map(({ name }) => name).filter((name) => patterns.some((each) => isWhole(each, name)));
  const foreign = new Set(
    [...plan.subtopologies.flatMap(({ sourceTopics }) => sourceTopics), ...plan.global.topics, ...matched].filter(
      (topic) => !plan.repartitionTopics.has(topic),
    ),
  );
  const described = await describe(admin, [...foreign]);
  let missing = missingOf(foreign, described);
  // Somebody may just have made them, and not every broker has heard of it.
  for (let look = 1; missing.length > 0 && look < FOREIGN_LOOKS_MAX; look++) {
    await options.pause();
    for (const [name, found] of await describe(admin, missing)) described.set(name, found);
    missing = missingOf(foreign, described);
  }
  if (missing.length > 0) {
    const list = missing.slice(0, 10).join(", ");
    throw new StreamsError(
      "STREAMS_UNKNOWN_TOPIC",
      `Application ${plan.applicationId} reads topics that are not there: ${list}. Make them before it starts.`,
    );
  }
  const existing = new Map([...described].map(([name, { partitions }]) => [name, partitions.length]));
  const counts = countPartitions(plan, existing);
  const internal = internalTopics(plan, counts, options.additionalRetentionMs);
  const check = (topic: InternalTopic, found: TopicDescription) => checkPartitions(plan, existing, topic, found);
  await ensureInternal(admin, internal, check, options);
  for (const { name, partitionCount } of internal) counts.set(name, partitionCount);
  const sinks = plan.sinkTopics.filter((topic) => !counts.has(topic));
  for (const [name, { partitions }] of await describe(admin, sinks)) counts.set(name, partitions.length);
  return counts;
}

function missingOf(topics: ReadonlySet<string>, described: ReadonlyMap<string, TopicDescription>): readonly string[] {
  return [...topics].filter((topic) => !described.has(topic)).sort();
}

type Check = (topic: InternalTopic, found: TopicDescription) => void;

async function ensureInternal(
  admin: Admin,
  wanted: readonly InternalTopic[],
  checkPartitionsOf: Check,
  options: InternalTopicOptions,
): Promise<void> {
  const present = await describe(
    admin,
    wanted.map(({ name }) => name),
  );
  for (const topic of wanted) {
    const found = present.get(topic.name);
    if (found !== undefined) checkPartitionsOf(topic, found);
  }
  await checkPolicies(
    admin,
    wanted.filter(({ name }) => present.has(name)),
  );
  const absent = wanted.filter(({ name }) => !present.has(name));
  if (absent.length === 0 || options.areMadeByBroker) return;
  const { replicationFactor } = options;
  const created = await admin.createTopics(
    absent.map(({ name, partitionCount, configs }) => ({ name, partitionCount, replicationFactor, configs })),
  );
  for (const { name, error } of created) {
    // Another instance was quicker.
    if (error === undefined || error.code === "TOPIC_ALREADY_EXISTS") continue;
    throw new StreamsError(
      "STREAMS_INTERNAL_TOPIC",
      `Topic ${name}, which the application needs for itself, cannot be made: ${error.message}`,
      { cause: error },
    );
  }
  await waitUntilKnown(admin, absent, checkPartitionsOf, options.pause);
}

async function waitUntilKnown(
  admin: Admin,
  made: readonly InternalTopic[],
  checkPartitionsOf: Check,
  pause: () => Promise<void>,
): Promise<void> {
  let unknown = made;
  for (let look = 0; look < LOOKS_MAX; look++) {
    const present = await describe(
      admin,
      unknown.map(({ name }) => name),
    );
    for (const topic of unknown) {
      const found = present.get(topic.name);
      if (found !== undefined) checkPartitionsOf(topic, found);
    }
    unknown = unknown.filter(({ name }) => !present.has(name));
    if (unknown.length === 0) return;
    await pause();
  }
  throw new StreamsError(
    "STREAMS_INTERNAL_TOPIC",
    `Topics ${unknown.map(({ name }) => name).join(", ")} were made, and the cluster still does not know them.`,
  );
}

/** Those that are there, and have leaders. */
async function describe(admin: Admin, names: readonly string[]): Promise<Map<string, TopicDescription>> {
  const found = new Map<string, TopicDescription>();
  if (names.length === 0) return found;
  for (const { name, error, value } of await admin.describeTopics(names)) {
    if (error === undefined) {
      if (value.partitions.length > 0) found.set(name, value);
    } else if (error.code !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
  }
  return found;
}

function checkPartitions(
  plan: TopologyPlan,
  foreign: ReadonlyMap<string, number>,
  { name, partitionCount }: InternalTopic,
  { partitions }: TopicDescription,
): void {
  if (partitions.length === partitionCount) return;
  const read = [...foreign].map(([topic, count]) => `${topic} has ${count} partitions`).sort();
  const others = read.length > SHOWN_MAX ? `, and ${read.length - SHOWN_MAX} more` : "";
  const why = `What the application reads (${read.slice(0, SHOWN_MAX).join(", ")}${others}) is not as it was when its own topics were made`;
  throw partitionsChanged(plan.applicationId, why, name, partitions.length, partitionCount);
}

/** A changelog that is not compacted forgets state, a repartition topic that is loses records, and so do both where the broker deletes before they are done with. */
async function checkPolicies(admin: Admin, topics: readonly InternalTopic[]): Promise<void> {
  if (topics.length === 0) return;
  const described = await admin.describeConfigs(
    topics.map(({ name }) => ({ type: "topic" as const, name })),
    { keys: ["cleanup.policy", "retention.ms"] },
  );
  // Who may not see them is not kept from running.
  const found = new Map(
    described.map(({ name, value }) => [name, new Map((value ?? []).map((entry) => [entry.name, entry.value ?? undefined]))]),
  );
  for (const { name, configs, neededMs } of topics) {
    const wanted = configs["cleanup.policy"];
    const policy = found.get(name)?.get("cleanup.policy");
    if (policy !== undefined && wanted !== undefined && sorted(policy) !== sorted(wanted)) {
      throw new StreamsError(
        "STREAMS_INTERNAL_TOPIC",
        `Topic ${name} has cleanup.policy=${policy}, and the application needs ${wanted}: set it, or what it keeps there is lost.`,
      );
    }
    const retention = found.get(name)?.get("retention.ms");
    if (neededMs === undefined || retention === undefined || Number(retention) < 0 || Number(retention) >= neededMs) continue;
    throw new StreamsError(
      "STREAMS_INTERNAL_TOPIC",
      `Topic ${name} has retention.ms=${retention}, and the application needs ${neededMs === Infinity ? "-1" : `${neededMs} or more`}: set it, or what it keeps there is lost before it is done with.`,
    );
  }
}

function sorted(policy: string): string {
  return policy
    .split(",")
    .map((each) => each.trim())
    .sort()
    .join(",");
}
