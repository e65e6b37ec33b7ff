import {
  type ConfigDef,
  ConfigError,
  type ConfigKey,
  type ConfigValue,
  formatConfigValue,
  invariant,
  OttlaError,
  type ParsedConfig,
  parseConfig,
} from "@ottla/base";
import type { ConfigResourceKind, MetadataRecord } from "../metadata/metadata-records.ts";
import { brokerConfigDef } from "./broker-configs.ts";
import { baseName, brokerKeyOf } from "./broker-key.ts";
import { ConfigSource } from "./config-source.ts";
import { clientMetricsConfigDef, groupConfigDef, topicConfigDef } from "./resource-config-defs.ts";

/** Where the overrides that clients set are found; the cluster's metadata is one. */
export interface ConfigOverrides {
  configs(resource: ConfigResourceKind, name: string): ReadonlyMap<string, string>;
}

/** One value that a key has on some layer. */
export interface LayeredValue {
  readonly name: string;
  /** Canonical text. */
  readonly text: string;
  readonly source: ConfigSource;
}

/** A key's value as it counts, and where it comes from. */
export interface EffectiveValue extends ParsedConfig {
  readonly source: ConfigSource;
}

/** Why a broker resource may not have these overrides, in one sentence; undefined where it may. */
export type BrokerGuard = (name: string, configs: ReadonlyMap<string, string>) => Promise<string | undefined>;

/** The name of the broker resource whose settings count for every broker without its own. */
export const CLUSTER_DEFAULT = "";

/**
 * Every setting as it counts now, looked up through the layers: the resource's own overrides, then for the key behind it the broker's, the cluster's
 * default, the start-up properties, and Kafka's default. A synonym counts where the key itself is set on no layer.
 * Broker values are cached, {@link EffectiveConfig.follow} keeps them true; for topics on the hot path see `TopicSettings`.
 */
export class EffectiveConfig {
  readonly #overrides: ConfigOverrides;
  readonly #static: ReadonlyMap<string, string>;
  readonly #defaultNodeId: number;
  #brokerRevision = 0;
  readonly #brokerValues = new Map<string, EffectiveValue>();

  /**
   * @param startUp start-up properties, checked before (see `checkStartUpProperties`)
   * @param defaultNodeId the virtual broker whose settings count where none is named
   */
  constructor(overrides: ConfigOverrides, startUp: ReadonlyMap<string, string>, defaultNodeId: number) {
    this.#overrides = overrides;
    this.#static = startUp;
    this.#defaultNodeId = defaultNodeId;
  }

  /** Who else has to agree to a broker's settings before they are stored, such as whoever reads its certificates; undefined before there is somebody. */
  brokerGuard: BrokerGuard | undefined;

  /** As it would be if that broker resource had these overrides. */
  withBroker(name: string, configs: ReadonlyMap<string, string>): EffectiveConfig {
    const overrides: ConfigOverrides = {
      configs: (kind, of) => (kind === "broker" && of === name ? configs : this.#overrides.configs(kind, of)),
    };
    return new EffectiveConfig(overrides, this.#static, this.#defaultNodeId);
  }

  /** Forgets what was looked up before the overrides were all there. */
  overridesLoaded(): void {
    this.#forgetBroker();
  }

  /** Another number after each change of a broker setting, so that what was derived from all of them can be kept until then. */
  get brokerRevision(): number {
    return this.#brokerRevision;
  }

  #forgetBroker(): void {
    this.#brokerValues.clear();
    this.#brokerRevision++;
  }

  /** Follows one change of metadata, after it was applied: values it may have changed are looked up again. */
  follow(record: MetadataRecord): void {
    if (record.kind === "configs" && record.resource === "broker") this.#forgetBroker();
  }

  boolean(name: string, nodeId?: number): boolean {
    return typed(name, this.broker(name, nodeId).value, "boolean");
  }

  /** `Infinity` stands for Kafka's largest long, "no limit". */
  number(name: string, nodeId?: number): number {
    return typed(name, this.broker(name, nodeId).value, "number");
  }

  string(name: string, nodeId?: number): string | null {
    const { value } = this.broker(name, nodeId);
    return value === null ? null : typed(name, value, "string");
  }

  list(name: string, nodeId?: number): readonly string[] {
    const { value } = this.broker(name, nodeId);
    invariant(value === null || Array.isArray(value), `${name} is no list.`);
    return value ?? [];
  }

  /** What a broker setting is for one virtual broker. */
  broker(name: string, nodeId: number = this.#defaultNodeId): EffectiveValue {
    const cacheKey = nodeId === this.#defaultNodeId ? name : `${nodeId}:${name}`;
    const known = this.#brokerValues.get(cacheKey);
    if (known) return known;
    const value = this.#lookUpBroker(name, nodeId);
    this.#brokerValues.set(cacheKey, value);
    return value;
  }

  /**
   * What a broker setting is for one listener: the value with `listener.name.{name}.` in front (with the SASL mechanism behind it first, where one is given), else the broker's own.
   * Throws `INVALID_CONFIG` for a value that cannot be.
   */
  listener(listenerName: string, name: string, at: { readonly nodeId?: number; readonly mechanism?: string } = {}): EffectiveValue {
    const { nodeId = this.#defaultNodeId, mechanism } = at;
    const listener = `listener.name.${listenerName.toLowerCase()}.`;
    const names = mechanism === undefined ? [] : [`${listener}${mechanism.toLowerCase()}.${name}`];
    // Kafka takes logins of a mechanism from the setting of that mechanism alone.
    if (mechanism === undefined || name !== "sasl.jaas.config") names.push(listener + name);
    for (const own of names) {
      const key = brokerKeyOf(own);
      invariant(key, `${own} is no setting of a listener.`);
      for (const [texts, source] of this.#rawLayers(nodeId)) {
        const text = texts.get(own);
        if (text !== undefined) return { ...parseOrRefuse(key, text), source };
      }
    }
    return this.broker(name, nodeId);
  }

  /** Whether a listener has a value of its own. */
  isSetForListener(listenerName: string, name: string, nodeId: number): boolean {
    return this.#rawLayers(nodeId).some(([texts]) => texts.has(`listener.name.${listenerName.toLowerCase()}.${name}`));
  }

  #rawLayers(nodeId: number): readonly (readonly [ReadonlyMap<string, string>, ConfigSource])[] {
    return [
      [this.#overrides.configs("broker", String(nodeId)), ConfigSource.BROKER],
      [this.#overrides.configs("broker", CLUSTER_DEFAULT), ConfigSource.DEFAULT_BROKER],
      [this.#static, ConfigSource.STATIC],
    ];
  }

  /** What a topic setting is for a topic; one without overrides, or not yet there, has the brokers' defaults. */
  topic(topic: string, name: string): EffectiveValue {
    return this.topicWith(this.#overrides.configs("topic", topic), name);
  }

  /** As {@link EffectiveConfig.topic}, for overrides that are not set yet. */
  topicWith(overrides: ReadonlyMap<string, string>, name: string): EffectiveValue {
    return this.#resource(topicConfigDef, overrides, name, ConfigSource.TOPIC, this.#defaultNodeId);
  }

  /** What a group's setting is. */
  group(group: string, name: string): EffectiveValue {
    return this.#resource(groupConfigDef, this.#overrides.configs("group", group), name, ConfigSource.GROUP, this.#defaultNodeId);
  }

  /** What a client metrics subscription's setting is. */
  clientMetrics(subscription: string, name: string): EffectiveValue {
    const overrides = this.#overrides.configs("client-metrics", subscription);
    return this.#resource(clientMetricsConfigDef, overrides, name, ConfigSource.CLIENT_METRICS, this.#defaultNodeId);
  }

  /** Start-up properties that are set, known or not. */
  get startUp(): ReadonlyMap<string, string> {
    return this.#static;
  }

  /**
   * Every layer's value of a broker key and its synonyms, the strongest first, as DescribeConfigs lists them: layer by layer, and only
   * from the key's own first value on, so that a key never set and without default has none.
   */
  brokerLayers(name: string, nodeId: number): LayeredValue[] {
    const base = baseName(name);
    const chain = base === name ? synonymChain(name) : [name, base];
    const found: LayeredValue[] = [];
    for (const [values, source] of this.#layers(nodeId)) {
      for (const link of chain) {
        const text = values(link);
        if (text !== undefined) found.push({ name: link, text, source });
      }
    }
    const own = found.findIndex((value) => value.name === name);
    return own === -1 ? [] : found.slice(own);
  }

  #layers(nodeId: number): readonly (readonly [(name: string) => string | undefined, ConfigSource])[] {
    const own = this.#overrides.configs("broker", String(nodeId));
    const shared = this.#overrides.configs("broker", CLUSTER_DEFAULT);
    return [
      [(name) => canonical(name, own.get(name)), ConfigSource.BROKER],
      [(name) => canonical(name, shared.get(name)), ConfigSource.DEFAULT_BROKER],
      [(name) => this.#staticText(name, nodeId), ConfigSource.STATIC],
      [(name) => (brokerConfigDef.get(name) ? (brokerConfigDef.defaultOf(name).text ?? undefined) : undefined), ConfigSource.DEFAULT],
    ];
  }

  #staticText(name: string, nodeId: number): string | undefined {
    // Each virtual broker has its own number, whatever the start-up properties say of the first one.
    if (name === "node.id" || name === "broker.id") return String(nodeId);
    return canonical(name, this.#static.get(name));
  }

  #lookUpBroker(name: string, nodeId: number): EffectiveValue {
    const key = brokerConfigDef.require(name);
    const layers = this.#layers(nodeId);
    const set = layers.slice(0, -1);
    for (const link of [{ name, factor: 1 }, ...key.synonyms]) {
      for (const [values, source] of set) {
        const text = values(link.name);
        if (text !== undefined) return scaled(key, link.name, text, link.factor ?? 1, source);
      }
    }
    for (const link of [{ name, factor: 1 }, ...key.synonyms]) {
      const text = brokerConfigDef.defaultOf(link.name).text;
      if (text !== null) return scaled(key, link.name, text, link.factor ?? 1, ConfigSource.DEFAULT);
    }
    return { value: null, text: null, source: ConfigSource.DEFAULT };
  }

  #resource(def: ConfigDef, overrides: ReadonlyMap<string, string>, name: string, source: ConfigSource, nodeId: number): EffectiveValue {
    const key = def.require(name);
    const own = overrides.get(name);
    const parsed = own === undefined ? undefined : tryParse(key, own);
    if (parsed) return { ...parsed, source };
    const behind = key.synonyms[0];
    return behind ? this.broker(behind.name, nodeId) : { ...def.defaultOf(name), source: ConfigSource.DEFAULT };
  }
}

/** The keys of which `name` is one, strongest first: `log.retention.ms`, `.minutes`, `.hours`; most keys stand alone. */
export function synonymChain(name: string): readonly string[] {
  return synonymChains().get(name) ?? [name];
}

let chains: Map<string, readonly string[]> | undefined;

function synonymChains(): Map<string, readonly string[]> {
  if (chains) return chains;
  chains = new Map();
  for (const key of brokerConfigDef.keys) {
    if (key.synonyms.length === 0) continue;
    const chain = [key.name, ...key.synonyms.map((synonym) => synonym.name)];
    chains.set(key.name, chain);
    // The flush scheduler's interval backs log.flush.interval.ms, but is a setting of its own.
    for (const synonym of key.synonyms) if (synonym.factor !== undefined) chains.set(synonym.name, chain);
  }
  return chains;
}

function canonical(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const key = brokerKeyOf(name);
  return key ? (tryParse(key, text)?.text ?? undefined) : text;
}

/** An override that an older version let in and this one does not understand counts as not set. */
function tryParse(key: ConfigKey, text: string): ParsedConfig | undefined {
  try {
    return parseConfig(key, text);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function parseOrRefuse(key: ConfigKey, text: string): ParsedConfig {
  try {
    return parseConfig(key, text);
  } catch (error) {
    if (error instanceof ConfigError) throw new OttlaError("INVALID_CONFIG", error.message);
    throw error;
  }
}

/** The value of `key` given by a synonym that counts `factor` times; a negative number means "no limit" in either unit. */
function scaled(key: ConfigKey, linkName: string, text: string, factor: number, source: ConfigSource): EffectiveValue {
  const { value } = parseConfig(brokerConfigDef.require(linkName), text);
  if (factor === 1 || typeof value !== "number") return { value, text, source };
  const product = value < 0 ? -1 : value * factor;
  return { value: product, text: formatConfigValue(key.type, product), source };
}

function typed(name: string, value: ConfigValue, type: "boolean"): boolean;
function typed(name: string, value: ConfigValue, type: "number"): number;
function typed(name: string, value: ConfigValue, type: "string"): string;
function typed(name: string, value: ConfigValue, type: "boolean" | "number" | "string"): ConfigValue {
  invariant(typeof value === type, `${name} is no ${type}.`);
  return value;
}
