import { ErrorCode } from "@ottla/protocol";
import type { KnownDifference } from "./known-difference.ts";

/** Every difference between ours and Apache Kafka 4.4.0 that scripts have met and that stays. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    name: "min.insync.replicas",
    why: "Kafka's controller writes this setting as the cluster's where eligible leader replicas are on; ours leaves it a default.",
    explains: ({ path, owner, kafka }) =>
      (owner["name"] === "min.insync.replicas" && /configSource|synonyms|source/.test(path)) ||
      String(kafka).includes('"min.insync.replicas"'),
  },
  {
    name: "id of a topic that is only checked",
    why: "Kafka makes up an id for a topic that it does not create.",
    explains: ({ api, path, request }) =>
      api === "CreateTopics" && path === "topics.topicId" && (request as { readonly validateOnly: boolean }).validateOnly,
  },
  {
    name: "unknown operations on settings",
    why: "Kafka answers UNKNOWN_SERVER_ERROR, since it fails on the number; ours names what is wrong.",
    explains: ({ api, path, kafka }) =>
      api === "IncrementalAlterConfigs" && path === "responses.errorCode" && kafka === ErrorCode.UNKNOWN_SERVER_ERROR,
  },
  {
    name: "the zero topic id",
    why: "Where topics go by id, ours takes the id of zeros for a topic without a name: UNKNOWN_TOPIC_OR_PARTITION in place of UNKNOWN_TOPIC_ID. No client sends it.",
    explains: ({ path, kafka, ours }) =>
      path.endsWith("errorCode") && kafka === ErrorCode.UNKNOWN_TOPIC_ID && ours === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  },
  {
    name: "a resource named twice",
    why: "DescribeConfigs answers it once, Kafka as often as it is named: a short request is not to make a long answer.",
    explains: ({ api, path }) => api === "DescribeConfigs" && path === "results.length",
  },
  {
    name: "room on the disk",
    why: "In memory there is no disk whose size could be told; -1 means unknown.",
    explains: ({ api, path }) => api === "DescribeLogDirs" && /(total|usable)Bytes$/.test(path),
  },
];
