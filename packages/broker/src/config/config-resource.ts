import { ErrorCode } from "@ottla/protocol";
import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { ConfigResourceKind, MetadataRecord } from "../metadata/metadata-records.ts";
import { topicNameFault } from "../metadata/topic-name.ts";
import { brokerKeyOf } from "./broker-key.ts";
import { cleanerFault } from "./cleaner-settings.ts";
import type { ConfigDecision, KeyLookup } from "./config-change.ts";
import { brokerConfigFault, type ConfigFault, clientMetricsConfigFault, groupConfigFault, topicConfigFault } from "./config-rules.ts";
import { CLUSTER_DEFAULT, type EffectiveConfig } from "./effective-config.ts";
import { clientMetricsConfigDef, groupConfigDef, topicConfigDef } from "./resource-config-defs.ts";

/** The protocol's numbers of resource types. */
export const ResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const;

const topicKeyOf: KeyLookup = (name) => topicConfigDef.get(name);
const groupKeyOf: KeyLookup = (name) => groupConfigDef.get(name);
const clientMetricsKeyOf: KeyLookup = (name) => clientMetricsConfigDef.get(name);

/** What is set, and on what. */
export interface ConfigHolder {
  readonly metadata: ClusterMetadata;
  readonly config: EffectiveConfig;
}

/** A resource that has settings, as far as a request names it well. */
export interface ConfigResource {
  readonly kind: ConfigResourceKind;
  readonly name: string;
  readonly keyOf: KeyLookup;
}

/** Why a resource cannot be changed, for the answer. */
interface ResourceFailure {
  readonly errorCode: number;
  readonly message: string;
}

export type ResolvedResource = ({ readonly ok: true } & ConfigResource) | ({ readonly ok: false } & ResourceFailure);

/**
 * Finds the resource that a request to change settings means. Broker resources are changed through the broker they name.
 * Errors: INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, UNKNOWN_TOPIC_OR_PARTITION.
 */
export function resolveResource(broker: ConfigHolder, nodeId: number, type: number, name: string): ResolvedResource {
  switch (type) {
    case ResourceType.TOPIC:
      return resolveTopic(broker, name);
    case ResourceType.BROKER:
      return resolveBroker(nodeId, name);
    case ResourceType.GROUP:
      return name === ""
        ? failed(ErrorCode.INVALID_REQUEST, "A group needs a name.")
        : { ok: true, kind: "group", name, keyOf: groupKeyOf };
    case ResourceType.CLIENT_METRICS:
      if (name === "") return failed(ErrorCode.INVALID_REQUEST, "A client metrics subscription needs a name.");
      return { ok: true, kind: "client-metrics", name, keyOf: clientMetricsKeyOf };
    case ResourceType.BROKER_LOGGER:
      return failed(ErrorCode.INVALID_REQUEST, "Ottla has no loggers that can be set one by one.");
    default:
      return failed(ErrorCode.INVALID_REQUEST, `There is no resource type ${type} that has settings.`);
  }
}

function resolveTopic(broker: ConfigHolder, name: string): ResolvedResource {
  if (name === "") return failed(ErrorCode.INVALID_REQUEST, "A topic needs a name: there are no settings for all topics but the brokers'.");
  const fault = topicNameFault(name);
  if (fault !== undefined) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION, fault);
  if (!broker.metadata.topic(name)) return failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`);
  return { ok: true, kind: "topic", name, keyOf: topicKeyOf };
}

function resolveBroker(nodeId: number, name: string): ResolvedResource {
  if (name === CLUSTER_DEFAULT) return { ok: true, kind: "broker", name, keyOf: brokerKeyOf };
  const fault = brokerNameFault(nodeId, name);
  // The number counts, however it is written.
  return fault === undefined
    ? { ok: true, kind: "broker", name: String(nodeId), keyOf: brokerKeyOf }
    : failed(ErrorCode.INVALID_REQUEST, fault);
}

/** Why a broker resource cannot be served by the broker that was asked. */
export function brokerNameFault(nodeId: number, name: string): string | undefined {
  if (!/^-?\d{1,10}$/.test(name)) return `A broker is named by its number, not "${name}".`;
  return Number(name) === nodeId ? undefined : `This is broker ${nodeId}; ask broker ${name} for its own settings.`;
}

/** A change that may be made, as the record to commit. */
export type ResolvedChange = { readonly ok: true; readonly record: MetadataRecord } | ({ readonly ok: false } & ResourceFailure);

/** Judges decided overrides as a whole. Errors: INVALID_CONFIG, for brokers and client metrics partly INVALID_REQUEST, as in Kafka. */
export function judgeChange(broker: ConfigHolder, resource: ConfigResource, decision: ConfigDecision): ResolvedChange {
  const fault = decision.kind === "accepted" ? faultOf(broker, resource, decision.configs) : decision;
  if (fault === undefined && decision.kind === "accepted") {
    const { kind, name } = resource;
    return { ok: true, record: { kind: "configs", resource: kind, name, configs: Object.fromEntries(decision.configs) } };
  }
  // Kafka answers a bad value of a broker as a bad request.
  const isInvalid = fault?.kind === "not-a-list" || (fault?.kind === "invalid" && resource.kind !== "broker");
  return failed(isInvalid ? ErrorCode.INVALID_CONFIG : ErrorCode.INVALID_REQUEST, fault?.message ?? "");
}

function faultOf({ config }: ConfigHolder, { kind, name }: ConfigResource, configs: ReadonlyMap<string, string>): ConfigFault | undefined {
  switch (kind) {
    case "topic":
      return topicConfigFault(name, configs, config);
    case "broker":
      return brokerConfigFault(configs, name === CLUSTER_DEFAULT) ?? cleanerFault(configs, config);
    case "group":
      return groupConfigFault(configs, config);
    case "client-metrics":
      return clientMetricsConfigFault(configs);
  }
}

/** The value of a setting that counts now, where a list is appended to. */
export function inheritedText(
  { config }: ConfigHolder,
  { kind, name: resource, keyOf }: ConfigResource,
  nodeId: number,
): (name: string) => string | null {
  return (name) => {
    const key = keyOf(name);
    if (!key) return null;
    if (kind === "topic") return config.topic(resource, name).text;
    if (kind === "group") return config.group(resource, name).text;
    if (kind === "client-metrics") return config.clientMetrics(resource, name).text;
    return config.brokerLayers(name, nodeId)[0]?.text ?? key.default ?? null;
  };
}

/** Keys of resources that a request names more than once. */
export function repeatedResources(
  resources: readonly { readonly resourceType: number; readonly resourceName: string }[],
): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { resourceType, resourceName } of resources) {
    const key = `${resourceType}:${resourceName}`;
    if (seen.has(key)) repeated.add(key);
    seen.add(key);
  }
  return repeated;
}

function failed(errorCode: number, message: string): { readonly ok: false } & ResourceFailure {
  return { ok: false, errorCode, message };
}
