import { OttlaError } from "@ottla/base";
import type { Admin, TopicPartition } from "@ottla/client";

/** All partitions of these topics. Errors: `UNKNOWN_TOPIC`. */
export async function partitionsOf(admin: Admin, topics: readonly string[]): Promise<readonly TopicPartition[]> {
  if (topics.length === 0) return [];
  const described = await admin.describeTopics(topics);
  return described.flatMap(({ name, error, value }) => {
    if (error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw unknownTopic(name);
    if (error) throw error;
    return value.partitions.map(({ partition }) => ({ topic: name, partition }));
  });
}

/** The error of what cannot go on without the topic. */
export function unknownTopic(name: string): OttlaError {
  return new OttlaError("UNKNOWN_TOPIC", `There is no topic "${name}"; "ottla topics list" shows those there are.`);
}
