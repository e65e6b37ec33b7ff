import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { type Finished, runCommand } from "./process/child.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { requireTarget } from "./target.ts";

// By its name the first file of a run: the cluster is as fresh as it is ever.
const target = requireTarget();

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly rule: string; readonly subject: string; readonly severity: string; readonly message: string }[];
  readonly notChecked: readonly { readonly subject: string; readonly reason: string }[];
  readonly cluster: { readonly brokers: number };
}

async function doctor(...words: readonly string[]): Promise<{ readonly status: Finished["status"]; readonly report: Report }> {
  const main = `${repositoryRoot}packages/cli/src/main.ts`;
  const env = { OTTLA_BOOTSTRAP_SERVER: target.bootstrap };
  const { status, stdout, stderr } = await runCommand(nodeBinary, ["--conditions=source", main, "doctor", "--json", ...words], {
    env,
    timeoutMs: 180_000,
  });
  assert.match(stdout, /^\{/, stderr);
  return { status, report: JSON.parse(stdout) as Report };
}

async function ottla(...words: readonly string[]): Promise<void> {
  const env = { OTTLA_BOOTSTRAP_SERVER: target.bootstrap };
  const { status, stderr } = await runCommand(nodeBinary, ["--conditions=source", `${repositoryRoot}packages/cli/src/main.ts`, ...words], {
    env,
  });
  assert.equal(status, 0, stderr);
}

test("doctor raises no alarm on a fresh cluster, and sees all that it can", async () => {
  const { status, report } = await doctor("--profile", "dev", "--for", "2", "--every", "1", "--min-severity", "warning");
  assert.deepEqual(report.findings, []);
  assert.deepEqual([status, report.verdict, report.cluster.brokers], [0, "healthy", target.brokers]);
  const gaps = report.notChecked.filter(({ reason }) =>
    /^(failed|out of reach|no answer in time|not asked|the cluster has no such call)/.test(reason),
  );
  assert.deepEqual(gaps, []);
});

test("doctor finds what is wrong with a topic", async () => {
  const topic = `doctor-${randomUUID()}`;
  await ottla("topics", "create", topic, "--config", "retention.ms=3600000", "--config", "segment.ms=604800000");
  const { status, report } = await doctor("--profile", "dev", "--only", "TOP-14");
  assert.deepEqual([status, report.findings.map(({ rule, subject }) => [rule, subject])], [1, [["TOP-14", `topic ${topic}`]]]);
  // Mended by a plan, and taken back.
  const folder = makeTemporaryFolder("doctor-plan");
  const plan = `${folder}/plan.yaml`;
  const isSaid = async () => (await doctor("--profile", "dev", "--only", "TOP-14")).report.findings.length > 0;
  await doctor("--profile", "dev", "--only", "TOP-14", "--fix", plan);
  await ottla("apply", plan, "--yes");
  assert.equal(await isSaid(), false);
  await ottla("apply", plan, "--undo");
  assert.equal(await isSaid(), true);
  removeTemporaryFolder(folder);
  await ottla("topics", "delete", topic);
});
