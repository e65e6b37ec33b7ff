import type { BytesLike, RecordHeader, SerdeContext } from "@ottla/client";
import { systemClock } from "@ottla/base/node";
import { DataKeys } from "../encryption/data-keys.ts";
import { SerdeError } from "../serdes-error.ts";
import type { FormatEngine, SerdeFormat } from "./format-engine.ts";
import type { Payload, SchemaSerde, SchemaSerdeOptions, SchemaStreamsSerde } from "./schema-serde-types.ts";
import { ContextReaders } from "./context-readers.ts";
import { SchemaReaders } from "./schema-readers.ts";
import { SchemaWriters } from "./schema-writers.ts";

const TOPICS_MAX = 10_000;
const NO_HEADERS: readonly RecordHeader[] = [];

/** A serde of any format: which schema, found once; then what the format makes of it. */
export class RegistrySerde<In, Out> implements SchemaSerde<In, Out> {
  readonly format;
  readonly #options: SchemaSerdeOptions;
  readonly #writers: SchemaWriters;
  readonly #readers: ContextReaders;

  constructor(format: SerdeFormat, options: SchemaSerdeOptions) {
    let engine: Promise<FormatEngine> | undefined;
    const load = (): Promise<FormatEngine> => (engine ??= format.load());
    this.format = format.name;
    this.#options = options;
    const keys = options.keys === undefined ? undefined : new DataKeys(options.keys, systemClock);
    this.#writers = new SchemaWriters(format, load, options, keys);
    this.#readers = new ContextReaders(options.subject, (contextSubject) => new SchemaReaders(format, load, options, keys, contextSubject));
  }

  serialize(
    value: In,
    context: SerdeContext,
    headers?: { readonly set: (key: string, value: Buffer) => void },
  ): BytesLike | Promise<BytesLike> {
    const writer = this.#writers.find(context);
    return writer instanceof Promise ? writer.then((found) => found.write(value, headers)) : writer.write(value, headers);
  }

  deserialize(bytes: Buffer, context: SerdeContext, headers: readonly RecordHeader[] = NO_HEADERS): Out | Promise<Out> {
    return this.#readers.of(context).read(bytes, context, headers) as Out | Promise<Out>;
  }

  async prepare(context: SerdeContext): Promise<void> {
    await this.#writers.find(context);
  }

  async prefetch(payloads: readonly Payload[], field: "key" | "value" = "value"): Promise<void> {
    const byReaders = Map.groupBy(payloads, ({ topic = "" }) => this.#readers.of({ topic, field }));
    for (const [readers, own] of byReaders) await readers.prefetch(own, field);
  }

  forStreams(field: "key" | "value"): SchemaStreamsSerde<In, Out> {
    if (this.#options.idIn === "header")
      throw new SerdeError("SERDE_INVALID_OPTION", 'A serde of a topology writes no headers; leave out idIn: "header".', { field });
    const contexts = new Map<string, SerdeContext>();
    const contextOf = (topic: string): SerdeContext => {
      const known = contexts.get(topic);
      if (known !== undefined) return known;
      const context = { topic, field };
      // Sinks may choose topics by record.
      if (contexts.size >= TOPICS_MAX) contexts.clear();
      contexts.set(topic, context);
      return context;
    };
    return {
      name: `${this.format.toLowerCase()}(registry)`,
      carriesSchemaId: true,
      serialize: (topic, value) => atOnce(this.serialize(value, contextOf(topic)), contextOf(topic)) as Uint8Array,
      deserialize: (topic, bytes, headers) => atOnce<Out>(this.deserialize(asBuffer(bytes), contextOf(topic), headers), contextOf(topic)),
    };
  }
}

/** A topology waits for nothing: it is told what it would have to wait for. */
function atOnce<T>(result: T | Promise<T>, { topic, field }: SerdeContext): T {
  if (!(result instanceof Promise)) return result;
  const loading = result.then(
    () => {},
    () => {},
  );
  const message = `The schema for the ${field} of ${topic} is not loaded; await prepare() or prefetch() of the serde before the topology runs, or try again when "loading" has ended.`;
  throw new SerdeError("SERDE_NOT_LOADED", message, { topic, field, loading });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
