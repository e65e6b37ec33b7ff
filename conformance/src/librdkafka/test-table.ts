import { readFileSync } from "node:fs";

/** One entry of the suite's own table of tests. */
export interface LibrdkafkaTest {
  /** Such as `0012_produce_consume`. */
  readonly name: string;
  /** Needs no broker: nothing to learn about ours. */
  readonly isLocal: boolean;
  readonly isManual: boolean;
  readonly isKnownIssue: boolean;
  /** The first scenario the test belongs to; "default" unless it asks for another broker configuration. */
  readonly scenario: string;
}

/** Reads the table out of `test.c`. */
export function readTestTable(testFolder: string): LibrdkafkaTest[] {
  const source = readFileSync(`${testFolder}/test.c`, "utf8");
  const start = source.indexOf("struct test tests[] = {");
  const table = source.slice(start, source.indexOf("{NULL}};", start));
  return table
    .split(/_TEST\(/)
    .slice(1)
    .map((entry) => {
      const [name = "", flags = ""] = entry.split(",").map((part) => part.trim());
      return {
        name,
        isLocal: flags.includes("TEST_F_LOCAL"),
        isManual: flags.includes("TEST_F_MANUAL"),
        isKnownIssue: /TEST_F_KNOWN_ISSUE\b(?!_)/.test(flags),
        scenario: /\.scenario = "([a-z0-9]+)/.exec(entry)?.[1] ?? "default",
      };
    });
}
