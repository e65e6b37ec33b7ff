import { parseValue } from "../data/parse-value.ts";
import { plain } from "../data/make-schema.ts";
import type { ConverterPlugin } from "../plugin/converter-plugin.ts";
import { isUtf8 } from "node:buffer";
import { valueText } from "../data/value-text.ts";

/** Headers as texts whose type is guessed, as Apache Connect's `SimpleHeaderConverter`, which is what a worker has where nothing is said. */
export const simpleHeaderConverter: ConverterPlugin<Record<never, never>> = {
  kind: "converter",
  name: "simple-header",
  aliases: ["org.apache.kafka.connect.storage.SimpleHeaderConverter"],
  version: "1.0.0",
  config: {},
  open: () => ({
    fromConnect: (_topic, { schema, value }) => (value === null || value === undefined ? null : Buffer.from(valueText(schema, value))),
    toConnect(_topic, bytes) {
      if (bytes === null) return { schema: undefined, value: null };
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      // What is no text is handed on as it is.
      return isUtf8(buffer) ? parseValue(buffer.toString()) : { schema: plain("bytes"), value: bytes };
    },
  }),
};
