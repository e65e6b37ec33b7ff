import { ClientError } from "../client-error.ts";
import {
  checkFunction,
  checkInteger,
  checkList,
  checkObject,
  checkOffset,
  checkOptional,
  checkPartition,
  checkText,
  checkTimestamp,
  checkTopic,
  checkTopicPartition,
  INT32_MAX,
  invalid,
} from "../options/argument-checks.ts";
import type { ConsumerBatch, ConsumerRecord, SubscriptionPattern, TopicPartitionOffset } from "./consumer-types.ts";

/** What a commit may be given. */
export type ToCommit = ConsumerRecord | ConsumerBatch | readonly TopicPartitionOffset[];

/** Names to subscribe to, without repeats, or a pattern. */
export function checkTopics(subject: string, topics: unknown): readonly string[] | RegExp | SubscriptionPattern {
  if (topics instanceof RegExp) return topics;
  if (typeof topics === "object" && topics !== null && "pattern" in topics) {
    const { pattern } = topics;
    if (typeof pattern !== "string" || pattern === "") throw invalid(`${subject}.pattern`, pattern, "a regular expression as a text");
    return { pattern };
  }
  if (typeof topics === "string") return [checkTopic(subject, topics)];
  if (!Array.isArray(topics)) throw invalid(subject, topics, "a topic's name, a list of names, a RegExp, or { pattern }");
  if (topics.length === 0) throw new ClientError("INVALID_ARGUMENT", `${subject} is an empty list; name at least one topic.`, { subject });
  return [...new Set(checkList(subject, topics, checkTopic))];
}

export function checkListener(subject: string, listener: unknown): void {
  const callbacks = checkObject(subject, listener);
  for (const name of ["onAssigned", "onRevoked", "onLost"]) checkOptional(`${subject}.${name}`, callbacks[name], checkFunction);
}

export function checkTimeQuery(subject: string, value: unknown): void {
  checkTopicPartition(subject, value);
  checkTimestamp(`${subject}.timestamp`, (value as Partial<Record<string, unknown>>)["timestamp"]);
}

function checkOffsetToCommit(subject: string, value: unknown): TopicPartitionOffset {
  checkTopicPartition(subject, value);
  const { topic, partition, offset, metadata, leaderEpoch } = value as TopicPartitionOffset;
  checkOffset(`${subject}.offset`, offset);
  checkOptional(`${subject}.metadata`, metadata, checkText);
  checkOptional(`${subject}.leaderEpoch`, leaderEpoch, (each, epoch) => checkInteger(each, epoch, -1, INT32_MAX));
  return { topic, partition, offset, metadata, leaderEpoch };
}

/**
 * Tells a record, a batch and a list of offsets apart; a list is copied. A lone `{ topic, partition, offset }` could be a record or a place, and the two
 * differ by one: it is refused.
 */
export function checkCommit(call: string, what: unknown): ToCommit | undefined {
  if (what === undefined) return undefined;
  if (Array.isArray(what)) return checkList(`${call}: offsets`, what, checkOffsetToCommit);
  if (typeof what === "object" && what !== null) {
    if ("nextOffset" in what && "cursor" in what) {
      const batch = what as ConsumerBatch;
      checkTopic(`${call}: batch.topic`, batch.topic);
      checkPartition(`${call}: batch.partition`, batch.partition);
      checkOffset(`${call}: batch.nextOffset`, batch.nextOffset);
      return batch;
    }
    if ("offset" in what && "headers" in what) {
      const record = what as ConsumerRecord;
      checkTopic(`${call}: record.topic`, record.topic);
      checkPartition(`${call}: record.partition`, record.partition);
      checkInteger(`${call}: record.offset`, record.offset, 0, Number.MAX_SAFE_INTEGER - 1);
      return record;
    }
  }
  throw invalid(`${call}: the first argument`, what, "a record, a batch, a list of offsets, or nothing for all that was delivered");
}
