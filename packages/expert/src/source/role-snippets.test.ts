import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { lintFile } from "../lint/lint-file.ts";

/** Lints a fixture under a name that is none of a test's. */
async function found(fixture: string, path: string): Promise<readonly string[]> {
  const text = readFileSync(join(import.meta.dirname, "fixtures", fixture), "utf8");
  const { findings, notChecked } = await lintFile({ path, text });
  assert.deepEqual(notChecked, []);
  return findings.filter(({ severity }) => severity !== "info").map(({ rule, line }) => `${line} ${rule}`);
}

test("the faults that guides recommend are found in Java: transactions never begun, commits one by one and off the thread, two writes, bare dead letters, unnamed stores", async () => {
  assert.deepEqual(await found("Shop.java", "src/main/java/Shop.java"), [
    "13 PRD-14",
    "18 SRC-11",
    "25 SEC-01",
    "27 PRD-13",
    "43 SRC-04",
    "56 SRC-02",
    "56 SRC-13",
    "62 SRC-05",
    "67 SRC-01",
    "75 STR-02",
    "76 STR-03",
    "81 STR-02",
  ]);
});

test("the same faults are found in TypeScript", async () => {
  assert.deepEqual(await found("shop.ts.txt", "src/shop.ts"), [
    "4 PRD-13",
    "4 PRD-14",
    "6 SRC-09",
    "10 SRC-11",
    "20 SRC-04",
    "30 SRC-02",
    "30 SRC-13",
    "34 SRC-01",
  ]);
});

test("what is right stays silent, in both", async () => {
  assert.deepEqual(await found("RightShop.java", "src/main/java/RightShop.java"), []);
  assert.deepEqual(await found("right-shop.ts.txt", "src/right-shop.ts"), []);
});
