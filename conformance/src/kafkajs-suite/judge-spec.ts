import { excuseOf } from "./excused-tests.ts";

/** What of Jest's report of one spec file is read. */
export interface JestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string; readonly failureMessages: readonly string[] }[];
  }[];
}

export interface SpecResult {
  /** The spec's path below `src`, without its ending. */
  readonly spec: string;
  readonly seconds: number;
  readonly passed: number;
  readonly excused: readonly { readonly title: string; readonly why: string; readonly message: string }[];
  readonly faults: readonly { readonly title: string; readonly message: string }[];
}

/** Every failure must be excused by name, by what it says, and by a reason. */
export function judgeSpec(spec: string, seconds: number, { testResults }: JestReport): SpecResult {
  let passed = 0;
  const excused: { title: string; why: string; message: string }[] = [];
  const faults: { title: string; message: string }[] = [];
  for (const { message, assertionResults } of testResults) {
    if (assertionResults.length === 0) faults.push({ title: "(the file)", message });
    for (const { title, status, failureMessages } of assertionResults) {
      if (status === "passed") passed++;
      if (status !== "failed") continue;
      const failure = failureMessages.join("\n");
      const why = excuseOf(spec, title, failure);
      if (why === undefined) faults.push({ title, message: failure });
      else excused.push({ title, why, message: failure });
    }
  }
  if (testResults.length === 0) faults.push({ title: "(the file)", message: "there is no such spec" });
  return { spec, seconds, passed, excused, faults };
}

/** For the terminal; with what the excused failures said, when asked. */
export function formatResult({ spec, seconds, passed, excused, faults }: SpecResult, withDifferences: boolean): string {
  const head = `${faults.length === 0 ? "ok  " : "FAIL"} ${spec}: ${passed} passed, ${excused.length} differ as named, ${faults.length} faults (${seconds.toFixed(1)} s)`;
  const differences = withDifferences ? excused : [];
  return [
    head,
    ...differences.map(({ title, why, message }) => `  differs ${title} (${why})\n${message.slice(0, 600)}`),
    ...faults.map(({ title, message }) => `  FAILED ${title}\n${message.slice(0, 1200)}`),
  ].join("\n");
}

/** The page `conformance/kafkajs.md`. */
export function formatScoreboard(results: readonly SpecResult[], target: string): string {
  const count = (of: (result: SpecResult) => number): number => results.reduce((sum, result) => sum + of(result), 0);
  const rows = results.map((result) => {
    const notes = new Map<string, string[]>();
    for (const { title, why } of result.excused) notes.set(why, [...(notes.get(why) ?? []), title]);
    const reasons = [...notes].map(([why, titles]) => `${why} (${titles.length})`);
    const cells = [result.spec, result.passed, result.excused.length, result.faults.length, reasons.join("; ")];
    return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `# kafkajs's own specs against \`@ottla/client/kafkajs\`

The specs of kafkajs 2.2.4's repository that drive its producers, consumers and admins from outside, with our module in place of its insides, against three brokers (${target}).
Written by \`npm run test:kafkajs-suite -- --write\`; do not edit by hand.

**${results.length} spec files, ${count(({ passed }) => passed)} tests passed, ${count(({ excused }) => excused.length)} differ for a named reason, ${count(({ faults }) => faults.length)} fail.** The rules of the reasons are in \`conformance/src/kafkajs-suite/excused-tests.ts\`.

| spec | passed | differ | fail | why they differ |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
