import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { jsonWriter } from "../json/json-writer.ts";
import { ENUM, meta, type Said, UNNAMED } from "./protobuf-names.ts";

/** What a message's option says of its struct: what its name does not. */
export function saidOfStruct(schema: ConnectSchema, messageName: string): Said {
  const derived = UNNAMED.test(messageName) ? undefined : messageName;
  return {
    ...(schema.name === derived ? {} : { [meta.name]: schema.name ?? "" }),
    ...(schema.version === undefined ? {} : { [meta.version]: String(schema.version) }),
    ...parametersSaid(schema.parameters),
  };
}

/** What a field's option says of its schema: what its type does not. */
export function saidOf({ name, parameters, version }: ConnectSchema): Said {
  const own = parametersSaid(parameters);
  if (name === DECIMAL || name === DATE || name === TIME || name === TIMESTAMP) {
    const { [`${meta.parameter}scale`]: _, ...others } = own;
    return { ...(version === 1 ? {} : { [meta.version]: String(version ?? "") }), ...(name === DECIMAL ? others : own) };
  }
  return {
    ...(name === undefined ? {} : { [meta.name]: name }),
    ...(version === undefined ? {} : { [meta.version]: String(version) }),
    ...own,
  };
}

function parametersSaid(parameters: Readonly<Record<string, string>> | undefined): Said {
  if (parameters === undefined) return {};
  const entries = Object.entries(parameters);
  if (entries.length === 0) return { [meta.noParameters]: "true" };
  return Object.fromEntries(entries.map(([key, value]) => [`${meta.parameter}${key}`, value]));
}

/** Those that the enum does not say. */
export function otherParameters(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  const others = Object.entries(parameters).filter(([key]) => key !== ENUM && !key.startsWith(`${ENUM}.`));
  return others.length === 0 ? undefined : Object.fromEntries(others);
}

/** Of a list's elements, or a map's values. */
export function prefixed(said: Said): Said {
  return Object.fromEntries(Object.entries(said).map(([key, value]) => [`${meta.items}${key}`, value]));
}

/** A default, as Connect's JSON. */
export function defaultText(schema: ConnectSchema, value: unknown): string {
  return jsonWriter(schema, { decimals: "BASE64", replaceNullWithDefault: false })(value);
}
