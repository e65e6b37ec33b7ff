// What a dump of the heap of `ottla dev --secure` shows.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

test("the private key of the broker's certificate is not in a dump of its heap", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-heap-"));
  const args = [
    "--heapsnapshot-signal=SIGUSR2",
    "--conditions=source",
    main,
    "dev",
    "--secure",
    "--only",
    "broker",
    "--json",
    "--port",
    "0",
    "--data-dir",
    "data",
  ];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    child.kill("SIGUSR2");
    let dump = "";
    while (!dump.endsWith("}")) {
      await pause(50);
      const name = readdirSync(folder).find((file) => file.endsWith(".heapsnapshot"));
      if (name !== undefined) dump = readFileSync(join(folder, name), "latin1").trimEnd();
    }
    assert.ok(dump.includes("broker-keystore.pem"), "it is a dump of that process");
    const keystore = readFileSync(join(folder, "data-security", "broker-keystore.pem"), "utf8");
    const secret = /-----BEGIN PRIVATE KEY-----\s+(\S{40})/.exec(keystore)![1]!;
    assert.ok(!dump.includes(secret));
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
    rmSync(folder, { recursive: true });
  }
});
