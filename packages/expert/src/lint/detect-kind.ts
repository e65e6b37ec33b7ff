import { ownValue } from "@ottla/base";
import { type SettingScope, scopesOf } from "../catalogue/settings-catalogue.ts";
import type { DocumentKind, Entry } from "./document.ts";

/** Kinds that a file of its own can have, the likelier first where a key fits several. */
const FILE_KINDS = ["broker", "connectWorker", "streams", "consumer", "producer", "admin"] as const satisfies readonly SettingScope[];

/** Keys that alone say what a file is. */
const TELLING: Readonly<Record<string, DocumentKind>> = {
  "process.roles": "broker",
  "node.id": "broker",
  "broker.id": "broker",
  "log.dirs": "broker",
  "log.dir": "broker",
  "zookeeper.connect": "broker",
  "controller.quorum.voters": "broker",
  "advertised.listeners": "broker",
  "application.id": "streams",
  "config.storage.topic": "connectWorker",
  "offset.storage.file.filename": "connectStandalone",
  "connector.class": "sourceConnector",
  "group.id": "consumer",
  "auto.offset.reset": "consumer",
  "enable.auto.commit": "consumer",
  acks: "producer",
  "transactional.id": "producer",
  "enable.idempotence": "producer",
  "key.serializer": "producer",
  "key.deserializer": "consumer",
  "linger.ms": "producer",
};

/**
 * What the settings are for, by their keys; undefined when they are none of Kafka's. A file that a producer and a consumer share, or that only says where the cluster is, is `client`.
 */
export function detectKind(entries: readonly Entry[]): DocumentKind | undefined {
  const told = new Set(entries.flatMap(({ key }) => ownValue(TELLING, key) ?? []));
  if (entries.some(({ key }) => key === "kafkastore.bootstrap.servers" || key === "kafkastore.connection.url")) return "registry";
  if (entries.some(({ key }) => /^[\w-]+->[\w-]+\.enabled$/.test(key))) return "mirror";
  // An engine that runs a connector by itself is given a worker's settings beside its own.
  if (told.has("sourceConnector")) return connectorKind(entries);
  for (const kind of ["broker", "streams", "connectWorker", "connectStandalone"] as const) if (told.has(kind)) return kind;
  if (told.has("producer") && told.has("consumer")) return "client";
  for (const kind of ["producer", "consumer"] as const) if (told.has(kind)) return kind;
  const known = entries.map(({ key }) => scopesOf(key)).filter((scopes) => scopes.length > 0);
  if (known.length === 0) return undefined;
  // Keys of brokers alone make it a broker's, however few they are; those that every client has say no more than that.
  const counts = FILE_KINDS.map((kind) => ({ kind, count: known.filter((scopes) => scopes.includes(kind)).length }));
  const most = Math.max(...counts.map(({ count }) => count));
  const best = counts.filter(({ count }) => count === most).map(({ kind }) => kind);
  if (best.length === 1) return most * 2 >= entries.length || entries.some(({ key }) => key === "bootstrap.servers") ? best[0] : undefined;
  return entries.some(({ key }) => CLIENT_KEYS.has(key)) ? "client" : undefined;
}

const CLIENT_KEYS: ReadonlySet<string> = new Set([
  "bootstrap.servers",
  "security.protocol",
  "sasl.mechanism",
  "sasl.jaas.config",
  "ssl.truststore.location",
]);

function connectorKind(entries: readonly Entry[]): DocumentKind {
  const isSink = entries.some(
    ({ key, value }) => key === "topics" || key === "topics.regex" || (key === "connector.class" && /sink/i.test(value)),
  );
  return isSink ? "sinkConnector" : "sourceConnector";
}
