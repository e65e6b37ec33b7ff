import type { ConfigValue } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import type { AutoOffsetReset, ConsumerOptions } from "../consumer/consumer-types.ts";
import type { Assignor } from "../group/assignor.ts";
import { cooperativeStickyAssignor } from "../group/assignors/cooperative-sticky-assignor.ts";
import { rangeAssignor } from "../group/assignors/range-assignor.ts";
import { roundRobinAssignor } from "../group/assignors/round-robin-assignor.ts";
import { stickyAssignor } from "../group/assignors/sticky-assignor.ts";
import type { ProducerOptions } from "../producer/producer-types.ts";
import { checkObject, invalid } from "./argument-checks.ts";
import type { ClientOptions } from "./client-options.ts";
import type { OptionNames } from "./option-reader.ts";
import { securityFromProperties } from "../security/security-properties.ts";
import type { AcknowledgementMode, AcquireMode, ShareConsumerOptions } from "../share/share-types.ts";
import { clientTable, consumerTable, type OptionTable, producerTable, shareConsumerTable } from "./option-table.ts";

/** Settings by Kafka's property names, as text. */
export type Properties = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/** What changes the meaning of a call must not be dropped in silence. */
const refusedUnless: ReadonlyMap<string, readonly string[]> = new Map([
  ["transaction.two.phase.commit.enable", ["false"]],
  ["client.dns.lookup", ["use_all_dns_ips"]],
  ["interceptor.classes", [""]],
  ["partitioner.class", [""]],
]);

const assignorsByJavaName: ReadonlyMap<string, () => Assignor> = new Map([
  ["org.apache.kafka.clients.consumer.RangeAssignor", () => rangeAssignor],
  ["org.apache.kafka.clients.consumer.RoundRobinAssignor", () => roundRobinAssignor],
  ["org.apache.kafka.clients.consumer.StickyAssignor", stickyAssignor],
  ["org.apache.kafka.clients.consumer.CooperativeStickyAssignor", cooperativeStickyAssignor],
  ["range", () => rangeAssignor],
  ["roundrobin", () => roundRobinAssignor],
  ["sticky", stickyAssignor],
  ["cooperative-sticky", cooperativeStickyAssignor],
]);

/**
 * The client options among Kafka properties, as a file for `--command-config` holds them. Names that belong to no client of ours are passed
 * over, as Kafka's tools do. Throws `ClientError` UNSUPPORTED_OPTION, INVALID_OPTION.
 */
export function clientOptionsFromProperties(properties: Properties): Partial<ClientOptions> {
  const { values, names } = read(properties, clientTable);
  return { ...values, ...names, ...securityFromProperties(entriesOf(properties)) };
}

/** As {@link clientOptionsFromProperties}, for a producer. */
export function producerOptionsFromProperties(properties: Properties): ProducerOptions {
  const { values, names } = read(properties, producerTable);
  const { acks, compression, ...rest } = values;
  return {
    ...rest,
    ...names,
    ...(acks === undefined ? {} : { acks: (acks === "all" ? "all" : numberOf("acks", acks)) as NonNullable<ProducerOptions["acks"]> }),
    ...(compression === undefined ? {} : { compression: String(compression).toLowerCase() as NonNullable<ProducerOptions["compression"]> }),
  };
}

/** As {@link clientOptionsFromProperties}, for a consumer. Assignors go by Java's class names or by their own. */
export function consumerOptionsFromProperties(properties: Properties): ConsumerOptions {
  const { values, names } = read(properties, consumerTable);
  const { autoOffsetReset, assignors, isolationLevel, groupProtocol, ...rest } = values;
  return {
    ...rest,
    ...names,
    ...(isolationLevel === undefined
      ? {}
      : { isolationLevel: String(isolationLevel).toLowerCase() as NonNullable<ConsumerOptions["isolationLevel"]> }),
    ...(groupProtocol === undefined
      ? {}
      : { groupProtocol: String(groupProtocol).toLowerCase() as NonNullable<ConsumerOptions["groupProtocol"]> }),
    ...(autoOffsetReset === undefined ? {} : { autoOffsetReset: parseAutoOffsetReset(String(autoOffsetReset)) }),
    ...(assignors === undefined ? {} : { assignors: (assignors as readonly string[]).map(assignorNamed) }),
  };
}

/** As {@link clientOptionsFromProperties}, for a share consumer; `groupId` is missing where `group.id` is. */
export function shareConsumerOptionsFromProperties(properties: Properties): Partial<ShareConsumerOptions> {
  const { values, names } = read(properties, shareConsumerTable);
  const { acknowledgementMode, acquireMode, ...rest } = values;
  return {
    ...rest,
    ...names,
    ...(acknowledgementMode === undefined ? {} : { acknowledgementMode: String(acknowledgementMode).toLowerCase() as AcknowledgementMode }),
    ...(acquireMode === undefined ? {} : { acquireMode: acquireModeNamed(String(acquireMode)) }),
  };
}

/** `earliest`, `latest`, `none`, or `by_duration:` with an ISO-8601 duration such as PT1H. Throws `ClientError` INVALID_OPTION. */
export function parseAutoOffsetReset(text: string): AutoOffsetReset {
  if (typeof text !== "string") throw invalid("auto.offset.reset", text, "a text");
  const lower = text.toLowerCase();
  if (lower === "earliest" || lower === "latest" || lower === "none") return lower;
  const match = /^by_duration:P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  const parts = match?.slice(1);
  if (!parts?.some((part) => part !== undefined)) {
    throw new ClientError(
      "INVALID_OPTION",
      `auto.offset.reset is "${text}"; it must be earliest, latest, none or by_duration: with a duration such as PT1H.`,
    );
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return { durationMs: Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000) };
}

function acquireModeNamed(name: string): AcquireMode {
  const mode = ({ batch_optimized: "batchOptimized", record_limit: "recordLimit" } as const)[name.toLowerCase()];
  if (mode === undefined)
    throw new ClientError("INVALID_OPTION", `share.acquire.mode is "${name}"; it must be batch_optimized or record_limit.`);
  return mode;
}

/** Values by option, and what each was called; nothing at all when there are none. */
interface OptionsRead {
  readonly values: Readonly<Record<string, ConfigValue>>;
  readonly names: { readonly optionNames?: OptionNames };
}

function read(properties: Properties, table: OptionTable): OptionsRead {
  const entries = entriesOf(properties);
  for (const [name, value] of entries) refuseUnsupported(name, value);
  const { parsed, errors } = table.def.check(entries);
  if (errors[0]) throw new ClientError("INVALID_OPTION", errors[0].message, { cause: errors[0] });
  const options: Record<string, ConfigValue> = {};
  const optionNames: Record<string, string> = {};
  for (const [name, { value }] of parsed) {
    if (value === null) continue;
    const option = table.optionOf.get(name)!;
    options[option] = value;
    optionNames[option] = name;
  }
  return { values: options, names: Object.keys(options).length === 0 ? {} : { optionNames } };
}

/** Throws `ClientError` INVALID_ARGUMENT where it is no map or object of texts. */
export function entriesOf(properties: Properties): ReadonlyMap<string, string> {
  const entries: ReadonlyMap<unknown, unknown> =
    properties instanceof Map ? properties : new Map(Object.entries(checkObject("properties", properties)));
  for (const [name, value] of entries) {
    if (typeof name !== "string") throw invalid("properties: a name", name, "a text");
    if (typeof value !== "string") throw invalid(`properties: ${name}`, value, "a text");
  }
  return entries as ReadonlyMap<string, string>;
}

function refuseUnsupported(name: string, value: string): void {
  const allowed = refusedUnless.get(name);
  if (allowed !== undefined && !allowed.includes(value))
    throw new ClientError("UNSUPPORTED_OPTION", `${name} is not supported by this client; remove it.`);
}

function assignorNamed(name: string): Assignor {
  const make = assignorsByJavaName.get(name);
  if (make === undefined)
    throw new ClientError(
      "INVALID_OPTION",
      `partition.assignment.strategy names "${name}", which is none of ${[...assignorsByJavaName.keys()].join(", ")}.`,
    );
  return make();
}

function numberOf(name: string, value: ConfigValue): number {
  const number = Number(value);
  if (!Number.isInteger(number)) throw new ClientError("INVALID_OPTION", `${name} is "${String(value)}"; it must be all, 1, 0 or -1.`);
  return number;
}
