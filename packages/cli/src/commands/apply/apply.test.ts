import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import { drawUpPlan, lockForApply } from "@ottla/expert/apply";
import { type ClusterChange, printPlan } from "@ottla/expert/plan";
import { lockCluster } from "./lock-cluster.ts";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
let client: Client;
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ottla-apply-"));
  ottla = await CommandLineFixture.start();
  client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  await client.admin().createTopics([{ name: "orders", partitionCount: 1 }]);
});
after(async () => {
  await client.close();
  await ottla.stop();
  rmSync(folder, { recursive: true, force: true });
});

let plans = 0;
async function planFile(...changes: readonly ClusterChange[]): Promise<string> {
  const world = { admin: client.admin(), clock: systemClock, signal: new AbortController().signal };
  const { plan, unplanned } = await drawUpPlan(
    world,
    changes.map((change) => ({ change, rule: "TOP-14", reason: "Segments are too long." })),
  );
  assert.deepEqual(unplanned, []);
  const path = join(folder, `plan-${++plans}.yaml`);
  writeFileSync(path, printPlan(plan, { bootstrapServer: ottla.broker.bootstrap }));
  return path;
}

const segments = (ms: string): ClusterChange => ({
  kind: "config",
  target: { type: "topic", name: "orders" },
  settings: { "segment.ms": ms },
});
async function segmentMs(): Promise<string | null> {
  const [found] = await client.admin().describeConfigs([{ type: "topic", name: "orders" }], { keys: ["segment.ms"] });
  const entry = found!.value![0]!;
  return entry.source === "dynamicTopic" ? entry.value : null;
}

test("a plan is looked at, carried out, noted, and taken back", async () => {
  const path = await planFile(segments("3600000"), { kind: "manual", subject: "broker 1", instruction: "Add a disk." });
  const look = await ottla.run(["apply", path, "--dry-run"]);
  assert.deepEqual(
    [look.status, look.stdout],
    [0, "2 steps.\n1. Set segment.ms=3600000 for topic orders. can be done.\n2. Add a disk. is left to you.\n"],
  );
  assert.equal(existsSync(`${path}.journal`), false);
  const unasked = await ottla.run(["apply", path]);
  assert.deepEqual(
    [unasked.status, unasked.stderr],
    [2, "ottla: Nobody can be asked here: give --yes to carry it out, or --dry-run to look.\n"],
  );
  const done = await ottla.run(["apply", path, "--yes"]);
  assert.deepEqual([done.status, done.stderr], [0, ""]);
  assert.match(
    done.stdout,
    /^1 of 2 steps\.\n1\. Set segment\.ms=3600000 for topic orders\. …\n {3}done \(.*\)\n2\. Add a disk\. is left to you\.\n$/,
  );
  assert.equal(await segmentMs(), "3600000");
  assert.deepEqual(readFileSync(`${path}.journal`, "utf8").match(/"event":"\w+"/g), [
    '"event":"plan"',
    '"event":"begin"',
    '"event":"done"',
  ]);
  const told = await ottla.run(["apply", path, "--yes"]);
  assert.equal(
    told.stdout,
    "0 of 2 steps.\n1. Set segment.ms=3600000 for topic orders. was done before.\n2. Add a disk. is left to you.\n",
  );
  const again = await ottla.run(["apply", path, "--yes", "--json"]);
  assert.deepEqual(
    (JSON.parse(again.stdout) as { steps: { outcome: string }[] }).steps.map(({ outcome }) => outcome),
    ["done", "left"],
  );
  const undone = await ottla.run(["apply", path, "--undo"]);
  assert.deepEqual([undone.status, await segmentMs()], [0, null], undone.stderr);
});

test("of two that carry out one plan, or plans on one cluster, the second is told who is at it, and does nothing", async () => {
  const path = await planFile(segments("6000000"));
  const journal = lockForApply(nodeDisk, `${path}.journal.lock`, "Somebody is at it");
  const second = await ottla.run(["apply", path, "--yes"]);
  assert.deepEqual([second.status, await segmentMs()], [1, null]);
  assert.match(second.stderr, /This plan is being carried out or taken back by (this process|process \d+) at this moment/);
  journal.release();
  const cluster = lockCluster((await client.admin().describeCluster()).clusterId!);
  const other = await ottla.run(["apply", path, "--yes", "--json"]);
  assert.deepEqual([other.status, await segmentMs()], [1, null]);
  assert.match(other.stdout + other.stderr, /Another plan is carried out on this cluster by/);
  assert.equal((await ottla.run(["apply", path, "--dry-run"])).status, 0, "a look is free");
  cluster.release();
  assert.equal((await ottla.run(["apply", path, "--yes"])).status, 0);
  assert.equal((await ottla.run(["apply", path, "--undo"])).status, 0);
});

test("what was changed meanwhile, or in the file, or is for another cluster is not done", async () => {
  const path = await planFile(segments("7200000"));
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace('segment.ms: "7200000"', 'segment.ms: "1"'));
  const edited = await ottla.run(["apply", path, "--yes"]);
  assert.deepEqual([edited.status, edited.stderr.includes("give --accept-edited")], [1, true], edited.stderr);
  writeFileSync(path, text.replace(/clusterId: .*/, "clusterId: another"));
  const other = await ottla.run(["apply", path, "--yes", "--accept-edited"]);
  assert.match(other.stderr, /The plan was made for the cluster another/);
  rmSync(`${path}.journal`);
  writeFileSync(path, text);
  await ottla.run(["configs", "set", "topic", "orders", "segment.ms=5000"]);
  const stale = await ottla.run(["apply", path, "--yes"]);
  assert.deepEqual([stale.status, await segmentMs()], [1, "5000"]);
  assert.match(stale.stderr, /Step 1 does not fit any more: somebody changed the same since the plan was made/);
  await ottla.run(["configs", "unset", "topic", "orders", "segment.ms"]);
});

test("high risk needs its name, and a step that may not be made stops what is behind it", async () => {
  const path = await planFile(
    segments("9000000"),
    { kind: "addPartitions", topic: "orders", partitionCount: 2 },
    { kind: "config", target: { type: "topic", name: "orders" }, settings: { "retention.ms": "100000000" } },
  );
  const unnamed = await ottla.run(["apply", path, "--yes"]);
  assert.deepEqual(
    [unnamed.status, unnamed.stderr],
    [2, 'ottla: Steps of high risk need their name: --yes-to "orders", or --yes-to HIGH for all of them.\n'],
  );
  assert.equal(await segmentMs(), null);
  assert.equal((await ottla.run(["apply", path, "--yes", "--yes-to", "other"])).status, 2);
  const done = await ottla.run(["apply", path, "--yes", "--yes-to", "orders"]);
  assert.equal(done.status, 0, done.stderr);
  const undone = await ottla.run(["apply", path, "--undo"]);
  assert.match(undone.stdout, /Grow topic orders to 2 partitions\. …\n {3}has no way back, and stays/);
  assert.deepEqual([undone.status, await segmentMs()], [1, null]);
});
