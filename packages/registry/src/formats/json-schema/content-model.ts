import type { JsonObject } from "../../json/json-value.ts";
import type { Comparison } from "./comparison.ts";
import { type JsonSchema, keywordsOf } from "./json-schema.ts";
import { matchesPattern } from "./schema-values.ts";
import { takeApart, type Written } from "./written.ts";

const NONE: ReadonlyMap<string, JsonSchema> = new Map();

/** The properties that a schema names. */
export function propertiesOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return schema.maps.get("properties") ?? NONE;
}

/** Its schemas for names of a pattern. */
export function patternsOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return schema.maps.get("patternProperties") ?? NONE;
}

/** What is asked of a property, and which patterns its name then matches or does not. */
export interface Asked {
  readonly schema: JsonSchema;
  readonly matching?: string;
  readonly unmatching?: ReadonlySet<string>;
}

/** Every schema that a reader asks of a property of this name, as far as it can be told without running a pattern. */
export function askedOf(reader: JsonSchema, name: string): readonly Asked[] {
  const own = propertiesOf(reader).get(name);
  const asked: Asked[] = own === undefined ? [] : [{ schema: own }];
  let isNamed = own !== undefined;
  for (const [pattern, schema] of patternsOf(reader)) {
    const match = matchesPattern(pattern, name);
    if (match !== "no") asked.push({ schema, matching: pattern });
    if (match === "yes") isNamed = true;
  }
  const additional = reader.one.get("additionalProperties");
  if (additional !== undefined && !isNamed) asked.push({ schema: additional, unmatching: new Set(patternsOf(reader).keys()) });
  return asked;
}

/** What is written under a name: of each schema all that surely counts. */
export function writtenUnder(
  comparison: Comparison,
  written: Written,
  name: string,
  { matching, unmatching }: Omit<Asked, "schema"> = {},
): Written {
  const found: JsonSchema[] = [];
  for (const schema of written.schemas) {
    comparison.charge(patternsOf(schema).size);
    const own = propertiesOf(schema).get(name);
    if (own !== undefined) found.push(own);
    let isAdditional = own === undefined;
    for (const [pattern, each] of patternsOf(schema)) {
      const match = pattern === matching ? "yes" : unmatching?.has(pattern) === true ? "no" : matchesPattern(pattern, name);
      if (match === "yes") found.push(each);
      if (match !== "no") isAdditional = false;
    }
    const additional = schema.one.get("additionalProperties");
    if (additional !== undefined && isAdditional) found.push(additional);
    const unevaluated = schema.one.get("unevaluatedProperties");
    if (unevaluated !== undefined && !mayBeEvaluated(written, name)) found.push(unevaluated);
  }
  return comparison.written(found);
}

/** Whether a part of what is written may look at a property of this name, so that `unevaluatedProperties` does not. */
function mayBeEvaluated(written: Written, name: string): boolean {
  return written.schemas.some((schema) => {
    if (schema.one.has("additionalProperties") || propertiesOf(schema).has(name) || hasBranches(schema)) return true;
    return [...patternsOf(schema).keys()].some((pattern) => matchesPattern(pattern, name) !== "no");
  });
}

/** Whether data decides which parts of a schema count. */
export function hasBranches(schema: JsonSchema): boolean {
  const { lists, one, maps } = schema;
  return lists.has("anyOf") || lists.has("oneOf") || one.has("if") || maps.has("dependentSchemas");
}

/** Kinds of what may be written under names that nobody names; each must be taken. */
export function writtenBeyondNames(comparison: Comparison, written: Written, knownPatterns: ReadonlySet<string>): readonly Written[] {
  const limiting = written.schemas.filter(({ one }) => one.has("additionalProperties"));
  // A schema without patterns limits all further names alike; else one schema's kinds are as good as another's.
  const plain = limiting.filter((schema) => patternsOf(schema).size === 0);
  const rests = plain.map((schema) => schema.one.get("additionalProperties") as JsonSchema);
  const hasUnseen = written.schemas.every(
    (schema) => !hasBranches(schema) && patternsOf(schema).size === 0 && !schema.one.has("additionalProperties"),
  );
  const unevaluated = hasUnseen
    ? written.schemas.map(({ one }) => one.get("unevaluatedProperties")).filter((each) => each !== undefined)
    : [];
  if (rests.length + unevaluated.length > 0) return [comparison.written([...rests, ...unevaluated])];
  const first = limiting[0];
  if (first === undefined) return [comparison.written([])];
  const patterns = [...patternsOf(first)].filter(([pattern]) => !knownPatterns.has(pattern)).map(([, schema]) => schema);
  return [first.one.get("additionalProperties") as JsonSchema, ...patterns].map((schema) => comparison.written([schema]));
}

/** All names that a writer can use, when they are few enough to be listed. */
export function namesWritten({ schemas }: Written): ReadonlySet<string> | undefined {
  const closed = schemas.find((schema) => schema.one.get("additionalProperties")?.json === false && patternsOf(schema).size === 0);
  return closed === undefined
    ? undefined
    : new Set([...propertiesOf(closed)].filter(([, each]) => each.json !== false).map(([name]) => name));
}

/** The names and patterns that a reader surely looks at in each object, itself and by `allOf` and references. */
export function surelyEvaluated(reader: JsonSchema): {
  readonly names: ReadonlySet<string>;
  readonly patterns: ReadonlySet<string>;
  readonly isAll: boolean;
} {
  const atoms = new Map<number, JsonSchema>();
  takeApart(reader, atoms);
  const parts = [...atoms.values()];
  return {
    names: new Set(parts.flatMap((each) => [...propertiesOf(each).keys()])),
    patterns: new Set(parts.flatMap((each) => [...patternsOf(each).keys()])),
    isAll: parts.some(({ one }) => one.has("additionalProperties")),
  };
}

/** Names in a map of names to lists of names, up to 2019-09 also such in `dependencies`. */
export function dependentNames(schema: JsonSchema): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const keywords = keywordsOf(schema);
  for (const word of ["dependencies", "dependentRequired"]) {
    if (word === "dependentRequired" && schema.draft.startsWith("draft")) continue;
    const json = keywords.get(word) as JsonObject | undefined;
    for (const [name, names] of json ?? []) if (Array.isArray(names)) found.set(name, [...(found.get(name) ?? []), ...(names as string[])]);
  }
  return found;
}
