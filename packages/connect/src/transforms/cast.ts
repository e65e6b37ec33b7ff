import { ConnectError } from "../connect-error.ts";
import { isPlainObject } from "../data/check-value.ts";
import { DataError } from "../data/data-error.ts";
import { makeSchema } from "../data/make-schema.ts";
import { PerSchema } from "../data/per-schema.ts";
import type { ConnectSchema } from "../data/schema.ts";
import { fieldOf, setField } from "../data/struct-value.ts";
import { bool, list } from "../plugin/config-shape.ts";
import { type CastTarget, castTargets, castValue } from "./cast-value.ts";
import { fieldsOf, objectOf, readField, structCopier, structLike, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

const PURPOSE = "casting types";

/** Fields, or the key or value as a whole, as another type. */
export const cast = forKeyAndValue("Cast", {
  doc: "Fields, or the key or value as a whole, as another type.",
  config: {
    spec: list().doc(
      "`field:type` of each field, or one type for all of it: int8, int16, int32, int64, float32, float64, boolean, string.",
    ),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const { whole, fields } = parseSpec(config.spec);
    const useDefault = config["replace.null.with.default"];
    const perSchema = new PerSchema((schema) => (whole === undefined ? castFields(schema, fields, useDefault) : castWhole(schema, whole)));
    return {
      apply(record) {
        const value = side.valueOf(record);
        if (value === null) return record;
        const schema = side.schemaOf(record);
        if (schema !== undefined) {
          const own = perSchema.of(schema);
          return side.with(record, own.schema, own.cast(value));
        }
        if (whole !== undefined) return side.with(record, undefined, plainCast(value, whole));
        const updated = { ...objectOf(value, PURPOSE) };
        for (const [name, to] of fields)
          setField(
            updated,
            name,
            within(name, () => plainCast(fieldOf(updated, name) ?? null, to)),
          );
        return side.with(record, undefined, updated);
      },
    };
  },
});

interface SchemaCast {
  readonly schema: ConnectSchema;
  cast(value: unknown): unknown;
}

function castWhole(schema: ConnectSchema, to: CastTarget): SchemaCast {
  const { name, version, doc, parameters, optional } = schema;
  const defaultValue = schema.defaultValue === undefined ? undefined : castValue(schema, schema.defaultValue, to);
  const castTo = { type: to.type, name, version, doc, parameters, optional };
  return { schema: withDefault(castTo, defaultValue), cast: (value) => castValue(schema, value, to) };
}

function castFields(schema: ConnectSchema, casts: ReadonlyMap<string, CastTarget>, useDefault: boolean): SchemaCast {
  const copy = structCopier(schemaWithFields(schema), useDefault);
  const changed = schema.fields!.filter(({ name }) => casts.has(name)).map((field) => ({ field, to: casts.get(field.name)! }));
  const fields = schema.fields!.map((field) => {
    const to = casts.get(field.name);
    if (to === undefined) return field;
    const { optional, defaultValue } = field.schema;
    const castDefault = defaultValue === undefined ? undefined : within(field.name, () => castValue(field.schema, defaultValue, to));
    return { name: field.name, schema: makeSchema({ type: to.type, optional, defaultValue: castDefault }) };
  });
  const castSchema = structLike(schema, fields);
  return {
    schema: schema.optional || schema.defaultValue !== undefined ? makeSchema({ ...castSchema, optional: schema.optional }) : castSchema,
    cast(value) {
      const from = structOf(schema, value, PURPOSE);
      const updated = copy(from);
      for (const { field, to } of changed)
        setField(
          updated,
          field.name,
          within(field.name, () => castValue(field.schema, readField(from, field, useDefault), to)),
        );
      return updated;
    },
  };
}

function schemaWithFields(schema: ConnectSchema): ConnectSchema {
  fieldsOf(schema, PURPOSE);
  return schema;
}

/** A name that means a form of its own does not go with another type's default. */
function withDefault(parts: Parameters<typeof makeSchema>[0], defaultValue: unknown): ConnectSchema {
  return makeSchema({ ...parts, defaultValue });
}

function plainCast(value: unknown, to: CastTarget): unknown {
  if (Array.isArray(value) || value instanceof Map || isPlainObject(value)) throw new DataError("a list or an object cannot be cast");
  const made = castValue(undefined, value, to);
  return typeof made === "bigint" && Number.isSafeInteger(Number(made)) ? Number(made) : made;
}

function within<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw DataError.within(name, error);
  }
}

function parseSpec(spec: readonly string[]): { readonly whole: CastTarget | undefined; readonly fields: ReadonlyMap<string, CastTarget> } {
  if (spec.length === 0) throw new ConnectError("CONNECT_CONFIG", "Cast needs spec: field:type of one field or more, or a type.");
  const fields = new Map<string, CastTarget>();
  let whole: CastTarget | undefined;
  for (const entry of spec) {
    const parts = entry.split(":").map((part) => part.trim());
    const target = castTargets.get(parts.at(-1)!.toLowerCase());
    if (parts.length > 2) throw new ConnectError("CONNECT_CONFIG", `An entry of Cast's spec is field:type, not "${entry}".`);
    if (target === undefined)
      throw new ConnectError("CONNECT_CONFIG", `Cast knows no type "${parts.at(-1)}"; it is one of ${[...castTargets.keys()].join(", ")}.`);
    if (parts.length === 2) fields.set(parts[0]!, target);
    else whole = target;
  }
  if (whole !== undefined && spec.length > 1)
    throw new ConnectError("CONNECT_CONFIG", "A type of Cast's spec that has no field is for all of the value, and then stands alone.");
  return { whole, fields };
}
