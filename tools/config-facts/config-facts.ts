/**
 * Remakes `packages/broker/src/config/fixtures/kafka-configs.json`: names, types, defaults and bounds of every setting, from the tables
 * inside Apache Kafka's own jars.
 *
 *   npm run config-facts                jars by Maven, needs Java 17
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireKafkaClassPath } from "../../conformance/src/kafka/jars.ts";
import { kafkaVersion } from "../generate/scope.ts";

const fixture = join(import.meta.dirname, "../../packages/broker/src/config/fixtures/kafka-configs.json");
const origin = `Written by tools/config-facts from Apache Kafka ${kafkaVersion} (org.apache.kafka:kafka_2.13 and what it depends on): LogConfig, AbstractKafkaConfig, QuotaConfig, GroupConfig, ClientMetricsConfigs, ServerTopicConfigSynonyms, DynamicBrokerConfig. Facts only: name, type, default (canonical text; "<none>" where the key must be given), validator as Kafka prints it (before a list's values "list", and "non-empty" where it must not be empty), importance, internal.`;

/** JSON with one setting on each line. */
function format(facts: Readonly<Record<string, unknown>>): string {
  const sections = Object.entries({ origin, ...facts }).map(([name, value]) => `  ${JSON.stringify(name)}: ${section(value)}`);
  return `{\n${sections.join(",\n")}\n}\n`;
}

function section(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[\n${value.map((row) => `    ${line(row)}`).join(",\n")}\n  ]`;
  const rows = Object.entries(value as object).map(([name, row]) => `    ${JSON.stringify(name)}: ${line(row)}`);
  return `{\n${rows.join(",\n")}\n  }`;
}

function line(row: unknown): string {
  return Array.isArray(row) ? `[${row.map((cell) => JSON.stringify(cell)).join(", ")}]` : JSON.stringify(row);
}

const source = join(import.meta.dirname, "ConfigFacts.java");
const output = execFileSync("java", ["-cp", await requireKafkaClassPath(), source], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
  maxBuffer: 2 ** 26,
});
writeFileSync(fixture, format(JSON.parse(output) as Record<string, unknown>));
