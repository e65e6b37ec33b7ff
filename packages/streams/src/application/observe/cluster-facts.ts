import type { Admin, TopicPartition } from "@ottla/client";
import { partitionKey } from "../partition-key.ts";

/** A partition of an application's input, as the cluster has it. */
export interface InputFacts extends TopicPartition {
  readonly startOffset: number;
  readonly endOffset: number;
  /** Where the first open transaction begins; the end where none is open. */
  readonly stableOffset: number;
  /** Undefined: the group has committed nothing of it. */
  readonly committedOffset: number | undefined;
}

/** What the cluster says of an application, whoever asks. */
export interface ClusterFacts {
  readonly inputs: readonly InputFacts[];
  /** Topics that are read and not there. */
  readonly missingTopics: readonly string[];
  /** Topics that are written by name, and not there. */
  readonly missingOutputs: readonly string[];
  readonly group: GroupFacts | undefined;
}

/** The application's group. */
interface GroupFacts {
  readonly state: string;
  readonly memberCount: number;
  /** Undefined: the members' bytes say nothing of partitions. */
  readonly assigned: readonly TopicPartition[] | undefined;
}

/** What of the cluster is asked about. */
export interface ClusterQuestion {
  readonly groupId: string;
  /** That are read. */
  readonly topics: readonly string[];
  /** That are written by name. */
  readonly outputs: readonly string[];
  readonly timeoutMs: number;
}

/** Asks the cluster. Rejects with the client's errors. */
export async function clusterFacts(admin: Admin, { groupId, topics, outputs, timeoutMs }: ClusterQuestion): Promise<ClusterFacts> {
  const call = { timeoutMs };
  const asked = [...new Set([...topics, ...outputs])];
  const all = asked.length === 0 ? [] : await admin.describeTopics(asked, call);
  const isRead = new Set(topics);
  const described = all.filter(({ name }) => isRead.has(name));
  const missing = new Set(all.filter(({ error }) => error?.code === "UNKNOWN_TOPIC_OR_PARTITION").map(({ name }) => name));
  const places = described.flatMap(({ name, value }) => (value?.partitions ?? []).map(({ partition }) => ({ topic: name, partition })));
  const [starts, ends, stable, committed, [group]] = await Promise.all([
    offsets(admin, places, "earliest", "read_uncommitted", timeoutMs),
    offsets(admin, places, "latest", "read_uncommitted", timeoutMs),
    offsets(admin, places, "latest", "read_committed", timeoutMs),
    admin.listGroupOffsets(groupId, undefined, call).catch(() => []),
    admin.describeGroups([groupId], call),
  ]);
  const committedOf = new Map(committed.map(({ topic, partition, value }) => [partitionKey(topic, partition), value?.offset]));
  return {
    inputs: places.map(({ topic, partition }) => {
      const key = partitionKey(topic, partition);
      const endOffset = ends.get(key) ?? 0;
      return {
        topic,
        partition,
        startOffset: starts.get(key) ?? 0,
        endOffset,
        stableOffset: stable.get(key) ?? endOffset,
        committedOffset: committedOf.get(key),
      };
    }),
    missingTopics: described.filter(({ value }) => value === undefined).map(({ name }) => name),
    missingOutputs: outputs.filter((name) => missing.has(name) && !isRead.has(name)),
    group: group?.value && groupFacts(group.value),
  };
}

function groupFacts({ state, members }: NonNullable<Awaited<ReturnType<Admin["describeGroups"]>>[number]["value"]>): GroupFacts {
  const isKnown = members.every(({ assignment }) => assignment !== undefined);
  return {
    state,
    memberCount: members.length,
    assigned: isKnown ? members.flatMap(({ assignment }) => assignment ?? []) : undefined,
  };
}

async function offsets(
  admin: Admin,
  places: readonly TopicPartition[],
  spec: "earliest" | "latest",
  isolationLevel: "read_committed" | "read_uncommitted",
  timeoutMs: number,
): Promise<Map<string, number>> {
  if (places.length === 0) return new Map();
  const listed = await admin.listOffsets(
    places.map((place) => ({ ...place, spec })),
    { isolationLevel, timeoutMs },
  );
  return new Map(
    listed.flatMap(({ topic, partition, value }) => (value?.offset === undefined ? [] : [[partitionKey(topic, partition), value.offset]])),
  );
}
