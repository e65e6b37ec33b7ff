import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const WORKER_FACTORS = ["config.storage.replication.factor", "offset.storage.replication.factor", "status.storage.replication.factor"];

function className(settings: Settings): string {
  return settings.given("connector.class") ?? "";
}

function isPostgres(settings: Settings): boolean {
  return settings.isOf("sourceConnector") && /debezium.*postgres/i.test(className(settings));
}

/** What Debezium takes where nothing is said. */
const DEBEZIUM_NAMES = { "slot.name": "debezium", "publication.name": "dbz_publication" } as const;

function missingOfDebezium(settings: Settings): Hit[] {
  if (!isPostgres(settings)) return [];
  const hits: Hit[] = ["topic.prefix", "slot.name", "publication.name"]
    .filter((key) => !settings.has(key))
    .map((key) => ({
      key,
      ...(key !== "topic.prefix" && { severity: "warning" as const }),
      message:
        key === "topic.prefix"
          ? "topic.prefix is missing: the connector does not start."
          : `${key} is missing: a second connector to this server would take the same, ${DEBEZIUM_NAMES[key as keyof typeof DEBEZIUM_NAMES]}.`,
      evidence: `${key} is not set`,
    }));
  if (!["table.include.list", "table.exclude.list", "schema.include.list"].some((key) => settings.has(key)))
    hits.push({
      key: "table.include.list",
      severity: "warning",
      message: "All tables are captured: table.include.list is missing.",
      evidence: "table.include.list is not set",
    });
  if (!settings.has("heartbeat.interval.ms"))
    hits.push({
      key: "heartbeat.interval.ms",
      severity: "warning",
      message:
        "While the captured tables are quiet the slot holds the write-ahead log of the whole server: heartbeat.interval.ms is missing.",
      evidence: "heartbeat.interval.ms is not set",
      settings: [{ key: "heartbeat.interval.ms", value: "10000" }],
    });
  // One finding for a connector that lacks several: they are mended together.
  const [first] = hits;
  return first === undefined ? [] : [{ ...first, message: hits.map(({ message }) => message).join(" ") }];
}

/** Rules over Connect workers and connectors. */
export const connectRules: readonly SettingsRule[] = [
  {
    id: "CON-01",
    name: "tolerance-no-dlq",
    severity: "error",
    confidence: "high",
    condition: "errors.tolerance=all with neither a dead-letter topic nor a log of errors",
    why: "What cannot be converted or written is dropped in silence.",
    fix: "Name errors.deadletterqueue.topic.name (sinks), and set errors.log.enable=true.",
    source: "KIP-298",
    check: (settings) => {
      const key = "errors.tolerance";
      const isTold = settings.has("errors.deadletterqueue.topic.name") || settings.given("errors.log.enable")?.toLowerCase() === "true";
      return settings.isOf("sinkConnector", "sourceConnector") && settings.given(key) === "all" && !isTold
        ? {
            key,
            message: "Records that fail are dropped without a trace.",
            evidence: evidenceOf(settings, key),
            settings: [{ key: "errors.log.enable", value: "true" }],
          }
        : undefined;
    },
    examples: [
      { kind: "sinkConnector", settings: { "errors.tolerance": "all" }, hits: 1 },
      { kind: "sinkConnector", settings: { "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "orders.dlq" }, hits: 0 },
    ],
  },
  {
    id: "CON-02",
    name: "dlq-shape",
    severity: "warning",
    confidence: "high",
    condition: "a dead-letter topic with one copy, without the headers that say why, or among the sink's own topics",
    why: "Evidence is lost with a broker, or says nothing; a sink that reads its own dead letters goes round in circles.",
    fix: "Set errors.deadletterqueue.topic.replication.factor=3 and errors.deadletterqueue.context.headers.enable=true.",
    source: "KIP-298",
    check: (settings) => {
      const key = "errors.deadletterqueue.topic.name";
      const name = settings.isOf("sinkConnector") ? settings.given(key) : undefined;
      if (name === undefined || name === "") return undefined;
      if (settings.list("topics").includes(name))
        return {
          key,
          severity: "error",
          message: `The sink reads ${name}, its own dead-letter topic.`,
          evidence: evidenceOf(settings, key),
        };
      const factor = "errors.deadletterqueue.topic.replication.factor";
      if (settings.given(factor) === "1")
        return {
          key: factor,
          message: "The dead-letter topic has one copy.",
          evidence: evidenceOf(settings, factor),
          settings: [{ key: factor, value: "3" }],
        };
      const headers = "errors.deadletterqueue.context.headers.enable";
      return settings.given(headers)?.toLowerCase() === "true"
        ? undefined
        : {
            key: headers,
            message: "Dead letters do not say why they are there.",
            evidence: evidenceOf(settings, headers),
            settings: [{ key: headers, value: "true" }],
          };
    },
    examples: [
      {
        kind: "sinkConnector",
        settings: { topics: "orders,dead", "errors.deadletterqueue.topic.name": "dead" },
        hits: 1,
        severity: "error",
      },
      { kind: "sinkConnector", settings: { "errors.deadletterqueue.topic.name": "dead" }, hits: 1 },
      {
        kind: "sinkConnector",
        settings: {
          topics: "orders",
          "errors.deadletterqueue.topic.name": "dead",
          "errors.deadletterqueue.context.headers.enable": "true",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "CON-03",
    name: "flush",
    severity: "warning",
    confidence: "medium",
    condition: "a sink to files with flush.size below 10,000 and no rotation by time",
    why: "It makes many small files, which are slow and dear to read.",
    fix: "Rotate by size and by time: rotate.interval.ms or rotate.schedule.interval.ms beside a larger flush.size.",
    source: "measured by users of object store sinks",
    thresholds: [{ name: "records", meaning: "fewest records of a file", default: 10_000, unit: "count", least: 1, most: 1_000_000_000 }],
    check: (settings, { threshold }) => {
      const key = "flush.size";
      const isFiles = settings.isOf("sinkConnector") && /(s3|gcs|hdfs|azure|blob)/i.test(className(settings));
      const size = settings.given(key);
      const isTimed = settings.has("rotate.interval.ms") || settings.has("rotate.schedule.interval.ms");
      return isFiles && size !== undefined && /^\d+$/.test(size) && Number(size) < threshold("records") && !isTimed
        ? { key, message: `A file for every ${size} records.`, evidence: evidenceOf(settings, key) }
        : undefined;
    },
    examples: [
      { kind: "sinkConnector", settings: { "connector.class": "io.confluent.connect.s3.S3SinkConnector", "flush.size": "1000" }, hits: 1 },
      {
        kind: "sinkConnector",
        settings: { "connector.class": "io.confluent.connect.s3.S3SinkConnector", "flush.size": "1000", "rotate.interval.ms": "600000" },
        hits: 0,
      },
    ],
  },
  {
    id: "CNS-17",
    name: "group-many-uses",
    severity: "warning",
    confidence: "medium",
    condition: "a sink reads topics of three domains or more, by the first word of their names",
    why: "They are one group: what one domain's records do to a task all the others wait for, and each rebalance is everybody's.",
    fix: "Make a connector for each domain.",
    source: "Ottla",
    thresholds: [
      { name: "domains", meaning: "number of domains from which on it speaks", default: 3, unit: "count", least: 2, most: 1000 },
    ],
    check: (settings, { threshold }) => {
      if (!settings.isOf("sinkConnector")) return undefined;
      const domains = new Set(settings.list("topics").flatMap((topic) => /^([\w-]+)\./.exec(topic)?.[1] ?? []));
      return domains.size >= threshold("domains")
        ? {
            key: "topics",
            message: `One group reads topics of ${domains.size} domains: ${[...domains].slice(0, 5).join(", ")}.`,
            evidence: evidenceOf(settings, "topics"),
          }
        : undefined;
    },
    examples: [
      { kind: "sinkConnector", settings: { "connector.class": "x.Sink", topics: "shop.orders,hr.people,iot.readings" }, hits: 1 },
      { kind: "sinkConnector", settings: { "connector.class": "x.Sink", topics: "shop.orders,shop.paid,iot.readings" }, hits: 0 },
    ],
  },
  {
    id: "CON-04",
    name: "debezium-incomplete",
    severity: "error",
    confidence: "medium",
    condition: "a Debezium connector to PostgreSQL without topic.prefix, slot.name, publication.name, a list of tables or a heartbeat",
    why: "It does not start, captures everything, or lets the write-ahead log fill the disk.",
    fix: "Complete the settings.",
    source: "Debezium documentation",
    check: missingOfDebezium,
    examples: [
      {
        kind: "sourceConnector",
        settings: { "connector.class": "io.debezium.connector.postgresql.PostgresConnector", "database.hostname": "db" },
        hits: 1,
      },
      {
        kind: "sourceConnector",
        settings: {
          "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
          "topic.prefix": "shop",
          "table.include.list": "public.orders",
          "heartbeat.interval.ms": "10000",
        },
        hits: 1,
        severity: "warning",
      },
      {
        kind: "sourceConnector",
        settings: {
          "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
          "topic.prefix": "shop",
          "slot.name": "shop",
          "publication.name": "shop",
          "table.include.list": "public.orders",
          "heartbeat.interval.ms": "10000",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "CON-05",
    name: "tasks-max",
    severity: "warning",
    confidence: "high",
    condition: "tasks.max above 1 on a source that has one task",
    why: "The other tasks never exist; who counts on them is misled.",
    fix: "Set tasks.max=1.",
    source: "Debezium documentation",
    check: (settings) => {
      const key = "tasks.max";
      const tasks = settings.given(key);
      return settings.isOf("sourceConnector") &&
        /debezium\.connector\.(postgres|mysql|mariadb|oracle)/i.test(className(settings)) &&
        tasks !== undefined &&
        Number(tasks) > 1
        ? { key, message: "This connector always has one task.", evidence: evidenceOf(settings, key), settings: [{ key, value: "1" }] }
        : undefined;
    },
    examples: [
      { kind: "sourceConnector", settings: { "connector.class": "io.debezium.connector.mysql.MySqlConnector", "tasks.max": "4" }, hits: 1 },
      { kind: "sourceConnector", settings: { "connector.class": "io.debezium.connector.mysql.MySqlConnector", "tasks.max": "1" }, hits: 0 },
    ],
  },
  {
    id: "CON-07",
    name: "converters",
    severity: "warning",
    confidence: "high",
    condition: "JsonConverter without schemas.enable, or an Avro converter without a registry",
    why: "JsonConverter wraps every value in a schema unless told otherwise; a registry that is not named cannot be asked.",
    fix: "Say schemas.enable and schema.registry.url.",
    source: "Apache Kafka Connect documentation",
    check: (settings) =>
      ["key.converter", "value.converter"].flatMap((key): Hit[] => {
        const name = settings.isOf("sinkConnector", "sourceConnector", "connectWorker", "connectStandalone")
          ? (settings.given(key) ?? "")
          : "";
        if (name.endsWith(".JsonConverter") && !settings.has(`${key}.schemas.enable`))
          return [
            {
              key,
              message: `${key}.schemas.enable is not set, so schemas are wrapped around values.`,
              evidence: evidenceOf(settings, key),
            },
          ];
        if (/^io\.confluent\..*(Avro|Protobuf|JsonSchema)Converter$/.test(name) && !settings.has(`${key}.schema.registry.url`))
          return [{ key, severity: "error", message: `${key}.schema.registry.url is not set.`, evidence: evidenceOf(settings, key) }];
        return [];
      }),
    examples: [
      { kind: "sinkConnector", settings: { "value.converter": "org.apache.kafka.connect.json.JsonConverter" }, hits: 1 },
      {
        kind: "sinkConnector",
        settings: { "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "false" },
        hits: 0,
      },
      { kind: "sinkConnector", settings: { "value.converter": "io.confluent.connect.avro.AvroConverter" }, hits: 1, severity: "error" },
      // Its registry is named by another setting.
      { kind: "sinkConnector", settings: { "value.converter": "io.apicurio.registry.utils.converter.AvroConverter" }, hits: 0 },
    ],
  },
  {
    id: "CON-08",
    name: "worker-topics",
    severity: "error",
    confidence: "needs context",
    condition: "a worker's internal topics with fewer than 3 copies",
    why: "Connectors, their offsets and states are lost with a broker.",
    fix: "Set 3, or -1 for the broker's default.",
    source: "Apache Kafka Connect documentation",
    profiles: ["prod", "critical"],
    check: (settings) =>
      settings.isOf("connectWorker")
        ? WORKER_FACTORS.flatMap((key): Hit[] => {
            const factor = settings.has(key) ? settings.number(key) : undefined;
            return factor !== undefined && factor > 0 && factor < 3
              ? [{ key, message: `${key} is ${factor}.`, evidence: evidenceOf(settings, key), settings: [{ key, value: "3" }] }]
              : [];
          })
        : undefined,
    examples: [
      { kind: "connectWorker", settings: { "config.storage.replication.factor": "1" }, hits: 1 },
      { kind: "connectWorker", settings: { "config.storage.replication.factor": "3" }, hits: 0 },
    ],
  },
  {
    id: "CON-10",
    name: "gone-in-4",
    severity: "error",
    confidence: "high",
    condition: "ReplaceField with whitelist or blacklist on Kafka 4",
    why: "The transformation refuses the names since 4.0.",
    fix: "Write include and exclude.",
    source: "KIP-629, Apache Kafka 4.0 upgrade notes",
    from: "4.0",
    check: (settings) => {
      if (!settings.isOf("sinkConnector", "sourceConnector")) return undefined;
      return settings.entries
        .filter(
          ({ key }) =>
            /^transforms\.[^.]+\.(whitelist|blacklist)$/.test(key) &&
            /ReplaceField/.test(settings.given(key.replace(/\.[^.]+$/, ".type")) ?? ""),
        )
        .map(({ key }) => ({
          key,
          message: `${key} is gone since Kafka 4.0.`,
          evidence: evidenceOf(settings, key),
          fix: `Write ${key.replace("whitelist", "include").replace("blacklist", "exclude")}.`,
        }));
    },
    examples: [
      {
        kind: "sinkConnector",
        settings: { "transforms.drop.type": "org.apache.kafka.connect.transforms.ReplaceField$Value", "transforms.drop.blacklist": "ssn" },
        hits: 1,
      },
      {
        kind: "sinkConnector",
        settings: { "transforms.drop.type": "org.apache.kafka.connect.transforms.ReplaceField$Value", "transforms.drop.exclude": "ssn" },
        hits: 0,
      },
    ],
  },
];
