import { kafkaSettings } from "./generated/kafka-settings.ts";
import { KAFKA_VERSIONS } from "./generated/kafka-versions.ts";
import type { SettingFacts } from "./setting-facts.ts";

/** A line of Kafka's releases that the catalogue knows. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[number];

/** What settings are for. */
export type SettingScope =
  | "broker"
  | "topic"
  | "group"
  | "producer"
  | "consumer"
  | "admin"
  | "streams"
  | "connectWorker"
  | "connectStandalone"
  | "sourceConnector"
  | "sinkConnector";

/** The newest version that the catalogue knows. */
export const NEWEST_VERSION: KafkaVersion = KAFKA_VERSIONS.at(-1)!;

/** A setting as it is in one version. */
export interface Setting {
  readonly name: string;
  /** `int`, `long`, `string`, `list`, `boolean`, `double`, `short`, `class`, `password`. */
  readonly type: string;
  /** Canonical text; null where nothing is the default, undefined where it must be given. */
  readonly default: string | null | undefined;
  /** What Kafka prints of its bounds, as `[0,...]` or `[a, b]`. */
  readonly validator: string | null;
}

/** The setting if that version knows it. */
export function findSetting(scope: SettingScope, name: string, version: KafkaVersion): Setting | undefined {
  const facts = factsOf(scope, name);
  if (!facts || !isKnownIn(facts, version)) return undefined;
  const [type, , validator, defaults] = facts;
  const text = defaults.findLast(([since]) => orderOf(since) <= orderOf(version))?.[1];
  return { name, type, validator, default: text === "<none>" ? undefined : (text ?? null) };
}

/** Versions in which a setting came and went; undefined when no version knows it. */
export function lifeOf(
  scope: SettingScope,
  name: string,
): { readonly since: string | undefined; readonly until: string | undefined } | undefined {
  const facts = factsOf(scope, name);
  return facts && { since: facts[4], until: facts[5] };
}

/** Scopes that know a setting of this name, in any version. */
export function scopesOf(name: string): readonly SettingScope[] {
  return (Object.keys(kafkaSettings) as SettingScope[]).filter((scope) => factsOf(scope, name) !== undefined);
}

/** The names of a scope in a version. */
export function settingNames(scope: SettingScope, version: KafkaVersion): readonly string[] {
  return Object.entries(kafkaSettings[scope] ?? {}).flatMap(([name, facts]) => (isKnownIn(facts, version) ? [name] : []));
}

function factsOf(scope: SettingScope, name: string): SettingFacts | undefined {
  const settings = kafkaSettings[scope];
  return settings && Object.hasOwn(settings, name) ? settings[name] : undefined;
}

function isKnownIn([, , , , since, until]: SettingFacts, version: KafkaVersion): boolean {
  return (since === undefined || orderOf(since) <= orderOf(version)) && (until === undefined || orderOf(version) < orderOf(until));
}

function orderOf(version: string): number {
  return KAFKA_VERSIONS.indexOf(version as KafkaVersion);
}
