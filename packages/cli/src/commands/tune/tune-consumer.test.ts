import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as work } from "node:timers/promises";
import { createClient } from "@ottla/client";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

const RECORD_MS = 10;
const folder = mkdtempSync(join(tmpdir(), "ottla-tune-"));
let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
});
after(async () => {
  await ottla.stop();
  rmSync(folder, { recursive: true });
});

test("what a record takes a group is measured at the group, and its file gets max.poll.records of it", async () => {
  await ottla.run(["topics", "create", "orders"]);
  await ottla.run(["produce", "orders"], { stdin: "1\n".repeat(5000) });
  await using client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  const consumer = client.consumer({ groupId: "billing", autoOffsetReset: "earliest", maxPollRecords: 1, enableAutoCommit: false });
  consumer.subscribe(["orders"]);
  const end = new AbortController();
  const member = (async (): Promise<void> => {
    while (!end.signal.aborted)
      for (const batch of await consumer.poll(100))
        for (const _ of batch) {
          await work(RECORD_MS);
          await consumer.commit();
        }
  })();
  while (((await ottla.json("lag", "billing")) as [{ consumedPerS?: number; members: number }])[0].members === 0);
  const file = join(folder, "consumer.properties");
  writeFileSync(file, "group.id=billing\nkey.deserializer=x\nmax.poll.interval.ms=2000\n");
  const { stdout, stderr, status } = await ottla.run(["tune", "consumer", file, "--group", "billing", "--for", "1.5", "--write"]);
  end.abort();
  await member;
  await consumer.close();
  assert.equal(status, 0, stderr);
  assert.match(
    stdout,
    /^Group billing, watched for .*\nThe slowest of 1 that work is .* records\/s: [\d.]+ ms a record on average, so that \d+ fit into half of max\.poll\.interval\.ms\.\n/,
  );
  const records = Number(/^max\.poll\.records=(\d+)$/m.exec(readFileSync(file, "utf8"))?.[1]);
  assert.ok(records >= 1 && records <= 1000 / RECORD_MS, `${records} of at least ${RECORD_MS} ms fit into half of 2000 ms`);
  const idle = await ottla.run(["tune", "consumer", "--group", "billing", "--for", "1"]);
  assert.match(idle.stdout, /^Group billing, .*\nThe group has no members: what a record takes them cannot be seen\.\n$/);
});

test("a group that is not there, and options that mean nothing here, are refused", async () => {
  const refused = async (...words: string[]) => (await ottla.run(["tune", ...words])).stderr;
  assert.match(await refused("consumer"), /Say which group is measured/);
  assert.match(await refused("latency", "--group", "billing"), /--group is for "ottla tune consumer"/);
  assert.match(await refused("consumer", "--group", "billing", "--measure"), /--measure is for presets/);
  assert.match(await refused("consumer", "--group", "nobody", "--for", "1"), /nobody/);
  const broker = join(folder, "producer.properties");
  writeFileSync(broker, "acks=all\nlinger.ms=5\n");
  assert.match(await refused("consumer", broker, "--group", "billing"), /holds no settings of a consumer/);
});
