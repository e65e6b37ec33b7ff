import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Read before the broker is there: the disk it stands on needs it. */
export const DEFAULT_MEMORY_MAX_BYTES = "1073741824";

/** Broker settings that Ottla adds; every name starts with `ottla.`. */
export const ottlaConfigKeys: readonly ConfigKey[] = [
  configKey(
    "ottla.audit.data.sample.one.in",
    "int",
    "100",
    "Of allowed uses of data (producing, fetching, group membership), beside the first of each connection and resource, one in so many is audited; 1: each, 0: none.",
    { validator: atLeast(0), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.audit.file",
    "string",
    null,
    "The file that audit events are written to, one JSON object a line (docs/audit.md). It is made where it is not there; its directory, too.",
    { since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.audit.file.max.bytes",
    "long",
    "104857600",
    "How large the audit file grows before another one is begun; the old one is named after the time.",
    { validator: atLeast(64 * 1024), since: "Ottla 0.1" },
  ),
  configKey("ottla.audit.file.max.files", "int", "10", "Older audit files that are kept.", { validator: atLeast(1), since: "Ottla 0.1" }),
  configKey(
    "ottla.audit.queue.max.events",
    "int",
    "20000",
    "The most audit events that wait to be written, for the file and the topic each. Those beyond it are lost, which an event tells.",
    { validator: atLeast(100), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.audit.topic",
    "string",
    null,
    "The topic that audit events are written to. __ottla_audit is internal: clients cannot write there. Another one is a topic as all are; it is made where it is not there.",
    { since: "Ottla 0.1" },
  ),
  configKey("ottla.audit.topic.num.partitions", "int", "1", "Partitions of __ottla_audit.", { validator: atLeast(1), since: "Ottla 0.1" }),
  configKey("ottla.audit.topic.replication.factor", "short", "3", "Replicas of __ottla_audit, at most one for each broker.", {
    validator: atLeast(1),
    since: "Ottla 0.1",
  }),
  configKey("ottla.audit.topic.segment.bytes", "int", "104857600", "The segment size of __ottla_audit.", {
    validator: atLeast(1024 * 1024),
    since: "Ottla 0.1",
  }),
  configKey(
    "ottla.audit.window.ms",
    "long",
    "10000",
    "For how long the same audit event is counted before it is told again with that count.",
    { validator: atLeast(100), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.client.memory.bytes",
    "long",
    "201326592",
    "The most memory that the broker holds on behalf of all clients together: requests that come in or wait, answers not yet taken. Who asks for more is not read, or is closed.",
    { validator: atLeast(1024 * 1024), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.fetch.response.max.bytes",
    "int",
    "16777216",
    "The most bytes of records that one Fetch answer holds in memory, below fetch.max.bytes; one batch always comes.",
    { validator: atLeast(1024), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.memory.max.bytes",
    "long",
    DEFAULT_MEMORY_MAX_BYTES,
    "With everything in memory (`ottla dev --memory`): the most that all files take. Beyond it writing fails as on a full disk, until topics or records are deleted.",
    { validator: atLeast(1024 * 1024), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.replication.factor.clamp",
    "boolean",
    "false",
    "Whether a topic that asks for more replicas than there are brokers gets as many as there are, and is told so, rather than an error. `ottla dev` switches it on.",
    { since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.ssl.crl.location",
    "string",
    null,
    "A PEM file with the revocation lists (CRL) of all authorities that clients' certificates come from; who shows a certificate that is on one is refused. It is read again when it changes. A list that has run out, or an authority without one, refuses all of its clients. Apache Kafka asks for such lists by properties of its JVM alone.",
    { since: "Ottla 0.1" },
  ),
];
