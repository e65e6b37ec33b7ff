import type { JsonSchema } from "../formats/json-schema/json-schema.ts";
import { namesInCase } from "./names-in-case.ts";
import { MAX_ADVICE, type SchemaAdvice } from "./schema-advice.ts";

/** What a JSON Schema has that readers misread: names that differ in case alone. */
export function jsonSchemaAdvice(root: JsonSchema): readonly SchemaAdvice[] {
  const found: SchemaAdvice[] = [];
  // A set that grows while it is walked: schemas refer to each other in chains of thousands.
  const seen = new Set([root]);
  for (const schema of seen) {
    if (found.length >= MAX_ADVICE) break;
    for (const [first, second] of namesInCase(schema.maps.get("properties")?.keys() ?? [])) {
      const message = `"${first}" and "${second}" differ in case alone: SQL and generated code take them for one.`;
      found.push({ rule: "SCH-21", path: `${schema.place}/properties/${second}`, name: second, message });
    }
    for (const each of insideOf(schema)) seen.add(each);
  }
  return found;
}

/** All schemas directly inside of one, and those that it refers to. */
function insideOf({ refs, one, lists, maps }: JsonSchema): readonly JsonSchema[] {
  return [...refs, ...one.values(), ...[...lists.values()].flat(), ...[...maps.values()].flatMap((map) => [...map.values()])];
}
