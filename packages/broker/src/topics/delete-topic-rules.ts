import { type MutationQuota, UNLIMITED_MUTATIONS } from "../quotas/mutation-quota.ts";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import type { TopicMetadata } from "../metadata/cluster-metadata.ts";
import { type Refusal, refused, tooFast } from "./replica-assignment-rules.ts";

/** A topic to delete: by name or by id, never both. */
export interface TopicReference {
  readonly name: string | null;
  readonly topicId: string;
}

export type Deletion = { readonly kind: "found"; readonly topic: TopicMetadata } | Refusal;

/** One outcome per reference; those that name the same topic the same way share one. */
export interface DeletionOutcome {
  readonly reference: TopicReference;
  readonly deletion: Deletion;
}

interface Topics {
  topic(name: string): TopicMetadata | undefined;
  topicById(topicId: string): TopicMetadata | undefined;
}

/** What a DeleteTopics request comes to, as far as the quota goes. Errors: THROTTLING_QUOTA_EXCEEDED, INVALID_REQUEST (twice, both or neither), UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID. */
export function planDeletions(
  references: readonly TopicReference[],
  topics: Topics,
  quota: Pick<MutationQuota, "take"> = UNLIMITED_MUTATIONS,
): DeletionOutcome[] {
  const keys = references.map(keyOf);
  const times = new Map<string, number>();
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1);
  const outcomes: DeletionOutcome[] = [];
  const found = new Set<string>();
  for (const [i, reference] of references.entries()) {
    const key = keys[i]!;
    const count = times.get(key);
    if (count === undefined) continue;
    times.delete(key);
    const deletion = count > 1 ? refused(ErrorCode.INVALID_REQUEST, "The topic is named more than once.") : resolve(reference, topics);
    // The same topic by name and by id is found twice, but goes once.
    const isSecond = deletion.kind === "found" && found.has(deletion.topic.topicId);
    if (isSecond) {
      outcomes.push({ reference, deletion: refused(ErrorCode.INVALID_REQUEST, "The topic is named by its name and by its id.") });
      continue;
    }
    if (deletion.kind === "found") found.add(deletion.topic.topicId);
    const isTooFast = deletion.kind === "found" && !quota.take(deletion.topic.partitions.length);
    outcomes.push({ reference, deletion: isTooFast ? tooFast() : deletion });
  }
  return outcomes;
}

function resolve({ name, topicId }: TopicReference, topics: Topics): Deletion {
  if (name !== null && topicId !== NIL_UUID) return refused(ErrorCode.INVALID_REQUEST, "Give the topic's name or its id, not both.");
  if (name !== null) {
    const topic = topics.topic(name);
    return topic ? { kind: "found", topic } : refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`);
  }
  if (topicId === NIL_UUID) return refused(ErrorCode.INVALID_REQUEST, "Give the topic's name or its id.");
  const topic = topics.topicById(topicId);
  return topic ? { kind: "found", topic } : refused(ErrorCode.UNKNOWN_TOPIC_ID, `There is no topic with id ${topicId}.`);
}

/** References with the same key name the same topic the same way. */
export function keyOf({ name, topicId }: TopicReference): string {
  return name === null ? `id:${topicId}` : `name:${name}:${topicId}`;
}

/** Keys of references that come more than once. */
export function repeatedReferences(references: readonly TopicReference[]): string[] {
  const seen = new Set<string>();
  return references.map(keyOf).filter((key) => {
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated;
  });
}
