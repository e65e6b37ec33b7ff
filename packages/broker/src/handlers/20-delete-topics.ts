// DeleteTopics v1-6. v5: error message, v6: by name or by id (KIP-516). Internal topics can be deleted, as in Kafka. delete.topic.enable=false refuses all.
// The topics are gone when the answer goes out, so timeoutMs never runs out.
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import {
  type DeletableTopicResult,
  type DeleteTopicsRequest,
  type DeleteTopicsResponse,
  deleteTopicsApi,
  makeDeletableTopicResult,
  makeDeleteTopicsResponse,
} from "@ottla/protocol/apis/delete-topics";
import { type Handler, MANY_TOPICS_REQUEST_BYTES } from "../handler.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import { type Deletion, type DeletionOutcome, planDeletions, type TopicReference } from "../topics/delete-topic-rules.ts";
import { refused } from "../topics/replica-assignment-rules.ts";

export const deleteTopicsHandler: Handler<DeleteTopicsRequest, DeleteTopicsResponse> = {
  api: deleteTopicsApi,
  minVersion: 1,
  maxVersion: 6,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,

  async handle({ broker, version }, request) {
    const references = version >= 6 ? request.topics : request.topicNames.map((name) => ({ name, topicId: NIL_UUID }));
    if (!broker.config.boolean("delete.topic.enable")) {
      const refusal = refused(
        version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED,
        "delete.topic.enable is false on this broker.",
      );
      return makeDeleteTopicsResponse({ responses: references.map((reference) => answer(reference, refusal, ErrorCode.NONE)) });
    }
    let outcomes: readonly DeletionOutcome[] | undefined;
    const errorCode = await commitChange(broker, () => {
      outcomes = planDeletions(references, broker.metadata);
      return outcomes.flatMap(({ deletion }) =>
        deletion.kind === "found" ? [{ kind: "topic-deleted" as const, topicId: deletion.topic.topicId }] : [],
      );
    });
    // Nothing was planned where the journal had failed before.
    outcomes ??= references.map((reference) => ({ reference, deletion: refused(errorCode, STORAGE_MESSAGE) }));
    return makeDeleteTopicsResponse({ responses: outcomes.map(({ reference, deletion }) => answer(reference, deletion, errorCode)) });
  },
};

function answer(reference: TopicReference, deletion: Deletion, errorCode: number): DeletableTopicResult {
  const { name, topicId } = reference;
  if (deletion.kind === "refused")
    return makeDeletableTopicResult({ name, topicId, errorCode: deletion.errorCode, errorMessage: deletion.message });
  const { topic } = deletion;
  return makeDeletableTopicResult({
    name: topic.name,
    topicId: topic.topicId,
    errorCode,
    errorMessage: errorCode === ErrorCode.NONE ? null : STORAGE_MESSAGE,
  });
}
