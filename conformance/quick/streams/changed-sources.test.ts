import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ApplicationOptions, serdes, StreamsBuilder, type Topology } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-changed-sources-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const texts = { key: serdes.string, value: serdes.string };
const PARTITIONS = 2;
const KEYS = ["a", "b", "c", "d"];

/** Counts by key what comes from these topics, into a topic of the store's name. */
function countOf(b: StreamsBuilder, topics: RegExp | string[], name: string): void {
  b.stream(topics, { ...texts, name: `${name}-source` })
    .groupByKey()
    .count({ store: { name, persistent: true } })
    .toStream({ name: `${name}-changes` })
    .to(name, { key: serdes.string, value: serdes.long, name: `${name}-sink` });
}

function start(kafka: Kafka, topology: Topology, options: Partial<ApplicationOptions> & Pick<ApplicationOptions, "applicationId">) {
  return startInstance(kafka, topology, { guarantee: "exactlyOnce", client: { metadataMaxAgeMs: 100 }, ...options });
}

/** Whether the last count of each key is this. */
async function countsAre(kafka: Kafka, topic: string, expected: number): Promise<boolean> {
  const last = new Map<string, number>();
  for (const { key, value } of await kafka.topic(topic).records({ value: (bytes) => serdes.long.deserialize(topic, bytes, []) }))
    last.set(String(key), Number(value));
  return KEYS.every((key) => last.get(key) === expected);
}

const produce = (kafka: Kafka, topic: string) => kafka.topic(topic).produce(KEYS.map((key) => ({ key, value: "x" })));

test("a topic that comes to match a pattern is read beside the others, and one that goes takes nothing with it", async () => {
  await using kafka = await startKafka({ topics: { "in-a": PARTITIONS, all: 1 }, settings: impatientSettings });
  const b = new StreamsBuilder();
  countOf(b, /in-\w/, "all");
  const { app } = await start(kafka, b.build(), { applicationId: "matching", stateDir: join(folder, "matching") });
  await produce(kafka, "in-a");
  await kafka.until("one topic is counted", () => countsAre(kafka, "all", 1));
  await kafka.createTopics({ "in-b": PARTITIONS });
  await produce(kafka, "in-b");
  await kafka.until("both are counted", () => countsAre(kafka, "all", 2));
  await produce(kafka, "in-a");
  await kafka.until("the first is read on", () => countsAre(kafka, "all", 3));
  await kafka.client().admin().deleteTopics(["in-b"]);
  await kafka.until("the other one is not read any more", async () => (await app.tasks()).every(({ inputs }) => inputs.length === 1));
  await produce(kafka, "in-a");
  await kafka.until("the first is read on without it", () => countsAre(kafka, "all", 4));
  assert.deepEqual([app.state, app.error], ["RUNNING", undefined]);
  await app.close();
});

test("a topic of a pattern that is deleted with records that were read and not committed stops nobody", async () => {
  await using kafka = await startKafka({ topics: { "in-a": PARTITIONS, all: 1 }, settings: impatientSettings });
  const b = new StreamsBuilder();
  countOf(b, /in-\w/, "all");
  const { app } = await start(kafka, b.build(), { applicationId: "deleting", guarantee: "atLeastOnce", commitIntervalMs: 60_000 });
  await kafka.createTopics({ "in-b": PARTITIONS });
  // Whoever made another one by asking for it would have it read on.
  await using client = kafka.client({ clientId: "b" });
  await using producer = client.producer({ allowAutoCreateTopics: false });
  await producer.send(KEYS.map((key) => ({ topic: "in-b", key, value: "x" })));
  await kafka.until("the topic is counted", () => countsAre(kafka, "all", 1));
  await producer.close();
  await client.admin().deleteTopics(["in-b"]);
  await kafka.until("it is not read any more", async () => {
    const tasks = await app.tasks();
    return tasks.length === PARTITIONS && tasks.every(({ inputs }) => inputs.length === 1);
  });
  await produce(kafka, "in-a");
  await kafka.until("the other one is read on", async () => (await kafka.topic("all").records({ value: "bytes" })).length > KEYS.length);
  assert.deepEqual([app.state, app.error], ["RUNNING", undefined]);
  await app.close();
});

/** The second version reads a topic more in what counts, and has what comes before it in the order of sub-topologies. */
function version(number: 1 | 2): Topology {
  const b = new StreamsBuilder();
  if (number === 2) countOf(b, ["new"], "added");
  countOf(b, number === 1 ? ["old"] : ["old", "more"], "kept");
  return b.build();
}

for (const [which, order] of [
  ["first", [0, 1]],
  ["last", [1, 0]],
] as const) {
  test(`instances are exchanged one by one for a version that reads more, the oldest ${which}; nothing stands still, and in the end all is read`, async () => {
    const topics = { old: PARTITIONS, more: PARTITIONS, new: PARTITIONS, kept: 1, added: 1 };
    await using kafka = await startKafka({ topics, settings: impatientSettings });
    const optionsOf = (index: number) => ({ applicationId: "rolled", stateDir: join(folder, `rolled-${which}-${index}`) });
    const instances = [await start(kafka, version(1), optionsOf(0)), await start(kafka, version(1), optionsOf(1))];
    let expected = 0;
    const goesOn = async (what: string): Promise<void> => {
      await produce(kafka, "old");
      expected++;
      await kafka.until(what, () => countsAre(kafka, "kept", expected));
    };
    await goesOn("both old ones count");
    for (const index of order) {
      await instances[index]!.app.close();
      instances[index] = await start(kafka, version(2), optionsOf(index));
      await goesOn(`${index} is of the second version`);
      assert.deepEqual(
        instances.map(({ app }) => app.error),
        [undefined, undefined],
      );
    }
    await produce(kafka, "more");
    expected++;
    await kafka.until("what the second version reads beside it is counted", () => countsAre(kafka, "kept", expected));
    await produce(kafka, "new");
    await kafka.until("what it reads anew is counted", () => countsAre(kafka, "added", 1));
    for (const { app } of instances) await app.close();
  });
}
