import { ownValue } from "@ottla/base";
import type { DocumentKind, Entry } from "../document.ts";
import { LISTENER } from "../listener-entries.ts";
import type { FoundDocument } from "./source-file.ts";
import type { FlatPair } from "./tree.ts";

const ROOT = "spring.kafka.";

/** Spring's own words whose setting of Kafka is spelled otherwise; all else has dots for dashes. In the form that relaxed binding compares: small letters and digits. */
const SPELLED: Readonly<Record<string, string>> = {
  fetchminsize: "fetch.min.bytes",
  fetchmaxwait: "fetch.max.wait.ms",
  heartbeatinterval: "heartbeat.interval.ms",
  maxpollinterval: "max.poll.interval.ms",
  autocommitinterval: "auto.commit.interval.ms",
  transactionidprefix: "transactional.id",
  statestorecachemaxsize: "statestore.cache.max.bytes",
  "ssl.keystorelocation": "ssl.keystore.location",
  "ssl.keystorepassword": "ssl.keystore.password",
  "ssl.keystoretype": "ssl.keystore.type",
  "ssl.truststorelocation": "ssl.truststore.location",
  "ssl.truststorepassword": "ssl.truststore.password",
  "ssl.truststoretype": "ssl.truststore.type",
  "ssl.keypassword": "ssl.key.password",
  "ssl.protocol": "ssl.protocol",
};

/** Words of Spring's own that are no settings of Kafka. */
const OWN = /^(bundle|cleanup\.|autostartup|failfast|modifytopicconfigs|autocreate|closetimeout|operationtimeout|ssl\.bundle)/;

const PLAIN: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "bootstrap.servers",
    "client.id",
    "group.id",
    "auto.offset.reset",
    "enable.auto.commit",
    "max.poll.records",
    "isolation.level",
    "key.deserializer",
    "value.deserializer",
    "key.serializer",
    "value.serializer",
    "acks",
    "batch.size",
    "buffer.memory",
    "compression.type",
    "retries",
    "application.id",
    "replication.factor",
    "state.dir",
    "security.protocol",
  ].map((key) => [key.replaceAll(".", ""), key]),
);

const SIDES = ["consumer", "producer", "streams", "admin"] as const;
const KINDS: Readonly<Record<(typeof SIDES)[number], DocumentKind>> = {
  consumer: "consumer",
  producer: "producer",
  streams: "streams",
  admin: "admin",
};

/** The clients that `spring.kafka.*` configures: what is common to all, and what is each one's own, as Kafka's settings. */
export function springDocuments(file: string, part: string | undefined, pairs: readonly FlatPair[]): readonly FoundDocument[] {
  const common: Entry[] = [];
  const own = new Map<(typeof SIDES)[number], Entry[]>();
  for (const pair of pairs) {
    if (!pair.name.toLowerCase().startsWith(ROOT)) continue;
    const path = pair.name.slice(ROOT.length);
    const side = SIDES.find((each) => path.toLowerCase().startsWith(`${each}.`));
    const entry = entryOf(side === undefined ? path : path.slice(side.length + 1), pair);
    if (!entry) continue;
    if (side === undefined) common.push(entry);
    else own.set(side, [...(own.get(side) ?? []), entry]);
  }
  const listeners = listenerDocument(file, part, pairs);
  if (own.size === 0)
    return common.length === 0
      ? listeners
      : [{ document: { file, part: part ?? "spring.kafka", kind: "client", entries: common, isPartial: true } }, ...listeners];
  const clients = [...own].map(([side, entries]): FoundDocument => {
    const keys = new Set(entries.map(({ key }) => key));
    return {
      document: {
        file,
        part: [part, `spring.kafka.${side}`].filter((word) => word !== undefined).join(" "),
        kind: KINDS[side],
        entries: [...common.filter(({ key }) => !keys.has(key)), ...entries],
        isPartial: true,
      },
    };
  });
  return [...clients, ...listeners];
}

/** What the application says of all its listeners. */
function listenerDocument(file: string, part: string | undefined, pairs: readonly FlatPair[]): readonly FoundDocument[] {
  const names: Readonly<Record<string, string>> = { ackmode: LISTENER.ackMode, concurrency: LISTENER.concurrency };
  const entries = pairs.flatMap(({ name, value, line }): Entry[] => {
    const word = /^spring\.kafka\.listener\.(.+)$/i.exec(name)?.[1]?.toLowerCase().replaceAll(/[-_]/g, "");
    const key = word !== undefined && Object.hasOwn(names, word) ? names[word] : undefined;
    return key === undefined ? [] : [{ key, value, line, spelling: name }];
  });
  if (entries.length === 0) return [];
  const named = [part, "spring.kafka.listener"].filter((word) => word !== undefined).join(" ");
  return [{ document: { file, part: named, kind: "listener", entries, isPartial: true } }];
}

/** What comes after `spring.kafka.` or `spring.kafka.consumer.` as a setting; undefined for what is Spring's own. */
function entryOf(path: string, { name, value, line }: FlatPair): Entry | undefined {
  const [, raw] = /^properties\.(.+)$/i.exec(path) ?? [];
  if (raw !== undefined) return { key: raw.replaceAll(/\[|\]/g, ""), value, line, spelling: name };
  const word = path.toLowerCase().replaceAll(/[-_]/g, "");
  if (OWN.test(word)) return undefined;
  const key = ownValue(SPELLED, word) ?? ownValue(PLAIN, word.replaceAll(".", ""));
  return key === undefined ? undefined : { key, value: unitless(key, value), line, spelling: name };
}

const MS_OF: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES_OF: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Spring takes `3s` and `1MB`; Kafka is given milliseconds and bytes. `read-committed` is an enum's word. */
function unitless(key: string, value: string): string {
  if (key === "isolation.level") return value.toLowerCase().replaceAll("-", "_");
  const [, number, unit] = /^(\d+)\s*([a-z]+)$/i.exec(value.trim()) ?? [];
  if (unit === undefined) return value;
  const factor = key.endsWith(".ms") ? MS_OF[unit.toLowerCase()] : BYTES_OF[unit.toLowerCase()];
  return factor === undefined ? value : String(Number(number) * factor);
}
