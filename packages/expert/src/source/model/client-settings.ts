import { ownValue } from "@ottla/base";
import type { Entry } from "../../lint/document.ts";
import type { CallCode, Code } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import { fieldSettings, optionSettings, structSettings } from "./go-settings.ts";
import type { ClientRole, Library } from "./library.ts";
import { entryCode, entryOf, type GatheredSettings, settingsOf } from "./settings-of.ts";

const NONE: GatheredSettings = { entries: [], isOpen: true };

/** What a client is given where it is made, by Kafka's names. */
export function clientSettings(library: Library, role: ClientRole, made: Code, constants: Constants): GatheredSettings {
  const raw = rawSettings(library, role, made, constants);
  return { ...raw, entries: withProtocol(raw.entries.flatMap((entry) => renamed(library, entry))) };
}

function rawSettings(library: Library, role: ClientRole, made: Code, constants: Constants): GatheredSettings {
  if (made.kind === "map") return structSettings(made, constants);
  if (made.kind !== "call") return NONE;
  const [first, second] = made.args;
  if (library.id === "confluent-javascript") return withInner(first, "kafkaJS", constants);
  if (library.languages.includes("python")) return keywordSettings(made, constants);
  if (library.id === "java" && role === "streams") return second ? settingsOf(second, constants) : NONE;
  if (library.id === "java" || library.id === "spring") return first ? settingsOf(first, constants) : NONE;
  if (library.languages.includes("typescript") || library.id === "confluent-go")
    return first ? joined(made.args.slice(0, 2).map((arg) => settingsOf(arg, constants))) : { entries: [], isOpen: false };
  if (library.id === "franz-go") return optionSettings(made, constants);
  if (library.id === "sarama") return fieldSettings(made, constants, rootOf(made));
  const given = first && constants.resolve(first);
  return given?.kind === "map" ? structSettings(given, constants) : NONE;
}

function rootOf(code: Code): Code {
  let root = code;
  while (root.parent) root = root.parent;
  return root;
}

/** `{ kafkaJS: { … }, "key": value }`: both are its settings. */
function withInner(given: Code | undefined, name: string, constants: Constants): GatheredSettings {
  if (!given) return { entries: [], isOpen: false };
  const map = constants.resolve(given);
  const inner = entryCode(map, name);
  const outer = settingsOf(given, constants);
  const own = outer.entries.filter(({ key }) => key !== name);
  if (!inner) return { entries: own, isOpen: outer.isOpen };
  const within = settingsOf(inner, constants);
  return { entries: [...own, ...within.entries], isOpen: outer.isOpen || within.isOpen };
}

/** A dictionary, named arguments, or both. */
function keywordSettings(made: CallCode, constants: Constants): GatheredSettings {
  const named = made.args.filter((arg) => arg.kind === "named");
  const entries = named.map(({ name, value, line }) => entryOf(name, value, line, constants));
  const first = made.args.find((arg) => arg.kind !== "named");
  // A consumer's topics are no settings.
  const isMap = first !== undefined && constants.value(first) === undefined;
  const given = isMap ? settingsOf(first, constants) : { entries: [], isOpen: false };
  return { entries: [...given.entries, ...entries], isOpen: given.isOpen };
}

function joined(parts: readonly GatheredSettings[]): GatheredSettings {
  return { entries: parts.flatMap(({ entries }) => entries), isOpen: parts.some(({ isOpen }) => isOpen) };
}

/** An entry under Kafka's name; none when it has none. */
function renamed({ keys }: Library, entry: Entry): readonly Entry[] {
  if (keys === "kafka") return [entry];
  const key = keys === "librdkafka" ? (ownValue(LIBRDKAFKA, entry.key) ?? entry.key) : keys(entry.key);
  return key === undefined ? [] : key === entry.key ? [entry] : [{ ...entry, key, spelling: entry.key }];
}

/** Clients that are told of TLS and logins by two settings of their own: what Kafka calls `security.protocol`. */
function withProtocol(entries: readonly Entry[]): readonly Entry[] {
  const tls = entries.find(({ key }) => key === "ssl");
  const sasl = entries.find(({ key }) => key === "sasl");
  const told = tls ?? sasl;
  if (!told) return entries;
  const isTls = tls !== undefined && tls.value !== "false";
  const value = sasl ? (isTls ? "SASL_SSL" : "SASL_PLAINTEXT") : isTls ? "SSL" : "PLAINTEXT";
  const others = entries.filter((entry) => entry !== tls && entry !== sasl);
  return [...others, { ...told, key: "security.protocol", value }];
}

/** librdkafka's other names for what Kafka has. */
const LIBRDKAFKA: Readonly<Record<string, string | undefined>> = {
  "metadata.broker.list": "bootstrap.servers",
  "request.required.acks": "acks",
  "compression.codec": "compression.type",
  "queue.buffering.max.ms": "linger.ms",
  "message.send.max.retries": "retries",
  "message.timeout.ms": "delivery.timeout.ms",
  "max.in.flight": "max.in.flight.requests.per.connection",
  clientId: "client.id",
  brokers: "bootstrap.servers",
  groupId: "group.id",
  transactionalId: "transactional.id",
  idempotent: "enable.idempotence",
  sessionTimeout: "session.timeout.ms",
  heartbeatInterval: "heartbeat.interval.ms",
  autoCommit: "enable.auto.commit",
  maxInFlightRequests: "max.in.flight.requests.per.connection",
};
