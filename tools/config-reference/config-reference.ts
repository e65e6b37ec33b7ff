/**
 * Writes docs/configuration.md: every setting that the broker knows, from the tables that the broker itself reads.
 *
 *   node --conditions=source tools/config-reference/config-reference.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConfigDef, type ConfigKey, describeAllowed } from "@ottla/base";
import { brokerConfigDef } from "../../packages/broker/src/config/broker-configs.ts";
import { clientMetricsConfigDef, groupConfigDef, topicConfigDef } from "../../packages/broker/src/config/resource-config-defs.ts";
import { root } from "../workspaces.ts";

export const configReferenceFile: string = join(root, "docs", "configuration.md");

const intro = `# Configuration

Ottla takes Apache Kafka's own names, so a \`server.properties\` file and \`kafka-configs\` work as they are. Broker settings come from \`--config FILE\`,
\`--set name=value\` and, where the table says so, from changes while the broker runs; topic settings from the topic, else from the broker setting named
under "else". Names that nothing knows are kept and reported, never fatal.

What Kafka has and Ottla does not need, or does not do yet, is accepted, described and listed at the end of each section: it changes nothing.
\`ottla configs describe\` and every Kafka tool show the same settings with their values and where those come from.

This page is written by \`node --conditions=source tools/config-reference/config-reference.ts\`; a test compares it with the broker.
`;

/** The page as it should be. */
export function configReference(): string {
  const own = (key: ConfigKey) => key.name.startsWith("ottla.");
  return [
    intro,
    section("Topic settings", topicConfigDef, () => true, false),
    section("Broker settings", brokerConfigDef, (key) => !own(key), true),
    section("Ottla's own broker settings", brokerConfigDef, own, true),
    section("Group settings", groupConfigDef, () => true, false),
    section("Client metrics settings", clientMetricsConfigDef, () => true, false),
  ].join("\n");
}

function section(title: string, def: ConfigDef, isWanted: (key: ConfigKey) => boolean, isBroker: boolean): string {
  const keys = [...def.keys].filter((key) => !key.internal && isWanted(key)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const working = keys.filter((key) => key.effect !== "none");
  const idle = keys.filter((key) => key.effect === "none");
  const lines = [`## ${title}`, ""];
  if (working.length > 0) {
    lines.push(`| setting | default | must be | ${isBroker ? "changes" : "else"} | |`, "|---|---|---|---|---|");
    lines.push(...working.map((key) => row(key, isBroker)), "");
  }
  if (idle.length > 0) {
    lines.push(`Accepted without effect (${idle.length}): ${idle.map((key) => `\`${key.name}\``).join(", ")}.`, "");
  }
  return lines.join("\n");
}

function row(key: ConfigKey, isBroker: boolean): string {
  const otherwise = isBroker ? key.dynamic.replace("read-only", "at start") : key.synonyms.map(({ name }) => `\`${name}\``).join(", ");
  const fallback = key.default === null || key.default === undefined ? "" : key.default === "" ? "empty" : `\`${key.default}\``;
  return `| \`${key.name}\` | ${fallback} | ${escape(describeAllowed(key))} | ${otherwise} | ${escape(key.doc)} |`;
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (process.argv[1] === import.meta.filename) writeFileSync(configReferenceFile, configReference());
