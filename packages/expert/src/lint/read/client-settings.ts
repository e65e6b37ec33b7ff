import { ownValue } from "@ottla/base";
import { rdkafkaEntries } from "../../catalogue/librdkafka-settings.ts";
import { detectKind } from "../detect-kind.ts";
import type { DocumentKind, Entry } from "../document.ts";
import type { FoundDocument } from "./source-file.ts";
import { at, flatten, itemsOf, pairsOf, textAt, type Tree } from "./tree.ts";

/** Settings under Kafka's or librdkafka's names as a document of the kind that the keys tell; nothing when they are none of Kafka's. */
export function clientOrBroker(
  file: string,
  part: string | undefined,
  entries: readonly Entry[],
  isPartial = false,
): readonly FoundDocument[] {
  const rdkafka = rdkafkaEntries(entries);
  const kind = detectKind(rdkafka ?? entries);
  if (!kind) return [];
  return [
    {
      document: {
        file,
        part,
        kind,
        entries: rdkafka ?? entries,
        ...(rdkafka && { dialect: "librdkafka" }),
        ...(isPartial && { isPartial }),
      },
    },
  ];
}

/** Keys of a map that are written as Kafka's own: with dots. A scalar or a list of scalars is a value. */
export function dottedEntries(tree: Tree): readonly Entry[] {
  return pairsOf(tree).flatMap(({ name, line, value }) => {
    if (value.is === "map") return [];
    const [flat] = flatten(value);
    return flat === undefined ? (value.is === "list" ? [{ key: name, value: "", line }] : []) : [{ key: name, value: flat.value, line }];
  });
}

/** What kafkajs and the clients after its model call Kafka's settings. */
const KAFKAJS: Readonly<Record<string, string>> = {
  brokers: "bootstrap.servers",
  bootstrapBrokers: "bootstrap.servers",
  clientId: "client.id",
  groupId: "group.id",
  sessionTimeout: "session.timeout.ms",
  rebalanceTimeout: "max.poll.interval.ms",
  heartbeatInterval: "heartbeat.interval.ms",
  maxBytesPerPartition: "max.partition.fetch.bytes",
  minBytes: "fetch.min.bytes",
  maxBytes: "fetch.max.bytes",
  maxWaitTimeInMs: "fetch.max.wait.ms",
  rackId: "client.rack",
  transactionalId: "transactional.id",
  maxInFlightRequests: "max.in.flight.requests.per.connection",
  idempotent: "enable.idempotence",
  acks: "acks",
};

/** Objects in a kafkajs-like configuration that stand for a client of their own. */
const SIDES: Readonly<Record<string, DocumentKind>> = { producer: "producer", consumer: "consumer", admin: "admin" };

/** Whether a map is a configuration as kafkajs takes it. */
export function isKafkajs(tree: Tree): boolean {
  return (
    at(tree, "brokers")?.is === "list" &&
    (at(tree, "clientId") !== undefined || at(tree, "sasl") !== undefined || at(tree, "ssl") !== undefined)
  );
}

/** A kafkajs-like configuration: what all its clients share, and a document for each client that is set apart. */
export function kafkajsDocuments(file: string, part: string | undefined, tree: Tree): readonly FoundDocument[] {
  const common = kafkajsEntries(tree);
  const sides = pairsOf(tree).flatMap(({ name, value }) => {
    const kind = ownValue(SIDES, name);
    return kind !== undefined && value.is === "map" ? [{ kind, name, value }] : [];
  });
  const kind = detectKind(common) ?? "client";
  const whole: FoundDocument = { document: { file, part, kind: kind === "broker" ? "client" : kind, entries: common, isPartial: true } };
  return [
    whole,
    ...sides.map(({ kind: own, name, value }) => ({
      document: { file, part: part === undefined ? name : `${part}.${name}`, kind: own, entries: kafkajsEntries(value), isPartial: true },
    })),
  ];
}

function kafkajsEntries(tree: Tree): readonly Entry[] {
  const plain = pairsOf(tree).flatMap(({ name, line, value }): Entry[] => {
    const key = ownValue(KAFKAJS, name);
    if (key === undefined || value.is === "map") return [];
    const text =
      value.is === "list"
        ? itemsOf(value)
            .flatMap((item) => textAt(item) ?? [])
            .join(",")
        : value.text;
    return [{ key, value: key === "acks" && text === "-1" ? "all" : text, line, spelling: name }];
  });
  return [...plain, ...saslEntries(tree)];
}

function saslEntries(tree: Tree): readonly Entry[] {
  const sasl = pairsOf(tree).find(({ name }) => name === "sasl");
  const ssl = pairsOf(tree).find(({ name }) => name === "ssl");
  const hasTls = ssl !== undefined && !(ssl.value.is === "scalar" && (ssl.value.isNull || ssl.value.text === "false"));
  const mechanism = textAt(sasl?.value, "mechanism");
  const password = pairsOf(sasl?.value).find(({ name }) => name === "password");
  const entries: Entry[] = [];
  if (sasl && mechanism !== undefined) {
    entries.push({ key: "sasl.mechanism", value: mechanism.toUpperCase(), line: sasl.line, spelling: "sasl.mechanism" });
    entries.push({ key: "security.protocol", value: hasTls ? "SASL_SSL" : "SASL_PLAINTEXT", line: sasl.line, spelling: "ssl" });
  } else if (ssl) entries.push({ key: "security.protocol", value: hasTls ? "SSL" : "PLAINTEXT", line: ssl.line, spelling: "ssl" });
  if (password?.value.is === "scalar")
    entries.push({ key: "sasl.password", value: password.value.text, line: password.line, spelling: "sasl.password" });
  return entries;
}
