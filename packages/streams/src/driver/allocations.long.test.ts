import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** Bytes of heap per record, a quarter above what was counted. Of these the bytes of key and value, 104 each as objects, and the record produced are the driver's. */
const MAX = { pass: 560, drop: 450, filterMap: 590, count: 850, tumbling: 1290 };

test("a record costs no more memory on its way than the README says", () => {
  const program = new URL("testing/count-allocations.ts", import.meta.url).pathname;
  const flags = [
    "--conditions=source",
    "--expose-gc",
    "--no-concurrent-recompilation",
    "--min-semi-space-size=64",
    "--max-semi-space-size=64",
  ];
  const counted = JSON.parse(execFileSync(process.execPath, [...flags, program], { encoding: "utf8" })) as Record<string, number>;
  assert.deepEqual(Object.keys(counted), Object.keys(MAX));
  for (const [name, max] of Object.entries(MAX)) {
    const bytes = counted[name]!;
    assert.ok(bytes > 100 && bytes <= max, `${name}: ${bytes} bytes a record, at most ${max} are promised`);
  }
});
