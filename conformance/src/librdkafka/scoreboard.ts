import type { TestResult } from "./judge-output.ts";

/** One line of the scoreboard; `onKafka` where the same test was run against Apache Kafka on the same machine. */
export interface ScoreboardRow {
  readonly result: TestResult;
  readonly onKafka: TestResult | undefined;
}

/** The page `conformance/librdkafka.md`. */
export function formatScoreboard(input: {
  readonly version: string;
  readonly kafkaVersion: string;
  readonly targetName: string;
  readonly command: string;
  readonly rows: readonly ScoreboardRow[];
  readonly notRun: readonly string[];
  readonly localCount: number;
  readonly manualCount: number;
}): string {
  const count = (outcome: TestResult["outcome"]): number => input.rows.filter((each) => each.result.outcome === outcome).length;
  const failedOnBoth = input.rows.filter((each) => each.result.outcome === "failed" && each.onKafka?.outcome === "failed").length;
  const rows = input.rows.map(({ result: { name, outcome, seconds, note }, onKafka }) => {
    const time = outcome === "not applicable" ? "" : seconds.toFixed(1);
    return `| ${name.slice(0, 4)} | ${name.slice(5)} | ${outcome} | ${time} | ${onKafka?.outcome ?? ""} | ${note.replaceAll("|", "\\|")} |`;
  });
  return `# librdkafka's own test-suite against ${input.targetName}

librdkafka ${input.version} from the npm tarball of @confluentinc/kafka-javascript, the tests of each number in a run of their own, in full (not the suite's quick mode, which leaves most subtests out), with classic consumer groups.
Written by \`${input.command}\`; do not edit by hand. The column "Kafka" tells how the same test went against three nodes of Apache Kafka ${input.kafkaVersion} on the same machine, where it was run.

**${count("passed")} passed, ${count("failed")} failed${failedOnBoth > 0 ? ` (${failedOnBoth} of them on Apache Kafka too)` : ""}, ${count("not applicable")} not applicable.** Not listed: ${input.localCount} tests that need no broker and
${input.manualCount} manual ones.${input.notRun.length > 0 ? ` Not yet run: ${input.notRun.join(", ")}.` : ""}

| number | test | result | s | Kafka | reason |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
