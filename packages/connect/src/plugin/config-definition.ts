import { type ConfigKey, type ConfigType, configKey, parseConfig } from "@ottla/base";
import { type ConfigShape, configKeysOf } from "./config-shape.ts";

/** How wide a form's field is, as Connect's definitions say it. */
type ConfigWidth = "NONE" | "SHORT" | "MEDIUM" | "LONG";

/** One setting and where a form has it. */
export interface ConfigDefinition {
  readonly key: ConfigKey;
  readonly group: string | null;
  /** Within its group, from 1; −1 without a group. */
  readonly order: number;
  readonly width: ConfigWidth;
  readonly displayName: string;
  readonly dependents: readonly string[];
}

/** A definition as Connect's REST API has it (`ConfigKeyInfo` of Apache Connect 4.4). */
export interface ConfigDefinitionJson {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly default_value: string | null;
  readonly importance: string;
  readonly documentation: string;
  readonly group: string | null;
  readonly order_in_group: number;
  readonly width: string;
  readonly display_name: string;
  readonly dependents: readonly string[];
}

/** One setting in a group, written down. */
export function define(
  group: string,
  order: number,
  width: ConfigWidth,
  displayName: string,
  ...key: Parameters<typeof configKey>
): ConfigDefinition {
  return { key: configKey(...key), group, order, width, displayName, dependents: [] };
}

/** What a plugin's settings are, each named behind `prefix`; those without a group stand in `group`. */
export function definitionsOf(shape: ConfigShape, prefix = "", group: string | null = null): ConfigDefinition[] {
  const orders = new Map<string | null, number>();
  return configKeysOf(shape).map((key) => {
    const options = shape[key.name]?.options ?? {};
    const inGroup = options.group ?? group;
    const order = (orders.get(inGroup) ?? 0) + 1;
    orders.set(inGroup, order);
    return {
      key: prefix === "" ? key : { ...key, name: `${prefix}${key.name}` },
      group: inGroup,
      order: inGroup === null ? -1 : order,
      width: "NONE",
      displayName: options.displayName ?? `${prefix}${key.name}`,
      dependents: (options.dependents ?? []).map((name) => `${prefix}${name}`),
    };
  });
}

/** As the REST API answers it. */
export function definitionJson({ key, group, order, width, displayName, dependents }: ConfigDefinition): ConfigDefinitionJson {
  return {
    name: key.name,
    type: typeName(key.type),
    required: key.default === undefined,
    default_value: key.default ?? null,
    importance: key.importance.toUpperCase(),
    documentation: key.doc,
    group,
    order_in_group: order,
    width,
    display_name: displayName,
    dependents,
  };
}

/** A value as the REST API shows it; a secret is never shown. */
export function shownValue(key: ConfigKey, text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return key.sensitive ? HIDDEN : text;
}

/** What stands for a secret, as Kafka writes it. */
export const HIDDEN = "[hidden]";

/** The text of a setting as its canonical form, or of its default; null: not set. Throws `ConfigError`. */
export function canonicalText(key: ConfigKey, text: string | undefined): string | null {
  if (text !== undefined) return parseConfig(key, text).text;
  return key.default ?? null;
}

function typeName(type: ConfigType): string {
  return type.toUpperCase();
}
