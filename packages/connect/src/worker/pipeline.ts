import { ConnectError, type ConnectPlace, type ConnectStage } from "../connect-error.ts";
import type { ConnectRecord } from "../data/connect-record.ts";
import type { SchemaAndValue } from "../data/schema.ts";
import type { Converter, HeaderBytes } from "../plugin/converter-plugin.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import type { Predicate, Transform } from "../plugin/transform-plugin.ts";
import { namesIn } from "../plugin/listed-names.ts";
import { isSet } from "./task-settings.ts";
import { describeBytes } from "./guess-bytes.ts";
import { failureAt } from "./record-failure.ts";

/** A record as it is on the wire. */
export interface WireRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly HeaderBytes[];
}

/** What bytes say of a record. */
type WithoutTopic = Omit<ConnectRecord, "topic">;

interface Step {
  readonly name: string;
  readonly transform: Transform;
  readonly predicate: Predicate | undefined;
  /** Transforms where the predicate says this. */
  readonly when: boolean;
}

/** Converters of a connector, or those of its worker. */
const DEFAULT_CONVERTERS = {
  key: "org.apache.kafka.connect.json.JsonConverter",
  value: "org.apache.kafka.connect.json.JsonConverter",
  header: "org.apache.kafka.connect.storage.SimpleHeaderConverter",
} as const;

/**
 * A connector's converters and its chain of transforms. What fails is thrown as a `ConnectError` that tells its stage, the record's place and, for bytes that cannot be read, how they begin and what they
 * may be.
 */
export class Pipeline {
  readonly #key: Converter;
  readonly #value: Converter;
  readonly #header: Converter;
  readonly #steps: readonly Step[];

  private constructor(key: Converter, value: Converter, header: Converter, steps: readonly Step[]) {
    this.#key = key;
    this.#value = value;
    this.#header = header;
    this.#steps = steps;
  }

  /** `defaults`: the worker's properties, whose converters hold where the connector names none. */
  static async open(properties: ConnectorProperties, defaults: ConnectorProperties, catalogue: PluginCatalogue): Promise<Pipeline> {
    const converter = (part: "key" | "value" | "header"): Promise<Converter> => openConverter(part, properties, defaults, catalogue);
    const [key, value, header] = await Promise.all([converter("key"), converter("value"), converter("header")]);
    return new Pipeline(key, value, header, await openSteps(properties, catalogue));
  }

  /** The record at the end of the chain; undefined: a transform dropped it. */
  transform<R extends ConnectRecord>(record: R, place: ConnectPlace): R | undefined {
    let current: R | undefined = record;
    for (const { name, transform, predicate, when } of this.#steps) {
      try {
        if (predicate !== undefined && predicate.test(current) !== when) continue;
        current = applied(transform, current);
      } catch (error) {
        throw failureAt({ ...place, stage: "TRANSFORMATION", transform: name }, error);
      }
      if (current === undefined) return undefined;
    }
    return current;
  }

  /** The record as it was after each transform, the record itself first; undefined behind the one that dropped it. For previews. */
  steps<R extends ConnectRecord>(record: R, place: ConnectPlace): { readonly name: string; readonly record: R | undefined }[] {
    const seen: { readonly name: string; readonly record: R | undefined }[] = [];
    let current: R | undefined = record;
    for (const { name, transform, predicate, when } of this.#steps) {
      if (current === undefined) break;
      try {
        if (predicate === undefined || predicate.test(current) === when) current = applied(transform, current);
      } catch (error) {
        throw failureAt({ ...place, stage: "TRANSFORMATION", transform: name }, error);
      }
      seen.push({ name, record: current });
    }
    return seen;
  }

  /** A promise only where a converter has to ask somebody. */
  toWire(record: ConnectRecord, place: ConnectPlace): WireRecord | Promise<WireRecord> {
    const { topic } = record;
    const headers: HeaderBytes[] = [];
    for (const header of record.headers) {
      const value = this.#write(this.#header, "HEADER_CONVERTER", topic, header, [], place);
      if (value instanceof Promise) return this.#toWireSlowly(record, place);
      headers.push({ key: header.key, value });
    }
    const key = this.#write(this.#key, "KEY_CONVERTER", topic, { schema: record.keySchema, value: record.key }, headers, place);
    const value = this.#write(this.#value, "VALUE_CONVERTER", topic, { schema: record.valueSchema, value: record.value }, headers, place);
    if (key instanceof Promise || value instanceof Promise)
      return Promise.all([key, value]).then(([keyBytes, valueBytes]) => ({ key: keyBytes, value: valueBytes, headers }));
    return { key, value, headers };
  }

  /** Nobody reads the bytes that {@link Pipeline.toWire} gave last any more. */
  giveBack({ key, value }: WireRecord): void {
    if (value !== null) this.#value.giveBack?.(value);
    if (key !== null) this.#key.giveBack?.(key);
  }

  /** A promise only where a converter has to ask somebody. */
  fromWire(topic: string, wire: WireRecord, place: ConnectPlace): WithoutTopic | Promise<WithoutTopic> {
    const key = this.#read(this.#key, "KEY_CONVERTER", topic, wire.key, wire.headers, place);
    const value = this.#read(this.#value, "VALUE_CONVERTER", topic, wire.value, wire.headers, place);
    const headers = wire.headers.map((header) => this.#read(this.#header, "HEADER_CONVERTER", topic, header.value, wire.headers, place));
    const whole = (keyRead: SchemaAndValue, valueRead: SchemaAndValue, headersRead: readonly SchemaAndValue[]): WithoutTopic => ({
      key: keyRead.value,
      keySchema: keyRead.schema,
      value: valueRead.value,
      valueSchema: valueRead.schema,
      headers: headersRead.map((header, at) => ({ key: wire.headers[at]?.key ?? "", schema: header.schema, value: header.value })),
    });
    if (key instanceof Promise || value instanceof Promise || headers.some((each) => each instanceof Promise))
      return Promise.all([key, value, ...headers]).then(([keyRead, valueRead, ...rest]) => whole(keyRead, valueRead, rest));
    return whole(key, value, headers as SchemaAndValue[]);
  }

  async close(): Promise<void> {
    for (const { transform, predicate } of this.#steps) {
      transform.close?.();
      predicate?.close?.();
    }
    await Promise.all([this.#key.close?.(), this.#value.close?.(), this.#header.close?.()]);
  }

  async #toWireSlowly(record: ConnectRecord, place: ConnectPlace): Promise<WireRecord> {
    const headers: HeaderBytes[] = [];
    for (const header of record.headers)
      headers.push({ key: header.key, value: await this.#write(this.#header, "HEADER_CONVERTER", record.topic, header, [], place) });
    const wire = await this.toWire({ ...record, headers: [] }, place);
    return { ...wire, headers: [...headers, ...wire.headers] };
  }

  #write(
    converter: Converter,
    stage: ConnectStage,
    topic: string,
    data: SchemaAndValue,
    headers: HeaderBytes[],
    place: ConnectPlace,
  ): Uint8Array | null | Promise<Uint8Array | null> {
    try {
      const bytes = converter.fromConnect(topic, data, headers);
      if (!(bytes instanceof Promise)) return bytes;
      return bytes.catch((error: unknown) => {
        throw failureAt({ ...place, stage }, error);
      });
    } catch (error) {
      throw failureAt({ ...place, stage }, error);
    }
  }

  #read(
    converter: Converter,
    stage: "KEY_CONVERTER" | "VALUE_CONVERTER" | "HEADER_CONVERTER",
    topic: string,
    bytes: Uint8Array | null,
    headers: readonly HeaderBytes[],
    place: ConnectPlace,
  ): SchemaAndValue | Promise<SchemaAndValue> {
    const failed = (error: unknown): never => {
      throw failureAt({ ...place, stage }, error, describeBytes(bytes, stage.toLowerCase().replace("_", ".")));
    };
    try {
      const read = converter.toConnect(topic, bytes, headers);
      return read instanceof Promise ? read.catch(failed) : read;
    } catch (error) {
      return failed(error);
    }
  }
}

/** Undefined: it dropped the record. What is no record is told here, where it is known which transform gave it. */
function applied<R extends ConnectRecord>(transform: Transform, record: R): R | undefined {
  const given = transform.apply(record);
  if (given === undefined) return undefined;
  if (typeof given === "object" && given !== null && typeof given.topic === "string" && Array.isArray(given.headers)) return given;
  const what =
    (given as unknown) instanceof Promise ? "a promise" : Array.isArray(given) ? "an array" : given === null ? "null" : "no record";
  throw new ConnectError("CONNECT_DATA", `The transform gave ${what}; it gives the record, changed or not, or undefined to drop it`);
}

async function openConverter(
  part: "key" | "value" | "header",
  properties: ConnectorProperties,
  defaults: ConnectorProperties,
  catalogue: PluginCatalogue,
): Promise<Converter> {
  const name = `${part}.converter`;
  const source = properties[name] === undefined ? defaults : properties;
  const className =
    source[name] ??
    (part === "header" && catalogue.has(["converter"], DEFAULT_CONVERTERS.header) === undefined ? "string" : DEFAULT_CONVERTERS[part]);
  const plugin = await catalogue.load(["converter"], className);
  return plugin.open(readConfig(plugin.config, source, `${name}.`), { part });
}

async function openSteps(properties: ConnectorProperties, catalogue: PluginCatalogue): Promise<Step[]> {
  const predicates = new Map<string, Predicate>();
  for (const name of namesIn(properties["predicates"])) {
    const prefix = `predicates.${name}.`;
    const plugin = await catalogue.load(["predicate"], required(properties, `${prefix}type`));
    predicates.set(name, plugin.open(readConfig(plugin.config, properties, prefix)));
  }
  const steps: Step[] = [];
  for (const name of namesIn(properties["transforms"])) {
    const prefix = `transforms.${name}.`;
    const plugin = await catalogue.load(["transform"], required(properties, `${prefix}type`));
    const bound = properties[`${prefix}predicate`]?.trim() ?? "";
    const predicate = predicates.get(bound);
    if (bound !== "" && predicate === undefined)
      throw new ConnectError("CONNECT_CONFIG", `${prefix}predicate names "${bound}", which predicates does not.`);
    const transform = plugin.open(readConfig(plugin.config, properties, prefix));
    steps.push({ name, transform, predicate, when: !isSet(properties, `${prefix}negate`) });
  }
  return steps;
}

function required(properties: ConnectorProperties, name: string): string {
  const text = properties[name];
  if (text === undefined) throw new ConnectError("CONNECT_CONFIG", `${name} must be set.`);
  return text;
}
