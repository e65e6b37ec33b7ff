// Clusters of its own, beside that of the whole suite: nodes that others must not lose.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { type AcknowledgementResult, ClientError, createClient } from "@ottla/client";
import { makeTopic } from "./client-cases/case-client.ts";
import { defineShareCases, isAllDone, makeShareGroup, placeOf, produce } from "./client-cases/share-cases.ts";
import { shareProfile } from "./client-cases/share-profile.ts";
import { startKafka } from "./kafka/cluster.ts";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { findFreePorts } from "./process/free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { waitUntil } from "./process/wait-until.ts";
import { requireTarget } from "./target.ts";

const target = requireTarget();
const { kind, brokers } = target;

test("a broker without share groups is told by UNSUPPORTED, with the remedy", {
  skip: kind === "ottla" ? false : "Apache Kafka has them",
}, async () => {
  const client = createClient({ bootstrapServers: target.bootstrap });
  const consumer = client.shareConsumer({ groupId: "queue", topics: "mails" });
  await assert.rejects(
    consumer.poll(10_000),
    (error) => error instanceof ClientError && error.code === "UNSUPPORTED" && /share\.version/.test(error.message),
  );
  assert.deepEqual([consumer.health().state, consumer.health().isAlive], ["failed", false]);
  await client.close();
});

const skip = kind === "kafka" ? false : "Ottla's broker has no share groups yet";

describe("share groups of Apache Kafka", { skip }, () => {
  defineShareCases(() => target);

  test("the guide's programs do what it says", async () => {
    const text = readFileSync(`${repositoryRoot}docs/guides/queues.md`, "utf8");
    const files = Array.from(text.matchAll(/^```js\n\/\/ (\S+)\n([\s\S]*?)^```/gm), ([, name = "", code = ""]) => [name, code] as const);
    assert.deepEqual(
      files.map(([name]) => name),
      ["mailer.mjs", "by-hand.mjs", "mailer.test.mjs"],
    );
    mkdirSync(`${repositoryRoot}.cache`, { recursive: true });
    const folder = mkdtempSync(`${repositoryRoot}.cache/guide-`);
    try {
      for (const [name, code] of files) writeFileSync(`${folder}/${name}`, code);
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const args = ["--conditions=source", "--test", "--test-isolation=none", "mailer.test.mjs"];
      await promisify(execFile)(nodeBinary, args, { cwd: folder, env: { ...env, BOOTSTRAP_SERVERS: target.bootstrap }, timeout: 60_000 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Gathers what is accepted. Of what the broker died over, between the acknowledgement and its answer, nobody can tell, and the record may not come again. */
function watchAcknowledgements(accepted: Set<string>) {
  const unknown = new Set<string>();
  const onAcknowledged = (results: readonly AcknowledgementResult[]) => {
    for (const { partition, offsets, error } of results)
      for (const offset of offsets)
        if (error === undefined) accepted.add(`${partition}:${offset}`);
        else if (error instanceof ClientError && error.possiblyWritten) unknown.add(`${partition}:${offset}`);
  };
  const open = (places: Iterable<string>) => [...places].filter((place) => !accepted.has(place) && !unknown.has(place));
  return { open, onAcknowledged };
}

describe("a share group whose leader is lost", { skip: skip || (brokers === 3 ? false : "needs three brokers") }, () => {
  test("goes on under the next one: nothing is lost, and what was accepted is not delivered again", async (context) => {
    const cluster = await startKafka({ brokers: 3, config: { ...shareProfile, "min.insync.replicas": "1" } });
    const client = createClient({ bootstrapServers: cluster.bootstrap, requestTimeoutMs: 5000, metadataMaxAgeMs: 1000 });
    try {
      const admin = client.admin();
      const topic = "moving";
      const [created] = await admin.createTopics([{ name: topic, partitionCount: 3, replicationFactor: 3 }]);
      if (created?.error) throw created.error;
      const groupId = await makeShareGroup(client);
      const handled = new Map<string, number>();
      const accepted = new Set<string>();
      const { open, onAcknowledged } = watchAcknowledgements(accepted);
      const again: string[] = [];
      const worker = client.shareConsumer({ groupId, topics: topic, onAcknowledged });
      const ended = worker.run({
        concurrency: 5,
        eachRecord: async (record) => {
          const place = placeOf(record);
          if (accepted.has(place)) again.push(place);
          handled.set(place, (handled.get(place) ?? 0) + 1);
          await new Promise((resolve) => setTimeout(resolve, 20));
        },
      });
      await produce(client, topic, 150, 3);
      await waitUntil("it is at work", () => accepted.size > 20);
      const [described] = await admin.describeTopics([topic]);
      const leader = described!.value!.partitions[0]!.leader!;
      process.kill(cluster.pids[leader - 1]!, "SIGKILL");
      await produce(client, topic, 150, 3);
      await waitUntil("all is handled", () => handled.size === 300, { timeoutMs: 90_000 });
      await waitUntil("all is accepted, but what the dead broker may have taken", () => open(handled.keys()).length === 0, {
        timeoutMs: 60_000,
      });
      const unanswered = [...handled.keys()].filter((place) => !accepted.has(place));
      context.diagnostic(`without an answer: ${unanswered.join(", ")}`);
      assert.deepEqual(again, []);
      await worker.close({ timeoutMs: 10_000 });
      await ended;
    } finally {
      await client.close({ timeoutMs: 3000 });
      await cluster.stop();
    }
  });
});

describe("a share group whose broker restarts", { skip: skip || (brokers === 1 ? false : "with one broker") }, () => {
  test("goes on where it was: nothing is lost, and what was accepted is not delivered again", async (context) => {
    const dataDir = makeTemporaryFolder("share-restart");
    const [port = 0] = await findFreePorts(1);
    let cluster = await startKafka({ dataDir, port, config: shareProfile });
    const client = createClient({ bootstrapServers: cluster.bootstrap, requestTimeoutMs: 5000 });
    try {
      const topic = await makeTopic(client, 2);
      const groupId = await makeShareGroup(client);
      const accepted = new Set<string>();
      const { open, onAcknowledged } = watchAcknowledgements(accepted);
      const handled = new Set<string>();
      const again: string[] = [];
      const worker = client.shareConsumer({ groupId, topics: topic, onAcknowledged });
      const ended = worker.run({
        concurrency: 5,
        eachRecord: async (record) => {
          const place = placeOf(record);
          handled.add(place);
          if (accepted.has(place)) again.push(place);
          await new Promise((resolve) => setTimeout(resolve, 30));
        },
      });
      await produce(client, topic, 100, 2);
      await waitUntil("it is at work", () => accepted.size > 20);
      await cluster.kill();
      assert.equal(worker.health().isAlive, true);
      cluster = await startKafka({ dataDir, port, config: shareProfile });
      await produce(client, topic, 100, 2);
      await waitUntil("all is handled", () => handled.size === 200, { timeoutMs: 90_000 });
      await waitUntil("all is accepted, but what the dead broker may have taken", () => open(handled).length === 0, { timeoutMs: 60_000 });
      const unanswered = [...handled].filter((place) => !accepted.has(place));
      context.diagnostic(`without an answer: ${unanswered.join(", ")}`);
      assert.deepEqual(again, []);
      await worker.close({ timeoutMs: 10_000 });
      await ended;
      // What the broker took down before it died is done with, although nobody was told.
      await isAllDone(client, groupId, topic);
    } finally {
      await client.close({ timeoutMs: 3000 });
      await cluster.stop();
      removeTemporaryFolder(dataDir);
    }
  });

  test("close wins in its deadline while the cluster is gone", async () => {
    const cluster = await startKafka({ config: shareProfile });
    const client = createClient({ bootstrapServers: cluster.bootstrap });
    const topic = await makeTopic(client, 1);
    const groupId = await makeShareGroup(client);
    await produce(client, topic, 5);
    const consumer = client.shareConsumer({ groupId, topics: topic, acknowledgementMode: "explicit" });
    while ((await consumer.poll(500)).length === 0);
    await cluster.kill();
    const startedAt = performance.now();
    await consumer.close({ timeoutMs: 2000 });
    assert.ok(performance.now() - startedAt < 20_000);
    await client.close({ timeoutMs: 0 });
  });
});
