import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: topic defaults. Facts: Apache Kafka 4.4.0. */
export const topicDefaultsConfigKeys: readonly ConfigKey[] = [
  configKey(
    "auto.create.topics.enable",
    "boolean",
    "true",
    "Whether a Metadata request for a missing topic creates it, if the client allows that too.",
    {
      importance: "high",
    },
  ),
  configKey("default.replication.factor", "int", "1", "Replicas of a topic whose creator did not say how many."),
  configKey(
    "delete.topic.enable",
    "boolean",
    "true",
    "Whether topics may be deleted; if not, DeleteTopics answers TOPIC_DELETION_DISABLED.",
    {
      importance: "high",
    },
  ),
  configKey(
    "max.request.partition.size.limit",
    "int",
    "2000",
    "The most partitions one DescribeTopicPartitions answer holds; more come with a cursor.",
    {
      validator: atLeast(1),
    },
  ),
  configKey("num.partitions", "int", "1", "Partitions of a topic whose creator did not say how many.", { validator: atLeast(1) }),
];
