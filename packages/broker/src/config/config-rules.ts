import { type ConfigDef, nearName } from "@ottla/base";
import { connectionsByIp } from "../net/connection-counts.ts";
import { brokerConfigDef } from "./broker-configs.ts";
import { brokerKeyOf, isOfMechanism } from "./broker-key.ts";
import type { EffectiveConfig } from "./effective-config.ts";
import { SCHEMAS_TOPIC } from "./keys/schema-configs.ts";
import { clientMetricsConfigDef, groupConfigDef, topicConfigDef } from "./resource-config-defs.ts";

/** What may not be about a whole set of overrides whose single values are legal; undefined when all is well. */
export type ConfigFault = { readonly kind: "malformed" | "invalid"; readonly message: string };

/** A topic's overrides as a whole: every name is known and no two settings contradict each other. */
export function topicConfigFault(topic: string, configs: ReadonlyMap<string, string>, config: EffectiveConfig): ConfigFault | undefined {
  for (const name of configs.keys()) {
    if (!topicConfigDef.get(name)) return unknownTopicConfig(name);
  }
  const least = Number(config.topicWith(configs, "min.compaction.lag.ms").value);
  const most = Number(config.topicWith(configs, "max.compaction.lag.ms").value);
  if (least > most) return invalid(`min.compaction.lag.ms (${least}) must not be above max.compaction.lag.ms (${most}).`);
  if (configs.get("remote.storage.enable") === "true" && !config.boolean("remote.log.storage.system.enable")) {
    return invalid("remote.storage.enable needs tiered storage, which this broker does not have.");
  }
  const guard = ["key", "value"]
    .map((part) => `confluent.${part}.schema.validation`)
    .find((name) => config.topicWith(configs, name).value === true);
  if (topic === SCHEMAS_TOPIC && guard !== undefined) {
    return invalid(`${guard} would shut registries out of "${SCHEMAS_TOPIC}": what they write there carries no schema id.`);
  }
  return undefined;
}

export function unknownTopicConfig(name: string): ConfigFault {
  return invalid(`There is no topic configuration ${unknownName(name, topicConfigDef)}.`);
}

/**
 * A broker's overrides as a whole; `isDefault` means the cluster-wide ones. Unknown names are let in, as Kafka does for plugins.
 * Settings of one listener carry `listener.name.<name>.` in front.
 */
export function brokerConfigFault(configs: ReadonlyMap<string, string>, isDefault: boolean): ConfigFault | undefined {
  const unmoved = [...configs.keys()].filter((name) => READ_AT_START.has(name));
  if (unmoved.length > 0) return malformed(`Ottla reads ${unmoved.join(", ")} at start only; set it in the start-up properties.`);
  const fixed: string[] = [];
  const perBroker: string[] = [];
  const perListener: string[] = [];
  for (const name of configs.keys()) {
    const key = brokerKeyOf(name);
    if (!key) continue;
    if (key.dynamic === "read-only" && !isOfMechanism(name)) fixed.push(name);
    if (key.dynamic === "per-broker") perBroker.push(name);
    if (SECURITY_KEYS.has(name)) perListener.push(name);
  }
  if (fixed.length > 0) return malformed(`Only a restart changes ${fixed.join(", ")}; set it in the start-up properties.`);
  if (perListener.length > 0)
    return malformed(`A running broker changes ${perListener.join(", ")} per listener only: put listener.name.<name>. in front.`);
  const byIp = configs.get(CONNECTIONS_BY_IP);
  if (byIp !== undefined && connectionsByIp(byIp) === undefined)
    return invalid(`${CONNECTIONS_BY_IP} is a list of address:count with commas between them, such as 10.0.0.1:5,fd00::1:7.`);
  if (isDefault && perBroker.length > 0) return malformed(`${perBroker.join(", ")} can be set for one broker only, not for all.`);
  return undefined;
}

/** Apache Kafka's, and the only one that it has. */
const TASK_ASSIGNOR = "sticky";

/** A group's overrides as a whole: known names, each within the bounds that the broker's settings give. */
export function groupConfigFault(configs: ReadonlyMap<string, string>, config: EffectiveConfig): ConfigFault | undefined {
  for (const [name, text] of configs) {
    if (!groupConfigDef.get(name)) return invalid(`There is no group configuration ${unknownName(name, groupConfigDef)}.`);
    if (name === "streams.assignor.name" && text !== TASK_ASSIGNOR)
      return invalid(
        `${name} is ${JSON.stringify(text)}: this broker divides tasks by ${TASK_ASSIGNOR} alone. Set that, or take the setting back.`,
      );
    const bounds = groupBounds(name);
    for (const [bound, isLeast] of bounds) {
      const limit = config.number(bound);
      if (isLeast ? Number(text) < limit : Number(text) > limit) {
        return invalid(`${name} must be at ${isLeast ? "least" : "most"} ${limit}, which ${bound} says.`);
      }
    }
  }
  return pairFault(configs, config, "consumer") ?? pairFault(configs, config, "share") ?? pairFault(configs, config, "streams");
}

const MATCH_ATTRIBUTES: ReadonlySet<string> = new Set([
  "client_instance_id",
  "client_id",
  "client_software_name",
  "client_software_version",
  "client_source_address",
  "client_source_port",
]);
const INTERVAL_MS_MIN = 100;
const INTERVAL_MS_MAX = 3_600_000;

/** A client metrics subscription's overrides as a whole. */
export function clientMetricsConfigFault(configs: ReadonlyMap<string, string>): ConfigFault | undefined {
  for (const name of configs.keys()) {
    if (!clientMetricsConfigDef.get(name))
      return malformed(`There is no client metrics configuration ${unknownName(name, clientMetricsConfigDef)}.`);
  }
  const intervalMs = Number(configs.get("interval.ms") ?? INTERVAL_MS_MIN);
  if (intervalMs < INTERVAL_MS_MIN || intervalMs > INTERVAL_MS_MAX) {
    return malformed(`interval.ms must be from ${INTERVAL_MS_MIN} to ${INTERVAL_MS_MAX}, not ${intervalMs}.`);
  }
  const match = configs.get("match");
  for (const pattern of match ? match.split(",") : []) {
    const [attribute = "", regex] = pattern.split("=", 2);
    if (regex === undefined || !MATCH_ATTRIBUTES.has(attribute.trim()) || !isRegex(regex)) {
      return invalid(`"${pattern}" does not match clients; write attribute=pattern with one of ${[...MATCH_ATTRIBUTES].join(", ")}.`);
    }
  }
  return undefined;
}

const CONNECTIONS_BY_IP = "max.connections.per.ip.overrides";

/** Kafka lets a running broker open and close listeners; Ottla says that it does not, rather than keep a change that does nothing. */
const READ_AT_START: ReadonlySet<string> = new Set(["listeners", "listener.security.protocol.map"]);

/** Certificates and keys: they may differ by listener, so they must. */
const SECURITY_KEYS: ReadonlySet<string> = new Set([
  "ssl.key.password",
  "ssl.keystore.certificate.chain",
  "ssl.keystore.key",
  "ssl.keystore.location",
  "ssl.keystore.password",
  "ssl.keystore.type",
  "ssl.truststore.certificates",
  "ssl.truststore.location",
  "ssl.truststore.password",
  "ssl.truststore.type",
]);
/** The broker settings that bound a group's setting: [name, whether it is the least]. */
function groupBounds(name: string): readonly (readonly [string, boolean])[] {
  const [kind, ...rest] = name.split(".");
  const setting = rest.join(".");
  if (name === "streams.num.standby.replicas") return [["group.streams.max.standby.replicas", false]];
  if (name === "streams.num.warmup.replicas") return [["group.streams.max.warmup.replicas", false]];
  const bounds: (readonly [string, boolean])[] = [
    [`group.${kind}.min.${setting}`, true],
    [`group.${kind}.max.${setting}`, false],
  ];
  return bounds.filter(([bound]) => brokerConfigDef.get(bound) !== undefined);
}

/** A session must outlive the time between two heartbeats. */
function pairFault(configs: ReadonlyMap<string, string>, config: EffectiveConfig, kind: string): ConfigFault | undefined {
  const valueOf = (name: string) => Number(configs.get(`${kind}.${name}`) ?? config.number(`group.${kind}.${name}`));
  if (valueOf("session.timeout.ms") > valueOf("heartbeat.interval.ms")) return undefined;
  return invalid(`${kind}.session.timeout.ms must be above ${kind}.heartbeat.interval.ms.`);
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(message: string): ConfigFault {
  return { kind: "invalid", message };
}

function malformed(message: string): ConfigFault {
  return { kind: "malformed", message };
}

function unknownName(name: string, def: ConfigDef): string {
  const near = nearName(
    name,
    Array.from(def.keys, (key) => key.name),
  );
  return near === undefined ? name : `${name}; ${near} was perhaps meant`;
}
