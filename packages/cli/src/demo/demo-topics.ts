import { OttlaError } from "@ottla/base";
import type { Admin, NewTopic, TopicPartition } from "@ottla/client";

export const FLIGHTS_TOPIC = "flights";
export const DELAYS_TOPIC = "airport-delays";
/** The streams application, and so its group and the beginning of its own topics' names. */
export const DELAYS_APPLICATION = "flight-statistics";
/** Commits offsets only, whose metadata says how far the flights were loaded. */
export const LOADER_GROUP = "flights-loader";

const PARTITION_COUNT = 6;
/** The flights are of 2001: neither their age nor its spread may make Kafka delete or split anything. */
const FOREVER = { "retention.ms": "-1", "segment.ms": String(10 * 365 * 86_400_000) };

const wantedTopics: readonly NewTopic[] = [
  { name: FLIGHTS_TOPIC, partitionCount: PARTITION_COUNT, configs: FOREVER },
  { name: DELAYS_TOPIC, partitionCount: PARTITION_COUNT, configs: { "cleanup.policy": "compact" } },
];

/** Creates what is missing. Both topics have equally many partitions, so that an airport has the same one in both. Returns that number. */
export async function prepareTopics(admin: Admin): Promise<number> {
  for (const { name, error } of await admin.createTopics(wantedTopics)) {
    if (error && error.code !== "TOPIC_ALREADY_EXISTS")
      throw new OttlaError("DEMO_TOPIC_REFUSED", `The topic ${name} could not be created: ${error.message}`, { cause: error });
  }
  const counts = (await admin.describeTopics([FLIGHTS_TOPIC, DELAYS_TOPIC])).map(({ error, value }) => {
    if (error) throw error;
    return value.partitions.length;
  });
  const [flights = 0, delays = 0] = counts;
  if (flights !== delays) {
    throw new OttlaError(
      "DEMO_TOPICS_DIFFER",
      `The topic ${FLIGHTS_TOPIC} has ${flights} partitions but ${DELAYS_TOPIC} has ${delays}; delete both, or use another --data-dir.`,
    );
  }
  return flights;
}

export function partitionsOf(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}
