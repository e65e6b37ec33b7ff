import { ConnectError } from "../../connect-error.ts";
import { isPlainObject } from "../../data/check-value.ts";
import type { ConnectHeader } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { makeSchema } from "../../data/make-schema.ts";
import type { ConnectField, ConnectSchema, SchemaAndValue } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";
import { bool, list, oneOf, str } from "../../plugin/config-shape.ts";
import { defineTransform } from "../../plugin/define.ts";
import { javaPattern, javaRegex } from "../java-pattern.ts";
import { routed } from "../regex-router.ts";
import { expandJson } from "./expand-json.ts";
import { placementOf } from "./outbox-placement.ts";
import { eventTimeMs } from "./outbox-time.ts";

type Fields = Readonly<Record<string, unknown>>;

/** As many schemas of events are remembered. */
const SCHEMAS_MAX = 1000;

/** Rows of an outbox as the events that they are: Debezium's `EventRouter`. */
export const eventRouter = defineTransform({
  name: "EventRouter",
  aliases: ["io.debezium.transforms.outbox.EventRouter"],
  version: "1.0.0",
  doc: "Rows that were inserted into an outbox become the events that they are, each in the topic of its kind.",
  config: {
    "table.op.invalid.behavior": oneOf("warn", "error", "fatal")
      .default("warn")
      .doc(
        "What an update of the outbox is: it goes no further (warn, error), or the record is bad (fatal). Deletions go no further in any case.",
      ),
    "table.field.event.id": str().default("id").doc("The column with the event's id, which becomes the header id."),
    "table.field.event.key": str().default("aggregateid").doc("The column that becomes the key."),
    "table.field.event.timestamp": str().default("").doc("The column with the event's time. Default: when the change was seen."),
    "table.field.event.payload": str().default("payload").doc("The column that becomes the value."),
    "table.expand.json.payload": bool()
      .default(false)
      .doc("Whether a payload that is JSON becomes a struct or list, with the schema that is in it."),
    "table.json.payload.null.behavior": oneOf("ignore", "optional_bytes")
      .default("ignore")
      .doc("What a field that is null becomes when JSON is expanded: none, or optional bytes."),
    "table.fields.additional.placement": list()
      .default([])
      .doc("More columns, and where they go: column:header, column:envelope, column:partition; column:header:name for another name."),
    "table.field.event.schema.version": str().default("").doc("The column (int32) with the version of the event's schema."),
    "route.by.field": str().default("aggregatetype").doc("The column that the topic is made of."),
    "route.topic.regex": str().with(javaRegex).default("(?<routedByValue>.*)").doc("What that column's whole text is like."),
    "route.topic.replacement": str().default("outbox.event.${routedByValue}").doc("The topic then."),
    "route.tombstone.on.empty.payload": bool().default(false).doc("Whether an event without a payload is a tombstone."),
  },
  open(config) {
    const pattern = javaPattern("route.topic.regex", config["route.topic.regex"]);
    const placements = config["table.fields.additional.placement"].map((text) => placementOf(text));
    const inEnvelope = placements.filter(({ place }) => place === "envelope");
    const names = {
      id: config["table.field.event.id"],
      key: config["table.field.event.key"],
      time: config["table.field.event.timestamp"],
      payload: config["table.field.event.payload"],
      version: config["table.field.event.schema.version"],
      route: config["route.by.field"],
    };
    if (new Set(["payload", ...inEnvelope.map(({ alias }) => alias)]).size <= inEnvelope.length)
      throw new ConnectError("CONNECT_CONFIG", "table.fields.additional.placement puts two columns under one name into the envelope.");
    const envelopes = new Map<
      string,
      { readonly row: ConnectSchema; readonly payload: ConnectSchema | undefined; readonly schema: ConnectSchema }
    >();

    const envelopeOf = (row: Row, payload: ConnectSchema | undefined, name: string, version: number | undefined): ConnectSchema => {
      const id = `${version ?? ""} ${name}`;
      const known = envelopes.get(id);
      if (known?.row === row.schema && known.payload === payload) return known.schema;
      if (payload === undefined) throw new DataError("a payload without a schema cannot stand in an envelope", names.payload);
      const fields = inEnvelope.map(({ alias, column }): ConnectField => ({ name: alias, schema: row.field(column).schema }));
      const schema = makeSchema({ type: "struct", name, version, fields: [{ name: "payload", schema: payload }, ...fields] });
      if (envelopes.size >= SCHEMAS_MAX) envelopes.clear();
      envelopes.set(id, { row: row.schema, payload, schema });
      return schema;
    };
    return {
      apply(record) {
        const change = record.value;
        if (change === null || change === undefined) return undefined;
        const schema = record.valueSchema;
        if (schema === undefined || !isPlainObject(change))
          throw new DataError("EventRouter works on changes with a schema, as Debezium's connectors bring them");
        // A heartbeat, or what else there is besides changes.
        if (schema.name?.endsWith(".Envelope") !== true) return record;
        const op = fieldOf(change, "op");
        if (op === "d") return undefined;
        if (op === "u") {
          if (config["table.op.invalid.behavior"] !== "fatal") return undefined;
          throw new DataError("a row of an outbox was updated, which table.op.invalid.behavior=fatal forbids", "op");
        }
        const row = Row.after(schema, change);
        const routeBy = row.read(names.route);
        if (typeof routeBy !== "string") throw new DataError(`route.by.field is ${names.route}, which has no text in it`, names.route);
        const expanded = payloadOf(row, names.payload, config["table.expand.json.payload"], config["table.json.payload.null.behavior"]);
        const isEmpty = expanded.value === null || (typeof expanded.value === "string" && expanded.value.trim() === "");
        const version = names.version === "" ? undefined : (row.int32(names.version) ?? undefined);
        const base = {
          ...record,
          topic: routed(pattern, routeBy, config["route.topic.replacement"]),
          partition: partitionOf(row, placements),
          keySchema: row.field(names.key).schema,
          key: row.read(names.key),
          headers: [...record.headers, headerOf(row, names.id, "id"), ...headersOf(row, placements)],
          timestampMs: (names.time === "" ? undefined : eventTimeMs(row.field(names.time), row.read(names.time))) ?? changeTimeMs(change),
        };
        if (isEmpty && config["route.tombstone.on.empty.payload"]) return { ...base, valueSchema: undefined, value: null };
        if (inEnvelope.length === 0) return { ...base, valueSchema: expanded.schema, value: expanded.value };
        const name = `${schema.name.slice(0, -".Envelope".length)}.${routeBy}.Value`;
        const value: Record<string, unknown> = { payload: expanded.value };
        for (const { alias, column } of inEnvelope) setField(value, alias, row.read(column));
        return { ...base, valueSchema: envelopeOf(row, expanded.schema, name, version), value };
      },
    };
  },
});

/** The row that was inserted. */
class Row {
  readonly schema: ConnectSchema;
  readonly #value: Fields;

  constructor(schema: ConnectSchema, value: Fields) {
    this.schema = schema;
    this.#value = value;
  }

  static after(envelope: ConnectSchema, change: Fields): Row {
    const schema = envelope.fields?.find(({ name }) => name === "after")?.schema;
    const value = fieldOf(change, "after");
    if (schema?.fields === undefined || !isPlainObject(value))
      throw new DataError("a change of an outbox has the new row in after", "after");
    return new Row(schema, value);
  }

  field(name: string): ConnectField {
    const field = this.schema.fields!.find((one) => one.name === name);
    if (field !== undefined) return field;
    const names = this.schema.fields!.slice(0, 20).map((one) => one.name);
    throw new DataError(`the outbox has no column ${name}; it has ${names.join(", ")}`, `after.${name}`);
  }

  read(name: string): unknown {
    this.field(name);
    return fieldOf(this.#value, name) ?? null;
  }

  int32(name: string): number | null {
    const value = this.read(name);
    if (this.field(name).schema.type === "int32" && (value === null || typeof value === "number")) return value;
    throw new DataError(`the column ${name} is int32 where it is a version or a partition`, `after.${name}`);
  }
}

type Placements = readonly ReturnType<typeof placementOf>[];

function headerOf(row: Row, column: string, key: string): ConnectHeader {
  return { key, schema: row.field(column).schema, value: row.read(column) };
}

function headersOf(row: Row, placements: Placements): readonly ConnectHeader[] {
  return placements.filter(({ place }) => place === "header").map(({ alias, column }) => headerOf(row, column, alias));
}

/** The last one that says one. */
function partitionOf(row: Row, placements: Placements): number | undefined {
  let partition: number | undefined;
  for (const { column, place } of placements) if (place === "partition") partition = row.int32(column) ?? undefined;
  return partition;
}

function payloadOf(row: Row, column: string, expands: boolean, nulls: "ignore" | "optional_bytes"): SchemaAndValue {
  const { schema } = row.field(column);
  const value = row.read(column);
  const expanded = expands && typeof value === "string" ? expandJson(value, nulls) : undefined;
  return expanded ?? { schema, value };
}

function changeTimeMs(change: Fields): number | undefined {
  const ms = fieldOf(change, "ts_ms");
  return typeof ms === "bigint" ? Number(ms) : undefined;
}
