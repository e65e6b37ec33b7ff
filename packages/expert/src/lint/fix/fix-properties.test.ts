import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { SettingFix } from "../finding.ts";
import { fixProperties } from "./fix-properties.ts";

function fix(text: string, ...settings: readonly SettingFix[]) {
  return fixProperties("a.properties", text, [
    { rule: "X-1", severity: "error", confidence: "high", subject: "", message: "", evidence: "", settings },
  ]);
}

test("lines are changed in place, taken out or added, and all else stays", () => {
  const text = "# head\nacks=1\n\nretries = 3, \\\n  4\nlinger.ms=5\n";
  assert.equal(
    fix(text, { key: "acks", value: "all" }, { key: "retries" }, { key: "a b", value: " x" }).text,
    "# head\nacks=all\n\nlinger.ms=5\na\\ b=\\ x\n",
  );
  assert.equal(fix("acks=1", { key: "acks" }).text, "");
  assert.deepEqual(fix(text, { key: "none" }), { text, patch: "" });
  assert.equal(fix("acks=1\nacks=0\n", { key: "acks", value: "all" }).text, "acks=all\nacks=all\n");
});

test("the patch is one that git applies", () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-fix-"));
  try {
    const text = Array.from({ length: 40 }, (_, i) => `key.${i}=${i}`).join("\n") + "\n";
    const { text: expected, patch } = fix(
      text,
      { key: "key.0" },
      { key: "key.3", value: "x" },
      { key: "key.20", value: "y" },
      { key: "key.39" },
      { key: "new", value: "z" },
    );
    writeFileSync(join(folder, "a.properties"), text);
    execFileSync("git", ["apply", "-"], { cwd: folder, input: patch, env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } });
    assert.equal(readFileSync(join(folder, "a.properties"), "utf8"), expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a patch of a file that was named by its whole path has one slash behind git's prefix", () => {
  const { patch } = fixProperties("/etc/kafka/client.properties", "acks=1\n", [
    {
      rule: "X-1",
      severity: "error",
      confidence: "high",
      subject: "",
      message: "",
      evidence: "",
      settings: [{ key: "acks", value: "all" }],
    },
  ]);
  assert.match(patch, /^--- a\/etc\/kafka\/client\.properties\n\+\+\+ b\/etc\/kafka\/client\.properties\n/);
});
