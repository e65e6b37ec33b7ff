import { ConfigError, type ConfigValue, parseConfig } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import { ConfigFamily, type ConfigShape, type ConfigValues, configKeysOf } from "./config-shape.ts";

/** A connector's properties. */
export type ConnectorProperties = Readonly<Record<string, string>>;

/**
 * A plugin's settings from properties, typed; those of a converter or a transform stand behind `prefix`.
 * @throws ConnectError `CONNECT_CONFIG` with every setting that is missing or wrong
 */
export function readConfig<Shape extends ConfigShape>(shape: Shape, properties: ConnectorProperties, prefix = ""): ConfigValues<Shape> {
  const values: Record<string, unknown> = {};
  const errors: string[] = [];
  for (const key of configKeysOf(shape)) {
    try {
      const text = properties[`${prefix}${key.name}`] ?? key.default ?? null;
      values[key.name] = asGiven(parseConfig({ ...key, name: `${prefix}${key.name}` }, text).value);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      errors.push(error.message);
    }
  }
  for (const [name, field] of Object.entries(shape))
    if (field instanceof ConfigFamily)
      values[name] = Object.fromEntries(Object.entries(behindPrefix(properties, prefix)).filter(([member]) => field.names.test(member)));
  if (errors.length > 0) throw new ConnectError("CONNECT_CONFIG", errors.join(" "));
  return values as ConfigValues<Shape>;
}

/** A setting that was left out is undefined. */
function asGiven(value: ConfigValue): unknown {
  return value ?? undefined;
}

/** The properties behind a prefix, without it. */
export function behindPrefix(properties: ConnectorProperties, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, text]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [])),
  );
}
