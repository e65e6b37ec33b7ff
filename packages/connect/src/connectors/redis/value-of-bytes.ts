import { ConnectError } from "../../connect-error.ts";
import { plain } from "../../data/make-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";

const TEXT = plain("string");
const BYTES = plain("bytes");
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What Redis has as a record's value.
 * @throws ConnectError CONNECT_DATA for bytes that are no text where texts are meant; `where` names them
 */
export function valueOfBytes(
  bytes: Buffer,
  form: "string" | "bytes",
  where: string,
): { readonly value: unknown; readonly valueSchema: ConnectSchema } {
  if (form === "bytes") return { value: bytes, valueSchema: BYTES };
  try {
    return { value: utf8.decode(bytes), valueSchema: TEXT };
  } catch (error) {
    throw new ConnectError(
      "CONNECT_DATA",
      `${where} has bytes that are no text (${bytes.subarray(0, 12).toString("hex")}…); redis.value=bytes takes them.`,
      {
        cause: error,
      },
    );
  }
}

/** A name as a topic may have it. */
export function topicOf(template: string, place: "list" | "channel", name: string): string {
  return template.replaceAll(`\${${place}}`, name.replaceAll(/[^\w.-]/g, "_"));
}
