import type { Walk } from "./command-line-walk.ts";
import type { FaultResult } from "./fault.ts";

const yes = (is: boolean): string => (is ? "yes" : "**no**");

/** What the page is made of. */
export interface FaultPage {
  /** All faults of the suite, in its order. */
  readonly names: readonly string[];
  /** Of those that were run this time. */
  readonly results: readonly FaultResult[];
  readonly healthy: readonly string[];
  readonly walks: readonly Walk[];
  /** The page as it was: what was not run this time stays. */
  readonly before: string;
}

/** The page that says of each fault whether it was found, first, and cured. */
export function faultPage({ names, results, healthy, walks, before }: FaultPage): string {
  const lines = before.split("\n");
  const fresh = new Map(results.map((result) => [result.fault.name, rowOf(result)]));
  const rows = names.flatMap((name) => fresh.get(name) ?? lines.find((line) => line.startsWith(`| ${name} |`)) ?? []);
  const walked = walks.length > 0 ? walks.map(walkLine) : lines.filter((line) => line.startsWith("- ") && isWalk(line));
  const [made, found, first, cured] = countsOf(rows);
  return `# Broken on purpose

Written by \`npm run test:doctor -- --write\`, with \`--only\` the rows of what was run; \`npm run test:doctor\` fails when a line of it is not so any more. Three nodes of Apache Kafka 4.4.0 are broken in ${made} ways, one after another; each time
the doctor is asked, what it advises is done, and it is asked again, for as long as the first time.

- **found**: a finding of one of the rules, or what it brings about, names what was broken. **first**: it is the first of all findings. **cured**: after its remedy the doctor does not say it any more.
- Left out, since it is true of every cluster of the suite: CLU-09 (the disk of the machine), BRK-08 (its temporary folder), BRK-20 (brokers that talk over loopback in the clear), SEC-09 (the suite's own super user).
- **plan**: the finding's own changes, or what somebody has to decide for, through a plan's file and \`applyPlan\`. **by hand**: only a human can do it; the suite does what the finding says.

${found} found, ${first} of them first, ${cured} cured. On the healthy cluster: ${healthy.length === 0 ? "no error and no warning" : healthy.join(", ")}.

| fault | rules | found | first | cured | by | note |
|---|---|---|---|---|---|---|
${rows.join("\n")}

By the program itself:

${walked.join("\n")}
`;
}

function rowOf({ fault, found, isFirst, cured, note, skipped }: FaultResult): string {
  const rules = fault.rules.join(", ");
  if (skipped) return `| ${fault.name} | ${rules} | – | – | – | – | ${note} |`;
  const words = note.replaceAll("|", "\\|").replaceAll("\n", " ");
  return `| ${fault.name} | ${rules} | ${yes(found)} | ${yes(isFirst)} | ${found ? yes(cured) : "–"} | ${fault.cure === "plan" ? "plan" : "by hand"} | ${words} |`;
}

/** How many were made, found, first and cured. */
function countsOf(rows: readonly string[]): readonly [number, number, number, number] {
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
  const count = (at: number): number => cells.filter((row) => row[at] === "yes").length;
  return [cells.filter((row) => row[3] !== "–").length, count(3), count(4), count(5)];
}

function walkLine({ name, failure }: Walk): string {
  return `- ${name}: ${failure === undefined ? "yes" : `**no**: ${failure}`}`;
}

function isWalk(line: string): boolean {
  return /: (yes|\*\*no\*\*: .*)$/.test(line);
}
