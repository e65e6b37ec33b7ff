import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readFaultFile } from "./fault-file.ts";

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-faults-"));
});
after(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const file = join(folder, "faults.yaml");
  writeFileSync(file, text);
  return file;
}

test("a faults file is a list, in YAML or JSON, or has one under its name; each fault knows its place", () => {
  const list = "- api: Produce\n  reply: [NOT_LEADER_OR_FOLLOWER, NONE]\n- api: Fetch\n  delayMs: 200\n  times: always\n";
  const specs = [
    { api: "Produce", reply: ["NOT_LEADER_OR_FOLLOWER", "NONE"] },
    { api: "Fetch", delayMs: 200, times: "always" },
  ];
  for (const text of [list, `faults:\n${list.replaceAll(/^/gm, "  ")}`, JSON.stringify(specs)]) {
    const file = written(text);
    assert.deepEqual(
      readFaultFile(file),
      specs.map((spec, at) => ({ where: `${file}, fault ${at + 1}`, spec })),
    );
  }
});

test("a file that is none, no YAML, no list or too large is refused in one sentence", () => {
  for (const [text, sentence] of [
    ["api: Produce", /is no list of faults/],
    ["", /is no list of faults/],
    ["- api: [", /is no YAML: /],
    ["x".repeat(1024 * 1024 + 1), /more than 1048576 bytes/],
    [`a: &a [1]\nb: &b [${"*a,".repeat(50)}]\nc: &c [${"*b,".repeat(50)}]\nd: [${"*c,".repeat(50)}]`, /cannot be read|no YAML/],
  ] as const) {
    assert.throws(() => readFaultFile(written(text)), { name: "UsageError", message: sentence });
  }
  assert.throws(() => readFaultFile(join(folder, "absent")), {
    name: "UsageError",
    message: /cannot be read \(ENOENT\); check --faults-file\.$/,
  });
});
