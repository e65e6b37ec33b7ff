import { excuseOf, specs } from "./excused-tests.ts";

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

/** The page `conformance/kafkajs.md`. `before`: the page as it was, whose rows stand for specs that were not run now. */
export function formatScoreboard(results: readonly SpecResult[], target: string, before: string): string {
  const rows = new Map<string, string>();
  for (const line of before.split("\n")) {
    const spec = /^\| (\S+\/\S+) \|/.exec(line)?.[1];
    if (spec !== undefined && specs.includes(spec)) rows.set(spec, line);
  }
  for (const result of results) rows.set(result.spec, rowOf(result));
  const lines = specs.flatMap((spec) => rows.get(spec) ?? []);
  const count = (column: number): number => lines.reduce((sum, line) => sum + Number(line.split(" | ")[column]), 0);
  return `# kafkajs's own specs against \`@ottla/client/kafkajs\`

The specs of kafkajs 2.2.4's repository that drive its producers, consumers and admins from outside, with our module in place of its insides, against three brokers (${target}).
Written by \`npm run test:kafkajs-suite -- --write\`; do not edit by hand. With \`--only\` it writes the rows of what was run.

**${lines.length} spec files, ${count(1)} tests passed, ${count(2)} differ for a named reason, ${count(3)} fail.** The rules of the reasons are in \`conformance/src/kafkajs-suite/excused-tests.ts\`.

| spec | passed | differ | fail | why they differ |
|---|---|---|---|---|
${lines.join("\n")}
`;
}

function rowOf({ spec, passed, excused, faults }: SpecResult): string {
  const notes = new Map<string, number>();
  for (const { why } of excused) notes.set(why, (notes.get(why) ?? 0) + 1);
  const reasons = [...notes].map(([why, count]) => `${why} (${count})`).join("; ");
  return `| ${[spec, passed, excused.length, faults.length, reasons].join(" | ")} |`;
}
