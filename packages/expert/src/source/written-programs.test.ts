import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { lintFiles } from "../lint/lint-files.ts";

const folder = join(import.meta.dirname, "fixtures", "written");

/** Programs as they are written, right and wrong, and all that is to be found in each. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  cls: [],
  conf: ["app.ts:4 SRC-21"],
  express: ["kafka.ts:3 SRC-17", "server.ts:8 SRC-11", "server.ts:16 SRC-02"],
  fast1: ["app.py:11 SRC-04"],
  fast2: ["app.py:8 PRD-16", "app.py:8 PRD-17", "app.py:8 SRC-03", "app.py:11 SRC-12"],
  go1: [],
  go2: ["bad.go:13 SRC-02", "bad.go:21 SRC-08"],
  go3: ["sarama.go:34 PRD-02"],
  go4: [],
  java1: [],
  java2: ["Bad.java:10 SRC-09", "Bad.java:17 SRC-04", "Bad.java:17 SRC-05", "Bad.java:19 SRC-02"],
  kt1: [],
  kt2: ["Bad.kt:8 SEC-01", "Bad.kt:8 SRC-09", "Bad.kt:9 SEC-01", "Bad.kt:12 CNS-01", "Bad.kt:13 SRC-01", "Bad.kt:13 SRC-12"],
  nest: [],
  ottla1: [],
  ottla2: [],
  ottla3: ["c.ts:2 PRD-17", "c.ts:7 SRC-01"],
  ottla4: [],
  py3: ["worker.py:15 PRD-02", "worker.py:30 SRC-13"],
  spring1: ["OrdersListener.java:23 SRC-06", "OrdersListener.java:31 SRC-07", "Publisher.java:11 SRC-11", "Publisher.java:13 SRC-02"],
  spring2: ["KafkaConfig.java:19 CNS-04", "KafkaConfig.java:20 CNS-02"],
};

test("every program that is kept has its findings named", () => {
  assert.deepEqual(readdirSync(folder).toSorted(), Object.keys(WRITTEN));
});

for (const [name, expected] of Object.entries(WRITTEN))
  test(`${name}: programs as they are written are judged as they should be`, async () => {
    const files = readdirSync(join(folder, name)).toSorted();
    const { findings, notChecked } = await lintFiles(
      files.map((file) => ({ path: file.replace(/\.txt$/, ""), text: readFileSync(join(folder, name, file), "utf8") })),
    );
    assert.deepEqual(notChecked, []);
    assert.deepEqual(
      findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`),
      expected,
    );
  });
