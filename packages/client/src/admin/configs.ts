import { ErrorCode } from "@ottla/protocol";
import {
  type DescribeConfigsResult,
  describeConfigsApi,
  makeDescribeConfigsRequest,
  makeDescribeConfigsResource,
} from "@ottla/protocol/apis/describe-configs";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import type { CallLimit } from "../cluster/call-limit.ts";
import { callOn } from "../cluster/lane.ts";
import type { Connection } from "../net/connection.ts";
import type { AdminContext } from "./admin-context.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { Admin, ConfigChange, ConfigEntry, ConfigResource } from "./admin-types.ts";
import type { Outcome } from "../outcome.ts";
import { configSourceOf, configTypeOf, resourceTypeNumber } from "./config-names.ts";
import { outcomeOf } from "../outcome.ts";
import { isUnheardOf } from "./topics.ts";

const DOCUMENTATION_VERSION = 3;
const ANY_BROKER = -1;
const operations: Readonly<Record<ConfigChange["op"], number>> = { set: 0, delete: 1, append: 2, subtract: 3 };

type DescribeOptions = NonNullable<Parameters<Admin["describeConfigs"]>[1]>;

export async function describeConfigs(
  context: AdminContext,
  resources: readonly ConfigResource[],
  options: DescribeOptions = {},
): Promise<readonly (ConfigResource & Outcome<readonly ConfigEntry[]>)[]> {
  const results = new Map<string, DescribeConfigsResult>();
  const resultOf = ({ type, name }: ConfigResource) => results.get(`${resourceTypeNumber(type)} ${name}`);
  const limit = context.cluster.limit(options);
  let asked = resources;
  const ask = async (connection: Connection, group: readonly ConfigResource[]): Promise<void> => {
    const wire = group.map((resource) =>
      makeDescribeConfigsResource({
        resourceType: resourceTypeNumber(resource.type),
        resourceName: resource.name,
        configurationKeys: options.keys ?? null,
      }),
    );
    const response = await callOn(connection, describeConfigsApi, (version) =>
      makeDescribeConfigsRequest({
        resources: wire,
        includeSynonyms: options.includeSynonyms ?? false,
        includeDocumentation: version >= DOCUMENTATION_VERSION && (options.includeDocumentation ?? false),
      }),
    );
    for (const result of response.results) results.set(`${result.resourceType} ${result.resourceName}`, result);
  };
  for (let failures = 1; ; failures++) {
    await forEachBroker(context, asked, limit, ask);
    asked = asked.filter(
      (resource) => resource.type === "topic" && isUnheardOf(context.cluster, resource.name, resultOf(resource)?.errorCode),
    );
    if (asked.length === 0 || !(await context.cluster.paused(failures, limit))) break;
  }
  return resources.map((resource) => {
    const result = resultOf(resource);
    return {
      type: resource.type,
      name: resource.name,
      ...outcomeOf(result?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, result?.errorMessage, () => entries(result!)),
    };
  });
}

function entries(result: DescribeConfigsResult): ConfigEntry[] {
  return result.configs.map((config) => {
    const source = configSourceOf(config.configSource);
    return {
      name: config.name,
      value: config.value,
      source,
      isDefault: source === "default",
      readOnly: config.readOnly,
      sensitive: config.isSensitive,
      type: configTypeOf(config.configType),
      documentation: config.documentation ?? undefined,
      synonyms: config.synonyms.map((synonym) => ({ name: synonym.name, value: synonym.value, source: configSourceOf(synonym.source) })),
    };
  });
}

export async function alterConfigs(
  context: AdminContext,
  changes: Parameters<Admin["alterConfigs"]>[0],
  options: CallOptions & { readonly validateOnly?: boolean } = {},
): Promise<readonly (ConfigResource & Outcome<void>)[]> {
  const results = new Map<string, { readonly errorCode: number; readonly errorMessage: string | null }>();
  await forEachBroker(context, changes, context.cluster.limit(options), async (connection, group) => {
    const resources = group.map((resource) =>
      makeAlterConfigsResource({
        resourceType: resourceTypeNumber(resource.type),
        resourceName: resource.name,
        configs: resource.changes.map((change) =>
          makeAlterableConfig({
            name: change.name,
            configOperation: operations[change.op],
            value: change.op === "delete" ? null : change.value,
          }),
        ),
      }),
    );
    const response = await callOn(connection, incrementalAlterConfigsApi, () =>
      makeIncrementalAlterConfigsRequest({ resources, validateOnly: options.validateOnly ?? false }),
    );
    for (const result of response.responses) results.set(`${result.resourceType} ${result.resourceName}`, result);
  });
  return changes.map((resource) => {
    const result = results.get(`${resourceTypeNumber(resource.type)} ${resource.name}`);
    return {
      type: resource.type,
      name: resource.name,
      ...outcomeOf(result?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, result?.errorMessage, () => undefined),
    };
  });
}

/** A named broker answers for itself; everything else any broker knows. */
async function forEachBroker<Resource extends ConfigResource>(
  { cluster, lane }: AdminContext,
  resources: readonly Resource[],
  limit: CallLimit,
  call: (connection: Connection, group: readonly Resource[]) => Promise<void>,
): Promise<void> {
  await cluster.retrying("Metadata", limit, () => cluster.metadata.awaitBrokers());
  const groups = Map.groupBy(resources, (resource) => {
    const isBrokers = resource.type === "broker" || resource.type === "brokerLogger";
    const nodeId = isBrokers && resource.name !== "" ? Number(resource.name) : ANY_BROKER;
    return cluster.metadata.current.brokers.has(nodeId) ? nodeId : ANY_BROKER;
  });
  await Promise.all(
    [...groups].map(([nodeId, group]) =>
      cluster.retrying("Configs", limit, async () =>
        call(nodeId === ANY_BROKER ? await lane.connectAny() : await lane.connect(nodeId), group),
      ),
    ),
  );
}
