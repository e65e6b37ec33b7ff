import type { Logger } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import type { ConsumerOptions } from "../consumer/consumer-types.ts";
import type { ProducerOptions } from "../producer/producer-types.ts";
import type { ShareConsumerOptions } from "../share/share-types.ts";
import { nearestName, shown } from "./argument-checks.ts";
import type { ClientOptions } from "./client-options.ts";
import {
  clientOptionsFromProperties,
  consumerOptionsFromProperties,
  type Properties,
  producerOptionsFromProperties,
  shareConsumerOptionsFromProperties,
} from "./from-properties.ts";
import {
  type ClientPropertyName,
  type ConsumerPropertyName,
  clientTable,
  consumerTable,
  type OptionTable,
  type ProducerPropertyName,
  producerTable,
  type ShareConsumerPropertyName,
  shareConsumerTable,
} from "./option-table.ts";
import { findUnusedProperties } from "./unused-properties.ts";

type PropertyValue = string | number | boolean | readonly string[];
/** Names without a dot are ours, too, and have our types. */
type Dotted<Name extends string> = Extract<Name, `${string}.${string}`>;

/** Options by Kafka's own names, which may stand among ours: `{ "bootstrap.servers": "…", clientId: "…" }`. */
export type ClientProperties = Readonly<Partial<Record<Dotted<ClientPropertyName>, PropertyValue | undefined>>>;
/** As {@link ClientProperties}, of a producer. */
export type ProducerProperties = Readonly<Partial<Record<Dotted<ProducerPropertyName>, PropertyValue | undefined>>>;
/** As {@link ClientProperties}, of a consumer. */
export type ConsumerProperties = Readonly<Partial<Record<Dotted<ConsumerPropertyName>, PropertyValue | undefined>>>;

/** As {@link ClientProperties}, of a share consumer. */
export type ShareConsumerProperties = Readonly<Partial<Record<Dotted<ShareConsumerPropertyName>, PropertyValue | undefined>>>;

/** What `shareConsumer()` takes: the group under one name or the other. */
export type ShareConsumerOptionsByName =
  | (ShareConsumerOptions & ShareConsumerProperties)
  | (Omit<ShareConsumerOptions, "groupId"> & ShareConsumerProperties & { readonly "group.id": PropertyValue });

/** What `createClient` takes: the servers under one name or the other. */
export type ClientOptionsByName =
  | (ClientOptions & ClientProperties)
  | (Omit<ClientOptions, "bootstrapServers"> & ClientProperties & { readonly "bootstrap.servers": PropertyValue });

interface Kind {
  readonly call: string;
  readonly table: OptionTable;
  readonly read: (properties: Properties) => object;
}

const kinds = {
  client: { call: "createClient", table: clientTable, read: clientOptionsFromProperties },
  producer: { call: "producer()", table: producerTable, read: producerOptionsFromProperties },
  consumer: { call: "consumer()", table: consumerTable, read: consumerOptionsFromProperties },
  shareConsumer: { call: "shareConsumer()", table: shareConsumerTable, read: shareConsumerOptionsFromProperties },
} as const satisfies Record<string, Kind>;

/** As {@link ClientOptions}, whatever names were used. Throws `ClientError` INVALID_OPTION, UNSUPPORTED_OPTION. */
export function readClientOptions(options: ClientOptionsByName, logger: Logger): ClientOptions {
  return inOurNames(kinds.client, options, logger) as ClientOptions;
}

export function readProducerOptions(options: ProducerOptions & ProducerProperties, logger: Logger): ProducerOptions {
  return inOurNames(kinds.producer, options, logger);
}

export function readConsumerOptions(options: ConsumerOptions & ConsumerProperties, logger: Logger): ConsumerOptions {
  return inOurNames(kinds.consumer, options, logger);
}

export function readShareConsumerOptions(options: ShareConsumerOptionsByName, logger: Logger): ShareConsumerOptions {
  return inOurNames(kinds.shareConsumer, options, logger) as ShareConsumerOptions;
}

function inOurNames(kind: Kind, options: object, logger: Logger): object {
  // What is no object is refused where options are checked.
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  const { properties, rest } = separate(kind, options);
  if (properties === undefined) return options;
  for (const [name, value] of Object.entries(rest)) {
    const twice =
      value === undefined ? undefined : [...kind.table.optionOf].find(([property, option]) => option === name && property in properties);
    if (twice) throw refused(twice[0], `${kind.call} was given "${twice[0]}" and "${name}", which are one option; leave one out.`);
  }
  for (const { name, message } of findUnusedProperties(properties)) logger.warn(message, { property: name });
  const read = kind.read(properties) as { readonly optionNames?: object };
  const { optionNames } = rest as { readonly optionNames?: object };
  return { ...rest, ...read, optionNames: { ...read.optionNames, ...optionNames } };
}

/** Kafka's names have a dot or stand in its table; all others are ours. No properties at all: undefined. */
function separate(kind: Kind, options: object): { readonly properties: Record<string, string> | undefined; readonly rest: object } {
  const properties: Record<string, string> = {};
  const rest: Record<string, unknown> = {};
  const ours = new Set(kind.table.optionOf.values());
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (ours.has(name) || (!name.includes(".") && !kind.table.optionOf.has(name))) rest[name] = value;
    else if (value !== undefined) {
      checkKnown(kind, name);
      properties[name] = asText(kind, name, value);
    }
  }
  return { properties: Object.keys(properties).length === 0 ? undefined : properties, rest };
}

/** A name that no Kafka client has, and one that belongs to another call, are refused. */
function checkKnown({ call, table }: Kind, name: string): void {
  if (table.optionOf.has(name)) return;
  const owner = Object.values(kinds).find((each) => each.call !== call && each.table.optionOf.has(name));
  if (owner) throw refused(name, `${call} was given "${name}", which is an option of ${owner.call}; give it there.`);
  if (findUnusedProperties({ [name]: "" })[0]?.kind !== "unknown") return;
  const near = nearestName(name, table.optionOf.keys());
  throw refused(
    name,
    `${call} was given "${name}", which is no option of it; ${near === undefined ? "leave it out." : `did you mean "${near}"?`}`,
  );
}

function asText({ call }: Kind, name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.join(",");
  throw refused(name, `${call} was given ${shown(value)} as "${name}"; it must be a text, a number, true or false, or a list of texts.`);
}

function refused(subject: string, message: string): ClientError {
  return new ClientError("INVALID_OPTION", message, { subject });
}
