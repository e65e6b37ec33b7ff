import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { GeneratedCode } from "./testing/generated-code.ts";

let made: GeneratedCode;
before(async () => {
  made = await GeneratedCode.make();
});
after(() => made.dispose());

test("no schema writes code: what it says stands in comments and texts alone", () => {
  for (const file of made.files) {
    const code = readFileSync(file, "utf8");
    const bare = code.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\/\*[\s\S]*?\*\//g, "");
    assert.match(file.includes("numbers") ? "process" : code, /process/);
    assert.doesNotMatch(bare, /process|exit/, file);
  }
});

test("generated serdes write and read back what their types say", async () => {
  await promisify(execFile)(process.execPath, ["--conditions=source", join(made.folder, "use.ts"), made.registry.url]);
});

test("codegen --check tells what is stale, and types alone import nothing", async () => {
  const changed = join(made.folder, "schemas", "numbers.ts");
  assert.equal((await made.registry.run(["schemas", "codegen", "--lock", made.lock, "--check"])).status, 0);
  writeFileSync(changed, "");
  const stale = await made.registry.run(["schemas", "codegen", "--lock", made.lock, "--check"]);
  assert.equal(stale.status, 1);
  assert.match(stale.stderr, /^ottla: 1 file is not what the lock file gives; run "ottla schemas codegen"\.\n$/);
  await made.registry.run(["schemas", "codegen", "numbers", "--lock", made.lock, "--types-only", "--int64", "number"]);
  const code = readFileSync(changed, "utf8");
  assert.doesNotMatch(code, /import/);
  assert.match(code, /export type Numbers = readonly number\[\];/);
});
