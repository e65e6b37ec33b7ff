import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pemFile } from "./pem-file.ts";

test("a setting that names no file of certificates is told with why, and neither waited for nor read without an end", () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-pem-"));
  try {
    const [good, pipe, large] = ["good.pem", "pipe", "large"].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(good, "-----BEGIN CERTIFICATE-----\n");
    execFileSync("mkfifo", [pipe]);
    writeFileSync(large, "");
    truncateSync(large, 5 * 1024 * 1024);
    assert.equal(pemFile(good, "tls.ca"), "-----BEGIN CERTIFICATE-----\n");
    assert.equal(pemFile(undefined, "tls.ca"), undefined);
    assert.equal(pemFile("", "tls.ca"), undefined);
    for (const [path, why] of [
      [pipe, /^tls\.ca names .*pipe, and the file cannot be read: it is no file\.$/],
      ["/dev/zero", /it is no file\.$/],
      [folder, /it is no file\.$/],
      [large, /it has more than 4194304 bytes\.$/],
      [join(folder, "none"), /ENOENT\.$/],
    ] as const)
      assert.throws(() => pemFile(path, "tls.ca"), { code: "CONNECT_CONFIG", message: why });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
