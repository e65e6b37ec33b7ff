import { RegistryError } from "../../registry-error.ts";
import { type JsonSchema, keywordsOf } from "./json-schema.ts";
import { knowsKeyword } from "./read-json-schema.ts";
import { type WrittenValues, writtenValues } from "./written-values.ts";

/** What a writer may write at one place: values that all of these schemas take. */
export interface Written {
  readonly key: string;
  readonly schemas: readonly JsonSchema[];
  /** Lists of alternatives of which one branch is among the schemas already. */
  readonly chosen: ReadonlySet<string>;
  readonly values: WrittenValues;
  /** Whether no value can be written. */
  readonly isNothing: boolean;
}

/** As many schemas as may hold at once for one value. */
const MAX_SCHEMAS = 500;
const NOTHING_CHOSEN: ReadonlySet<string> = new Set();

/** What is written by combinations of schemas, each looked at once. */
export class WrittenPool {
  readonly #known = new Map<string, Written>();

  of(schemas: readonly JsonSchema[], chosen = NOTHING_CHOSEN): Written {
    const atoms = new Map<number, JsonSchema>();
    for (const schema of schemas) takeApart(schema, atoms);
    const ids = [...atoms.keys()].sort((a, b) => a - b);
    const key = `${ids.join(",")}${chosen.size === 0 ? "" : `|${[...chosen].sort().join(",")}`}`;
    let written = this.#known.get(key);
    if (written === undefined) {
      const all = ids.map((id) => atoms.get(id) as JsonSchema);
      const values = writtenValues(all);
      const isNothing = values.types.size === 0 || all.some(({ json }) => json === false);
      written = { key, schemas: all, chosen, values, isNothing };
      this.#known.set(key, written);
    }
    return written;
  }
}

/** Whether nothing but the reference counts: up to draft-07 what stands beside it does not. */
export function isOnlyReference(schema: JsonSchema): boolean {
  return keywordsOf(schema).has("$ref") && !knowsKeyword(schema.draft, "dependentSchemas");
}

/** All schemas that hold where this one does: it, what it refers to, and the parts of `allOf`. */
export function takeApart(schema: JsonSchema, atoms: Map<number, JsonSchema>): void {
  const open = [schema];
  const seen = new Set<number>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next.id) || next.json === true) continue;
    seen.add(next.id);
    if (seen.size > MAX_SCHEMAS) {
      const message = `At ${schema.place === "" ? "/" : schema.place}: more than ${MAX_SCHEMAS} schemas hold at once; they are not compared.`;
      throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", message, { path: schema.place });
    }
    open.push(...next.refs);
    open.push(...(next.lists.get("allOf") ?? []));
    const isOpaque = next.refs.length === 0 && keywordsOf(next).has("$ref");
    if (isOpaque || next.json === false || saysMore(next)) atoms.set(next.id, next);
  }
}

const SILENT = new Set(["definitions", "$defs"]);
const SPEAKING = new Set(
  "type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf pattern minLength maxLength minItems maxItems uniqueItems minProperties maxProperties required dependencies dependentRequired".split(
    " ",
  ),
);

/** Whether a schema says anything beside what it refers to. */
function saysMore({ json, one, lists, maps }: JsonSchema): boolean {
  if (one.size > 0 || [...lists.keys(), ...maps.keys()].some((keyword) => !SILENT.has(keyword))) return true;
  return typeof json !== "boolean" && [...json.keys()].some((keyword) => SPEAKING.has(keyword));
}
