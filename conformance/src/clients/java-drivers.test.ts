// Java's AdminClient, producer and consumer 4.4.0: one JVM per driver program, one subtest per case it reports.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runJavaDriver } from "../kafka/java-tool.ts";
import { requireTarget } from "../target.ts";

const target = requireTarget();

interface ReportedCase {
  readonly name: string;
  readonly ms: number;
  readonly error?: string;
  readonly skipped?: string;
}

/** The least number of cases each driver has: a driver that dies half-way must not pass for the rest. */
const drivers = [
  { mainClass: "RecordCases", cases: 17 },
  { mainClass: "AdminCases", cases: 31 },
  { mainClass: "GroupCases", cases: 13 },
  { mainClass: "TransactionCases", cases: 12 },
  { mainClass: "ConsumerGroupCases", cases: 14 },
];

describe(`Java's clients against ${target.kind} with ${target.brokers} broker(s)`, () => {
  for (const driver of drivers) {
    test(driver.mainClass, async (context) => {
      const finished = await runJavaDriver(driver.mainClass, [target.bootstrap, String(target.brokers)], { timeoutMs: 220_000 });
      const reported = finished.stdout
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as ReportedCase);
      for (const each of reported) {
        const options = each.skipped === undefined ? {} : { skip: each.skipped };
        await context.test(`${each.name} (${each.ms} ms)`, options, () => assert.equal(each.error, undefined));
      }
      assert.ok(
        reported.length >= driver.cases,
        `${reported.length} of ${driver.cases} cases were reported, then: ${finished.status} ${finished.stderr.slice(-1_500)}`,
      );
    });
  }
});
