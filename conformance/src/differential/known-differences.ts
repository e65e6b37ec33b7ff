import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import type { DescribeConfigsRequest } from "@ottla/protocol/apis/describe-configs";
import type { KnownDifference } from "./known-difference.ts";

const RESOURCE_TYPES: readonly number[] = [2, 4, 8, 16, 32];
const REFUSALS: readonly number[] = [
  ErrorCode.INVALID_CONFIG,
  ErrorCode.INVALID_REQUEST,
  ErrorCode.INVALID_TOPIC_EXCEPTION,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
];

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
    name: "unknown operations on settings",
    why: "Kafka answers UNKNOWN_SERVER_ERROR, since it fails on the number; ours names what is wrong.",
    explains: ({ api, path, kafka }) =>
      api === "IncrementalAlterConfigs" && path === "responses.errorCode" && kafka === ErrorCode.UNKNOWN_SERVER_ERROR,
  },
  {
    name: "the zero topic id",
    why: "Where topics go by id, ours takes the id of zeros for a topic without a name: UNKNOWN_TOPIC_OR_PARTITION in place of UNKNOWN_TOPIC_ID. No client sends it.",
    explains: ({ api, path, kafka, ours, version, request }) =>
      (path.endsWith("errorCode") && kafka === ErrorCode.UNKNOWN_TOPIC_ID && ours === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) ||
      // With several partitions Kafka fails as a whole.
      (api === "Fetch" &&
        version >= 13 &&
        /^(errorCode|responses.length|sessionId)$/.test(path) &&
        JSON.stringify(request).includes(`"topicId":"${NIL_UUID}"`)),
  },
  {
    name: "a resource named twice",
    why: "DescribeConfigs answers it once, Kafka as often as it is named: a short request is not to make a long answer.",
    explains: ({ api, path }) => api === "DescribeConfigs" && path === "results.length",
  },
  {
    name: "room on the disk",
    why: "In memory there is no disk whose size could be told; -1 means unknown.",
    explains: ({ api, path, ours }) => api === "DescribeLogDirs" && /(total|usable)Bytes$/.test(path) && Number(ours) === -1,
  },
  {
    name: "which of several faults",
    why: "Where several things are wrong with one resource or batch, Kafka may name another of them first; both refuse it.",
    explains: ({ api, path, kafka, ours }) =>
      api === "IncrementalAlterConfigs" &&
      path === "responses.errorCode" &&
      REFUSALS.includes(Number(kafka)) &&
      REFUSALS.includes(Number(ours)),
  },
  {
    name: "isolation levels that are none",
    why: "Kafka answers UNKNOWN_SERVER_ERROR, since it fails on the number; ours reads what is uncommitted.",
    explains: ({ api, request }) => api === "Fetch" && ![0, 1].includes((request as { readonly isolationLevel: number }).isolationLevel),
  },
  {
    name: "a negative size",
    why: "Kafka fails with UNKNOWN_SERVER_ERROR where there is something to read, for a partition's and for the whole answer's size; ours gives one batch, as for a size of 0.",
    explains: ({ api, owner, kafka, path, request }) =>
      api === "Fetch" &&
      (owner["errorCode"] === ErrorCode.UNKNOWN_SERVER_ERROR || (path.endsWith("errorCode") && kafka === ErrorCode.UNKNOWN_SERVER_ERROR)) &&
      /"(partitionMaxBytes|maxBytes)":-1/.test(JSON.stringify(request)),
  },
  {
    name: "kinds of resources that there are not",
    why: "Kafka refuses the whole DescribeConfigs with INVALID_REQUEST; ours answers the other resources.",
    explains: ({ api, path, kafka, request }) =>
      api === "DescribeConfigs" &&
      (kafka === ErrorCode.INVALID_REQUEST || path.startsWith("results.configs")) &&
      (request as DescribeConfigsRequest).resources.some(({ resourceType }) => !RESOURCE_TYPES.includes(resourceType)),
  },
  {
    name: "what stands before a marker",
    why: "Kafka ends its answer before a transaction's marker, and gives the marker and what is behind it to the next Fetch; ours gives all at once. The clients' result is the same.",
    explains: ({ api, path, kafka, ours }) => {
      if (api !== "Fetch" || !path.endsWith("records.bytes")) return false;
      const [theirs, own] = [kafka, ours].map((text) => String(text).replace(/^\d+ bytes/, ""));
      return own!.startsWith(`${theirs!}, marker at`);
    },
  },
  {
    name: "a batch that does not fit",
    why: "Kafka fills a limit up with the beginning of the next batch, which every client has to throw away; ours ends with the last whole one.",
    explains: ({ api, path, kafka, ours }) => api === "Fetch" && path.endsWith("records.cut") && Number(kafka) > 0 && ours === 0,
  },
  {
    name: "no list or an empty list of aborted transactions",
    why: "Of a partition without records Kafka's answer has the one or the other, depending on where its read ended.",
    explains: ({ api, path, kafka, ours, owner }) =>
      api === "Fetch" && path.endsWith("abortedTransactions") && isNone(kafka) && isNone(ours) && isNone(owner["records"]),
  },
  {
    name: "a deleted topic in a session",
    why: "Of a partition that a session had read, Kafka says UNKNOWN_TOPIC_OR_PARTITION for a while, then UNKNOWN_TOPIC_ID; ours says the latter at once. Clients look the topic up again after both.",
    explains: ({ api, path, kafka, ours }) =>
      api === "Fetch" &&
      path.endsWith("errorCode") &&
      kafka === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION &&
      ours === ErrorCode.UNKNOWN_TOPIC_ID,
  },
  {
    name: "markers of no producer or no epoch",
    why: "Kafka fails with UNKNOWN_SERVER_ERROR on the number; ours says which of the two is none.",
    explains: ({ api, path, kafka }) => api === "WriteTxnMarkers" && path.endsWith("errorCode") && kafka === ErrorCode.UNKNOWN_SERVER_ERROR,
  },
  {
    name: "DescribeTopicPartitions of bad names",
    why: "Kafka fails with UNKNOWN_SERVER_ERROR on a name that no topic can have, and then tells every topic.",
    explains: ({ api, path, kafka, owner }) =>
      api === "DescribeTopicPartitions" &&
      (kafka === ErrorCode.UNKNOWN_SERVER_ERROR ||
        (path === "topics.length" && String(kafka).includes('"errorCode":-1')) ||
        // Of such a name it tells no operations either.
        (path === "topics.topicAuthorizedOperations" && owner["errorCode"] === ErrorCode.UNKNOWN_SERVER_ERROR)),
  },
];

/** What scripts leave out, since it would hide everything behind it. */
export const leftOut: readonly Pick<KnownDifference, "name" | "why">[] = [
  { name: "AlterConfigs of a resource twice", why: "Kafka never answers it; ours refuses both with INVALID_REQUEST." },
  {
    name: "refused first calls of a group",
    why: "A JoinGroup or OffsetCommit that Kafka refuses leaves an empty group in its memory, which it deletes but does not describe, not even when it has members by then. Ours has no group before something of it is kept.",
  },
  { name: "the group without a name", why: "Some calls take it; it would outlive the script." },
];

function isNone(value: unknown): boolean {
  return value === null || ((Array.isArray(value) || Buffer.isBuffer(value)) && value.length === 0);
}
