import { isPlainObject } from "../data/check-value.ts";
import { DataError, shown } from "../data/data-error.ts";
import { decimalFromText, decimalJavaText, isDecimal } from "../data/decimal.ts";
import { DECIMAL } from "../data/logical-names.ts";
import { scaleOf } from "../data/logical-types.ts";
import { PerSchema } from "../data/per-schema.ts";
import type { ConnectSchema } from "../data/schema.ts";
import { fieldOf, setField } from "../data/struct-value.ts";
import { bool, str } from "../plugin/config-shape.ts";
import { cutOff } from "./cast-value.ts";
import { names, objectOf, readField, structCopier, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

const PURPOSE = "masking fields";

/** Fields with nothing in them that could be told: 0, "", false, an empty list, or a replacement. */
export const maskField = forKeyAndValue("MaskField", {
  doc: 'Fields with nothing in them that could be told: 0, "", false, an empty list, or a replacement.',
  config: {
    fields: names().doc("The fields' names."),
    replacement: str()
      .optional()
      .with({ validator: { kind: "nonEmpty" } })
      .doc("What numbers and texts become, in place of 0 and the empty text."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const replacement = config.replacement ?? undefined;
    const masked = new Set(config.fields);
    const perSchema = new PerSchema((schema) => ({
      copy: structCopier(schema, config["replace.null.with.default"]),
      masks: schema.fields!.filter(({ name }) => masked.has(name)).map((field) => ({ field, mask: maskOf(field.schema, replacement) })),
    }));
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (schema === undefined) {
          const updated = { ...objectOf(value, PURPOSE) };
          for (const name of masked) setField(updated, name, plainMask(fieldOf(updated, name) ?? null, name, replacement));
          return side.with(record, undefined, updated);
        }
        const from = structOf(schema, value, PURPOSE);
        const own = perSchema.of(schema);
        const updated = own.copy(from);
        for (const { field, mask } of own.masks) {
          if (readField(from, field, config["replace.null.with.default"]) !== null) setField(updated, field.name, mask(field.name));
        }
        return side.with(record, schema, updated);
      },
    };
  },
});

/** What stands in place of any value of a schema. */
function maskOf(schema: ConnectSchema, replacement: string | undefined): (name: string) => unknown {
  try {
    const value = replacement === undefined ? emptyOf(schema) : replaced(schema, replacement);
    return () => (schema.type === "array" && replacement === undefined ? [] : value);
  } catch (error) {
    return (name) => {
      throw DataError.within(name, error);
    };
  }
}

function emptyOf(schema: ConnectSchema): unknown {
  if (schema.name === DECIMAL) return { unscaled: 0n, scale: scaleOf(schema) };
  if (isDate(schema)) return new Date(0);
  switch (schema.type) {
    case "boolean":
      return false;
    case "string":
      return "";
    case "int64":
      return 0n;
    case "array":
      return [];
    case "map":
      return new Map();
    case "bytes":
    case "struct":
      throw new DataError(`${schema.type} cannot be masked`);
    case "int8":
    case "int16":
    case "int32":
    case "float":
    case "double":
      return 0;
  }
}

function replaced(schema: ConnectSchema, text: string): unknown {
  if (schema.name === DECIMAL) return decimalFromText(text);
  if (isDate(schema)) throw new DataError(`a ${schema.name} cannot be masked with a replacement`);
  switch (schema.type) {
    case "string":
      return text;
    case "int8":
      return cutOff(decimalFromText(text), 8);
    case "int16":
      return cutOff(decimalFromText(text), 16);
    case "int32":
      return cutOff(decimalFromText(text), 32);
    case "int64":
      return cutOff(decimalFromText(text), 64);
    case "float":
      return Math.fround(doubleOf(text));
    case "double":
      return doubleOf(text);
    case "boolean":
    case "bytes":
    case "array":
    case "map":
    case "struct":
      throw new DataError(`${schema.type} cannot be masked with a replacement`);
  }
}

function isDate({ name }: ConnectSchema): boolean {
  return (
    name === "org.apache.kafka.connect.data.Date" ||
    name === "org.apache.kafka.connect.data.Time" ||
    name === "org.apache.kafka.connect.data.Timestamp"
  );
}

function plainMask(value: unknown, name: string, replacement: string | undefined): unknown {
  if (value === null) return null;
  try {
    return replacement === undefined ? plainEmpty(value) : plainReplaced(value, replacement);
  } catch (error) {
    throw DataError.within(name, error);
  }
}

function plainEmpty(value: unknown): unknown {
  if (typeof value === "boolean") return false;
  if (typeof value === "number" || typeof value === "bigint") return 0;
  if (typeof value === "string") return "";
  if (Array.isArray(value)) return [];
  if (value instanceof Date) return new Date(0);
  if (isDecimal(value)) return { unscaled: 0n, scale: 0 };
  if (value instanceof Map) return new Map();
  if (isPlainObject(value)) return {};
  throw new DataError(`${shown(value)} cannot be masked`);
}

function plainReplaced(value: unknown, text: string): unknown {
  if (typeof value === "string") return text;
  if (isDecimal(value)) return decimalFromText(text);
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) {
    const whole = cutOff(decimalFromText(text), 64);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  if (typeof value === "number") return doubleOf(text);
  throw new DataError(`${shown(value)} cannot be masked with a replacement`);
}

function doubleOf(text: string): number {
  return Number(decimalJavaText(decimalFromText(text)));
}
