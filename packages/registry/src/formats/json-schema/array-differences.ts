import { jsonEquals } from "../../json/json-value.ts";
import { compareNumbers } from "./schema-values.ts";
import { type Comparison, difference, type Found, NONE } from "./comparison.ts";
import { hasBranches } from "./content-model.ts";
import { type JsonSchema, keywordsOf } from "./json-schema.ts";
import { knowsKeyword, numberOf } from "./read-json-schema.ts";
import type { Written } from "./written.ts";

/** What a reader does not take of lists, beside their length: single places, the rest, `uniqueItems`, `contains`. */
export function arrayDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  if (!written.values.types.has("array")) return NONE;
  return [
    ...tupleDifferences(comparison, reader, written),
    ...restDifferences(comparison, reader, written),
    ...uniqueDifferences(reader, written),
    ...containsDifferences(comparison, reader, written),
  ];
}

function longest(written: Written): number {
  return written.values.sizes.get("maxItems")?.value ?? Number.POSITIVE_INFINITY;
}

function prefixOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.lists.get("prefixItems") ?? [];
}

/** What is written at a place. */
function itemAt(comparison: Comparison, written: Written, index: number): Written {
  const schemas = written.schemas.map(
    (schema) => prefixOf(schema)[index] ?? schema.one.get("items") ?? unevaluated(schema, written, index),
  );
  return comparison.written(schemas.filter((each) => each !== undefined));
}

/** Counts of the writer only where nothing else looks at items. */
function unevaluated(schema: JsonSchema, written: Written, index: number): JsonSchema | undefined {
  const rest = schema.one.get("unevaluatedItems");
  if (rest === undefined) return undefined;
  const isLookedAt = written.schemas.some(
    (each) => prefixOf(each).length > index || each.one.has("items") || each.one.has("contains") || hasBranches(each),
  );
  return isLookedAt ? undefined : rest;
}

/** What a reader asks of items without a place of their own. What "contains" finds is looked at by data alone. */
function restOf(reader: JsonSchema): JsonSchema | undefined {
  return reader.one.get("items") ?? (reader.one.has("contains") ? undefined : reader.one.get("unevaluatedItems"));
}

function tupleDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const prefix = prefixOf(reader);
  const rest = restOf(reader);
  const writtenPlaces = Math.max(0, ...written.schemas.map((schema) => prefixOf(schema).length));
  const count = Math.min(Math.max(prefix.length, rest === undefined ? 0 : writtenPlaces), longest(written));
  const found = [];
  for (let index = 0; index < count; index++) {
    comparison.charge(1);
    const item = prefix[index] ?? rest;
    if (item === undefined) continue;
    const data = itemAt(comparison, written, index);
    const inside = comparison.compare(item, data);
    const first = inside[0];
    if (first === undefined) continue;
    if (index < prefix.length && index < writtenPlaces) found.push(...inside);
    else if (index < prefix.length) {
      const isOpen = data.schemas.length === 0;
      const kind = isOpen ? "ITEM_ADDED_TO_OPEN_CONTENT_MODEL" : "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL";
      const message = `The reader asks for a schema at place ${index}, where the data may have ${isOpen ? "anything" : "what the schema for further items takes"}: ${first.message}`;
      found.push(difference(kind, item.place, message, item.json, data));
    } else {
      const isClosed = rest?.json === false;
      const kind = isClosed ? "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL" : "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL";
      const message = `The data has an item at place ${index}, which the reader ${isClosed ? "takes no more; keep it" : `takes by its schema for further items alone: ${first.message}`}${isClosed ? "." : ""}`;
      found.push(difference(kind, item.place, message, item.json, data));
    }
  }
  return found;
}

function restDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const plain = reader.one.get("items");
  const rest = restOf(reader);
  if (rest === undefined) return reader.one.has("unevaluatedItems") ? unjudged(reader, written) : NONE;
  const from = Math.max(prefixOf(reader).length, ...written.schemas.map((schema) => prefixOf(schema).length));
  if (longest(written) <= from) return NONE;
  const data = itemAt(comparison, written, Number.MAX_SAFE_INTEGER);
  const found = comparison.compare(rest, data);
  const first = found[0];
  if (first === undefined) return NONE;
  const isTuple = prefixOf(reader).length > 0;
  if (plain !== undefined && !isTuple && data.schemas.length > 0 && rest.json !== false) return found;
  const word = plain === undefined ? "UNEVALUATED_ITEMS" : "ADDITIONAL_ITEMS";
  const message = `The reader takes ${rest.json === false ? "no further items" : "further items of one schema alone"}, the data may have ${data.schemas.length === 0 ? "any" : "others"}: ${first.message}`;
  if (plain !== undefined && !isTuple) return [difference("SCHEMA_ADDED", rest.place, message, rest.json, data)];
  return [difference(`${word}_${rest.json === false ? "REMOVED" : "NARROWED"}`, rest.place, message, rest.json, data)];
}

function unjudged(reader: JsonSchema, written: Written): Found {
  const rest = reader.one.get("unevaluatedItems");
  if (rest === undefined || rest.json === true || written.schemas.some(({ json }) => jsonEquals(json, reader.json))) return NONE;
  const message = `What "unevaluatedItems" leaves over here depends on the data; it is not judged.`;
  return [difference("UNEVALUATED_ITEMS_NARROWED", rest.place, message, rest.json, written)];
}

function uniqueDifferences(reader: JsonSchema, written: Written): Found {
  if (keywordsOf(reader).get("uniqueItems") !== true || longest(written) <= 1) return NONE;
  if (written.schemas.some((schema) => keywordsOf(schema).get("uniqueItems") === true)) return NONE;
  const message = 'The reader takes lists without repetition, the data may repeat; leave "uniqueItems" out.';
  return [difference("UNIQUE_ITEMS_ADDED", `${reader.place}/uniqueItems`, message, true, undefined)];
}

function containsDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const wanted = reader.one.get("contains");
  if (wanted === undefined) return NONE;
  const limit = (schema: JsonSchema, word: string) => (knowsKeyword(schema.draft, word) ? numberOf(keywordsOf(schema), word) : undefined);
  const [least, most] = [limit(reader, "minContains"), limit(reader, "maxContains")];
  const others = written.schemas.flatMap((schema) => (schema.one.has("contains") ? [schema] : []));
  const found = [];
  const writtenLeast = (schema: JsonSchema): number => limit(schema, "minContains")?.value ?? 1;
  if (least?.value !== 0) {
    const fitting = others.filter(
      (schema) => comparison.compare(wanted, comparison.written([schema.one.get("contains") as JsonSchema])).length === 0,
    );
    const greatest = Math.max(0, ...fitting.map((schema) => writtenLeast(schema)));
    if (fitting.length === 0) {
      const message = `The reader wants an item of this kind in each list, the data need not have one; leave "contains" out.`;
      found.push(difference("SCHEMA_ADDED", wanted.place, message, wanted.json, written));
    } else if (greatest < (least?.value ?? 1)) {
      const message = `The reader wants ${least?.text ?? "1"} such items, the data has at least ${greatest}; keep the count.`;
      found.push(difference("MIN_CONTAINS_INCREASED", `${reader.place}/minContains`, message, least, undefined));
    }
  }
  if (most === undefined || longest(written) <= most.value) return found;
  const fitting = others.filter(
    (schema) => comparison.compare(schema.one.get("contains") as JsonSchema, comparison.written([wanted])).length === 0,
  );
  const known = fitting.map((schema) => limit(schema, "maxContains")).find((each) => each !== undefined);
  if (known !== undefined && compareNumbers(known, most) <= 0) return found;
  const message = `The reader takes ${most.text} such items at most, the data may have ${known?.text ?? "any number"}; keep the limit that was.`;
  found.push(
    difference(known === undefined ? "MAX_CONTAINS_ADDED" : "MAX_CONTAINS_DECREASED", `${reader.place}/maxContains`, message, most, known),
  );
  return found;
}
