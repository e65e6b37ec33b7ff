import assert from "node:assert/strict";
import { test } from "node:test";
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
