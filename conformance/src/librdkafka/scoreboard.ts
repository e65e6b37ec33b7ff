import type { TestResult } from "./judge-output.ts";

/** Where and how a test ran: by which protocol its consumers joined their groups, and against which broker. */
export type ResultColumn = "classic" | "consumer" | "kafkaClassic" | "kafkaConsumer";

/** One line of the scoreboard. Against Apache Kafka only what was run there, on the same machine, is known. */
export interface ScoreboardRow {
  readonly name: string;
  readonly results: Readonly<Partial<Record<ResultColumn, TestResult>>>;
}

function outcomeOf(result: TestResult | undefined): string {
  return result?.outcome ?? "";
}

function secondsOf(result: TestResult | undefined): string {
  return result === undefined || result.outcome === "not applicable" ? "" : result.seconds.toFixed(1);
}

function noteOf({ results: { classic, consumer } }: ScoreboardRow): string {
  const notes = new Set<string>();
  if (classic !== undefined && classic.note !== "") notes.add(classic.note);
  if (consumer !== undefined && consumer.note !== "")
    notes.add(classic?.note === consumer.note ? consumer.note : `consumer: ${consumer.note}`);
  return [...notes].join("; ").replaceAll("|", "\\|");
}

function summaryOf(rows: readonly ScoreboardRow[], column: "classic" | "consumer", onKafka: ResultColumn): string {
  const having = (outcome: TestResult["outcome"]): ScoreboardRow[] => rows.filter(({ results }) => results[column]?.outcome === outcome);
  const failed = having("failed");
  const failedOnBoth = failed.filter(({ results }) => results[onKafka]?.outcome === "failed").length;
  const missing = rows.filter(({ results }) => results[column] === undefined).map(({ name }) => name);
  return (
    `**${having("passed").length} passed, ${failed.length} failed${failedOnBoth > 0 ? ` (${failedOnBoth} of them on Apache Kafka too)` : ""}, ` +
    `${having("not applicable").length} not applicable**${missing.length > 0 ? `; not yet run: ${missing.join(", ")}` : ""}`
  );
}

/** The page `conformance/librdkafka.md`. */
export function formatScoreboard(input: {
  readonly version: string;
  readonly kafkaVersion: string;
  readonly targetName: string;
  readonly command: string;
  readonly rows: readonly ScoreboardRow[];
  readonly localCount: number;
  readonly manualCount: number;
}): string {
  const lines = input.rows.map((row) => {
    const { classic, consumer, kafkaClassic, kafkaConsumer } = row.results;
    const cells = [
      row.name.slice(0, 4),
      row.name.slice(5),
      outcomeOf(classic),
      secondsOf(classic),
      outcomeOf(consumer),
      secondsOf(consumer),
      outcomeOf(kafkaClassic),
      outcomeOf(kafkaConsumer),
      noteOf(row),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return `# librdkafka's own test-suite against ${input.targetName}

librdkafka ${input.version} from the npm tarball of @confluentinc/kafka-javascript, the tests of each number in a run of their own, in full (not the suite's quick mode, which leaves most subtests out):
once with the classic group protocol, once with consumers that join by KIP-848 (\`TEST_CONSUMER_GROUP_PROTOCOL=consumer\`).
Written by \`${input.command}\`; do not edit by hand. The columns "Kafka" tell how the same test went against three nodes of Apache Kafka ${input.kafkaVersion} on the same machine, where it was run.

- classic groups: ${summaryOf(input.rows, "classic", "kafkaClassic")}
- consumer groups: ${summaryOf(input.rows, "consumer", "kafkaConsumer")}

Not listed: ${input.localCount} tests that need no broker and ${input.manualCount} manual ones.

| number | test | classic | s | consumer | s | Kafka, classic | Kafka, consumer | reason |
|---|---|---|---|---|---|---|---|---|
${lines.join("\n")}
`;
}
