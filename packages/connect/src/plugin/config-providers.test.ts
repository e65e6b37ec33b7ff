import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isReference, resolveReferences } from "./config-providers.ts";
import { providerFiles } from "./provider-files.ts";

const world = {
  environment: { A: "a", "B C": "bc", LONG: "x".repeat(1_000) },
  files: { read: (path: string) => Promise.resolve(path === "f" ? "k=v\n" : `whole ${path}\n`) },
};

const resolved = async (text: string): Promise<string> => (await resolveReferences({ s: text }, world))["s"] ?? "";

test("references are resolved wherever they stand, and what is none stays as it is", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ["${env:A}", "a"],
    ["<${env:A}|${env:B C}>", "<a|bc>"],
    ["${file:f:k}", "v"],
    ["${dir:d:n}", "whole d/n"],
    ["${directory:d:n}!", "whole d/n!"],
    ["$${env:A}", "$a"],
    ["${env:A", "${env:A"],
    ["${env:}${env:A}", "${env:}a"],
    ["${a.b-c:x}${env:A}", "${a.b-c:x}a"],
    ["${none}${env:A}", "${none}a"],
    ["${routedByValue}", "${routedByValue}"],
    ["${a:${env:A}", "${a:${env:A}"],
    ["${ env:A}", "${ env:A}"],
    ["", ""],
  ];
  for (const [text, expected] of cases) assert.equal(await resolved(text), expected, text);
  await assert.rejects(resolved("${file:c:f:k}"), /refers to \$\{file:c:f:k\}, and that file has no k/);
  assert.deepEqual(["${env:A}", "x${env:A}", "${env:A}${env:A}", "${x:A}", "a"].map(isReference), [true, false, false, false, false]);
});

test("a setting that comes to far more than it says is refused, and its brackets are read once", async () => {
  await assert.rejects(resolved("${env:LONG}".repeat(2_000)), /s has more than 1048576 characters/);
  // With a pass for each bracket these would take hours.
  const brackets = ["${a:".repeat(250_000), "${a:b".repeat(200_000), `\${${"a:".repeat(500_000)}`, `${"${a:".repeat(250_000)}:}`];
  for (const text of brackets) assert.equal(await resolved(text), text);
});

test("what is no file, or one without an end, is not read, and the reason names no content", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-connect-"));
  try {
    const [pipe, large, wrong] = ["pipe", "large", "wrong"].map((name) => join(folder, name));
    const command = "mkfifo";
    execFileSync(command, [pipe ?? ""]);
    writeFileSync(large ?? "", "");
    truncateSync(large ?? "", 2 ** 31);
    writeFileSync(wrong ?? "", "secret=\\u00zz");
    const read = (path: string): Promise<unknown> =>
      resolveReferences({ s: `\${file:${path}:k}` }, { environment: {}, files: providerFiles });
    await assert.rejects(read(pipe ?? ""), /it is no file/);
    await assert.rejects(read("/dev/zero"), /it is no file/);
    await assert.rejects(read(folder), /it is no file/);
    await assert.rejects(read(large ?? ""), /it has more than 1048576 bytes/);
    await assert.rejects(read(join(folder, "none")), /the file cannot be read/);
    await assert.rejects(read(wrong ?? ""), (error: Error) => !error.message.includes("secret="));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
