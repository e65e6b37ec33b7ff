import type { ConfigResourceType, ConfigSource } from "./admin-types.ts";

const resourceTypes: Readonly<Record<ConfigResourceType, number>> = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 };
const sources: readonly ConfigSource[] = [
  "unknown",
  "dynamicTopic",
  "dynamicBroker",
  "dynamicDefaultBroker",
  "staticBroker",
  "default",
  "dynamicBrokerLogger",
  "dynamicClientMetrics",
  "dynamicGroup",
];
const valueTypes = [undefined, "boolean", "string", "int", "short", "long", "double", "list", "class", "password"] as const;

/** Kafka's numbers of ConfigResource.Type. */
export function resourceTypeNumber(type: ConfigResourceType): number {
  return resourceTypes[type];
}

/** The other way; undefined for what is newer than this client. */
export function resourceTypeOf(number: number): ConfigResourceType | undefined {
  return (Object.keys(resourceTypes) as ConfigResourceType[]).find((type) => resourceTypes[type] === number);
}

/** Kafka's numbers of DescribeConfigsResponse.ConfigSource. */
export function configSourceOf(number: number): ConfigSource {
  return sources[number] ?? "unknown";
}

export function configTypeOf(number: number): string | undefined {
  return valueTypes[number];
}
