import { isPlainObject } from "../data/check-value.ts";
import { DataError } from "../data/data-error.ts";
import { makeSchema } from "../data/make-schema.ts";
import { PerSchema } from "../data/per-schema.ts";
import type { ConnectField, ConnectSchema } from "../data/schema.ts";
import { fieldOf, setField } from "../data/struct-value.ts";
import { str } from "../plugin/config-shape.ts";
import { fieldsOf, objectOf, readField, structLike, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

const PURPOSE = "flattening";
/** Nested deeper, a value costs the stack. */
const DEPTH_MAX = 500;

/** Nested structs' fields as fields of the outer one, their names joined. */
export const flatten = forKeyAndValue("Flatten", {
  doc: "Nested structs' fields as fields of the outer one, their names joined.",
  config: { delimiter: str().default(".").doc("What stands between the names.") },
  open({ delimiter }, side) {
    const perSchema = new PerSchema((schema) => flatSchema(schema, delimiter));
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (value === null) return record;
        if (schema === undefined) {
          const flat: Record<string, unknown> = {};
          flattenObject(objectOf(value, PURPOSE), "", { delimiter, into: flat, depth: 0 });
          return side.with(record, undefined, flat);
        }
        const own = perSchema.of(schema);
        const flat: Record<string, unknown> = {};
        fill(structOf(schema, value, PURPOSE), own.leaves, flat);
        return side.with(record, own.schema, flat);
      },
    };
  },
});

function flattenObject(
  value: Readonly<Record<string, unknown>>,
  prefix: string,
  { delimiter, into, depth }: { readonly delimiter: string; readonly into: Record<string, unknown>; readonly depth: number },
): void {
  if (depth > DEPTH_MAX) throw new DataError(`a value of more than ${DEPTH_MAX} levels is more than is taken`);
  for (const [name, own] of Object.entries(value)) {
    const joined = prefix === "" ? name : prefix + delimiter + name;
    if (isPlainObject(own)) flattenObject(own, joined, { delimiter, into, depth: depth + 1 });
    else if (own instanceof Date) throw new DataError("a Date without a schema cannot be flattened", joined);
    else setField(into, joined, own);
  }
}

/** A field that goes into the flat value, or one whose own fields do. */
interface Leaf {
  readonly field: ConnectField;
  readonly as: string;
  readonly inner: readonly Leaf[] | undefined;
}

function flatSchema(schema: ConnectSchema, delimiter: string): { readonly schema: ConnectSchema; readonly leaves: readonly Leaf[] } {
  const fields: ConnectField[] = [];
  const visit = (of: ConnectSchema, prefix: string, optional: boolean, parentDefault: unknown): readonly Leaf[] =>
    of.fields!.map((field): Leaf => {
      const as = prefix === "" ? field.name : prefix + delimiter + field.name;
      const isOptional = optional || field.schema.optional;
      const ownDefault =
        field.schema.defaultValue ?? (isPlainObject(parentDefault) ? readField(parentDefault, field, true) : undefined) ?? undefined;
      if (field.schema.type === "map") throw new DataError("a map with a schema cannot be flattened", as);
      if (field.schema.type === "struct") return { field, as, inner: visit(field.schema, as, isOptional, ownDefault) };
      fields.push({ name: as, schema: makeSchema({ ...field.schema, optional: isOptional, defaultValue: ownDefault }) });
      return { field, as, inner: undefined };
    });
  fieldsOf(schema, PURPOSE);
  const leaves = visit(schema, "", schema.optional, schema.defaultValue);
  return { schema: structLike(schema, fields), leaves };
}

function fill(value: Readonly<Record<string, unknown>>, leaves: readonly Leaf[], into: Record<string, unknown>): void {
  for (const { field, as, inner } of leaves) {
    const own = readField(value, field, true);
    if (inner === undefined) setField(into, as, own);
    else if (isPlainObject(own)) fill(own, inner, into);
    else fillNull(inner, into);
  }
}

/** Of a struct that is null every field is. */
function fillNull(leaves: readonly Leaf[], into: Record<string, unknown>): void {
  for (const { as, inner } of leaves) {
    if (inner !== undefined) fillNull(inner, into);
    else if (fieldOf(into, as) === undefined) setField(into, as, null);
  }
}
