import type { Walk } from "./command-line-walk.ts";
import type { FaultResult } from "./fault.ts";

const yes = (is: boolean): string => (is ? "yes" : "**no**");

/** The page that says of each fault whether it was found, first, and cured. */
export function faultPage(results: readonly FaultResult[], healthy: readonly string[], walks: readonly Walk[]): string {
  const made = results.filter(({ skipped }) => !skipped);
  const found = results.filter((each) => each.found).length;
  const first = results.filter(({ isFirst }) => isFirst).length;
  const cured = results.filter((each) => each.cured).length;
  const rows = results.map(({ fault, found: isFound, isFirst, cured: isCured, note, skipped }) =>
    skipped
      ? `| ${fault.name} | ${fault.rules.join(", ")} | – | – | – | – | ${note} |`
      : `| ${fault.name} | ${fault.rules.join(", ")} | ${yes(isFound)} | ${yes(isFirst)} | ${isFound ? yes(isCured) : "–"} | ${fault.cure === "plan" ? "plan" : "by hand"} | ${note.replaceAll("|", "\\|").replaceAll("\n", " ")} |`,
  );
  return `# Broken on purpose

Written by \`npm run test:doctor -- --write\`; \`npm run test:doctor\` fails when a line of it is not so any more. Three nodes of Apache Kafka 4.4.0 are broken in ${made.length} ways, one after another; each time the doctor is asked,
what it advises is done, and it is asked again.

- **found**: a finding of one of the rules names what was broken. **first**: it is the first of all findings. **cured**: after its remedy the doctor does not say it any more.
- Left out, since it is true of every cluster of the suite: CLU-09 (the disk of the machine), BRK-08 (its temporary folder), BRK-20 (brokers that talk over loopback in the clear), SEC-09 (the suite's own super user).
- **plan**: the finding's own changes, through a plan's file and \`applyPlan\`. **by hand**: only a human can do it; the suite does what the finding says.

${found} found, ${first} of them first, ${cured} cured. On the healthy cluster: ${healthy.length === 0 ? "no error and no warning" : healthy.join(", ")}.

| fault | rules | found | first | cured | by | note |
|---|---|---|---|---|---|---|
${rows.join("\n")}

By the program itself:

${walks.map(({ name, failure }) => `- ${name}: ${failure === undefined ? "yes" : `**no**: ${failure}`}`).join("\n")}
`;
}
