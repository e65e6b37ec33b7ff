import { ConnectError } from "../connect-error.ts";
import { plain } from "../data/make-schema.ts";
import { str } from "../plugin/config-shape.ts";
import type { ConverterPlugin } from "../plugin/converter-plugin.ts";
import { javaToString } from "../data/java-text.ts";

const UTF8: ReadonlySet<string> = new Set(["utf8", "utf-8"]);
const config = { encoding: str().default("UTF8").doc("The texts' character set. UTF-8 is the only one that there is.") } as const;

/** Texts, as Apache Connect's `StringConverter`. What is no text is written as Java prints it. */
export const stringConverter: ConverterPlugin<typeof config> = {
  kind: "converter",
  name: "string",
  aliases: ["org.apache.kafka.connect.storage.StringConverter"],
  version: "1.0.0",
  config,
  open({ encoding }) {
    if (!UTF8.has(encoding.toLowerCase()))
      throw new ConnectError(
        "CONNECT_CONFIG",
        `The string converter knows UTF-8 alone, not the encoding "${encoding}"; take the bytes converter and a transform.`,
      );
    return {
      fromConnect: (_topic, { schema, value }) =>
        value === null || value === undefined ? null : Buffer.from(typeof value === "string" ? value : javaToString(schema, value)),
      // As Java does: what is no UTF-8 becomes U+FFFD, since a text in another character set is still one to look at.
      toConnect: (_topic, bytes) => ({
        schema: plain("string", true),
        value: bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
      }),
    };
  },
};
