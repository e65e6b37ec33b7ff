import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture, runWords } from "../../testing/command-line-fixture.ts";

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly rule: string; readonly subject: string; readonly changes?: readonly unknown[] }[];
  readonly notChecked: readonly { readonly subject: string; readonly reason: string }[];
  readonly cost: { readonly requests: number; readonly failedCalls: number };
}

const folder = mkdtempSync(join(tmpdir(), "ottla-doctor-"));
let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "orders", "-p", "2", "--config", "retention.ms=3600000", "--config", "segment.ms=3600000"]);
  await ottla.run(["produce", "orders"], { stdin: "1\n2\n3\n" });
});
after(async () => {
  await ottla.stop();
  rmSync(folder, { recursive: true });
});

test("a fresh broker is healthy, and what was not checked is told", async () => {
  const { stdout, status } = await ottla.run(["doctor"]);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^HEALTHY\n1 live broker, 1 topic, 2 partitions; one look, judged as dev\.\n\nNot checked\n/);
  assert.match(stdout, /It takes several looks: "ottla doctor --for 30"/);
  assert.match(stdout, /The look took .* and \d+ requests; never more than 500 a second/);
});

test("what is wrong is told with evidence, commands and changes, and makes the status 1", async () => {
  await ottla.run(["topics", "create", "late", "--config", "retention.ms=3600000", "--config", "segment.ms=604800000"]);
  await ottla.run(["produce", "late"], { stdin: "1\n" });
  await ottla.run(["consume", "late", "-g", "billing", "--from-beginning", "-e"]);
  await ottla.run(["produce", "late"], { stdin: "2\n" });
  const { stdout, status } = await ottla.run(["doctor", "--min-severity", "warning"]);
  assert.equal(status, 1);
  assert.match(stdout, /^HEALTHY, WITH WARNINGS {2}2 warnings\n/);
  assert.match(
    stdout,
    /1\. warning GRP-09 {2}Group billing has no members, and 1 record waits for it\.\n {3}Harm {3}readers do not get on/,
  );
  assert.match(
    stdout,
    /Seen {3}late: segment\.ms=604800000, retention\.ms=3600000\n[\s\S]*ottla configs set topic late segment\.ms=720000\n.*kafka-configs\.sh --bootstrap-server/,
  );
  const report = JSON.parse((await ottla.run(["doctor", "--only", "TOP", "--for", "0.2", "--every", "0.1", "--json"])).stdout) as Report;
  assert.deepEqual([report.verdict, report.findings.map(({ rule }) => rule)], ["findings", ["TOP-14"]]);
  assert.deepEqual(report.findings[0]!.changes, [
    { kind: "config", target: { type: "topic", name: "late" }, settings: { "segment.ms": "720000" } },
  ]);
  assert.equal(report.cost.failedCalls, 0);
});

test("a plan is written, carried out, and what it mends is found no more", async () => {
  const plan = join(folder, "plan.yaml");
  const written = await ottla.run(["doctor", "--only", "TOP", "--fix", plan]);
  assert.deepEqual([written.status, /Wrote .*plan\.yaml: 1 step\. Read it/.test(written.stderr)], [1, true], written.stderr);
  assert.equal((await ottla.run(["apply", plan, "--yes", "--yes-to", "HIGH"])).status, 0);
  assert.equal((await ottla.run(["doctor", "--only", "TOP"])).status, 0);
  const again = await ottla.run(["doctor", "--only", "GRP", "--fix", plan]);
  assert.match(again.stderr, /Nothing that was found can be mended by a plan/);
});

test("a cluster that cannot be looked at is no healthy one", async () => {
  const config = join(folder, "impatient.properties");
  writeFileSync(config, "default.api.timeout.ms=200\nrequest.timeout.ms=200\n");
  const { status, stdout, stderr } = await runWords(["doctor", "-b", "127.0.0.1:1", "--command-config", config, "--json"]);
  assert.equal(status, 2);
  assert.equal((JSON.parse(stdout) as Report).verdict, "unseen");
  assert.match(stderr, /No broker answers at 127\.0\.0\.1:1/);
  assert.equal((await ottla.run(["doctor", "--only", "XXX-99"])).status, 2);
  assert.equal((await ottla.run(["doctor", "--for", "1", "--watch", "1"])).status, 2);
});
