import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture, runWords } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
});
after(() => ottla.stop());

test("topics are created, listed, described, altered and deleted", async () => {
  const created = await ottla.run(["topics", "create", "a", "b", "-p", "3", "-c", "retention.ms=60000"]);
  assert.deepEqual([created.status, created.stdout], [0, "Created a: 3 partitions, 1 replica.\nCreated b: 3 partitions, 1 replica.\n"]);
  const listed = (await ottla.json("topics", "list")) as { name: string; partitionCount: number }[];
  assert.deepEqual(
    listed.map(({ name, partitionCount }) => [name, partitionCount]),
    [
      ["a", 3],
      ["b", 3],
    ],
  );
  assert.deepEqual(await ottla.json("topics", "alter", "a", "-p", "5", "--delete-config", "retention.ms", "-c", "segment.ms=70000"), {
    topic: "a",
    altered: true,
    failed: [],
  });
  const [described] = (await ottla.json("topics", "describe", "a")) as { partitions: { logEndOffset: number }[]; configs: object }[];
  assert.equal(described?.partitions.length, 5);
  assert.equal(described?.partitions[4]?.logEndOffset, 0);
  assert.deepEqual(described?.configs, { "segment.ms": "70000" });
  const page = await ottla.run(["topics", "describe", "b"]);
  assert.match(page.stdout, /^b {2}\S{22}\n {2}retention\.ms=60000\nPARTITION {2}LEADER/);
  const deleted = await ottla.run(["topics", "delete", "a", "b"]);
  assert.equal(deleted.stdout, "Deleted a.\nDeleted b.\n");
  assert.equal((await ottla.run(["topics", "list"])).stdout, "There are no topics.\n");
});

test("what is refused is named, the rest is done, and the status is 1", async () => {
  await ottla.run(["topics", "create", "there"]);
  const mixed = await ottla.run(["topics", "create", "there", "new", "bad/name"]);
  assert.equal(mixed.status, 1);
  assert.match(mixed.stdout, /^Created new: /);
  assert.match(mixed.stderr, /^ottla: there: .*\(TOPIC_ALREADY_EXISTS\)\nottla: bad\/name: .*\(INVALID_TOPIC_EXCEPTION\)\n$/);
  assert.equal((await ottla.run(["topics", "create", "there", "--if-not-exists"])).status, 0);
  assert.equal((await ottla.run(["topics", "delete", "gone"])).status, 1);
  assert.equal((await ottla.run(["topics", "delete", "gone", "--if-exists"])).status, 0);
  assert.equal((await ottla.run(["topics", "alter", "there"])).status, 2);
  assert.equal((await ottla.run(["topics", "create", "x", "-c", "retention.ms"])).status, 2);
});

test("validate-only creates nothing", async () => {
  assert.match((await ottla.run(["topics", "create", "maybe", "--validate-only"])).stdout, /^Could create maybe/);
  assert.equal((await ottla.run(["topics", "describe", "maybe"])).status, 1);
});

test("a cluster that does not answer is one sentence and status 1", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "ottla-topics-")), "client.properties");
  // More time where a busy machine left none for an attempt, whose reason is told.
  for (let timeoutMs = 100; ; timeoutMs *= 10) {
    writeFileSync(file, `default.api.timeout.ms=${timeoutMs}\n`);
    const { status, stdout, stderr } = await runWords(["topics", "list", "-b", "127.0.0.1:1", "--command-config", file]);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    if (timeoutMs < 10_000 && stderr.includes("127.0.0.1:1; start one")) continue;
    assert.match(
      stderr,
      /^ottla: No broker answers at 127\.0\.0\.1:1 .*; start one with "ottla dev", or name yours with --bootstrap-server\.\n$/,
    );
    break;
  }
  rmSync(dirname(file), { recursive: true });
});

test("cluster describe and api-versions tell of the broker", async () => {
  const cluster = (await ottla.json("cluster", "describe")) as { nodes: { nodeId: number; isController: boolean }[]; leaderless: number };
  assert.deepEqual(
    cluster.nodes.map(({ nodeId, isController }) => [nodeId, isController]),
    [[1, true]],
  );
  assert.equal(cluster.leaderless, 0);
  assert.match((await ottla.run(["cluster", "describe"])).stdout, /NODE {2}ADDRESS/);
  const [broker] = (await ottla.json("api-versions")) as { apis: { apiKey: number; name: string }[] }[];
  assert.ok(broker?.apis.some(({ apiKey, name }) => apiKey === 0 && name === "Produce"));
  assert.match((await ottla.run(["api-versions"])).stdout, /\n {2}0 {2}Produce /);
});
