import { DataError, shown } from "../data/data-error.ts";
import { described } from "../data/check-value.ts";
import { plain } from "../data/make-schema.ts";
import type { ConverterPlugin } from "../plugin/converter-plugin.ts";

/** Bytes as they are, as Apache Connect's `ByteArrayConverter`. */
export const bytesConverter: ConverterPlugin<Record<never, never>> = {
  kind: "converter",
  name: "bytes",
  aliases: ["org.apache.kafka.connect.converters.ByteArrayConverter"],
  version: "1.0.0",
  config: {},
  open: () => ({
    fromConnect(_topic, { schema, value }) {
      if (schema !== undefined && schema.type !== "bytes") throw new DataError(`only bytes are written as bytes, not ${described(schema)}`);
      if (value === null || value === undefined) return null;
      if (value instanceof Uint8Array) return value;
      throw new DataError(`only bytes are written as bytes, not ${shown(value)}`);
    },
    toConnect: (_topic, bytes) => ({ schema: plain("bytes", true), value: bytes }),
  }),
};
