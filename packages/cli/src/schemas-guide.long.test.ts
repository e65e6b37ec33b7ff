// The guide to schemas, its code and commands run as they stand.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { outcome, readyLine, useProcesses } from "./testing/command-line-processes.ts";

const { processes } = useProcesses();
const root = fileURLToPath(new URL("../../../", import.meta.url));
const main = fileURLToPath(new URL("main.ts", import.meta.url));

test("the guide leads from a zod type to a refused breaking change", async () => {
  const guide = readFileSync(join(root, "docs/guides/schemas.md"), "utf8");
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "schemas-guide-"));
  const dev = processes.start("dev", "--memory", "--port", "0", "--json", "--log-level", "error");
  const ended = outcome(dev);
  try {
    const { bootstrap, registry = "" } = await readyLine(dev);
    const env = { ...process.env, OTTLA_BOOTSTRAP_SERVER: bootstrap, OTTLA_REGISTRY_URL: registry };
    for (const [, name = "", code = ""] of guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)) writeFileSync(join(folder, name), code);
    const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));
    const outputs = new Map<string, { readonly status: number; readonly text: string }>();
    for (const line of lines) {
      const [program, ...words] = line.split(" ");
      const script = program === "node" ? words : [main, ...words];
      if (line.startsWith("ottla schemas check")) {
        const file = join(folder, "schemas", "orders-value.json");
        writeFileSync(file, readFileSync(file, "utf8").replace('"type": "number"', '"type": "string"'));
      }
      const run = promisify(execFile)(process.execPath, ["--conditions=source", ...script], { cwd: folder, env, timeout: 60_000 });
      const done = await run.then(
        ({ stdout }) => ({ status: 0, text: stdout }),
        (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
          status: error.code,
          text: error.stdout + error.stderr,
        }),
      );
      outputs.set(line, done);
    }
    const of = (part: string): { readonly status: number; readonly text: string } | undefined =>
      outputs.get(lines.find((line) => line.includes(part)) ?? "");
    assert.match(of("schemas list")?.text ?? "", /orders-value {2}JSON/);
    assert.equal(of("consume")?.text, '{"id":"o-1","amount":12.5}\n');
    assert.equal(of("codegen")?.status, 0, of("codegen")?.text);
    assert.equal(of("check")?.status, 1);
    assert.match(of("check")?.text ?? "", /orders-value\.json:\d+ error SCH-02: /);
    assert.equal(of("register")?.status, 1);
    assert.match(of("register")?.text ?? "", /incompatible/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  dev.kill("SIGINT");
  await ended;
});
