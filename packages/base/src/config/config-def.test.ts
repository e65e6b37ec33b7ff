import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigDef } from "./config-def.ts";
import { configKey } from "./config-key.ts";

const def = new ConfigDef([
  configKey("port", "int", "9092", "Where to listen.", {
    validator: { kind: "range", min: 0, max: 65535 },
  }),
  configKey("name", "string", undefined, "What it is called."),
  configKey("ratio", "double", "1", "How much."),
]);

test("a set of settings is parsed, its unknown names kept, all its errors reported", () => {
  const report = def.check(
    new Map([
      ["port", "70000"],
      ["ratio", "x"],
      ["name", "n"],
      ["extra", "kept"],
    ]),
  );
  assert.deepEqual([...report.parsed], [["name", { value: "n", text: "n" }]]);
  assert.deepEqual([...report.unknown], [["extra", "kept"]]);
  assert.deepEqual(
    report.errors.map((error) => error.key),
    ["port", "ratio"],
  );
  assert.equal(def.valueOf(report, "port"), 9092);
});

test("a key without default must be given", () => {
  assert.throws(() => def.parse("name", null), {
    code: "INVALID_CONFIG",
    message: "name must be set: it must be a string.",
  });
  assert.deepEqual(def.defaultOf("name"), { value: null, text: null });
  assert.deepEqual(def.defaultOf("ratio"), { value: 1, text: "1.0" });
});

test("a key cannot be defined twice", () => {
  assert.throws(() => new ConfigDef([configKey("a", "int", "1", ""), configKey("a", "int", "1", "")]), { name: "InvariantError" });
});
