import type { Mutant } from "./mutant.ts";

/** docs/mutants.md: the mutants that no test dies of, and why each does no harm. */
export function renderMutantsPage(mutants: readonly Mutant[]): string {
  const harmless = mutants.filter((mutant) => mutant.harmless !== undefined);
  const rows = harmless.map(
    ({ file, rule, harmless: why }) => `| \`${file.replace("packages/", "").replace("/src/", "/")}\` | ${rule} | ${why} |`,
  );
  return `# Mutants that live

Written by \`npm run status\` from \`tools/mutants\`; do not edit. \`npm run mutants\` breaks one rule after another in a copy of the sources and runs the tests that should notice.
Every mutant dies but those below: each is a rule that something else keeps as well, so that breaking it alone changes nothing that anybody can see.

${rows.length === 0 ? "There are none." : `| file | the rule that was broken | why it does no harm |\n| --- | --- | --- |\n${rows.join("\n")}`}
`;
}
