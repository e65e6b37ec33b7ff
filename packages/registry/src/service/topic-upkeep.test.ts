import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { KafkaError } from "@ottla/client";
import { TopicUpkeep, type TopicUpkeepOptions } from "./topic-upkeep.ts";

/** What a broker says of the topic: its id, nothing, or that its configs stand on another broker that has not heard of it. */
type Said = string | undefined;
const NO_CONFIGS = "noConfigs";
const ALREADY_THERE = "ALREADY_THERE";

/** A cluster whose brokers hear late: each question is answered by the next of `said`, the last one for ever. */
function cluster(said: Said[], whenMade = "made"): { readonly admin: TopicUpkeepOptions["admin"]; readonly asked: () => number } {
  let asked = 0;
  const unknown = (): { error: KafkaError; value: undefined } => ({ error: new KafkaError(3), value: undefined });
  let last: Said;
  const admin: ReturnType<TopicUpkeepOptions["admin"]> = {
    describeTopics: ([name = ""]) => {
      asked++;
      last = said.length > 1 ? said.shift() : said[0];
      if (last === undefined) return Promise.resolve([{ name, ...unknown() }]);
      const partition = { partition: 0, leader: undefined, leaderEpoch: 0, replicas: [], isr: [], offlineReplicas: [] };
      const value = { name, topicId: last, internal: false, partitions: [partition] };
      return Promise.resolve([{ name, error: undefined, value }]);
    },
    describeConfigs: ([resource]) => {
      const { type, name } = resource ?? { type: "topic" as const, name: "" };
      if (last === NO_CONFIGS) return Promise.resolve([{ type, name, ...unknown() }]);
      const facts = { source: "dynamicTopic" as const, isDefault: false, readOnly: false, sensitive: false, synonyms: [] };
      const value = [{ name: "cleanup.policy", value: "compact", type: undefined, documentation: undefined, ...facts }];
      return Promise.resolve([{ type, name, error: undefined, value }]);
    },
    describeCluster: () => Promise.resolve({ clusterId: "c", controllerId: 1, nodes: [] }),
    createTopics: ([topic]) => {
      const { name } = topic ?? { name: "" };
      if (whenMade === ALREADY_THERE) return Promise.resolve([{ name, error: new KafkaError(36), value: undefined }]);
      const value = { topicId: whenMade, partitionCount: 1, replicationFactor: 1, configs: undefined };
      return Promise.resolve([{ name, error: undefined, value }]);
    },
  };
  return { admin: () => admin, asked: () => asked };
}

async function ended<T>(clock: SimulatedClock, promise: Promise<T>): Promise<T> {
  let isOver = false;
  void promise.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  while (!isOver) {
    await new Promise(setImmediate);
    if (clock.pendingTimers > 0) await clock.advanceAsync(50);
  }
  return promise;
}

function upkeep(admin: TopicUpkeepOptions["admin"], clock: SimulatedClock, signal = new AbortController().signal): TopicUpkeep {
  return new TopicUpkeep({ admin, topic: "t", replicationFactor: undefined, clock, signal });
}

test("a topic that another instance made is known by its id, however late the brokers that are asked hear of it", async () => {
  const clock = new SimulatedClock();
  const { admin } = cluster([undefined, undefined, NO_CONFIGS, undefined, "theirs"], ALREADY_THERE);
  const kept = upkeep(admin, clock);
  assert.equal(await kept.find(), undefined);
  assert.equal(await ended(clock, kept.make()), "theirs");
});

test("one that was made here is known by what the controller said, and one that nobody hears of is told in the end", async () => {
  const clock = new SimulatedClock();
  assert.equal(await upkeep(cluster([undefined]).admin, clock).make(), "made");
  const never = upkeep(cluster([undefined], ALREADY_THERE).admin, clock);
  await assert.rejects(ended(clock, never.make()), /no broker that was asked within 15000 ms has heard of it/);
  const stopping = new AbortController();
  const stopped = upkeep(cluster([undefined], ALREADY_THERE).admin, clock, stopping.signal).make();
  stopping.abort();
  await assert.rejects(stopped, /has heard of it/);
});

test("a topic is gone, or another one, when brokers say so again and again; one that heard late proves nothing", async () => {
  const clock = new SimulatedClock();
  for (const late of [
    [undefined, undefined, "same"],
    ["before", "before", undefined, "same"],
  ]) {
    const { admin, asked } = cluster(late);
    await ended(clock, upkeep(admin, clock).requireSame("same"));
    assert.ok(asked() >= 3);
  }
  for (const [said, message] of [
    [undefined, /"t" was deleted; its schemas are gone/],
    ["other", /"t" was deleted and made anew/],
  ] as const) {
    await assert.rejects(ended(clock, upkeep(cluster([said]).admin, clock).requireSame("same")), { code: "REGISTRY_NOT_READY", message });
  }
});
