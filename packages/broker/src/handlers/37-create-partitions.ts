// CreatePartitions v0-3. KIP-195. One result per topic. v3: refused beyond controller_mutation_rate (KIP-599). The work is done when the answer goes out.
import { TimeSlice } from "@ottla/base";
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
import { decideEach, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { namedOnce } from "../topics/named-once.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { planPartitions } from "../topics/create-partitions-rules.ts";
import { PARTITIONS_PER_REQUEST_MAX, tooManyPartitions } from "../topics/create-topic-rules.ts";
import type { MutationQuota } from "../quotas/mutation-quota.ts";
import { type Refusal, refused, tooFast } from "../topics/replica-assignment-rules.ts";

type Outcome = Extract<MetadataRecord, { kind: "partitions" }> | Refusal;

const MAY_ALTER = need("ALTER", "TOPIC", "each topic");

export const createPartitionsHandler: Handler<CreatePartitionsRequest, CreatePartitionsResponse> = {
  api: createPartitionsApi,
  minVersion: 0,
  maxVersion: 3,
  authorisation: {
    needs: [MAY_ALTER],
    decide: (context, request) => {
      const once = namedOnce(request.topics);
      return decideEach(
        {
          need: MAY_ALTER,
          items: ({ topics }) => topics,
          nameOf: ({ name }) => (once.has(name) ? name : undefined),
          narrow: (whole, topics) => ({ ...whole, topics }),
          refuse: ({ name }, errorCode) => makeCreatePartitionsTopicResult({ name, errorCode }),
          join: (response, refused) => ({ ...response, results: [...refused, ...response.results] }),
        },
        context,
        request,
      );
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, { topics, validateOnly }) {
    const { broker } = context;
    const quota = context.mutationQuota(3);
    let planned = new Map<string, Outcome>();
    const decide = async (slice: TimeSlice) => {
      planned = await planAll(broker, topics, slice, quota);
      return [...planned.values()].filter((outcome) => outcome.kind === "partitions");
    };
    const committed = validateOnly ? (await decide(new TimeSlice(broker.clock)), ErrorCode.NONE) : await commitChange(broker, decide);
    if (planned.size === 0) planned = new Map(topics.map(({ name }) => [name, refused(committed, STORAGE_MESSAGE)]));
    const results = Array.from(planned, ([name, outcome]) => {
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

/** One outcome per name, in the order in which the request first names them. */
async function planAll(
  broker: BrokerState,
  topics: readonly CreatePartitionsTopic[],
  slice: TimeSlice,
  quota: MutationQuota,
): Promise<Map<string, Outcome>> {
  const times = new Map<string, number>();
  for (const { name } of topics) times.set(name, (times.get(name) ?? 0) + 1);
  const planned = new Map<string, Outcome>();
  let added = 0;
  for (const topic of topics) {
    if (slice.isOver) await slice.rest();
    if (planned.has(topic.name)) continue;
    let outcome =
      times.get(topic.name) === 1 ? plan(broker, topic) : refused(ErrorCode.INVALID_REQUEST, "The topic is named more than once.");
    if (outcome.kind === "partitions") {
      added += outcome.replicas.length;
      if (added > PARTITIONS_PER_REQUEST_MAX) outcome = tooManyPartitions();
      else if (!quota.take(outcome.replicas.length)) outcome = tooFast();
    }
    planned.set(topic.name, outcome);
  }
  return planned;
}

function plan({ metadata }: BrokerState, wish: CreatePartitionsTopic): Outcome {
  const topic = metadata.topic(wish.name);
  if (!topic) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${wish.name}'.`);
  const plan = planPartitions(
    topic,
    wish,
    metadata.nodes.map((node) => node.nodeId),
  );
  return plan.kind === "refused" ? plan : { kind: "partitions", topicId: topic.topicId, replicas: plan.replicas };
}
