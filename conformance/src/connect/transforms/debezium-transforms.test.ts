import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf } from "../compare-answers.ts";
import { JavaConnect } from "../java-judge.ts";
import { askOurs } from "../ours.ts";
import { debeziumCases } from "./debezium-cases.ts";

/** Where ours is meant to be otherwise, and why. */
const LIST = "Java gives a list's schema to the text that it leaves, which no converter takes; ours is the list";
const TEXT = "Java gives the text another schema, which no converter takes; ours stays a text by its own";
const TOMBSTONE = "Java's has the row's schema, of which JSON with schemas makes an envelope and no tombstone; ours has none";
const MEANT: Readonly<Record<string, string>> = {
  "expand [1,2]": LIST,
  'expand [{"a":1},{"b":2}]': LIST,
  'expand [{"a":1}]': LIST,
  "expand [[1],[2]]": LIST,
  "expand []": TEXT,
  'expand {"a":12345678901234567890}': TEXT,
  'expand {"a":9223372036854775808}': TEXT,
  'expand {"a":[{"x":1},{"x":"y"}]}': TEXT,
  'expand {"a":1} x': "Java reads what stands in front; ours takes a text that is no JSON for a text",
  'expand {"a":[{"x":{"p":1}},{"x":{"q":2}}]}': "Java loses q, which stands in the second element alone",
  "NS , a deletion": TOMBSTONE,
  "NS tombstone, a deletion": TOMBSTONE,
  "ts Connect Timestamp": "Java cannot read Connect's own Timestamp, which is a time",
};

test("Debezium's EventRouter, ByLogicalTableRouter and ExtractNewRecordState give what Debezium's own classes give", async () => {
  const judge = await JavaConnect.startWithDebezium();
  try {
    const answers = await judge.askAll(debeziumCases.map(([, asked]) => asked));
    const differing: string[] = [];
    for (const [index, [name, asked]] of debeziumCases.entries()) {
      const ours = await askOurs(asked);
      const difference = differenceOf(answers[index]!, ours);
      if (difference !== undefined) differing.push(name);
      if (difference !== undefined && MEANT[name] === undefined)
        console.error(`${name}: ${difference}\n  Java ${JSON.stringify(answers[index])}\n  ours ${JSON.stringify(ours)}`);
    }
    assert.deepEqual(differing.toSorted(), Object.keys(MEANT).toSorted());
  } finally {
    await judge.close();
  }
});
