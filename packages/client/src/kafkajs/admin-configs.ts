import type { Admin as ClientAdmin, ConfigResourceType, ConfigSource as ClientSource } from "../admin/admin-types.ts";
import { ConfigResourceTypes, ConfigSource } from "./constants.ts";
import type { DescribeConfigResponse, IResourceConfig, ResourceConfigQuery } from "./admin-types.ts";
import { KafkaJSNonRetriableError } from "./errors.ts";
import { shown } from "../options/argument-checks.ts";
import { protocolError } from "./translate-error.ts";

const typeNames: Readonly<Record<number, ConfigResourceType>> = {
  [ConfigResourceTypes.TOPIC]: "topic",
  [ConfigResourceTypes.BROKER]: "broker",
  [ConfigResourceTypes.BROKER_LOGGER]: "brokerLogger",
};

const sources: Readonly<Partial<Record<ClientSource, ConfigSource>>> = {
  dynamicTopic: ConfigSource.TOPIC_CONFIG,
  dynamicBroker: ConfigSource.DYNAMIC_BROKER_CONFIG,
  dynamicDefaultBroker: ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
  staticBroker: ConfigSource.STATIC_BROKER_CONFIG,
  default: ConfigSource.DEFAULT_CONFIG,
  dynamicBrokerLogger: ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG,
};

export async function describeConfigs(
  admin: ClientAdmin,
  { resources, includeSynonyms = false }: { resources: ResourceConfigQuery[]; includeSynonyms?: boolean },
): Promise<DescribeConfigResponse> {
  checkResources(resources);
  for (const { configNames } of resources)
    if (configNames !== undefined && configNames !== null && !Array.isArray(configNames))
      throw new KafkaJSNonRetriableError(`Invalid resource configNames: ${JSON.stringify(configNames)}`);
  const described = await Promise.all(resources.map((resource) => describeOne(admin, resource, includeSynonyms)));
  return { resources: described, throttleTime: 0 };
}

async function describeOne(
  admin: ClientAdmin,
  { type, name, configNames }: ResourceConfigQuery,
  includeSynonyms: boolean,
): Promise<DescribeConfigResponse["resources"][number]> {
  const keys = configNames === undefined || configNames === null || configNames.length === 0 ? {} : { keys: configNames };
  const [described] = await admin.describeConfigs([{ type: typeNames[type]!, name }], { includeSynonyms, ...keys });
  if (described?.error) throw protocolError(described.error);
  const configEntries = described!.value.map((entry) => ({
    configName: entry.name,
    configValue: entry.value,
    readOnly: entry.readOnly,
    isDefault: entry.isDefault,
    isSensitive: entry.sensitive,
    configSource: sources[entry.source] ?? ConfigSource.UNKNOWN,
    configSynonyms: entry.synonyms.map((synonym) => ({
      configName: synonym.name,
      configValue: synonym.value,
      configSource: sources[synonym.source] ?? ConfigSource.UNKNOWN,
    })),
  }));
  return { configEntries, errorCode: 0, errorMessage: null, resourceName: name, resourceType: type };
}

/**
 * Sets the entries given and leaves all others as they are: the older call that kafkajs uses, which resets what is not named, is gone from brokers of Kafka 4
 * in all but name.
 */
export async function alterConfigs(
  admin: ClientAdmin,
  { resources, validateOnly = false }: { resources: IResourceConfig[]; validateOnly?: boolean },
): Promise<{
  resources: { errorCode: number; errorMessage: string | null; resourceName: string; resourceType: number }[];
  throttleTime: number;
}> {
  checkResources(resources);
  for (const { configEntries } of resources) {
    if (!Array.isArray(configEntries))
      throw new KafkaJSNonRetriableError(`Invalid resource configEntries: ${JSON.stringify(configEntries)}`);
    const wrong = configEntries.find((entry) => typeof entry?.name !== "string" || typeof entry.value !== "string");
    if (wrong !== undefined) throw new KafkaJSNonRetriableError(`Invalid resource config value: ${JSON.stringify(wrong)}`);
  }
  const changes = resources.map(({ type, name, configEntries }) => ({
    type: typeNames[type]!,
    name,
    changes: configEntries.map((entry) => ({ op: "set" as const, name: entry.name, value: entry.value })),
  }));
  const outcomes = await admin.alterConfigs(changes, { validateOnly });
  const refused = outcomes.find(({ error }) => error);
  if (refused?.error) throw protocolError(refused.error);
  return {
    resources: resources.map(({ type, name }) => ({ errorCode: 0, errorMessage: null, resourceName: name, resourceType: type })),
    throttleTime: 0,
  };
}

function checkResources(resources: readonly { readonly type: number; readonly name: string }[]): void {
  if (!Array.isArray(resources)) throw new KafkaJSNonRetriableError(`Invalid resources array ${shown(resources)}`);
  if (resources.length === 0) throw new KafkaJSNonRetriableError("Resources array cannot be empty");
  for (const resource of resources) {
    if (typeNames[resource?.type] === undefined)
      throw new KafkaJSNonRetriableError(`Invalid resource type ${resource?.type}: ${JSON.stringify(resource)}`);
    if (typeof resource.name !== "string")
      throw new KafkaJSNonRetriableError(`Invalid resource name ${String(resource.name)}: ${JSON.stringify(resource)}`);
  }
}
