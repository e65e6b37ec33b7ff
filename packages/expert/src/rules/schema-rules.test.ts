import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "../lint/lint-file.ts";
import { schemaRules } from "./schema-rules.ts";

for (const { id, name, examples } of schemaRules)
  test(`${id} ${name} fires where it should, and not on what is right`, async () => {
    for (const { schema, hits } of examples) {
      const { findings } = await lintFile({ path: "a.avsc", text: JSON.stringify(schema, undefined, 1) });
      assert.equal(findings.filter(({ rule }) => rule === id).length, hits, JSON.stringify(findings));
    }
  });

test("fields are found wherever they are nested, with their lines", async () => {
  const text = `{"type": "record", "name": "Order", "namespace": "s", "doc": "d", "fields": [
    {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
      {"name": "price", "type": "double"}]}}},
    {"name": "states", "type": ["null", {"type": "map", "values": {"type": "enum", "name": "State", "symbols": ["A"]}}]}
  ]}`;
  const { findings } = await lintFile({ path: "a.avsc", text });
  assert.deepEqual(
    findings.map(({ rule, line, key }) => [rule, line, key]),
    [
      ["SCH-06", 3, "Line.price"],
      ["SCH-08", 4, "State"],
    ],
  );
});

test("what is no schema is said, and nesting without end is no crash", async () => {
  assert.match((await lintFile({ path: "a.avsc", text: "{" })).notChecked[0]!.reason, /no JSON/);
  const deep = `${'{"type": "array", "items": '.repeat(2000)}"int"${"}".repeat(2000)}`;
  await assert.doesNotReject(lintFile({ path: "a.avsc", text: deep }));
});
