// DescribeConfigs v1-4. KIP-133, KIP-226 (sources and synonyms), KIP-569 (v3: types and documentation), KIP-714 and KIP-1000 (client metrics), KIP-848 (groups).
// A resource named twice is answered once. Every known setting is listed, with its default. There are no single loggers: the list of a BROKER_LOGGER is empty.
import { TimeSlice } from "@ottla/base";
import { CLUSTER_NAME, ErrorCode, errorInfo, madeWhenWritten } from "@ottla/protocol";
import {
  type DescribeConfigsRequest,
  type DescribeConfigsResource,
  type DescribeConfigsResponse,
  type DescribeConfigsResult,
  describeConfigsApi,
  makeDescribeConfigsResourceResult,
  makeDescribeConfigsResponse,
  makeDescribeConfigsResult,
  makeDescribeConfigsSynonym,
} from "@ottla/protocol/apis/describe-configs";
import { brokerNameFault, ResourceType } from "../config/config-resource.ts";
import {
  type DescribedConfig,
  describeBrokerConfigs,
  describeClientMetricsConfigs,
  describeClusterDefaultConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from "../config/describe-configs.ts";
import { CLUSTER_DEFAULT } from "../config/effective-config.ts";
import { eachItem, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext, type Need } from "../handler.ts";
import { type Refusal, refused } from "../topics/replica-assignment-rules.ts";
import { topicNameFault } from "../metadata/topic-name.ts";

/** Settings that one answer tells: those of 10,000 topics. A topic has about forty, a broker about three hundred. */
const SETTINGS_MAX = 500_000;

const OF_TOPIC = need("DESCRIBE_CONFIGS", "TOPIC", "each topic");
const OF_GROUP = need("DESCRIBE_CONFIGS", "GROUP", "each group");
const OF_CLUSTER = need("DESCRIBE_CONFIGS", "CLUSTER", "the cluster", { note: "for brokers, their loggers, and client metrics" });
const NEEDED = new Map<number, Need>([
  [ResourceType.TOPIC, OF_TOPIC],
  [ResourceType.GROUP, OF_GROUP],
  [ResourceType.BROKER, OF_CLUSTER],
  [ResourceType.BROKER_LOGGER, OF_CLUSTER],
  [ResourceType.CLIENT_METRICS, OF_CLUSTER],
]);

export const describeConfigsHandler: Handler<DescribeConfigsRequest, DescribeConfigsResponse> = {
  api: describeConfigsApi,
  minVersion: 1,
  maxVersion: 4,
  authorisation: eachItem({
    need: [OF_TOPIC, OF_GROUP, OF_CLUSTER],
    items: ({ resources }) => resources,
    needOf: ({ resourceType }) => NEEDED.get(resourceType),
    nameOf: ({ resourceType, resourceName }) => (NEEDED.get(resourceType) === OF_CLUSTER ? CLUSTER_NAME : resourceName),
    narrow: (request, resources) => ({ ...request, resources }),
    refuse: ({ resourceType, resourceName }, errorCode) =>
      makeDescribeConfigsResult({ errorCode, errorMessage: errorInfo(errorCode).message, resourceType, resourceName }),
    join: (response, refused) => ({ ...response, results: [...response.results, ...refused] }),
  }),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, request) {
    const slice = new TimeSlice(context.broker.clock);
    const named = new Map<string, DescribeConfigsResource>();
    for (const resource of request.resources) {
      if (slice.isOver) await slice.rest();
      const key = `${resource.resourceType}:${resource.resourceName}`;
      if (!named.has(key)) named.set(key, resource);
    }
    let settings = 0;
    const results = madeWhenWritten([...named.values()], (resource) => {
      const described = settings < SETTINGS_MAX ? result(context, request, resource) : tooMany(resource);
      settings += described.configs.length;
      return described;
    });
    return makeDescribeConfigsResponse({ results });
  },
};

function tooMany({ resourceType, resourceName }: DescribeConfigsResource): DescribeConfigsResult {
  const errorMessage = `One answer tells ${SETTINGS_MAX} settings at most; ask for fewer resources at a time.`;
  return makeDescribeConfigsResult({ errorCode: ErrorCode.POLICY_VIOLATION, errorMessage, resourceType, resourceName });
}

function result(context: RequestContext, request: DescribeConfigsRequest, resource: DescribeConfigsResource): DescribeConfigsResult {
  const { resourceType, resourceName, configurationKeys } = resource;
  const described = describe(context, resourceType, resourceName);
  if ("kind" in described) {
    return makeDescribeConfigsResult({ errorCode: described.errorCode, errorMessage: described.message, resourceType, resourceName });
  }
  // Kafka takes an empty list of names as "all", as it does null.
  const asked = configurationKeys && configurationKeys.length > 0 ? new Set(configurationKeys) : undefined;
  return makeDescribeConfigsResult({
    errorMessage: "",
    resourceType,
    resourceName,
    configs: described.filter(({ name }) => asked?.has(name) ?? true).map((config) => entry(config, request)),
  });
}

/** Errors: INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, UNKNOWN_TOPIC_OR_PARTITION. */
function describe({ broker, session: { nodeId } }: RequestContext, type: number, name: string): readonly DescribedConfig[] | Refusal {
  const { config, metadata } = broker;
  switch (type) {
    case ResourceType.TOPIC: {
      const fault = topicNameFault(name);
      if (fault !== undefined) return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, fault);
      if (!metadata.topic(name)) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`);
      return describeTopicConfigs(config, name, metadata.configs("topic", name), nodeId);
    }
    case ResourceType.BROKER: {
      if (name === CLUSTER_DEFAULT) return describeClusterDefaultConfigs(metadata.configs("broker", CLUSTER_DEFAULT));
      const fault = brokerNameFault(nodeId, name);
      return fault === undefined
        ? describeBrokerConfigs(config, nodeId, metadata.configs("broker", String(nodeId)))
        : refused(ErrorCode.INVALID_REQUEST, fault);
    }
    case ResourceType.BROKER_LOGGER: {
      const fault = brokerNameFault(nodeId, name);
      return fault === undefined ? [] : refused(ErrorCode.INVALID_REQUEST, fault);
    }
    case ResourceType.GROUP:
      if (name === "") return refused(ErrorCode.INVALID_REQUEST, "A group needs a name.");
      return describeGroupConfigs(config, name, metadata.configs("group", name), nodeId);
    case ResourceType.CLIENT_METRICS:
      if (name === "") return refused(ErrorCode.INVALID_REQUEST, "A client metrics subscription needs a name.");
      return describeClientMetricsConfigs(config, name, metadata.configs("client-metrics", name));
    default:
      return refused(ErrorCode.INVALID_REQUEST, `There is no resource type ${type} that has settings.`);
  }
}

function entry(config: DescribedConfig, request: DescribeConfigsRequest) {
  return makeDescribeConfigsResourceResult({
    name: config.name,
    value: config.value,
    readOnly: config.readOnly,
    configSource: config.source,
    isSensitive: config.sensitive,
    synonyms: request.includeSynonyms ? config.synonyms.map((synonym) => makeDescribeConfigsSynonym(synonym)) : [],
    configType: config.typeCode,
    documentation: request.includeDocumentation ? config.doc : null,
  });
}
