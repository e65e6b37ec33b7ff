import { jsonEquals } from "../../json/json-value.ts";
import { type Comparison, difference, type Found, NONE } from "./comparison.ts";
import {
  askedOf,
  dependentNames,
  hasBranches,
  namesWritten,
  patternsOf,
  propertiesOf,
  surelyEvaluated,
  writtenBeyondNames,
  writtenUnder,
} from "./content-model.ts";
import { impliedSchema, type JsonSchema, keywordsOf } from "./json-schema.ts";
import { matchesPattern } from "./schema-values.ts";
import type { Written } from "./written.ts";

const OPEN_MODEL =
  'Schemas without "additionalProperties": false have an open content model: data written by the other schema may already hold anything under this name.';
const OPEN_REMEDY = 'Close the model in the first version ("additionalProperties": false), or set compatibilityPolicy to LENIENT.';

/** What a reader does not take of objects, beside their count of properties. */
export function objectDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  if (!written.values.types.has("object")) return NONE;
  return [
    ...propertyDifferences(comparison, reader, written),
    ...furtherDifferences(comparison, reader, written),
    ...requiredDifferences(comparison, reader, written),
    ...nameDifferences(comparison, reader, written),
    ...dependencyDifferences(comparison, reader, written),
    ...unevaluatedDifferences(comparison, reader, written),
  ];
}

function namedBy(written: Written): ReadonlySet<string> {
  return new Set(written.schemas.flatMap((schema) => [...propertiesOf(schema).keys()]));
}

function propertyDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const own = propertiesOf(reader);
  if (own.size === 0 && patternsOf(reader).size === 0 && !reader.one.has("additionalProperties")) return NONE;
  const known = namedBy(written);
  const found = [];
  for (const name of new Set([...own.keys(), ...known])) {
    comparison.charge(1 + patternsOf(reader).size + written.schemas.length);
    for (const asked of askedOf(reader, name)) {
      const data = writtenUnder(comparison, written, name, asked);
      found.push(...onePropertyDifferences(comparison, { reader, written, name, asked: asked.schema, data, known }));
    }
  }
  return found;
}

interface OneProperty {
  readonly reader: JsonSchema;
  readonly written: Written;
  readonly name: string;
  readonly asked: JsonSchema;
  readonly data: Written;
  readonly known: ReadonlySet<string>;
}

function onePropertyDifferences(comparison: Comparison, { reader, written, name, asked, data, known }: OneProperty): Found {
  const inside = comparison.compare(asked, data);
  const first = inside[0];
  if (first === undefined) return NONE;
  if (known.has(name)) {
    if (propertiesOf(reader).has(name)) return inside;
    if (comparison.policy === "LENIENT" && asked.json === false) return NONE;
    if (asked.json === false) {
      const message = `The data may have the property "${name}", which the reader's closed content model takes no more; keep the property.`;
      return [difference("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", `${reader.place}/properties`, message, asked.json, data)];
    }
    const message = `The data may have the property "${name}", which the reader takes only by its schema for further properties: ${first.message}`;
    return [difference("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", asked.place, message, asked.json, data)];
  }
  if (data.schemas.length === 0) {
    if (comparison.policy === "LENIENT") return NONE;
    const message = `The reader asks for a schema of the property "${name}", which the writer does not name. ${OPEN_MODEL} ${OPEN_REMEDY}`;
    return [difference("PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", asked.place, message, asked.json, written)];
  }
  const message = `The reader asks more of the property "${name}" than the writer's schema for further properties does: ${first.message}`;
  return [difference("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", asked.place, message, asked.json, data)];
}

/** Names that neither schema names: the reader's patterns, and its schema for the rest. */
function furtherDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const found = [];
  const patterns = patternsOf(reader);
  for (const [pattern, asked] of patterns) {
    comparison.charge(1);
    const same = written.schemas.map((schema) => patternsOf(schema).get(pattern)).filter((each) => each !== undefined);
    const kinds = same.length > 0 ? [comparison.written(same)] : writtenBeyondNames(comparison, written, new Set());
    for (const data of kinds) {
      const inside = comparison.compare(asked, data);
      const first = inside[0];
      if (first === undefined) continue;
      if (same.length > 0) found.push(...inside);
      else if (data.schemas.length > 0) {
        const message = `The reader asks more of properties of a pattern than the writer's schema for further properties does: ${first.message}`;
        found.push(difference("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", asked.place, message, asked.json, data));
      } else if (comparison.policy !== "LENIENT") {
        const message = `The reader asks for a schema of properties of a pattern, which the writer does not have. ${OPEN_MODEL} ${OPEN_REMEDY}`;
        found.push(difference("PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", asked.place, message, asked.json, written));
      }
    }
  }
  const rest = reader.one.get("additionalProperties");
  if (
    rest !== undefined &&
    ![...patterns.keys()].some((pattern) => matchesPattern(pattern, "") === "yes" && /^\^?(?:\.\*)?\$?$/.test(pattern))
  ) {
    found.push(...restDifferences(comparison, rest, written, new Set(patterns.keys()), "ADDITIONAL_PROPERTIES"));
  }
  return found;
}

function restDifferences(
  comparison: Comparison,
  rest: JsonSchema,
  written: Written,
  patterns: ReadonlySet<string>,
  word: "ADDITIONAL_PROPERTIES" | "UNEVALUATED_PROPERTIES",
): Found {
  for (const data of writtenBeyondNames(comparison, written, patterns)) {
    const inside = comparison.compare(rest, data);
    const first = inside[0];
    if (first === undefined) continue;
    if (comparison.policy === "LENIENT") return NONE;
    if (rest.json === false) {
      const message = `The reader takes no further properties, the data may have ${data.schemas.length === 0 ? `any. ${OPEN_MODEL}` : "such as its schema for them takes."} Leave the model as open as it was.`;
      return [difference(`${word}_REMOVED`, rest.place, message, false, data)];
    }
    if (data.schemas.length > 0) return inside;
    const message = `The reader takes further properties of one schema alone, the data may have any. Leave the model as open as it was. ${first.message}`;
    return [difference(`${word}_NARROWED`, rest.place, message, rest.json, data)];
  }
  return NONE;
}

function requiredDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const names = keywordsOf(reader).get("required");
  if (!Array.isArray(names)) return NONE;
  const known = namedBy(written);
  const found = [];
  for (const [index, name] of (names as string[]).entries()) {
    comparison.charge(1);
    const property = propertiesOf(reader).get(name);
    if (written.values.required.has(name) || (property !== undefined && keywordsOf(property).has("default"))) continue;
    const isOpen = !known.has(name) && writtenUnder(comparison, written, name).schemas.length === 0;
    const isNew = property !== undefined && !known.has(name) && !isOpen;
    const kind = isNew ? "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL" : "REQUIRED_ATTRIBUTE_ADDED";
    const message = `The reader requires the property "${name}", which the data need not have; give it a "default", or do not require it.`;
    found.push(difference(kind, isNew ? property.place : `${reader.place}/required/${index}`, message, name, written));
  }
  return found;
}

function nameDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const asked = reader.one.get("propertyNames");
  if (asked === undefined) return NONE;
  const listed = namesWritten(written);
  const limits = written.schemas.map(({ one }) => one.get("propertyNames")).filter((each) => each !== undefined);
  const names = impliedSchema(listed === undefined ? new Map([["type", "string"]]) : new Map([["enum", [...listed]]]));
  return comparison.compare(asked, comparison.written([names, ...limits]));
}

function dependencyDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const found = [];
  for (const [trigger, names] of dependentNames(reader)) {
    comparison.charge(1 + names.length);
    const known = written.schemas.flatMap((schema) => dependentNames(schema).get(trigger) ?? []);
    const missing = names.filter((name) => name !== trigger && !known.includes(name) && !written.values.required.has(name));
    if (missing.length === 0 || writtenUnder(comparison, written, trigger).isNothing) continue;
    const kind = known.length === 0 ? "DEPENDENCY_ARRAY_ADDED" : "DEPENDENCY_ARRAY_EXTENDED";
    const message = `The reader requires ${missing
      .slice(0, 5)
      .map((name) => `"${name}"`)
      .join(", ")} beside "${trigger}", the data need not have it; leave the dependency as it was.`;
    const word = keywordsOf(reader).has("dependentRequired") && !reader.draft.startsWith("draft") ? "dependentRequired" : "dependencies";
    found.push(difference(kind, `${reader.place}/${word}`, message, [...names], known.length === 0 ? undefined : known));
  }
  for (const [trigger, asked] of reader.maps.get("dependentSchemas") ?? []) {
    comparison.charge(1);
    if (writtenUnder(comparison, written, trigger).isNothing) continue;
    const known = written.schemas.map((schema) => schema.maps.get("dependentSchemas")?.get(trigger)).filter((each) => each !== undefined);
    const has = impliedSchema(new Map([["required", [trigger]]]));
    const inside = comparison.compare(asked, comparison.written([...written.schemas, ...known, has], written.chosen));
    const first = inside[0];
    if (first === undefined) continue;
    if (known.length > 0) found.push(...inside);
    else {
      const message = `The reader asks for more where "${trigger}" is there, the data does not keep to it: ${first.message}`;
      found.push(difference("DEPENDENCY_SCHEMA_ADDED", asked.place, message, asked.json, written));
    }
  }
  return found;
}

/** What no other part of the reader looks at. Parts that data decides about are held not to look, unless the writer has the very same. */
function unevaluatedDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const rest = reader.one.get("unevaluatedProperties");
  if (rest === undefined || rest.json === true) return NONE;
  const { names, patterns, isAll } = surelyEvaluated(reader);
  if (isAll) return NONE;
  if (hasBranches(reader) && written.schemas.some(({ json }) => jsonEquals(json, reader.json))) return NONE;
  const found = [];
  for (const name of namedBy(written)) {
    comparison.charge(1 + patterns.size);
    if (names.has(name) || [...patterns].some((pattern) => matchesPattern(pattern, name) === "yes")) continue;
    const data = writtenUnder(comparison, written, name);
    if (comparison.compare(rest, data).length === 0 || comparison.policy === "LENIENT") continue;
    const message = `The data may have the property "${name}", which no part of the reader surely looks at; name it beside "unevaluatedProperties".`;
    found.push(difference("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", rest.place, message, rest.json, data));
  }
  return [...found, ...restDifferences(comparison, rest, written, patterns, "UNEVALUATED_PROPERTIES")];
}
