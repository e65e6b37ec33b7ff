// CreatePartitions v0-3. KIP-195. One result per topic (trap B7). No quota on changes (v3, KIP-599). The work is done when the answer goes out.
import { ErrorCode } from "@ottla/protocol";
import {
  type CreatePartitionsRequest,
  type CreatePartitionsResponse,
  type CreatePartitionsTopic,
  createPartitionsApi,
  makeCreatePartitionsResponse,
  makeCreatePartitionsTopicResult,
} from "@ottla/protocol/apis/create-partitions";
import type { BrokerState } from "../broker-state.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { commitRecords, STORAGE_MESSAGE } from "../metadata/commit-records.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { planPartitions } from "../topics/create-partitions-rules.ts";
import { type Refusal, refused } from "../topics/replica-assignment-rules.ts";

type PartitionsRecord = Extract<MetadataRecord, { kind: "partitions" }>;

export const createPartitionsHandler: Handler<CreatePartitionsRequest, CreatePartitionsResponse> = {
  api: createPartitionsApi,
  minVersion: 0,
  maxVersion: 3,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle({ broker }, request) {
    const names = new Set(request.topics.map(({ name }) => name));
    const planned = [...names].map((name) => {
      const wishes = request.topics.filter((topic) => topic.name === name);
      const outcome =
        wishes.length > 1 ? refused(ErrorCode.INVALID_REQUEST, "The topic is named more than once.") : plan(broker, wishes[0]!);
      return { name, outcome };
    });
    const records = planned.flatMap(({ outcome }) => (outcome.kind === "partitions" ? [outcome] : []));
    const committed = request.validateOnly ? ErrorCode.NONE : await commitRecords(broker, records);
    const results = planned.map(({ name, outcome }) => {
      if (outcome.kind === "refused")
        return makeCreatePartitionsTopicResult({ name, errorCode: outcome.errorCode, errorMessage: outcome.message });
      return makeCreatePartitionsTopicResult({
        name,
        errorCode: committed,
        errorMessage: committed === ErrorCode.NONE ? null : STORAGE_MESSAGE,
      });
    });
    return makeCreatePartitionsResponse({ results });
  },
};

function plan({ metadata }: BrokerState, wish: CreatePartitionsTopic): PartitionsRecord | Refusal {
  const topic = metadata.topic(wish.name);
  if (!topic) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${wish.name}'.`);
  const plan = planPartitions(
    topic,
    wish,
    metadata.nodes.map((node) => node.nodeId),
  );
  return plan.kind === "refused" ? plan : { kind: "partitions", topicId: topic.topicId, replicas: plan.replicas };
}
