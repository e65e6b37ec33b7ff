// CreateTopics v2-7. v4: −1 for partitions and replication factor (KIP-464), v5: partitions, replication factor and configs in the answer (KIP-525),
// v7: topic id (KIP-516). v6: refused beyond controller_mutation_rate (KIP-599). No create.topic.policy.
// The work is done when the answer goes out, so timeoutMs never runs out: a client that sends 0 for "do not wait" hears of success.
import { TimeSlice } from "@ottla/base";
import { CLUSTER_NAME, ErrorCode } from "@ottla/protocol";
import {
  type CreatableTopic,
  type CreatableTopicResult,
  type CreateTopicsRequest,
  type CreateTopicsResponse,
  createTopicsApi,
  makeCreatableTopicConfigs,
  makeCreatableTopicResult,
  makeCreateTopicsResponse,
} from "@ottla/protocol/apis/create-topics";
import type { BrokerState } from "../broker-state.ts";
import { topicConfigDef } from "../config/resource-config-defs.ts";
import { decideEach, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import type { MutationQuota } from "../quotas/mutation-quota.ts";
import { namedOnce } from "../topics/named-once.ts";
import { type Refusal, refused } from "../topics/replica-assignment-rules.ts";
import { TopicPlanner, type TopicRecord } from "../topics/topic-planner.ts";

/** Topics whose settings one answer tells: each has about forty. The others' are left out, which the protocol provides for. */
const TOPICS_WITH_CONFIGS_MAX = 1000;

const METADATA_TOPIC = "__cluster_metadata";
const MAY_CREATE_ALL = need("CREATE", "CLUSTER", "the cluster", { errorCode: ErrorCode.NONE, note: "opens every name" });
const MAY_CREATE = need("CREATE", "TOPIC", "each topic");
const MAY_SEE_CONFIGS = need("DESCRIBE_CONFIGS", "TOPIC", "each topic", {
  note: "else the answer tells neither settings nor counts of the new topic",
});

type Outcome = TopicRecord | Refusal;

export const createTopicsHandler: Handler<CreateTopicsRequest, CreateTopicsResponse> = {
  api: createTopicsApi,
  minVersion: 2,
  maxVersion: 7,
  authorisation: {
    needs: [MAY_CREATE_ALL, MAY_CREATE, MAY_SEE_CONFIGS],
    decide: (context, request) => {
      if (context.access.shows(MAY_CREATE_ALL.operation, MAY_CREATE_ALL.resourceType, CLUSTER_NAME)) return { kind: "go-on", request };
      const once = namedOnce(request.topics);
      once.delete(METADATA_TOPIC);
      return decideEach(
        {
          need: MAY_CREATE,
          items: ({ topics }) => topics,
          nameOf: ({ name }) => (once.has(name) ? name : undefined),
          narrow: (whole, topics) => ({ ...whole, topics }),
          refuse: ({ name }, errorCode) => failed(name, errorCode, "Authorization failed."),
          join: (response, refused) => ({ ...response, topics: [...response.topics, ...refused] }),
        },
        context,
        request,
      );
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, { topics, validateOnly }) {
    const { broker, access } = context;
    const quota = context.mutationQuota(6);
    let planned = new Map<string, Outcome>();
    const plan = async (slice: TimeSlice) => {
      planned = await planAll(broker, topics, slice, quota);
      return [...planned.values()].filter((outcome) => outcome.kind === "topic");
    };
    const slice = new TimeSlice(broker.clock);
    const errorCode = validateOnly ? (await plan(slice), ErrorCode.NONE) : await commitChange(broker, plan);
    if (planned.size === 0) planned = new Map(topics.map(({ name }) => [name, refused(errorCode, STORAGE_MESSAGE)]));
    const results: CreatableTopicResult[] = [];
    const given = new Map(topics.map(({ name, configs }) => [name, configs]));
    let described = 0;
    for (const [name, outcome] of planned) {
      if (outcome.kind === "refused") results.push(failed(name, outcome.errorCode, outcome.message));
      else if (errorCode !== ErrorCode.NONE) results.push(failed(name, errorCode, STORAGE_MESSAGE));
      else if (!access.shows(MAY_SEE_CONFIGS.operation, MAY_SEE_CONFIGS.resourceType, name)) results.push(createdUnseen(outcome));
      else results.push(created(broker, outcome, given.get(name), described++ < TOPICS_WITH_CONFIGS_MAX));
      if (slice.isOver) await slice.rest();
    }
    return makeCreateTopicsResponse({ topics: results });
  },
};

/** One outcome per name, in the order in which the request first names them. */
async function planAll(
  broker: BrokerState,
  topics: readonly CreatableTopic[],
  slice: TimeSlice,
  quota: MutationQuota,
): Promise<Map<string, Outcome>> {
  const times = new Map<string, number>();
  for (const { name } of topics) times.set(name, (times.get(name) ?? 0) + 1);
  const planner = new TopicPlanner(broker, quota);
  const planned = new Map<string, Outcome>();
  for (const topic of topics) {
    if (slice.isOver) await slice.rest();
    const { name } = topic;
    if (planned.has(name)) continue;
    const isRepeated = times.get(name) !== 1;
    planned.set(name, isRepeated ? refused(ErrorCode.INVALID_REQUEST, "The topic is named more than once.") : planner.plan(topic));
  }
  return planned;
}

function created(
  broker: BrokerState,
  record: TopicRecord,
  given: CreatableTopic["configs"] | undefined,
  withConfigs: boolean,
): CreatableTopicResult {
  return makeCreatableTopicResult({
    name: record.name,
    topicId: record.topicId,
    numPartitions: record.replicas.length,
    replicationFactor: record.replicas[0]?.length ?? -1,
    ...(withConfigs ? { configs: configsOf(broker, record, given) } : { configs: null, topicConfigErrorCode: ErrorCode.POLICY_VIOLATION }),
  });
}

function createdUnseen({ name, topicId }: TopicRecord): CreatableTopicResult {
  const topicConfigErrorCode = MAY_SEE_CONFIGS.errorCode;
  return makeCreatableTopicResult({ name, topicId, topicConfigErrorCode, configs: [] });
}

function configsOf(broker: BrokerState, record: TopicRecord, given: CreatableTopic["configs"] = []) {
  const texts = new Map(given.map(({ name, value }) => [name, value]));
  const overrides = new Map(Object.entries(record.configs));
  return [...topicConfigDef.keys]
    .filter((key) => !key.internal || overrides.has(key.name))
    .map((key) => {
      const { text, source } = broker.config.topicWith(overrides, key.name);
      // What was given is told as it was written, as by Kafka.
      return makeCreatableTopicConfigs({
        name: key.name,
        value: texts.get(key.name) ?? text,
        configSource: source,
        isSensitive: key.sensitive,
      });
    });
}

function failed(name: string, errorCode: number, errorMessage: string): CreatableTopicResult {
  return makeCreatableTopicResult({ name, errorCode, errorMessage, configs: [] });
}
