import { repositoryRoot } from "../paths.ts";
import type { LibrdkafkaTest } from "./test-table.ts";

/** How one test ended. `note` is the reason of a skip or the first complaint of a failure. */
export interface TestResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "not applicable";
  readonly seconds: number;
  readonly note: string;
}

/** A test's name in results: `0081_admin:do_test_CreateTopics` where one subtest runs alone. */
export function resultName(test: LibrdkafkaTest): string {
  return test.subtest === undefined ? test.name : `${test.name}:${test.subtest}`;
}

/** The place and the sentence of the failure, without what changes from run to run and from machine to machine. */
function complaintOf(testName: string, lines: readonly string[]): string {
  const heading = lines.findIndex((line) => line.startsWith(`### Test "${testName}`) && line.includes(" failed"));
  const text =
    heading >= 0
      ? `${/failed at ([^ ]+)/.exec(lines[heading] ?? "")?.[1] ?? ""} ${lines[heading + 1] ?? ""}`
      : (lines.findLast((line) => line !== "") ?? "");
  return text
    .replaceAll(repositoryRoot, "")
    .replace(/rdkafkatest_rnd[0-9a-f]+_|--bootstrap-server [0-9.:,]+/g, "")
    .trim()
    .slice(0, 240);
}

function skipReason(testName: string, lines: readonly string[]): string {
  const line = lines.findLast((each) => each.startsWith(`[${testName} `) && each.includes("SKIPPING TEST"));
  return (line?.replace(/^.*SKIPPING TEST:?/, "").trim() || "the test skips itself").slice(0, 200);
}

/** The reason when the subtest left itself out, and no other variation of it ran. */
function subtestSkipped(subtest: string, lines: readonly string[]): string | undefined {
  const ends = lines.filter((line) => line.includes("] [ ") && line.includes(subtest) && /: (PASS|FAIL|SKIP)\b/.test(line));
  const reasons = ends.map((line) => /: SKIP: ([^\]]*)/.exec(line)?.[1]?.trim());
  return ends.length > 0 && !reasons.includes(undefined) ? reasons[0]?.slice(0, 200) : undefined;
}

/** Finds one test's end in the output of a run. `status` is the runner's own exit status, "TIMEOUT" when it had to be killed. */
export function judgeOutput(test: LibrdkafkaTest, output: string, status: number | string, seconds: number): TestResult {
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const lines = plain.split("\n").map((line) => line.trim());
  const name = resultName(test);
  const row = new RegExp(`\\| ${test.name} +\\| +(\\w+) \\| +([0-9.]+)s`).exec(plain);
  const ownSeconds = row === null ? seconds : Number(row[2]);
  if (row?.[1] === "SKIPPED") return { name, outcome: "not applicable", seconds, note: skipReason(test.name, lines) };
  const failedHere = lines.some((line) => line.startsWith(`### Test "${test.name}`) && line.includes(" failed"));
  const { subtest } = test;
  const subtestRan = subtest === undefined || lines.some((line) => line.includes("] [ ") && line.includes(subtest));
  if (!subtestRan) return { name, outcome: "failed", seconds, note: "no such subtest was run" };
  const skipped = subtest === undefined ? undefined : subtestSkipped(subtest, lines);
  if (skipped !== undefined) return { name, outcome: "not applicable", seconds, note: skipped };
  const passed = !failedHere && plain.includes(`= Test ${test.name} PASSED =`);
  // Tests of one number share a run; one that passed is not undone by a later one that fails or hangs.
  if (passed) return { name, outcome: "passed", seconds: ownSeconds, note: "" };
  if (status === "TIMEOUT" && !failedHere) return { name, outcome: "failed", seconds, note: "still running when its time was over" };
  return { name, outcome: "failed", seconds: ownSeconds, note: complaintOf(test.name, lines) };
}
