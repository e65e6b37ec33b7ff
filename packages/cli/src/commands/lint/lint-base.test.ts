import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runWords } from "../../testing/command-line-fixture.ts";

const ASSIGNORS = "partition.assignment.strategy=org.apache.kafka.clients.consumer.";
const consumer = (assignor: string) => `bootstrap.servers=a:1,b:1,c:1\ngroup.id=billing\n${ASSIGNORS}${assignor}\n`;
const topics = (partitions: number, extra = "") =>
  `topics:\n  - name: shop.orders.placed\n    partitions: ${partitions}\n    replicationFactor: 3\n${extra}`;

test("--base tells what the change since a commit would break", async () => {
  const repository = mkdtempSync(join(tmpdir(), "ottla-lint-base-"));
  const git = (...line: string[]): void =>
    void execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...line], { cwd: repository, stdio: "pipe" });
  const write = (name: string, text: string): void => writeFileSync(join(repository, name), text);
  const here = process.cwd();
  try {
    process.chdir(repository);
    git("init", "-q");
    write("consumer.properties", consumer("RangeAssignor"));
    write("topics.yaml", topics(6));
    git("add", "-A");
    git("commit", "-qm", "before");
    const found = async (): Promise<readonly string[]> => {
      const { stdout } = await runWords(["lint", ".", "--base", "HEAD", "--json"]);
      const { findings } = JSON.parse(stdout) as { findings: { rule: string; file: string; line: number }[] };
      return findings.filter(({ rule }) => /^(CNS-07|TOP-07|TOP-31)$/.test(rule)).map(({ rule, file, line }) => `${rule} ${file}:${line}`);
    };
    assert.deepEqual(await found(), []);
    write("consumer.properties", consumer("CooperativeStickyAssignor"));
    write("topics.yaml", topics(3));
    write("new.yaml", topics(1));
    assert.deepEqual(await found(), ["CNS-07 consumer.properties:3", "TOP-31 topics.yaml:3"]);
    write("topics.yaml", topics(12));
    assert.deepEqual(await found(), ["CNS-07 consumer.properties:3", "TOP-07 topics.yaml:3"]);
    write("topics.yaml", topics(12).replace("    partitions", "    # ottla: allow TOP-07 because records have no keys\n    partitions"));
    assert.deepEqual(await found(), ["CNS-07 consumer.properties:3"]);
    const nowhere = await runWords(["lint", ".", "--base", "nowhere"]);
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.stderr, /^ottla: git ls-tree failed: .*Name a commit that is there with --base COMMIT\.\n$/);
  } finally {
    process.chdir(here);
    rmSync(repository, { recursive: true });
  }
});
