import assert from "node:assert/strict";
import { test } from "node:test";
import { type Admin, KafkaError } from "@ottla/client";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import { serdes } from "../../serdes/serdes.ts";
import { ensureTopics } from "./ensure-topics.ts";
import { planTopology } from "./topology-plan.ts";

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const texts = { key: serdes.string, value: serdes.string };

/** Brokers that hear of each topic at its look; those that are not named here they never hear of. */
function start(heardAtLook: Readonly<Record<string, number>>) {
  let [looks, pauses] = [0, 0];
  const asked: (readonly string[])[] = [];
  const admin: Pick<Admin, "describeTopics"> = {
    describeTopics: async (names) => {
      looks++;
      asked.push(names as readonly string[]);
      return (names as readonly string[]).map((name) => {
        if (looks < (heardAtLook[name] ?? Infinity)) return { name, error: new KafkaError(UNKNOWN_TOPIC_OR_PARTITION), value: undefined };
        const partition = { partition: 0, leader: 1, leaderEpoch: 0, replicas: [1], isr: [1], offlineReplicas: [] };
        return { name, error: undefined, value: { name, topicId: name, internal: false, partitions: [partition] } };
      });
    },
  };
  const b = new StreamsBuilder();
  b.stream("a", texts).merge(b.stream("b", texts)).to("out", texts);
  const counts = ensureTopics(admin as Admin, planTopology(b.build().builder, "app"), {
    replicationFactor: undefined,
    additionalRetentionMs: 0,
    areMadeByBroker: false,
    pause: async () => void pauses++,
  });
  return { counts, asked, pauses: () => pauses };
}

test("a topic that somebody just made is asked for until a broker has heard of it, and those that are known are not", async () => {
  const { counts, asked, pauses } = start({ a: 1, b: 4, out: 1 });
  assert.deepEqual(
    [...(await counts)],
    [
      ["a", 1],
      ["b", 1],
      ["out", 1],
    ],
  );
  assert.deepEqual([asked.slice(0, 4), pauses()], [[["a", "b"], ["b"], ["b"], ["b"]], 3]);
});

test("a topic that nobody hears of ends the start after so many looks, and is named", async () => {
  const { counts, asked } = start({ a: 1 });
  await assert.rejects(counts, { code: "STREAMS_UNKNOWN_TOPIC", message: /not there: b\. Make/ });
  assert.equal(asked.length, 30);
});
