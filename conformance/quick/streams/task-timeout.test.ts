import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { DirectoryLock, Disk } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { streams } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";
import { countsAre, wordCount } from "./word-count.ts";

/** The task whose changelog's end nobody tells cannot be opened. */
function hidden(kafka: Kafka, partition: number) {
  return kafka.fault({
    api: "ListOffsets",
    topic: "slow-counts-changelog",
    partition,
    reply: "LEADER_NOT_AVAILABLE",
    times: "always",
  });
}

test("a task that cannot be opened is tried again, and the others go on meanwhile", async () => {
  await using kafka = await startKafka({ topics: { lines: 2, words: 1 }, settings: impatientSettings });
  await using first = await startInstance(kafka, wordCount(), { applicationId: "slow" });
  await kafka.topic("lines").produce(["a b c d e f"]);
  const all = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 };
  await countsAre(kafka, all);
  await first.app.close();
  const fault = hidden(kafka, 1);
  const second = streams(wordCount(), {
    bootstrapServers: kafka.bootstrapServers,
    applicationId: "slow",
    commitIntervalMs: 20,
    cacheMaxBytes: 0,
    client: { retryBackoffMs: 10, retryBackoffMaxMs: 50 },
  });
  await using _second = second;
  const started = second.start();
  started.catch(() => {});
  await kafka.topic("lines").produce(["a b c d e f"]);
  // Some of the words are the other task's.
  await kafka.until("the other task's words", async () => (await kafka.topic("words").records()).length > 6);
  assert.equal(second.state, "REBALANCING");
  assert.ok((await kafka.topic("words").records()).length < 12);
  fault.remove();
  await started;
  await countsAre(kafka, { a: 2, b: 2, c: 2, d: 2, e: 2, f: 2 });
});

test("when its time is over, the error names the task and what it waited for", async () => {
  await using kafka = await startKafka({ topics: { lines: 2, words: 1 }, settings: impatientSettings });
  await using first = await startInstance(kafka, wordCount(), { applicationId: "slow" });
  await first.app.close();
  hidden(kafka, 1);
  await assert.rejects(startInstance(kafka, wordCount(), { applicationId: "slow", taskTimeoutMs: 300 }), {
    code: "STREAMS_TASK_TIMEOUT",
    message: /^Task 1_1 did not get on for taskTimeoutMs \(300 ms\): /,
  });
});

/** With the folder of task 1_0 taken by somebody. */
async function withFolderTaken(use: (kafka: Kafka, stateDir: string, lock: DirectoryLock) => Promise<void>): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-taken-"));
  const folder = join(stateDir, "slow", "1_0");
  mkdirSync(folder, { recursive: true });
  const lock = nodeDisk.lockDirectory(folder);
  try {
    await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
    await use(kafka, stateDir, lock);
  } finally {
    lock.release();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

test("a task whose folder somebody has waits until it is let go, and others go on meanwhile", async () => {
  await withFolderTaken(async (kafka, stateDir, lock) => {
    const started = startInstance(kafka, wordCount({ persistent: true }), { applicationId: "slow", stateDir });
    await kafka.topic("lines").produce(["a b a"]);
    await kafka.until("the other task's records", async () => {
      const [listed] = await kafka
        .client()
        .admin()
        .listOffsets([{ topic: "slow-by-word-repartition", partition: 0, spec: "latest" }]);
      return (listed?.value?.offset ?? 0) >= 3;
    });
    assert.equal((await kafka.topic("words").records()).length, 0);
    lock.release();
    await using _instance = await started;
    await countsAre(kafka, { a: 2, b: 1 });
  });
});

test("a task whose folder nobody lets go ends the application when its time is over, and the error names both", async () => {
  await withFolderTaken(async (kafka, stateDir) => {
    const started = startInstance(kafka, wordCount({ persistent: true }), { applicationId: "slow", stateDir, taskTimeoutMs: 300 });
    await assert.rejects(started, {
      code: "STREAMS_TASK_TIMEOUT",
      message: /^Task 1_0 did not get on for taskTimeoutMs \(300 ms\): .*slow\/1_0 is in use by this process/,
    });
  });
});

test("a task whose disk is full as it comes waits for room, others go on meanwhile, and nothing is passed over in silence", async (t) => {
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-full-"));
  try {
    const spaceOf = nodeDisk.space!.bind(nodeDisk);
    let isFull = true;
    t.mock.method(nodeDisk as Required<Disk>, "space", (path: string) => (isFull ? { ...spaceOf(path), usableBytes: 0 } : spaceOf(path)));
    await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
    const warnings: string[] = [];
    const full = startInstance(kafka, wordCount({ persistent: true }), { applicationId: "slow", stateDir }, undefined, warnings);
    await kafka.topic("lines").produce(["a b a"]);
    await kafka.until("it is told, and the other task goes on", async () => {
      const [listed] = await kafka
        .client()
        .admin()
        .listOffsets([{ topic: "slow-by-word-repartition", partition: 0, spec: "latest" }]);
      return (listed?.value?.offset ?? 0) >= 3 && warnings.some((warning) => /not opened so far.*disk is full/.test(warning));
    });
    isFull = false;
    await using instance = await full;
    await countsAre(kafka, { a: 2, b: 1 });
    await instance.app.close();
    isFull = true;
    await assert.rejects(startInstance(kafka, wordCount({ persistent: true }), { applicationId: "slow", stateDir, taskTimeoutMs: 300 }), {
      code: "STREAMS_TASK_TIMEOUT",
      message: /^Task 1_0 did not get on for taskTimeoutMs \(300 ms\): .*look whether its disk is full/,
    });
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});
