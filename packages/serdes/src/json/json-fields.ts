import { type FieldTree, type FieldVisit, mapList, mapObject, pointer, type RuleField } from "../rules/field-tree.ts";
import { ValueProblem } from "../serde/format-engine.ts";

type Json = Readonly<Record<string, unknown>>;
type Named = Pick<RuleField, "fullName" | "name" | "tags">;

const APPLIED = ["allOf", "anyOf", "oneOf"] as const;
const CONDITIONAL = ["if", "then", "else", "not"] as const;
/** A schema is applied with so many others at most. */
const APPLIED_MAX = 10_000;

/**
 * The properties of objects, found by a JSON Schema. Which branch of `anyOf` and the like a value is of is not asked: a tag of any of them counts.
 * @throws ValueProblem for references out of the text, whose tags would be missed.
 */
export function jsonFields(root: unknown, pathTags: (fullName: string) => readonly string[]): FieldTree {
  const expanded = new Map<unknown, readonly Json[]>();
  const expand = (schema: unknown): readonly Json[] => {
    const known = expanded.get(schema);
    if (known !== undefined) return known;
    const found = new Set<Json>();
    const queue = [schema];
    for (let each = queue.pop(); queue.length > 0 || each !== undefined; each = queue.pop()) {
      if (!isObject(each) || found.has(each)) continue;
      if (found.add(each).size > APPLIED_MAX) throw new ValueProblem("", `the schema applies more than ${APPLIED_MAX} others at one place`);
      for (const word of ["$ref", "$dynamicRef", "$recursiveRef"]) if (each[word] !== undefined) queue.push(local(root, each[word]));
      for (const word of APPLIED) if (Array.isArray(each[word])) queue.push(...(each[word] as unknown[]));
      for (const word of CONDITIONAL) queue.push(each[word]);
      if (isObject(each["dependentSchemas"])) queue.push(...Object.values(each["dependentSchemas"]));
    }
    const list = [...found];
    expanded.set(schema, list);
    return list;
  };
  const walk = (
    schemas: readonly Json[],
    value: unknown,
    at: { readonly field: Named | undefined; readonly path: string; readonly fullName: string },
    visit: FieldVisit,
  ): unknown => {
    const { field, path, fullName } = at;
    if (Array.isArray(value)) {
      return mapList(value, (element, index) => {
        const items = schemas.flatMap((schema) => itemsOf(schema, index)).flatMap(expand);
        return walk(items, element, { ...at, path: pointer(path, index) }, visit);
      });
    }
    if (typeof value !== "object" || value === null) {
      if (field === undefined || value === null) return value;
      return visit(value, { ...field, typeName: typeOf(value), path });
    }
    const now = mapObject(value, (part, name) => {
      const properties = schemas.flatMap((schema) => propertiesOf(schema, name)).flatMap(expand);
      const inner = `${fullName}.${name}`;
      const tags = new Set([...properties.flatMap((property) => tagsIn(property["confluent:tags"])), ...pathTags(inner)]);
      return walk(properties, part, { field: { name, fullName: inner, tags }, path: pointer(path, name), fullName: inner }, visit);
    });
    return field !== undefined && field.tags.size > 0 ? visit(now, { ...field, typeName: "RECORD", path }) : now;
  };
  refuseForeign(root);
  return { map: (value, visit) => walk(expand(root), value, { field: undefined, path: "", fullName: "$" }, visit) };
}

function propertiesOf(schema: Json, name: string): readonly unknown[] {
  const properties = schema["properties"];
  const patterns = isObject(schema["patternProperties"]) ? Object.values(schema["patternProperties"]) : [];
  const named = isObject(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
  // A pattern that may be the name's counts as one that is.
  return named.length > 0 ? [...named, ...patterns] : [...patterns, schema["additionalProperties"], schema["unevaluatedProperties"]];
}

function itemsOf(schema: Json, index: number): readonly unknown[] {
  const { items, prefixItems, additionalItems, contains, unevaluatedItems } = schema;
  const tuple = [prefixItems, items].filter(Array.isArray).map((list: readonly unknown[]) => list[index]);
  return [...tuple, Array.isArray(items) ? undefined : items, additionalItems, contains, unevaluatedItems];
}

/** What a reference within the text means. */
function local(root: unknown, reference: unknown): unknown {
  let at = root;
  for (const step of String(reference).split("/").slice(1)) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    at = typeof at === "object" && at !== null && Object.hasOwn(at, name) ? (at as Json)[name] : undefined;
  }
  return at;
}

function refuseForeign(root: unknown): void {
  const queue = [root];
  for (let each = queue.pop(); queue.length > 0 || each !== undefined; each = queue.pop()) {
    if (typeof each !== "object" || each === null) continue;
    for (const word of ["$ref", "$dynamicRef", "$recursiveRef"]) {
      const reference = (each as Json)[word];
      if (typeof reference === "string" && !/^#(?:\/|$)/.test(reference))
        throw new ValueProblem(
          "",
          `the schema refers to "${reference.slice(0, 100)}", whose tags are not looked for; only references like "#/$defs/name" are`,
        );
    }
    queue.push(...Object.values(each));
  }
}

function typeOf(value: unknown): string {
  if (typeof value === "string") return "STRING";
  if (typeof value === "boolean") return "BOOLEAN";
  return typeof value === "bigint" || Number.isInteger(value) ? "INT" : "DOUBLE";
}

function tagsIn(tags: unknown): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
