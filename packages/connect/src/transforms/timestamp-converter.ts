import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../connect-error.ts";
import { isPlainObject } from "../data/check-value.ts";
import { DataError, shown } from "../data/data-error.ts";
import { DATE, TIME, TIMESTAMP } from "../data/logical-names.ts";
import { dateOfMs, dateSchema, timeSchema, timestampSchema } from "../data/logical-types.ts";
import { makeSchema, plain } from "../data/make-schema.ts";
import { PerSchema } from "../data/per-schema.ts";
import type { ConnectSchema } from "../data/schema.ts";
import { fieldOf, setField } from "../data/struct-value.ts";
import { bool, oneOf, str } from "../plugin/config-shape.ts";
import { type DatePattern, datePattern } from "./date-format/date-pattern.ts";
import { formatDate } from "./date-format/format-date.ts";
import { parseDate } from "./date-format/parse-date.ts";
import { fieldsOf, objectOf, readField, structCopier, structLike, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

const PURPOSE = "converting timestamp formats";
const DAY_MS = 86_400_000;
const INT64_MAX = 2n ** 63n - 1n;

type Target = "string" | "unix" | "Date" | "Time" | "Timestamp";
type Precision = "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

/** A time in another form: a text, a whole number since 1970, Connect's Date, Time or Timestamp. */
export const timestampConverter = forKeyAndValue("TimestampConverter", {
  doc: "A time in another form: a text, a whole number since 1970, Connect's Date, Time or Timestamp.",
  config: {
    field: str().default("").doc("The field's name; left out, it is all of the key or value."),
    "target.type": oneOf("string", "unix", "Date", "Time", "Timestamp").doc("The form."),
    format: str().default("").doc("How a text is written and read, by Java's SimpleDateFormat, in UTC."),
    "unix.precision": oneOf("nanoseconds", "microseconds", "milliseconds", "seconds")
      .default("milliseconds")
      .doc("What whole numbers count."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const { field: name } = config;
    const useDefault = config["replace.null.with.default"];
    const convert = converter(
      config["target.type"],
      config.format.trim() === "" ? undefined : datePattern("format", config.format),
      config["unix.precision"],
    );
    const perSchema = new PerSchema((schema) =>
      name === "" ? wholeOf(schema, config["target.type"]) : fieldIn(schema, name, { convert, useDefault, target: config["target.type"] }),
    );
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (schema !== undefined) {
          const own = perSchema.of(schema);
          if (name === "") return side.with(record, own.schema, convert(value, own.from));
          return side.with(record, own.schema, value === null ? null : own.apply(structOf(schema, value, PURPOSE)));
        }
        if (value === null || name === "") return side.with(record, undefined, plainConvert(convert, value));
        const updated = { ...objectOf(value, PURPOSE) };
        try {
          setField(updated, name, plainConvert(convert, fieldOf(updated, name) ?? null));
        } catch (error) {
          throw DataError.within(name, error);
        }
        return side.with(record, undefined, updated);
      },
    };
  },
});

type Convert = (value: unknown, from: Target) => unknown;

interface OfSchema {
  readonly schema: ConnectSchema;
  readonly from: Target;
  apply(value: Readonly<Record<string, unknown>>): unknown;
}

function wholeOf(schema: ConnectSchema, target: Target): OfSchema {
  return { schema: targetSchema(target, schema.optional), from: formOf(schema), apply: (value) => value };
}

function fieldIn(
  schema: ConnectSchema,
  name: string,
  { convert, useDefault, target }: { readonly convert: Convert; readonly useDefault: boolean; readonly target: Target },
): OfSchema {
  const fields = fieldsOf(schema, PURPOSE);
  const field = fields.find((own) => own.name === name);
  const copy = structCopier(schema, useDefault);
  let from: Target | undefined;
  const apply = (value: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const updated = copy(value);
    if (field === undefined) return updated;
    try {
      // Not before there is a value: of a null struct the field may be of any type.
      from ??= formOf(field.schema);
      setField(updated, name, convert(readField(value, field, useDefault), from));
    } catch (error) {
      throw DataError.within(name, error);
    }
    return updated;
  };
  const updatedFields = fields.map((own) => (own === field ? { name, schema: targetSchema(target, own.schema.optional) } : own));
  const bare = structLike(schema, updatedFields);
  const { optional, defaultValue } = schema;
  return {
    schema: makeSchema({ ...bare, optional, defaultValue: isPlainObject(defaultValue) ? apply(defaultValue) : undefined }),
    from: "string",
    apply,
  };
}

const targets: Readonly<Record<Target, readonly [ConnectSchema, ConnectSchema]>> = {
  string: [plain("string"), plain("string", true)],
  unix: [plain("int64"), plain("int64", true)],
  Date: [dateSchema(), dateSchema({ optional: true })],
  Time: [timeSchema(), timeSchema({ optional: true })],
  Timestamp: [timestampSchema(), timestampSchema({ optional: true })],
};

function targetSchema(target: Target, optional: boolean): ConnectSchema {
  return targets[target][optional ? 1 : 0];
}

/** How a schema's values hold a time. */
function formOf(schema: ConnectSchema): Target {
  if (schema.name === TIMESTAMP) return "Timestamp";
  if (schema.name === DATE) return "Date";
  if (schema.name === TIME) return "Time";
  if (schema.type === "string") return "string";
  if (schema.type === "int64") return "unix";
  throw new DataError(`a value of ${schema.type} is no time: it is one as a text, an int64, or Connect's Date, Time or Timestamp`);
}

/** Without a schema the value itself tells. */
function plainConvert(convert: Convert, value: unknown): unknown {
  if (value === null) return null;
  if (value instanceof Date) return convert(value, "Timestamp");
  if (typeof value === "string") return convert(value, "string");
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) throw new DataError(`${shown(value)} is no time`);
  const made = convert(BigInt(value as number | bigint), "unix");
  return plainWhole(made);
}

function plainWhole(value: unknown): unknown {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function converter(target: Target, pattern: DatePattern | undefined, precision: Precision): Convert {
  if (target === "string" && pattern === undefined)
    throw new ConnectError("CONNECT_CONFIG", "TimestampConverter with target.type=string needs format.");
  const form = { pattern, precision };
  return (value, from) => (value === null ? null : made(target, timeOf(value, from, form), form));
}

interface Form {
  readonly pattern: DatePattern | undefined;
  readonly precision: Precision;
}

function timeOf(value: unknown, from: Target, { pattern, precision }: Form): Date {
  if (from === "string" && typeof value === "string") {
    if (pattern === undefined) throw new DataError("a text is read as a time only where format says how");
    return parseDate(pattern, value, systemClock.nowMs());
  }
  if (from === "unix" && typeof value === "bigint") return dateOfMs(Number(toMs(value, precision)));
  if (from !== "string" && from !== "unix" && value instanceof Date) return value;
  throw new DataError(`${shown(value)} is no time of the form ${from}`);
}

function made(target: Target, date: Date, { pattern, precision }: Form): unknown {
  const ms = date.getTime();
  switch (target) {
    case "string":
      return formatDate(pattern!, date);
    case "unix":
      return fromMs(BigInt(ms), precision);
    case "Date":
      return new Date(Math.floor(ms / DAY_MS) * DAY_MS);
    case "Time":
      return new Date(ms - Math.floor(ms / DAY_MS) * DAY_MS);
    case "Timestamp":
      return date;
  }
}

/** Parts of a millisecond are cut off; what is beyond 64 bits is their largest. */
function toMs(value: bigint, precision: Precision): bigint {
  if (precision === "nanoseconds") return value / 1_000_000n;
  if (precision === "microseconds") return value / 1000n;
  return precision === "seconds" ? within64(value * 1000n) : value;
}

function fromMs(ms: bigint, precision: Precision): bigint {
  if (precision === "nanoseconds") return within64(ms * 1_000_000n);
  if (precision === "microseconds") return within64(ms * 1000n);
  return precision === "seconds" ? ms / 1000n : ms;
}

function within64(value: bigint): bigint {
  return value > INT64_MAX ? INT64_MAX : value < -INT64_MAX - 1n ? -INT64_MAX - 1n : value;
}
