import type { Difference } from "../../compatibility/difference.ts";
import { type Comparison, difference, type Found, NONE } from "./comparison.ts";
import { impliedSchema, type JsonSchema, keywordsOf } from "./json-schema.ts";
import { allTypes } from "./schema-values.ts";
import type { Written } from "./written.ts";

/** A list of which at least one branch takes each value that is written. */
export interface Alternatives {
  readonly name: string;
  readonly branches: readonly JsonSchema[];
}

const SUMS = ["oneOf", "anyOf"] as const;
/** Lists inside of which alternatives are chosen at once: each multiplies the cost. */
const MAX_CHOSEN = 3;
const MAX_BRANCHES = 500;
/** Alternatives that nobody takes after which the others are not looked at. */
const MAX_MISSING = 5;

/** Whether a schema has alternatives of its own. */
export function isSum(schema: JsonSchema): boolean {
  return SUMS.some((keyword) => schema.lists.has(keyword));
}

/** The lists of alternatives that hold for what is written, as far as none of their branches is chosen yet. */
export function alternativesOf(written: Written): readonly Alternatives[] {
  const found: Alternatives[] = [];
  if (written.chosen.size >= MAX_CHOSEN) return found;
  for (const schema of written.schemas) {
    for (const keyword of SUMS) {
      const branches = schema.lists.get(keyword);
      const name = `${schema.id} ${keyword}`;
      if (branches !== undefined && branches.length <= MAX_BRANCHES && !written.chosen.has(name)) found.push({ name, branches });
    }
  }
  return found;
}

/** What is written when a branch is chosen. */
function chosen(comparison: Comparison, written: Written, { name }: Alternatives, branch: JsonSchema): Written {
  return comparison.written([...written.schemas, branch], new Set([...written.chosen, name]));
}

/** The places of the branches whose values the reader does not take, each with its first difference. */
export function failingAlternatives(
  comparison: Comparison,
  reader: JsonSchema,
  written: Written,
  alternatives: Alternatives,
): readonly (readonly [number, Difference])[] {
  return alternatives.branches.flatMap((branch, index) => {
    const first = comparison.compare(reader, chosen(comparison, written, alternatives, branch))[0];
    return first === undefined ? [] : [[index, first] as const];
  });
}

/** The reader takes some of the writer's alternatives. */
export function narrowedSum(
  reader: JsonSchema,
  written: Written,
  { branches }: Alternatives,
  failing: readonly (readonly [number, Difference])[],
): Difference {
  const places = failing.slice(0, 3).map(([index]) => (branches[index] as JsonSchema).place);
  const message = `The reader does not take what the writer's ${places.join(", ")} take; keep these alternatives. The first lacks: ${failing[0]?.[1].message ?? ""}`;
  return difference("SUM_TYPE_NARROWED", reader.place, message, reader.json, written);
}

/** What a reader does not take for its `allOf`, `anyOf`, `oneOf`, `not`, `if`. */
export function combinedDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  return [
    ...productDifferences(comparison, reader, written),
    ...SUMS.flatMap((keyword) => sumDifferences(comparison, reader, written, keyword)),
    ...notDifferences(comparison, reader, written),
    ...conditionDifferences(comparison, reader, written),
  ];
}

function productDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const parts = reader.lists.get("allOf") ?? [];
  const count = Math.max(0, ...written.schemas.map((schema) => schema.lists.get("allOf")?.length ?? 0));
  return parts.flatMap((part, index) => {
    const found = comparison.compare(part, written);
    const first = found[0];
    if (first === undefined || index < count) return found;
    const message = `The reader asks for this part of "allOf" as well, and the data does not keep to it: ${first.message}`;
    return [difference("PRODUCT_TYPE_EXTENDED", part.place, message, part.json, written)];
  });
}

/** Each of the writer's alternatives, or else each type that it writes, must be taken by one branch. */
function sumDifferences(comparison: Comparison, reader: JsonSchema, written: Written, keyword: "anyOf" | "oneOf"): Found {
  const branches = reader.lists.get(keyword);
  if (branches === undefined) return NONE;
  const all = alternativesOf(written);
  let closest: { missing: readonly Written[]; of: number } | undefined;
  for (const alternatives of all) {
    const missing: Written[] = [];
    for (const [index, branch] of alternatives.branches.entries()) {
      const part = chosen(comparison, written, alternatives, branch);
      if (!fitsSome(comparison, branches, part, index)) missing.push(part);
      if (missing.length === MAX_MISSING) break;
    }
    if (missing.length === 0) return NONE;
    if (closest === undefined || missing.length < closest.missing.length) closest = { missing, of: alternatives.branches.length };
  }
  // What fits a branch whole would have fitted it alternative by alternative.
  if (all.length === 0 && fitsSome(comparison, branches, written)) return NONE;
  const path = `${reader.place}/${keyword}`;
  const json = keywordsOf(reader).get(keyword);
  const part = closest?.missing[0] ?? written;
  const reason = nearest(comparison, branches, part);
  const kind =
    closest === undefined
      ? "COMBINED_TYPE_CHANGED"
      : branches.length < closest.of
        ? "SUM_TYPE_NARROWED"
        : "COMBINED_TYPE_SUBSCHEMAS_CHANGED";
  const isMore = closest?.missing.length === MAX_MISSING;
  const what =
    closest === undefined
      ? "what is written"
      : `${isMore ? "at least " : ""}${closest.missing.length} of the writer's ${closest.of} alternatives`;
  const message = `No branch of "${keyword}" takes ${what}; keep or widen the branch that did. The nearest lacks: ${reason}`;
  return [difference(kind, path, message, json, part)];
}

/** @param likely the place of the branch that is asked first: most lists keep their order. */
function fitsOne(comparison: Comparison, branches: readonly JsonSchema[], written: Written, likely = 0): boolean {
  const first = branches[likely];
  if (first !== undefined && comparison.compare(first, written).length === 0) return true;
  return branches.some((branch) => comparison.compare(branch, written).length === 0);
}

/** Types are alternatives too: `["string", "null"]` fits branches for texts and for null. */
function fitsSome(comparison: Comparison, branches: readonly JsonSchema[], written: Written, likely = 0): boolean {
  if (written.isNothing || fitsOne(comparison, branches, written, likely)) return true;
  const { types, values } = written.values;
  if (values !== undefined && values.size <= MAX_BRANCHES) {
    return [...values.values()].every((value) => {
      const one = impliedSchema(new Map([["const", value]]));
      return fitsOne(comparison, branches, comparison.written([...written.schemas, one], written.chosen));
    });
  }
  if (types.size < 2 || types.size > allTypes.length) return false;
  return [...types].every((type) => {
    const one = impliedSchema(new Map([["type", type]]));
    return fitsOne(comparison, branches, comparison.written([...written.schemas, one], written.chosen));
  });
}

function nearest(comparison: Comparison, branches: readonly JsonSchema[], written: Written): string {
  let best: Found = NONE;
  for (const branch of branches) {
    const found = comparison.compare(branch, written);
    if (best.length === 0 || (found.length > 0 && found.length < best.length)) best = found;
  }
  return best[0]?.message ?? "each alternative is taken, but not all together.";
}

/** Nothing that is written may be what the reader refuses. */
function notDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const refused = reader.one.get("not");
  if (refused === undefined) return NONE;
  const both = comparison.written([...written.schemas, refused]);
  if (both.isNothing) return NONE;
  const unwritten = written.schemas.map((schema) => schema.one.get("not")).filter((each) => each !== undefined);
  const refusedAlone = comparison.written([refused]);
  if (unwritten.some((each) => comparison.compare(each, refusedAlone).length === 0)) return NONE;
  const message = `The reader refuses what ${unwritten.length === 0 ? "the writer does not" : 'goes beyond the writer\'s own "not"'}; a "not" may only become narrower.`;
  return [difference("NOT_TYPE_EXTENDED", refused.place, message, refused.json, unwritten[0]?.json)];
}

function conditionDifferences(comparison: Comparison, reader: JsonSchema, written: Written): Found {
  const condition = reader.one.get("if");
  const parts = [reader.one.get("then"), reader.one.get("else")];
  if (condition === undefined || parts.every((part) => part === undefined || comparison.compare(part, written).length === 0)) return NONE;
  const conditions = written.schemas.flatMap((schema) => (schema.one.has("if") ? [schema] : []));
  const same = conditions.find((schema) => isEquivalent(comparison, condition, schema.one.get("if") as JsonSchema));
  if (same === undefined) {
    const message = `The reader asks for more under a condition that the writer does not ${conditions.length === 0 ? "have" : "have so"}; keep the condition, or leave it out.`;
    return [
      difference(conditions.length === 0 ? "SCHEMA_ADDED" : "COMBINED_TYPE_CHANGED", condition.place, message, condition.json, written),
    ];
  }
  return (["then", "else"] as const).flatMap((keyword) => {
    const [part, known] = [reader.one.get(keyword), same.one.get(keyword)];
    if (part === undefined) return NONE;
    const met = keyword === "then" ? [condition] : [];
    return comparison.compare(
      part,
      comparison.written([...written.schemas, ...met, ...(known === undefined ? [] : [known])], written.chosen),
    );
  });
}

function isEquivalent(comparison: Comparison, left: JsonSchema, right: JsonSchema): boolean {
  return (
    comparison.compare(left, comparison.written([right])).length === 0 && comparison.compare(right, comparison.written([left])).length === 0
  );
}
