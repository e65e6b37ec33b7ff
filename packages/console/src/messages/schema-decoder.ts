import { createRegistryClient, jsonOf, RecordDeserializer, type RegistryClient } from "@ottla/serdes";
import { type Decoded, SHOWN_CHARS_MAX } from "./decode-bytes.ts";
import type { DecodedRecord } from "./record-filter.ts";

/** Who waits for a page does not wait long for a registry. */
const REGISTRY_TIMEOUT_MS = 3_000;

/** Reads what a schema registry's serialisers wrote, under the schema that it was written with. */
export class SchemaDecoder {
  readonly #registry: RegistryClient;
  readonly #deserializer: RecordDeserializer;

  constructor(registryUrl: string) {
    this.#registry = createRegistryClient({ baseUrls: registryUrl, requestTimeoutMs: REGISTRY_TIMEOUT_MS, retries: 0 });
    this.#deserializer = new RecordDeserializer(this.#registry, ["key", "value"]);
  }

  /** The record with its key and value as their schemas say them; what cannot be read stays bytes, and why is told. */
  async decode(decoded: DecodedRecord): Promise<DecodedRecord> {
    const { record } = decoded;
    try {
      const read = await this.#deserializer.read({
        ...record,
        key: decoded.key.format === "schema" ? record.key : null,
        value: decoded.value.format === "schema" ? record.value : null,
      });
      return {
        record,
        key: withSchema(decoded.key, read.key),
        value: withSchema(decoded.value, read.value),
        readValues: { key: valueOf(read.key), value: valueOf(read.value) },
      };
    } catch (error) {
      const note = (part: Decoded): Decoded =>
        part.format === "schema" ? { ...part, why: `${part.why}; ${error instanceof Error ? error.message : String(error)}` } : part;
      return { ...decoded, key: note(decoded.key), value: note(decoded.value) };
    }
  }

  async close(): Promise<void> {
    await this.#registry[Symbol.asyncDispose]();
  }
}

type Read = Awaited<ReturnType<RecordDeserializer["read"]>>["key"];

function withSchema(part: Decoded, read: Read): Decoded {
  if (read === undefined) return part;
  if ("error" in read) return { ...part, why: `${part.why}; ${read.error}` };
  const text = jsonOf(read.value);
  return {
    ...part,
    format: "json",
    why: `${part.why}, and was read with it`,
    text: text.slice(0, SHOWN_CHARS_MAX),
    isCut: text.length > SHOWN_CHARS_MAX,
    isTranslated: true,
  };
}

function valueOf(read: Read): unknown {
  return read !== undefined && "value" in read ? read.value : undefined;
}
