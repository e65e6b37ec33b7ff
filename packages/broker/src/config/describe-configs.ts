import { type ConfigDef, type ConfigKey, type ConfigType, parseConfig } from "@ottla/base";
import { brokerConfigDef } from "./broker-configs.ts";
import { brokerKeyOf } from "./broker-key.ts";
import { ConfigSource } from "./config-source.ts";
import type { EffectiveConfig, LayeredValue } from "./effective-config.ts";
import { clientMetricsConfigDef, groupConfigDef, topicConfigDef } from "./resource-config-defs.ts";

/** One setting as DescribeConfigs shows it. */
export interface DescribedConfig {
  readonly name: string;
  /** Null when not set, and always when sensitive. */
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly source: ConfigSource;
  readonly sensitive: boolean;
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[];
  /** The protocol's number for the type; 0 when the name is not known. */
  readonly typeCode: number;
  readonly doc: string | null;
}

const WITHOUT_EFFECT = "Ottla accepts this setting, and it changes nothing.";

const typeCodes: Readonly<Record<ConfigType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};

/** All settings of a topic, sorted by name. */
export function describeTopicConfigs(
  config: EffectiveConfig,
  topic: string,
  overrides: ReadonlyMap<string, string>,
  nodeId: number,
): DescribedConfig[] {
  return names(topicConfigDef, overrides).map((name) => {
    const key = topicConfigDef.require(name);
    const behind = key.synonyms[0] ? config.brokerLayers(key.synonyms[0].name, nodeId) : [];
    return described(key, config.topic(topic, name).text, [...own(key, overrides, ConfigSource.TOPIC), ...behind]);
  });
}

/** All settings of a group, sorted by name. */
export function describeGroupConfigs(
  config: EffectiveConfig,
  group: string,
  overrides: ReadonlyMap<string, string>,
  nodeId: number,
): DescribedConfig[] {
  return names(groupConfigDef, overrides).map((name) => {
    const key = groupConfigDef.require(name);
    const behind = key.synonyms[0] ? config.brokerLayers(key.synonyms[0].name, nodeId) : defaultLayer(key);
    return described(key, config.group(group, name).text, [...own(key, overrides, ConfigSource.GROUP), ...behind]);
  });
}

/** All settings of a client metrics subscription, sorted by name. */
export function describeClientMetricsConfigs(
  config: EffectiveConfig,
  subscription: string,
  overrides: ReadonlyMap<string, string>,
): DescribedConfig[] {
  return names(clientMetricsConfigDef, overrides).map((name) => {
    const key = clientMetricsConfigDef.require(name);
    return described(key, config.clientMetrics(subscription, name).text, own(key, overrides, ConfigSource.CLIENT_METRICS));
  });
}

/** All settings of one virtual broker, sorted by name; with those set under names that nothing knows, their values hidden as they may be secrets. */
export function describeBrokerConfigs(
  config: EffectiveConfig,
  nodeId: number,
  overrides: ReadonlyMap<string, string>,
): readonly DescribedConfig[] {
  const kept = keptDescriptions.get(config);
  if (kept?.revision === config.brokerRevision && kept.nodeId === nodeId) return kept.described;
  const described = describeBroker(config, nodeId, overrides);
  keptDescriptions.set(config, { revision: config.brokerRevision, nodeId, described });
  return described;
}

/** The last description of a broker: three hundred settings with their layers, asked for again and again by consoles. */
const keptDescriptions = new WeakMap<
  EffectiveConfig,
  { readonly revision: number; readonly nodeId: number; readonly described: readonly DescribedConfig[] }
>();

function describeBroker(config: EffectiveConfig, nodeId: number, overrides: ReadonlyMap<string, string>): DescribedConfig[] {
  return names(brokerConfigDef, new Map([...config.startUp, ...overrides])).map((name) => {
    const layers = config.brokerLayers(name, nodeId);
    const key = brokerKeyOf(name);
    return key ? described(key, layers[0]?.text ?? null, layers, isFixed(key)) : describedUnknown(name, layers);
  });
}

/** The cluster-wide overrides of broker settings, sorted by name; nothing else, as Kafka does. */
export function describeClusterDefaultConfigs(overrides: ReadonlyMap<string, string>): DescribedConfig[] {
  return [...overrides.keys()].sort().map((name) => {
    const key = brokerKeyOf(name);
    const layers = [{ name, text: overrides.get(name) ?? "", source: ConfigSource.DEFAULT_BROKER }];
    return key ? described(key, layers[0]?.text ?? null, layers, isFixed(key)) : describedUnknown(name, layers);
  });
}

function described(key: ConfigKey, text: string | null, layers: readonly LayeredValue[], readOnly = false): DescribedConfig {
  return {
    name: key.name,
    value: key.sensitive ? null : text,
    readOnly,
    source: layers[0]?.source ?? ConfigSource.DEFAULT,
    sensitive: key.sensitive,
    synonyms: layers.map((layer) => ({ name: layer.name, value: key.sensitive ? null : layer.text, source: layer.source })),
    typeCode: typeCodes[key.type],
    doc: key.effect === "none" ? `${key.doc} ${WITHOUT_EFFECT}` : key.doc,
  };
}

function describedUnknown(name: string, layers: readonly LayeredValue[]): DescribedConfig {
  return {
    name,
    value: null,
    readOnly: true,
    source: layers[0]?.source ?? ConfigSource.DEFAULT,
    sensitive: true,
    synonyms: layers.map((layer) => ({ name: layer.name, value: null, source: layer.source })),
    typeCode: 0,
    doc: null,
  };
}

/** Kafka calls every name fixed that is not itself in the list of those that may change, so also one with a listener in front. */
function isFixed(key: ConfigKey): boolean {
  return brokerConfigDef.get(key.name)?.dynamic !== "cluster-wide" && brokerConfigDef.get(key.name)?.dynamic !== "per-broker";
}

function names(def: ConfigDef, overrides: ReadonlyMap<string, string>): string[] {
  const found = new Set(overrides.keys());
  for (const key of def.keys) if (!key.internal) found.add(key.name);
  return [...found].filter((name) => def === brokerConfigDef || def.get(name) !== undefined).sort();
}

function own(key: ConfigKey, overrides: ReadonlyMap<string, string>, source: ConfigSource): LayeredValue[] {
  const text = overrides.get(key.name);
  return text === undefined ? [] : [{ name: key.name, text: parseConfig(key, text).text ?? "", source }];
}

function defaultLayer(key: ConfigKey): LayeredValue[] {
  return typeof key.default === "string" ? [{ name: key.name, text: key.default, source: ConfigSource.DEFAULT }] : [];
}
