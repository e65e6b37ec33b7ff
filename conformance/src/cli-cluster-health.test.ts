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
  // A secured cluster has a listener whose certificate has expired, for tests of clients; there is nothing else to say of it.
  const expired = target.secure === undefined ? 0 : target.brokers;
  assert.deepEqual(
    report.findings.map(({ rule, message }) => `${rule} ${/listener \w+ has expired/.exec(message)?.[0] ?? message}`),
    Array.from({ length: expired }, () => "SEC-05 listener EXPIRED has expired"),
  );
  const [wantedStatus, wantedVerdict] = expired > 0 ? [1, "findings"] : [0, "healthy"];
  assert.deepEqual([status, report.verdict, report.cluster.brokers], [wantedStatus, wantedVerdict, target.brokers]);
  const gaps = report.notChecked.filter(({ reason }) =>
    /^(failed|out of reach|no answer in time|not asked|the cluster has no such call)/.test(reason),
  );
  // No worker of Connect, page of metrics, sample of records, log of the authorizer or list of credentials was named.
  assert.deepEqual(
    gaps.map(({ subject }) => subject),
    [
      "CON-09",
      "CLU-11, BRK-13, BRK-15, CLU-17, CLU-16, CNS-08, PRD-10, STR-17, STR-18, STR-19, STR-20",
      "TOP-15, TOP-19, TOP-20, TOP-28",
      "SEC-08",
      "SEC-13",
    ],
  );
});

test("doctor finds what is wrong with a topic", async () => {
  const topic = `doctor-${randomUUID()}`;
  await ottla("topics", "create", topic, "--config", "retention.ms=3600000", "--config", "segment.ms=604800000");
  const folder = makeTemporaryFolder("doctor-plan");
  const plan = `${folder}/plan.yaml`;
  const { status, report } = await doctor("--profile", "dev", "--only", "TOP-14", "--fix", plan);
  assert.deepEqual([status, report.findings.map(({ rule, subject }) => [rule, subject])], [1, [["TOP-14", `topic ${topic}`]]]);
  // Mended by a plan, and taken back.
  await ottla("apply", plan, "--yes");
  assert.deepEqual((await doctor("--profile", "dev", "--only", "TOP-14")).report.findings, []);
  await ottla("apply", plan, "--undo");
  removeTemporaryFolder(folder);
  await ottla("topics", "delete", topic);
});
