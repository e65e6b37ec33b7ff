/**
 * Writes docs/rules.md: every rule of the expert, from the rules themselves.
 *
 *   node --conditions=source tools/rule-reference/rule-reference.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { printVersions, rules, whyByHand } from "@ottla/expert";
import { root } from "../workspaces.ts";

export const ruleReferenceFile: string = join(root, "docs", "rules.md");

const FAMILIES: Readonly<Record<string, string>> = {
  ACR: "Across files",
  BRK: "Brokers",
  CLU: "Live clusters",
  DOC: "Statements in documents",
  GRP: "Groups, live",
  CFG: "Keys and values as such",
  CMD: "Calls of Kafka's tools",
  CNS: "Consumers",
  CON: "Connect",
  MON: "Alerts",
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
Numbers of rules are set in \`ottla.yaml\`, for \`lint\` and \`doctor\`, for all or by profile: \`lint: {thresholds: {TOP-21: {warnAbove: 2MiB, errorAbove: {critical: 4MiB}}}}\`.
A comment on the line before allows a finding: \`# ottla: allow ID because REASON\`; \`allow-file\` for a whole file.

This page is written by \`node --conditions=source tools/rule-reference/rule-reference.ts\`; a test compares it with the rules.
`;

/** Of the planned catalogue what is not a rule yet, and what it would take; those that are a rule by now are left out of the page. */
const PLANNED: readonly (readonly [ids: readonly string[], needs: string])[] = [
  [["BRK-09"], "said by CFG-03, which knows the keys of every version"],
  [["CON-06"], "said by SEC-11, which looks into connectors too"],
];

function planned(): string {
  const rows = PLANNED.flatMap(([ids, needs]) => {
    const missing = ids.filter((id) => rules.every((rule) => rule.id !== id));
    return missing.length === 0 ? [] : [`- ${missing.join(", ")}: ${needs}`];
  });
  return `## Planned and not there\n\n${rows.join("\n")}\n`;
}

/** The page as it should be. */
export function ruleReference(): string {
  const families = [...new Set(rules.map(({ id }) => id.split("-")[0]!))];
  return [intro, ...families.map(family), planned()].join("\n");
}

function family(prefix: string): string {
  const title = FAMILIES[prefix];
  if (title === undefined) throw new TypeError(`Say in rule-reference.ts what the family ${prefix} is.`);
  const rows = rules
    .filter(({ id }) => id.startsWith(`${prefix}-`))
    .map(({ id, name, severity, confidence, condition, inCluster, why, fix, source, from, profiles, thresholds }) =>
      [
        `### ${id} ${name}`,
        "",
        `${severity}, confidence ${confidence}, Kafka ${printVersions({ from })}${profiles ? `, for ${profiles.join(" and ")}` : ""}. Speaks when: ${condition}.${inCluster === undefined ? "" : ` In a live cluster: ${inCluster}.`}`,
        "",
        `${why} **${fix}** (${source})`,
        "",
        ...(whyByHand(id).length === 0 ? [] : [`By hand where a finding has no change: ${whyByHand(id).join(" ")}`, ""]),
        ...(thresholds
          ? [
              `May be set: ${thresholds.map(({ name, meaning, default: value, unit, least, most }) => `\`${name}\`, the ${meaning} (${value} ${unit}; ${least} to ${most})`).join("; ")}.`,
              "",
            ]
          : []),
      ].join("\n"),
    );
  return `## ${title}\n\n${rows.join("\n")}`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(ruleReferenceFile, ruleReference());
