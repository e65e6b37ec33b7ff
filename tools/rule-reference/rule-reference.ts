/**
 * Writes docs/rules.md: every rule of the expert, from the rules themselves.
 *
 *   node --conditions=source tools/rule-reference/rule-reference.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "@ottla/expert";
import { root } from "../workspaces.ts";

export const ruleReferenceFile: string = join(root, "docs", "rules.md");

const FAMILIES: Readonly<Record<string, string>> = {
  ACR: "Across files",
  BRK: "Brokers",
  CLU: "Live clusters",
  GRP: "Groups, live",
  CFG: "Keys and values as such",
  CMD: "Calls of Kafka's tools",
  CNS: "Consumers",
  CON: "Connect",
  PRD: "Producers and every client",
  SCH: "Schemas",
  SEC: "Security",
  SRC: "Sources",
  STZ: "Resources of the Strimzi operator",
  TOP: "Topics",
  STR: "Streams",
};

const intro = `# Rules

What \`ottla lint\` looks for in files, and \`ottla doctor\` in live clusters. \`ottla explain ID\` prints one of them. A rule holds for all profiles (\`--profile dev|prod|critical\`) unless it says for which.
A comment on the line before allows a finding: \`# ottla: allow ID because REASON\`; \`allow-file\` for a whole file.

This page is written by \`node --conditions=source tools/rule-reference/rule-reference.ts\`; a test compares it with the rules.
`;

/** The page as it should be. */
export function ruleReference(): string {
  const families = [...new Set(rules.map(({ id }) => id.split("-")[0]!))];
  return [intro, ...families.map(family)].join("\n");
}

function family(prefix: string): string {
  const title = FAMILIES[prefix];
  if (title === undefined) throw new TypeError(`Say in rule-reference.ts what the family ${prefix} is.`);
  const rows = rules
    .filter(({ id }) => id.startsWith(`${prefix}-`))
    .map(({ id, name, severity, confidence, condition, inCluster, why, fix, source, profiles }) =>
      [
        `### ${id} ${name}`,
        "",
        `${severity}, confidence ${confidence}${profiles ? `, for ${profiles.join(" and ")}` : ""}. Speaks when: ${condition}.${inCluster === undefined ? "" : ` In a live cluster: ${inCluster}.`}`,
        "",
        `${why} **${fix}** (${source})`,
        "",
      ].join("\n"),
    );
  return `## ${title}\n\n${rows.join("\n")}`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(ruleReferenceFile, ruleReference());
