import { greatestOf, mapInSlices, sortInSlices, TimeSlice } from "@ottla/base";
import { ErrorCode, KafkaError, NIL_UUID } from "@ottla/protocol";
import {
  type CreatePartitionsTopicResult,
  createPartitionsApi,
  makeCreatePartitionsAssignment,
  makeCreatePartitionsRequest,
  makeCreatePartitionsTopic,
} from "@ottla/protocol/apis/create-partitions";
import {
  type CreatableTopicResult,
  createTopicsApi,
  makeCreatableReplicaAssignment,
  makeCreatableTopic,
  makeCreatableTopicConfig,
  makeCreateTopicsRequest,
} from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import type { Cluster } from "../cluster/cluster.ts";
import type { TopicState } from "../cluster/metadata-snapshot.ts";
import { type AdminContext, askController, serverTimeoutMs } from "./admin-context.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { Admin, CreatedTopic, Named, NewTopic, TopicDescription, TopicListing } from "./admin-types.ts";
import { configSourceOf } from "./config-names.ts";
import { outcomeOf } from "../outcome.ts";

/** Topics by object rather than by name. */
const DELETE_BY_STATE_VERSION = 6;

export async function createTopics(
  context: AdminContext,
  topics: readonly NewTopic[],
  options: CallOptions & { readonly validateOnly?: boolean } = {},
): Promise<readonly Named<CreatedTopic>[]> {
  const request = makeCreateTopicsRequest({
    topics: topics.map(creatable),
    timeoutMs: serverTimeoutMs(context, options),
    validateOnly: options.validateOnly ?? false,
  });
  const results = await askController(
    context,
    createTopicsApi,
    () => request,
    (response) => retryable(response.topics),
    options,
  );
  const byName = new Map(results.map((result) => [result.name, result]));
  if (options.validateOnly !== true)
    for (const { name, errorCode } of results) if (isThere(errorCode)) context.cluster.madeTopics.noteMade(name);
  return topics.map(({ name }) => answerFor(name, byName.get(name), created));
}

/** The cluster says so, whatever a single broker has heard. */
function isThere(errorCode: number): boolean {
  return errorCode === ErrorCode.NONE || errorCode === ErrorCode.TOPIC_ALREADY_EXISTS;
}

function creatable(topic: NewTopic): ReturnType<typeof makeCreatableTopic> {
  const assignments =
    topic.assignments?.map((brokerIds, partitionIndex) => makeCreatableReplicaAssignment({ partitionIndex, brokerIds })) ?? [];
  return makeCreatableTopic({
    name: topic.name,
    numPartitions: assignments.length > 0 ? -1 : (topic.partitionCount ?? -1),
    replicationFactor: assignments.length > 0 ? -1 : (topic.replicationFactor ?? -1),
    assignments,
    configs: Object.entries(topic.configs ?? {}).map(([name, value]) => makeCreatableTopicConfig({ name, value })),
  });
}

function created(result: CreatableTopicResult): CreatedTopic {
  return {
    topicId: result.topicId === NIL_UUID ? undefined : result.topicId,
    partitionCount: result.numPartitions < 0 ? undefined : result.numPartitions,
    replicationFactor: result.replicationFactor < 0 ? undefined : result.replicationFactor,
    configs: result.configs?.map((config) => {
      const source = configSourceOf(config.configSource);
      return {
        name: config.name,
        value: config.value,
        source,
        isDefault: source === "default",
        readOnly: config.readOnly,
        sensitive: config.isSensitive,
        type: undefined,
        documentation: undefined,
        synonyms: [],
      };
    }),
  };
}

export async function deleteTopics(
  context: AdminContext,
  names: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<void>[]> {
  const timeoutMs = serverTimeoutMs(context, options);
  const results = await askController(
    context,
    deleteTopicsApi,
    (version) =>
      version >= DELETE_BY_STATE_VERSION
        ? makeDeleteTopicsRequest({ topics: names.map((name) => makeDeleteTopicState({ name })), timeoutMs })
        : makeDeleteTopicsRequest({ topicNames: names, timeoutMs }),
    (response) => retryable(response.responses),
    options,
  );
  const byName = new Map(results.map((result) => [result.name ?? "", result]));
  for (const { name, errorCode } of results) {
    if (errorCode !== ErrorCode.NONE) continue;
    context.cluster.madeTopics.noteDeleted(name ?? "");
    context.cluster.metadata.noteDeleted(name ?? "");
  }
  return names.map((name) => answerFor(name, byName.get(name), () => undefined));
}

export async function createPartitions(
  context: AdminContext,
  changes: Parameters<Admin["createPartitions"]>[0],
  options: CallOptions & { readonly validateOnly?: boolean } = {},
): Promise<readonly Named<void>[]> {
  const topics = changes.map((change) =>
    makeCreatePartitionsTopic({
      name: change.topic,
      count: change.partitionCount,
      assignments: change.assignments?.map((brokerIds) => makeCreatePartitionsAssignment({ brokerIds })) ?? null,
    }),
  );
  const request = makeCreatePartitionsRequest({
    topics,
    timeoutMs: serverTimeoutMs(context, options),
    validateOnly: options.validateOnly ?? false,
  });
  const results: readonly CreatePartitionsTopicResult[] = await askController(
    context,
    createPartitionsApi,
    () => request,
    (response) => retryable(response.results),
    options,
  );
  const byName = new Map(results.map((result) => [result.name, result]));
  if (options.validateOnly !== true)
    for (const { name, errorCode } of results) if (errorCode === ErrorCode.NONE) context.cluster.madeTopics.noteMade(name);
  return changes.map((change) => answerFor(change.topic, byName.get(change.topic), () => undefined));
}

export async function listTopics(
  { cluster }: AdminContext,
  options: CallOptions & { readonly includeInternal?: boolean } = {},
): Promise<readonly TopicListing[]> {
  const snapshot = await cluster.retrying("Metadata", cluster.limit(options), () => cluster.metadata.ask("all"));
  const topics = [...snapshot.topics.values()].filter((topic) => options.includeInternal === true || !topic.isInternal);
  const slice = new TimeSlice(cluster.deps.clock);
  const names = await sortInSlices(
    slice,
    topics.map(({ name }) => name),
  );
  return mapInSlices(slice, names, (name) => listing(snapshot.topics.get(name)!));
}

function listing(topic: TopicState): TopicListing {
  return {
    name: topic.name,
    topicId: topic.topicId,
    internal: topic.isInternal,
    partitionCount: topic.partitions.length,
    replicationFactor: greatestOf(
      topic.partitions.map((p) => p.replicas.length),
      0,
    ),
  };
}

export async function describeTopics(
  { cluster }: AdminContext,
  names: readonly string[] | "all",
  options: CallOptions = {},
): Promise<readonly Named<TopicDescription>[]> {
  const limit = cluster.limit(options);
  for (let failures = 1; ; failures++) {
    const snapshot = await cluster.retrying("Metadata", limit, () => cluster.metadata.ask(names));
    const slice = new TimeSlice(cluster.deps.clock);
    const asked = names === "all" ? await sortInSlices(slice, [...snapshot.topics.keys()]) : names;
    const described = await mapInSlices(slice, asked, (name) => {
      const topic = snapshot.topics.get(name);
      return { name, ...outcomeOf(topic?.errorCode ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, undefined, () => describe(topic!)) };
    });
    const isLate = described.some(({ name, error }) => error !== undefined && isUnheardOf(cluster, name, error.errorCode));
    if (!isLate || !(await cluster.paused(failures, limit))) return described;
  }
}

/** A topic of this client's that the broker which was asked has not heard of yet. */
export function isUnheardOf({ madeTopics }: Cluster, topic: string, errorCode: number | undefined): boolean {
  return errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION && madeTopics.isYoung(topic);
}

function describe(topic: TopicState): TopicDescription {
  return {
    name: topic.name,
    topicId: topic.topicId,
    internal: topic.isInternal,
    // Of this question alone, so that they are given away; a copy of each would be tens of MiB of a large cluster.
    partitions: topic.partitions.map((state) => (state.leader < 0 ? { ...state, leader: undefined } : state)),
  };
}

/** NOT_CONTROLLER on a topic means the whole call went to the wrong place. */
function retryable<Result extends { readonly errorCode: number }>(results: readonly Result[]): readonly Result[] {
  if (results.some((result) => result.errorCode === ErrorCode.NOT_CONTROLLER)) throw new KafkaError(ErrorCode.NOT_CONTROLLER);
  return results;
}

function answerFor<Result extends { readonly errorCode: number; readonly errorMessage: string | null }, Value>(
  name: string,
  result: Result | undefined,
  value: (result: Result) => Value,
): Named<Value> {
  if (result === undefined)
    return {
      name,
      ...outcomeOf<Value>(ErrorCode.UNKNOWN_SERVER_ERROR, "The broker left this topic out of its answer.", () => undefined as never),
    };
  return { name, ...outcomeOf(result.errorCode, result.errorMessage, () => value(result)) };
}
