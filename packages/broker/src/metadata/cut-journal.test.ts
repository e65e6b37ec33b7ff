import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "@ottla/base/simulated";
import { createTopic } from "../testing/data-path.ts";
import { TestBroker } from "../testing/test-broker.ts";

const JOURNAL = "/data/metadata.journal";

test("a journal cut after a clean stop keeps the broker from starting, until it is restored or the mark removed", async () => {
  const disk = new MemoryDisk();
  const first = await TestBroker.start({ disk });
  await createTopic(first, "orders");
  await createTopic(first, "last");
  await first.stop();
  const whole = disk.readFile(JOURNAL);
  const cut = whole.subarray(0, -7);
  const refused = { code: "METADATA_CORRUPT", message: /is cut: it was \d+ bytes long .* [Rr]estore it from a copy/ };

  disk.replaceFile(JOURNAL, cut);
  for (let start = 0; start < 2; start++) await assert.rejects(TestBroker.start({ disk }), refused);
  assert.ok(disk.readFile(JOURNAL).equals(cut));

  disk.replaceFile(JOURNAL, whole);
  const restored = await TestBroker.start({ disk });
  assert.ok(restored.running.state.metadata.topic("last"));
  await restored.stop();

  disk.replaceFile(JOURNAL, disk.readFile(JOURNAL).subarray(0, -7));
  disk.remove("/data/.kafka_cleanshutdown");
  await using without = await TestBroker.start({ disk });
  assert.ok(without.running.state.metadata.topic("orders"));
});

test("a start that fails behind the journal leaves a mark that the next start agrees with", async () => {
  const disk = new MemoryDisk();
  await using holder = await TestBroker.start();
  await (await TestBroker.start({ disk })).stop();
  const [host, port] = holder.running.bootstrap.split(",")[0]!.split(":");
  await assert.rejects(TestBroker.start({ disk, settings: { listeners: `PLAINTEXT://${host}:${port}` } }));
  await (await TestBroker.start({ disk })).stop();
});
