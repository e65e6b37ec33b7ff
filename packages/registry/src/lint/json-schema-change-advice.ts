import { snippet } from "../compatibility/difference.ts";
import { type JsonSchema, keywordsOf } from "../formats/json-schema/json-schema.ts";
import { jsonEquals, printJson } from "../json/json-value.ts";
import { MAX_ADVICE, type SchemaAdvice } from "./schema-advice.ts";

/** What changed between two JSON Schemas without any level's noticing: formats and defaults are annotations to it. Compared are parts in the same place. */
export function jsonSchemaChangeAdvice(older: JsonSchema, newer: JsonSchema): readonly SchemaAdvice[] {
  const found: SchemaAdvice[] = [];
  const seen = new Map<JsonSchema, Set<JsonSchema>>();
  // A list that grows while it is walked: schemas refer to each other in chains of thousands.
  const pairs: { readonly old: JsonSchema; readonly now: JsonSchema; readonly name: string }[] = [];
  const pair = (old: JsonSchema | undefined, now: JsonSchema, name: string): void => {
    if (old === undefined) return;
    const partners = seen.get(now) ?? new Set();
    if (partners.has(old)) return;
    seen.set(now, partners.add(old));
    pairs.push({ old, now, name });
  };
  pair(older, newer, "the schema");
  for (const { old, now, name } of pairs) {
    if (found.length >= MAX_ADVICE) break;
    const [before, after] = [keywordsOf(old), keywordsOf(now)];
    const path = now.place === "" ? "/" : now.place;
    for (const [keyword, rule] of [
      ["default", "SCH-26"],
      ["format", "SCH-23"],
    ] as const) {
      const [was, is] = [before.get(keyword), after.get(keyword)];
      // A format that is new, or gone, is told when data is checked; a default counts for serdes and readers alone.
      if (was === undefined || is === undefined || jsonEquals(was, is)) continue;
      const [oldText, newText] = [snippet(printJson(was)), snippet(printJson(is))];
      const what =
        keyword === "format"
          ? "old values are read with the new meaning, and new ones with the old; add a property for the new one"
          : "one record without the property has two values, by the schema that it is read with";
      const message = `The ${keyword} of ${name} was ${oldText} and is ${newText}: ${what}.`;
      found.push({ rule, path: `${path === "/" ? "" : path}/${keyword}`, name, message, older: oldText, newer: newText });
    }
    const [oldProperties, newProperties] = [old.maps.get("properties"), now.maps.get("properties")];
    let oldInCase: ReadonlyMap<string, string> | undefined;
    for (const [property, schema] of newProperties ?? []) {
      const was = oldProperties?.get(property);
      if (was !== undefined) pair(was, schema, property);
      else {
        oldInCase ??= new Map([...(oldProperties?.keys() ?? [])].map((each) => [each.toLowerCase(), each]));
        const like = oldInCase.get(property.toLowerCase());
        if (like === undefined || newProperties?.has(like) === true) continue;
        const message = `"${property}" is not "${like}", which differs in case alone: what was written as "${like}" is not found any more.`;
        found.push({ rule: "SCH-21", path: schema.place, name: property, message, older: like, newer: property });
      }
    }
    for (const [keyword, each] of now.one) pair(old.one.get(keyword), each, name);
    for (const [keyword, list] of now.lists) for (const [i, each] of list.entries()) pair(old.lists.get(keyword)?.[i], each, name);
    for (const [i, each] of now.refs.entries()) pair(old.refs[i], each, name);
  }
  return found;
}
