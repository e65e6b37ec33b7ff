import type { TestResult } from "./run-test.ts";

/** The page `conformance/librdkafka.md`. */
export function formatScoreboard(input: {
  readonly version: string;
  readonly targetName: string;
  readonly command: string;
  readonly results: readonly TestResult[];
  readonly localCount: number;
  readonly manualCount: number;
}): string {
  const count = (outcome: TestResult["outcome"]): number => input.results.filter((each) => each.outcome === outcome).length;
  const rows = input.results.map(({ name, outcome, seconds, note }) => {
    const number = name.slice(0, 4);
    return `| ${number} | ${name.slice(5)} | ${outcome} | ${outcome === "not applicable" ? "" : seconds.toFixed(1)} | ${note.replaceAll("|", "\\|")} |`;
  });
  return `# librdkafka's own test-suite against ${input.targetName}

librdkafka ${input.version} from the npm tarball of @confluentinc/kafka-javascript, each test in a run of its own, in full (not the suite's quick mode, which leaves most subtests out). Written by
\`${input.command}\`; do not edit by hand.

**${count("passed")} passed, ${count("failed")} failed, ${count("not applicable")} not applicable.** Not listed: ${input.localCount} tests that need no broker and ${input.manualCount} manual ones.

| number | test | result | s | reason |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
