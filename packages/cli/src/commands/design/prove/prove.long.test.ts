import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CommandLineProcesses } from "../../../testing/command-line-processes.ts";

const EXAMPLES = fileURLToPath(new URL("../../../../../../examples/expert/", import.meta.url));
const processes = new CommandLineProcesses();
const folder = mkdtempSync(join(tmpdir(), "ottla-prove-"));
after(() => {
  processes.killAll();
  rmSync(folder, { recursive: true, force: true });
});

interface Proof {
  readonly isProven: boolean;
  readonly checks: readonly { readonly of: string; readonly what: string; readonly isGood: boolean; readonly seen: string }[];
}

async function prove(file: string, ...words: readonly string[]): Promise<{ readonly status: number; readonly proof: Proof }> {
  const child = processes.start("design", file, "--prove", "--json", ...words);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), child.exitCode ?? once(child, "exit")]);
  assert.notEqual(stdout, "", stderr);
  return { status: child.exitCode ?? -1, proof: JSON.parse(stdout) as Proof };
}

// The third system adds nothing to these two but time; it is proved by the command.
for (const name of ["e-commerce", "fraud"])
  test(`${name}: every promise of the design holds on a broker`, async () => {
    const { status, proof } = await prove(`${EXAMPLES}${name}/design.yaml`, "--records", "200");
    assert.deepEqual(
      proof.checks.filter(({ isGood }) => !isGood),
      [],
    );
    assert.deepEqual([status, proof.isProven], [0, true]);
    assert.ok(proof.checks.some(({ what, seen }) => what.startsWith("all of it arrives") && /again after a break-down/.test(seen)));
  });

test("a load that does not end in time is no proof", async () => {
  const file = join(folder, "slow.yaml");
  writeFileSync(
    file,
    "system: slow\ncluster: { brokers: 1 }\nevents:\n  a.b.c: { rate: 1/s, size: 4kB }\nservices:\n  p: { produces: [a.b.c] }\n  s: { consumes: [a.b.c] }\n",
  );
  // Rest is four looks without work, 50 ms apart: no machine comes to it in a millisecond.
  const { status, proof } = await prove(file, "--records", "200", "--timeout-ms", "1");
  assert.deepEqual([status, proof.isProven], [1, false]);
  assert.deepEqual(proof.checks[0], { of: "all", what: "the work came to rest in time", isGood: false, seen: "the time was over before" });
});
