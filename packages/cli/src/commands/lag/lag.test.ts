import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "orders", "-p", "2"]);
  await ottla.run(["produce", "orders", "-p", "0"], { stdin: "1\n2\n3\n" });
  await ottla.run(["produce", "orders", "-p", "1"], { stdin: "0\n" });
  await ottla.run(["consume", "orders", "-g", "billing", "--from-beginning", "-e"]);
  await ottla.run(["produce", "orders", "-p", "1"], { stdin: "4\n5\n" });
  await ottla.run(["topics", "create", "quiet"]);
  await ottla.run(["produce", "quiet"], { stdin: "1\n" });
  await ottla.run(["consume", "quiet", "-g", "audit", "--from-beginning", "-e"]);
});
after(() => ottla.stop());

test("one look shows how far groups are behind, the worst first", async () => {
  const { stdout, status } = await ottla.run(["lag"]);
  assert.equal(status, 0);
  assert.match(stdout, /^GROUP .*\nbilling +UNKNOWN +Empty +0 +2 +- .*orders:1\naudit +OK +Empty +0 +0 +0 s .*-\n$/);
  const partitions = await ottla.run(["lag", "billing", "--partitions"]);
  assert.match(partitions.stdout, /\norders:0 +OK +3 +3 +0 .*\norders:1 +UNKNOWN +1 +3 +2 /);
});

test("several looks tell rates", async () => {
  const [report] = (await ottla.json("lag", "billing", "--for", "0.2", "--every", "0.1")) as [Record<string, unknown>];
  const { groupId, totalLag, producedPerS, consumedPerS, drainS, samples } = report;
  assert.deepEqual(
    { groupId, totalLag, producedPerS, consumedPerS, drainS },
    { groupId: "billing", totalLag: 2, producedPerS: 0, consumedPerS: 0, drainS: null },
  );
  assert.ok((samples as number) >= 2);
});

test("why a group is behind is said with commands to run", async () => {
  const { stdout, status } = await ottla.run(["lag", "explain", "billing", "--for", "0"]);
  assert.equal(status, 0);
  assert.match(stdout, /^billing {2}Empty, 0 members, 2 records wait/);
  assert.match(
    stdout,
    /1\. Nobody reads: the group has no members, and 2 records wait\. \(no-members\)\n {3}Seen: .*\n {3}Do: .*\n {5}ottla groups describe billing\n/,
  );
  assert.match((await ottla.run(["lag", "explain", "audit", "--for", "0"])).stdout, /Nothing waits/);
  const folder = mkdtempSync(join(tmpdir(), "ottla-lag-"));
  const page = join(folder, "billing.prom");
  writeFileSync(page, 'kafka_streams_stream_metrics_failed_stream_threads{client_id="billing-4f"} 2\n');
  const told = await ottla.run(["lag", "explain", "billing", "--for", "0", "--metrics", page, "--metrics", join(folder, "none.prom")]);
  rmSync(folder, { recursive: true });
  assert.equal(told.status, 1);
  assert.match(told.stdout, /2 failed threads: .* \(streams-failed\)\n {3}Seen: .*metrics of billing\.prom/);
  assert.match(told.stderr, /metrics of none\.prom: .*no such file/i);
});

test("metrics in Prometheus's format", async () => {
  const { stdout } = await ottla.run(["lag", "billing", "--prometheus"]);
  assert.match(
    stdout,
    /^# HELP ottla_group_lag_records .*\n# TYPE ottla_group_lag_records gauge\nottla_group_lag_records\{group="billing"\} 2\n/,
  );
  assert.match(stdout, /\nottla_group_partition_lag_records\{group="billing",topic="orders",partition="1"\} 2\n/);
});

test("a group that is not there, and nonsense", async () => {
  const gone = await ottla.run(["lag", "nobody"]);
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /There is no group "nobody"/);
  assert.equal((await ottla.run(["lag", "explain", "nobody", "--for", "0"])).status, 1);
  assert.equal((await ottla.run(["lag", "--for", "-1"])).status, 2);
  assert.equal((await ottla.run(["lag", "--every", "0"])).status, 2);
  assert.equal((await ottla.run(["lag", "--json", "--prometheus"])).status, 2);
});

test("who may not see all groups is told so, and never that nothing is behind", async () => {
  const closed = await CommandLineFixture.start(undefined, {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:admin",
  });
  try {
    const { stdout, stderr, status } = await closed.run(["lag"]);
    assert.deepEqual([status, stdout], [1, "NOT SEEN: too little could be looked at to say whether any group is behind.\n"]);
    assert.match(stderr, /^ottla: NOT SEEN: there may be other groups; this login may not describe the cluster /);
    const json = await closed.run(["lag", "--json"]);
    assert.deepEqual([json.status, json.stdout], [1, "[]\n"]);
  } finally {
    await closed.stop();
  }
  assert.doesNotMatch((await ottla.run(["lag"])).stderr, /NOT SEEN/);
});
