import { type Framing, readFraming, RegistryClientError, type SchemaSerde } from "@ottla/serdes";
import type { SerdeContext } from "@ottla/client";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import { DataError } from "../../data/data-error.ts";
import { PerSchema } from "../../data/per-schema.ts";
import type { ConnectSchema, SchemaAndValue } from "../../data/schema.ts";
import type { Converter, HeaderBytes } from "../../plugin/converter-plugin.ts";

/** What a format makes of a schema of Connect's: a serde, and its values. */
export interface FormatWriter {
  readonly serde: SchemaSerde<unknown>;
  toFormat(value: unknown): unknown;
}

/** What a format makes of a registered schema's data: `value` is what the serde handed out of `payload`, whose data begin at `dataAt`. */
export interface FormatReader {
  toConnect(value: unknown, payload: Buffer, dataAt: number): SchemaAndValue;
}

/** One format under a registry. */
export interface RegistryFormat {
  readonly name: string;
  writer(schema: ConnectSchema): FormatWriter;
  /** Of the schema that data was written with: an id or a GUID. */
  reader(schema: number | string): Promise<FormatReader>;
  /** Hands out data as it was written. */
  readonly serde: SchemaSerde<unknown>;
  close(): Promise<void>;
}

/** As many schemas are read at a time. */
const TOPICS_MAX = 10_000;

/** A format under a registry as a converter: only the first record of a schema is a promise. */
export class RegistryConverter implements Converter {
  readonly #format: RegistryFormat;
  readonly #field: "key" | "value";
  readonly #writers: PerSchema<FormatWriter>;
  readonly #readers = new Map<number | string, FormatReader>();
  readonly #readersMax: number;
  readonly #contexts = new Map<string, SerdeContext>();

  constructor(format: RegistryFormat, { field, readersMax }: { readonly field: "key" | "value"; readonly readersMax: number }) {
    this.#format = format;
    this.#field = field;
    this.#readersMax = readersMax;
    this.#writers = new PerSchema((schema) => format.writer(schema));
  }

  fromConnect(topic: string, { schema, value }: SchemaAndValue, headers: HeaderBytes[]): Uint8Array | null | Promise<Uint8Array | null> {
    if (value === null || value === undefined) return null;
    if (schema === undefined)
      throw new DataError(
        `${this.#format.name} needs a schema, and this record has none; take a converter that brings one, or JSON with schemas.enable=false`,
      );
    const { serde, toFormat } = this.#writers.of(schema);
    const sink = { set: (key: string, bytes: Buffer): void => void headers.push({ key, value: bytes }) };
    try {
      const bytes = serde.serialize(toFormat(value), this.#context(topic), sink) as Uint8Array | Promise<Uint8Array>;
      return bytes instanceof Promise ? bytes.catch(failed) : bytes;
    } catch (error) {
      return failed(error);
    }
  }

  toConnect(topic: string, bytes: Uint8Array | null, headers: readonly HeaderBytes[]): SchemaAndValue | Promise<SchemaAndValue> {
    if (bytes === null) return { schema: undefined, value: null };
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const framed = headers.map(({ key, value }) => ({
      key,
      value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    }));
    try {
      const framing = readFraming(buffer, this.#field, framed);
      const value = this.#format.serde.deserialize(buffer, this.#context(topic), framed);
      const reader = framing === undefined ? undefined : this.#readers.get(framing.schema);
      if (reader !== undefined && !(value instanceof Promise)) return reader.toConnect(value, buffer, framing!.dataAt);
      return this.#readSlowly(framing!, value, buffer).catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  close(): Promise<void> {
    return this.#format.close();
  }

  async #readSlowly({ schema: id, dataAt }: Framing, value: unknown, payload: Buffer): Promise<SchemaAndValue> {
    const written = await value;
    const reader = this.#readers.get(id) ?? (await this.#format.reader(id));
    this.#readers.set(id, reader);
    if (this.#readers.size > this.#readersMax) this.#readers.delete(this.#readers.keys().next().value!);
    return reader.toConnect(written, payload, dataAt);
  }

  #context(topic: string): SerdeContext {
    let context = this.#contexts.get(topic);
    if (context === undefined) {
      context = { topic, field: this.#field };
      if (this.#contexts.size >= TOPICS_MAX) this.#contexts.clear();
      this.#contexts.set(topic, context);
    }
    return context;
  }
}

/** A registry that does not answer may do so later; all else is wrong with the record. */
function failed(error: unknown): never {
  if (error instanceof ConnectError) throw error;
  if (error instanceof RegistryClientError && (error.status === undefined || error.status >= 500 || error.status === 429))
    throw new RetriableError(error.message, { cause: error });
  const path = (error as { readonly path?: unknown }).path;
  const field = typeof path === "string" ? path.replaceAll("/", ".").slice(1) : "";
  throw new ConnectError("CONNECT_DATA", error instanceof Error ? error.message : String(error), {
    cause: error,
    ...(field === "" ? {} : { place: { field } }),
  });
}
