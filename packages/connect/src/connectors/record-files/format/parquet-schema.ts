import type { SchemaElement } from "hyparquet";
import { described } from "../../../data/check-value.ts";
import { DataError, shown } from "../../../data/data-error.ts";
import { type Decimal, isDecimal } from "../../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../../data/logical-names.ts";
import { checkScale, dayMsOf, daysOf, scaleOf, timestampMsOf } from "../../../data/logical-types.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { fieldOf } from "../../../data/struct-value.ts";

/** A column: what Parquet calls it, and what makes its values of Connect's. */
export interface ParquetColumn {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
  /** @throws ConnectError CONNECT_DATA with the path to what is wrong */
  readonly write: (value: unknown) => unknown;
}

const PRECISION_PARAMETER = "connect.decimal.precision";
const PRECISION_MAX = 38;
/** Bytes of a number of 38 digits. */
const DECIMAL_BYTES = 16;
const INT64_MAX = 2n ** 63n - 1n;

/**
 * The columns of a struct's fields. Int8 and int16 are int32, times of day and timestamps have milliseconds, a decimal without a precision has 38 digits.
 * @throws ConnectError CONNECT_DATA for what Parquet's writer has no word for.
 */
export function parquetColumns(schema: ConnectSchema): readonly ParquetColumn[] {
  if (schema.type !== "struct") throw new DataError(`Parquet's rows are structs, not ${described(schema)}; HoistField makes one`);
  if (schema.fields!.length === 0) throw new DataError("Parquet has no rows without columns");
  return schema.fields!.map(({ name, schema: own }) => column(name, own));
}

function column(name: string, schema: ConnectSchema): ParquetColumn {
  try {
    const { elements, write } = typed(name, schema);
    const { defaultValue } = schema;
    return {
      name,
      elements,
      write: (value) => {
        const present = value ?? defaultValue;
        if (present !== null && present !== undefined) {
          try {
            return write(present);
          } catch (error) {
            throw DataError.within(name, error);
          }
        }
        if (schema.optional) return null;
        throw new DataError(`null is no value of ${described(schema)}, which is not optional`, name);
      },
    };
  } catch (error) {
    throw DataError.within(name, error);
  }
}

function typed(name: string, schema: ConnectSchema): Omit<ParquetColumn, "name"> {
  const repetition_type = schema.optional ? "OPTIONAL" : "REQUIRED";
  const leaf = (element: Omit<SchemaElement, "name">, write: (value: unknown) => unknown): Omit<ParquetColumn, "name"> => ({
    elements: [{ name, repetition_type, ...element }],
    write,
  });
  const date = (value: unknown): Date => (value instanceof Date ? value : refuse(schema, value));
  switch (schema.name) {
    case DECIMAL: {
      const [precision, scale] = [precisionOf(schema), scaleOf(schema)];
      if (scale < 0 || scale > precision) throw new DataError(`Parquet has no decimals of ${precision} digits and the scale ${scale}`);
      const limit = 10n ** BigInt(precision);
      return leaf({ type: "FIXED_LEN_BYTE_ARRAY", type_length: DECIMAL_BYTES, converted_type: "DECIMAL", precision, scale }, (value) => {
        const decimal: Decimal = checkScale(schema, isDecimal(value) ? value : refuse(schema, value));
        if (decimal.unscaled < limit && decimal.unscaled > -limit) return decimal.unscaled;
        throw new DataError(`${decimal.unscaled} has more than the ${precision} digits of its column (${PRECISION_PARAMETER})`);
      });
    }
    case DATE:
      return leaf({ type: "INT32", converted_type: "DATE" }, (value) => daysOf(date(value)));
    case TIME:
      return leaf({ type: "INT32", converted_type: "TIME_MILLIS" }, (value) => dayMsOf(date(value)));
    case TIMESTAMP:
      return leaf({ type: "INT64", converted_type: "TIMESTAMP_MILLIS" }, (value) => timestampMsOf(date(value)));
    case undefined:
    default:
  }
  switch (schema.type) {
    case "int8":
    case "int16":
    case "int32":
      return leaf({ type: "INT32" }, (value) =>
        Number.isInteger(value) && (value as number) === ((value as number) | 0) ? value : refuse(schema, value),
      );
    case "int64":
      return leaf({ type: "INT64" }, (value) =>
        typeof value === "bigint" && value <= INT64_MAX && value >= -INT64_MAX - 1n ? value : refuse(schema, value),
      );
    case "float":
      return leaf({ type: "FLOAT" }, (value) => (typeof value === "number" ? value : refuse(schema, value)));
    case "double":
      return leaf({ type: "DOUBLE" }, (value) => (typeof value === "number" ? value : refuse(schema, value)));
    case "boolean":
      return leaf({ type: "BOOLEAN" }, (value) => (typeof value === "boolean" ? value : refuse(schema, value)));
    case "string":
      return leaf({ type: "BYTE_ARRAY", converted_type: "UTF8" }, (value) => (typeof value === "string" ? value : refuse(schema, value)));
    case "bytes":
      return leaf({ type: "BYTE_ARRAY" }, (value) => (value instanceof Uint8Array ? value : refuse(schema, value)));
    case "array":
      return list(name, schema);
    case "map":
      return map(name, schema);
    case "struct":
      return group(name, schema);
  }
}

function list(name: string, schema: ConnectSchema): Omit<ParquetColumn, "name"> {
  const item = column("element", schema.valueSchema!);
  return {
    elements: [
      { name, repetition_type: schema.optional ? "OPTIONAL" : "REQUIRED", num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...item.elements,
    ],
    write: (value) => (Array.isArray(value) ? value.map((each) => item.write(each)) : refuse(schema, value)),
  };
}

function map(name: string, schema: ConnectSchema): Omit<ParquetColumn, "name"> {
  if (schema.keySchema!.optional) throw new DataError("Parquet has no maps whose keys may be null");
  const key = column("key", schema.keySchema!);
  const item = column("value", schema.valueSchema!);
  return {
    elements: [
      { name, repetition_type: schema.optional ? "OPTIONAL" : "REQUIRED", num_children: 1, converted_type: "MAP" },
      { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
      ...key.elements,
      ...item.elements,
    ],
    write: (value) =>
      value instanceof Map
        ? [...(value as ReadonlyMap<unknown, unknown>)].map(([own, each]) => ({ key: key.write(own), value: item.write(each) }))
        : refuse(schema, value),
  };
}

function group(name: string, schema: ConnectSchema): Omit<ParquetColumn, "name"> {
  const columns = parquetColumns(schema);
  return {
    elements: [
      { name, repetition_type: schema.optional ? "OPTIONAL" : "REQUIRED", num_children: columns.length },
      ...columns.flatMap(({ elements }) => elements),
    ],
    write: (value) => {
      if (typeof value !== "object" || value === null) refuse(schema, value);
      const from = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(columns.map((own) => [own.name, own.write(fieldOf(from, own.name))]));
    },
  };
}

function precisionOf(schema: ConnectSchema): number {
  const precision = Number(schema.parameters?.[PRECISION_PARAMETER] ?? PRECISION_MAX);
  if (Number.isInteger(precision) && precision >= 1 && precision <= PRECISION_MAX) return precision;
  throw new DataError(`decimals have 1 to ${PRECISION_MAX} digits in Parquet, not ${precision}; Cast to string keeps longer ones`);
}

function refuse(schema: ConnectSchema, value: unknown): never {
  throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
}
