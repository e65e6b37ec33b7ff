import { type AvroType, fullName } from "../formats/avro/avro-type.ts";
import { logicalTypeOf, logicalTypeProblem } from "./logical-type.ts";
import { namesInCase } from "./names-in-case.ts";
import { MAX_ADVICE, type SchemaAdvice } from "./schema-advice.ts";

/** What an Avro schema has that readers misread: logical types that they pass over, names that differ in case alone. */
export function avroAdvice(root: AvroType): readonly SchemaAdvice[] {
  const found: SchemaAdvice[] = [];
  const seen = new Set<AvroType>();
  const visit = (type: AvroType, path: string, name: string): void => {
    if (seen.has(type) || found.length >= MAX_ADVICE) return;
    seen.add(type);
    const problem = logicalTypeProblem(type);
    if (problem !== undefined) {
      const message = `${name} is read as plain ${type.kind}: its logical type ${logicalTypeOf(type)} is passed over, as ${problem}.`;
      found.push({ rule: "SCH-20", path: path === "" ? "/" : path, name, message });
    }
    if (type.kind === "array") visit(type.items, `${path}/items`, name);
    else if (type.kind === "map") visit(type.values, `${path}/values`, name);
    else if (type.kind === "union") for (const [i, branch] of type.branches.entries()) visit(branch, `${path}/${i}`, name);
    else if (type.kind === "record") {
      const record = fullName(type.name);
      const places = new Map(type.fields.map((field, i) => [field.name, i]));
      for (const [first, second] of namesInCase(places.keys())) {
        const at = places.get(second);
        const message = `"${first}" and "${second}" differ in case alone: SQL, Hive and code generators take them for one.`;
        found.push({ rule: "SCH-21", path: `${path}/fields/${at}`, name: `${record}.${second}`, message });
      }
      for (const [i, field] of type.fields.entries()) visit(field.type, `${path}/fields/${i}/type`, `${record}.${field.name}`);
    }
  };
  visit(root, "", "The schema");
  return found;
}
