// DeleteTopics v1-6. v5: error message, v6: by name or by id (KIP-516). Internal topics can be deleted, as in Kafka. v5: refused beyond controller_mutation_rate (KIP-599). delete.topic.enable=false refuses all.
// The topics are gone when the answer goes out, so timeoutMs never runs out.
import { mapInSlices, TimeSlice } from "@ottla/base";
import { CLUSTER_NAME, ErrorCode, errorInfo, NIL_UUID } from "@ottla/protocol";
import {
  type DeletableTopicResult,
  type DeleteTopicsRequest,
  type DeleteTopicsResponse,
  deleteTopicsApi,
  makeDeletableTopicResult,
  makeDeleteTopicsResponse,
} from "@ottla/protocol/apis/delete-topics";
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES } from "../handler.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import {
  type Deletion,
  type DeletionOutcome,
  keyOf,
  planDeletions,
  repeatedReferences,
  type TopicReference,
} from "../topics/delete-topic-rules.ts";
import { refused } from "../topics/replica-assignment-rules.ts";

const MAY_DELETE_ALL = need("DELETE", "CLUSTER", "the cluster", { errorCode: ErrorCode.NONE, note: "opens every topic" });
const MAY_DELETE = need("DELETE", "TOPIC", "each topic");
const MAY_SEE = need("DESCRIBE", "TOPIC", "each topic", {
  note: "else not even the name behind an id is told, nor that there is no such topic",
});

export const deleteTopicsHandler: Handler<DeleteTopicsRequest, DeleteTopicsResponse> = {
  api: deleteTopicsApi,
  minVersion: 1,
  maxVersion: 6,
  authorisation: {
    needs: [MAY_DELETE_ALL, MAY_DELETE, MAY_SEE],
    decide({ access, broker, version }, request) {
      const { metadata, config } = broker;
      if (!config.boolean("delete.topic.enable")) return { kind: "go-on", request };
      if (access.shows(MAY_DELETE_ALL.operation, MAY_DELETE_ALL.resourceType, CLUSTER_NAME)) return { kind: "go-on", request };
      const unnamed = new Set(repeatedReferences(referencesOf(request, version)));
      const refused: DeletableTopicResult[] = [];
      const isLeft = ({ name, topicId }: TopicReference): boolean => {
        const isById = name === null;
        // What is no reference at all is refused whoever asks, and so is what is named twice.
        if ((isById ? topicId === NIL_UUID : topicId !== NIL_UUID) || unnamed.has(keyOf({ name, topicId }))) return true;
        const known = isById ? metadata.topicById(topicId)?.name : name;
        if (known === undefined) return true;
        const isSeen = isMet(access, MAY_SEE, known);
        // A name that is not there is not found, for whoever may see that.
        const isDeletable = isMet(access, MAY_DELETE, known) || (!isById && isSeen && !metadata.topic(known));
        if (isSeen && isDeletable) return true;
        const shown = isById && !isSeen ? null : known;
        refused.push(
          makeDeletableTopicResult({
            name: shown,
            topicId,
            errorCode: MAY_DELETE.errorCode,
            errorMessage: errorInfo(MAY_DELETE.errorCode).message,
          }),
        );
        return false;
      };
      const topics = request.topics.filter(isLeft);
      const topicNames = request.topicNames.filter((name) => isLeft({ name, topicId: NIL_UUID }));
      if (refused.length === 0) return { kind: "go-on", request };
      return {
        kind: "go-on",
        request: { ...request, topics, topicNames },
        complete: (response) => response && { ...response, responses: [...refused, ...response.responses] },
      };
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,

  async handle(context, request) {
    const { broker, version } = context;
    const quota = context.mutationQuota(5);
    const references = referencesOf(request, version);
    if (!broker.config.boolean("delete.topic.enable")) {
      const refusal = refused(
        version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED,
        "delete.topic.enable is false on this broker.",
      );
      return makeDeleteTopicsResponse({ responses: references.map((reference) => answer(reference, refusal, ErrorCode.NONE)) });
    }
    let outcomes: readonly DeletionOutcome[] | undefined;
    const errorCode = await commitChange(broker, () => {
      outcomes = planDeletions(references, broker.metadata, quota);
      return outcomes.flatMap(({ deletion }) =>
        deletion.kind === "found" ? [{ kind: "topic-deleted" as const, topicId: deletion.topic.topicId }] : [],
      );
    });
    // Nothing was planned where the journal had failed before.
    outcomes ??= references.map((reference) => ({ reference, deletion: refused(errorCode, STORAGE_MESSAGE) }));
    const slice = new TimeSlice(broker.clock);
    const responses = await mapInSlices(slice, outcomes, ({ reference, deletion }) => answer(reference, deletion, errorCode));
    return makeDeleteTopicsResponse({ responses });
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

function referencesOf({ topics, topicNames }: DeleteTopicsRequest, version: number): readonly TopicReference[] {
  return version >= 6 ? topics : topicNames.map((name) => ({ name, topicId: NIL_UUID }));
}
