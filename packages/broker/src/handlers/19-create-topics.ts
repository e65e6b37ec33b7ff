// CreateTopics v2-7. v4: −1 for partitions and replication factor (KIP-464), v5: partitions, replication factor and configs in the answer (KIP-525),
// v7: topic id (KIP-516). No quota on changes (v6, KIP-599), no create.topic.policy. Traps B2, B7, B8.
// The work is done when the answer goes out, so timeoutMs never runs out: a client that sends 0 for "do not wait" hears of success.
import { randomUuid } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
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
import { decideConfigReplacement } from "../config/config-change.ts";
import { topicConfigFault } from "../config/config-rules.ts";
import { topicConfigDef } from "../config/topic-configs.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { commitRecords, STORAGE_MESSAGE } from "../metadata/commit-records.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { CollisionIndex, PARTITIONS_PER_REQUEST_MAX, planTopic, type TopicCreationView } from "../topics/create-topic-rules.ts";
import { type Refusal, refused } from "../topics/replica-assignment-rules.ts";

type TopicRecord = Extract<MetadataRecord, { kind: "topic" }>;

export const createTopicsHandler: Handler<CreateTopicsRequest, CreateTopicsResponse> = {
  api: createTopicsApi,
  minVersion: 2,
  maxVersion: 7,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle({ broker }, request) {
    const planned = planAll(broker, request.topics);
    const records = planned.flatMap(({ outcome }) => (outcome.kind === "topic" ? [outcome] : []));
    const errorCode = request.validateOnly ? ErrorCode.NONE : await commitRecords(broker, records);
    const topics = planned.map(({ name, outcome }) => {
      if (outcome.kind === "refused") return failed(name, outcome.errorCode, outcome.message);
      return errorCode === ErrorCode.NONE ? created(broker, outcome, request.validateOnly) : failed(name, errorCode, STORAGE_MESSAGE);
    });
    return makeCreateTopicsResponse({ topics });
  },
};

/** One outcome per name, in the request's order. */
function planAll(
  broker: BrokerState,
  topics: readonly CreatableTopic[],
): { readonly name: string; readonly outcome: TopicRecord | Refusal }[] {
  const view = creationView(broker);
  const times = new Map<string, number>();
  for (const { name } of topics) times.set(name, (times.get(name) ?? 0) + 1);
  let partitions = 0;
  return [...times].map(([name, count]) => {
    if (count > 1) return { name, outcome: refused(ErrorCode.INVALID_REQUEST, "The topic is named more than once.") };
    const outcome = plan(broker, view, topics.find((topic) => topic.name === name)!);
    if (outcome.kind === "refused") return { name, outcome };
    partitions += outcome.replicas.length;
    if (partitions > PARTITIONS_PER_REQUEST_MAX) {
      return {
        name,
        outcome: refused(ErrorCode.POLICY_VIOLATION, `One request may add ${PARTITIONS_PER_REQUEST_MAX} partitions at most.`),
      };
    }
    view.names.add(name);
    return { name, outcome };
  });
}

function plan(broker: BrokerState, view: TopicCreationView, topic: CreatableTopic): TopicRecord | Refusal {
  const plan = planTopic(topic, view, broker.random.nextInt(view.nodeIds.length));
  if (plan.kind === "refused") return plan;
  const asked = topic.replicationFactor === -1 ? view.defaultReplicationFactor : topic.replicationFactor;
  const given = plan.replicas[0]?.length ?? 0;
  // Trap B8: only the development switch lets this happen, and nobody should be left to wonder.
  if (topic.assignments.length === 0 && given < asked)
    broker.logger.info("a topic has fewer replicas than asked for", { topic: topic.name, asked, given });
  // The last of equal names counts, as in Kafka.
  const settings = [...new Map(topic.configs.map((config) => [config.name, config])).values()];
  const decision = decideConfigReplacement((name) => topicConfigDef.get(name), settings);
  if (decision.kind !== "accepted") return refused(ErrorCode.INVALID_CONFIG, decision.message);
  const fault = topicConfigFault(decision.configs, broker.config);
  if (fault) return refused(ErrorCode.INVALID_CONFIG, fault.message);
  return {
    kind: "topic",
    name: topic.name,
    topicId: randomUuid(broker.random),
    replicas: plan.replicas,
    configs: Object.fromEntries(decision.configs),
  };
}

function creationView({ config, metadata }: BrokerState): TopicCreationView & { readonly names: CollisionIndex } {
  const names = new CollisionIndex(() => Array.from(metadata.topics(), (topic) => topic.name));
  return {
    names,
    nodeIds: metadata.nodes.map((node) => node.nodeId),
    defaultPartitions: config.number("num.partitions"),
    defaultReplicationFactor: config.number("default.replication.factor"),
    clampsReplicationFactor: config.boolean("ottla.replication.factor.clamp"),
    exists: (name) => metadata.topic(name) !== undefined,
    collidingTopic: (name) => names.collidingWith(name),
  };
}

function created(broker: BrokerState, record: TopicRecord, validateOnly: boolean): CreatableTopicResult {
  const overrides = new Map(Object.entries(record.configs));
  return makeCreatableTopicResult({
    name: record.name,
    // What was only validated has no id.
    ...(validateOnly ? {} : { topicId: record.topicId }),
    numPartitions: record.replicas.length,
    replicationFactor: record.replicas[0]?.length ?? -1,
    configs: [...topicConfigDef.keys]
      .filter((key) => !key.internal || overrides.has(key.name))
      .map((key) => {
        const { text, source } = broker.config.topicWith(overrides, key.name);
        return makeCreatableTopicConfigs({ name: key.name, value: text, configSource: source, isSensitive: key.sensitive });
      }),
  });
}

function failed(name: string, errorCode: number, errorMessage: string): CreatableTopicResult {
  return makeCreatableTopicResult({ name, errorCode, errorMessage, configs: [] });
}
