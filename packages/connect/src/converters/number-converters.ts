import { DataError, shown } from "../data/data-error.ts";
import { described } from "../data/check-value.ts";
import { checkValue } from "../data/check-value.ts";
import { plain, type PlainType } from "../data/make-schema.ts";
import type { ConverterPlugin } from "../plugin/converter-plugin.ts";

interface Form {
  readonly name: string;
  readonly java: string;
  readonly type: PlainType;
  readonly byteLength: number;
  write(to: Buffer, value: unknown): void;
  read(from: Buffer): unknown;
}

/** Kafka's own serialisers of numbers: the highest byte first. */
const forms: readonly Form[] = [
  {
    name: "short",
    java: "ShortConverter",
    type: "int16",
    byteLength: 2,
    write: (to, value) => to.writeInt16BE(value as number),
    read: (from) => from.readInt16BE(),
  },
  {
    name: "integer",
    java: "IntegerConverter",
    type: "int32",
    byteLength: 4,
    write: (to, value) => to.writeInt32BE(value as number),
    read: (from) => from.readInt32BE(),
  },
  {
    name: "long",
    java: "LongConverter",
    type: "int64",
    byteLength: 8,
    write: (to, value) => to.writeBigInt64BE(value as bigint),
    read: (from) => from.readBigInt64BE(),
  },
  {
    name: "float",
    java: "FloatConverter",
    type: "float",
    byteLength: 4,
    write: (to, value) => to.writeFloatBE(value as number),
    read: (from) => from.readFloatBE(),
  },
  {
    name: "double",
    java: "DoubleConverter",
    type: "double",
    byteLength: 8,
    write: (to, value) => to.writeDoubleBE(value as number),
    read: (from) => from.readDoubleBE(),
  },
  {
    name: "boolean",
    java: "BooleanConverter",
    type: "boolean",
    byteLength: 1,
    write: (to, value) => to.writeUInt8(value === true ? 1 : 0),
    read: booleanOf,
  },
];

function booleanOf(from: Buffer): boolean {
  const byte = from[0]!;
  if (byte > 1) throw new DataError(`a boolean is the byte 0 or 1, not ${byte}`);
  return byte === 1;
}

/** One number or truth value in Kafka's own bytes, as Apache Connect's `ShortConverter`, `IntegerConverter` and so on. */
export const numberConverters: readonly ConverterPlugin<Record<never, never>>[] = forms.map((form) => ({
  kind: "converter",
  name: form.name,
  aliases: [`org.apache.kafka.connect.converters.${form.java}`],
  version: "1.0.0",
  config: {},
  open: () => {
    const own = plain(form.type);
    return {
      fromConnect(_topic, { schema, value }) {
        // As Java has it: of its converters the one for booleans alone asks for the schema first.
        if ((value === null || value === undefined) && (form.type !== "boolean" || schema === undefined)) return null;
        if (schema !== undefined && schema.type !== form.type)
          throw new DataError(`the ${form.name} converter writes ${form.type} alone, not ${described(schema)}`);
        if (value === null || value === undefined) return null;
        // Without a schema whole numbers are numbers.
        const exact = form.type === "int64" && typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
        checkValue(own, exact);
        const bytes = Buffer.allocUnsafe(form.byteLength);
        form.write(bytes, exact);
        return bytes;
      },
      toConnect(_topic, bytes) {
        if (bytes === null) return { schema: plain(form.type, true), value: null };
        if (bytes.length !== form.byteLength) throw new DataError(`a ${form.name} has ${form.byteLength} bytes, not ${shown(bytes)}`);
        return { schema: plain(form.type, true), value: form.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) };
      },
    };
  },
}));
