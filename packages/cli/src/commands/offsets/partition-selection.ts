import type { Admin, TopicPartition } from "@ottla/client";
import { UsageError } from "../../command.ts";
import { unknownPartition, unknownTopic } from "../../unknown-resources.ts";

/** A topic and the partitions of it that are meant; undefined: all. */
export interface TopicSelection {
  readonly topic: string;
  readonly partitions: readonly number[] | undefined;
}

/** `orders` or `orders:0,3`. Throws {@link UsageError}. */
export function parseSelection(text: string): TopicSelection {
  const [topic = "", list, ...more] = text.split(":");
  const numbers = list?.split(",") ?? [];
  if (topic === "" || more.length > 0 || !numbers.every((number) => /^\d{1,9}$/.test(number)))
    throw new UsageError(`"${text}" names no partitions; write TOPIC, or TOPIC:0,3 for some of them.`);
  return { topic, partitions: list === undefined ? undefined : numbers.map(Number) };
}

/** The partitions that are meant, in the order of the selections. Errors: `UNKNOWN_TOPIC`, `UNKNOWN_PARTITION`. */
export async function resolveSelections(admin: Admin, selections: readonly TopicSelection[]): Promise<TopicPartition[]> {
  const described = await admin.describeTopics(selections.map(({ topic }) => topic));
  const found = described.flatMap(({ name, error, value }, i) => {
    if (error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw unknownTopic(name);
    if (error) throw error;
    const there = value.partitions.map(({ partition }) => partition);
    const wanted = selections[i]?.partitions ?? there;
    const unknown = wanted.find((partition) => !there.includes(partition));
    if (unknown !== undefined) throw unknownPartition(name, unknown, there.length);
    return wanted.map((partition) => ({ topic: name, partition }));
  });
  // `orders` and `orders:0` overlap.
  return [...new Map(found.map((each) => [`${each.topic} ${each.partition}`, each])).values()];
}
