// A source's records stand, as bytes, where the next ones will, once the producer has copied them: each comes out as it went in, whatever the producer has to do with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { defineSource } from "@ottla/connect";
import { startInProcessWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

const SEED = testSeed();
const COUNT = 1_000;
/** A third of the converter's page, so that it stands in one. */
const TOO_LARGE = 9_000;

/** Texts around the sizes of a page, of a batch, and what a topic refuses: every 100th. */
function textsOf(random: SeededRandom, hasTooLarge: boolean): string[] {
  return Array.from({ length: COUNT }, (_, n) => {
    const length =
      hasTooLarge && n % 100 === 50
        ? TOO_LARGE
        : random.pick([3, 40, 60, 500, random.nextInt(3_000), random.nextInt(hasTooLarge ? 6_000 : 33_000)]);
    return `${n} ${'ä"x'.repeat(random.nextInt(3))}${"y".repeat(length)}`;
  });
}

const sourceOf = (texts: readonly string[], batch: number) =>
  defineSource({
    name: "texts",
    version: "1",
    config: {},
    async *read(_config, { signal }) {
      for (let from = 0; from < texts.length; from += batch)
        yield texts.slice(from, from + batch).map((text, n) => ({
          topic: "out",
          key: `key ${from + n}`,
          value: { text },
          partition: {},
          offset: { n: from + n + 1 },
        }));
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
async function recordsOf(kafka: Kafka, topic: string, count: number) {
  const end = async (): Promise<number> =>
    (
      await kafka
        .client()
        .admin()
        .listOffsets([{ topic, partition: 0, spec: "latest" }])
    )[0]?.value?.offset ?? 0;
  await kafka.until(`${count} records are in ${topic}`, async () => (await end()) >= count, { withinMs: 60_000 });
  return kafka.topic(topic).records();
}

const JSON_BYTES = { "key.converter": "string", "value.converter": "json", "value.converter.schemas.enable": "false" };

test("batches that the topic is too small for are split, and every record is as it was", async () => {
  const texts = textsOf(new SeededRandom(SEED), false);
  await using kafka = await startKafka({ topics: { out: { partitions: 1, configs: { "max.message.bytes": "100000" } } } });
  const worker = await startInProcessWorker({ client: kafka.client(), plugins: [sourceOf(texts, 128)] });
  await worker.putConfig("s", { "connector.class": "texts", "ottla.restart.max": "0", ...JSON_BYTES });
  const records = await recordsOf(kafka, "out", COUNT);
  assert.deepEqual(
    records.map(({ key, value }) => [String(key), (JSON.parse(String(value)) as { readonly text: string }).text]),
    texts.map((text, n) => [`key ${n}`, text]),
    `OTTLA_TEST_SEED=${SEED}`,
  );
  await worker.stop();
});

test("what no producer takes is as it was in its dead letter, and the others are where they belong", async () => {
  const texts = textsOf(new SeededRandom(SEED), true);
  await using kafka = await startKafka({
    topics: { out: { partitions: 1, configs: { "max.message.bytes": "8000" } }, dead: 1 },
  });
  const worker = await startInProcessWorker({ client: kafka.client(), plugins: [sourceOf(texts, 128)] });
  await worker.putConfig("s", {
    "connector.class": "texts",
    "errors.tolerance": "all",
    "errors.deadletterqueue.topic.name": "dead",
    "errors.deadletterqueue.topic.replication.factor": "1",
    ...JSON_BYTES,
  });
  const isDead = (text: string): boolean => text.length > TOO_LARGE;
  const textOf = ({ value }: { readonly value: unknown }): string => (JSON.parse(String(value)) as { readonly text: string }).text;
  const dead = await recordsOf(kafka, "dead", texts.filter(isDead).length);
  assert.deepEqual(dead.map(textOf).toSorted(), texts.filter(isDead).toSorted(), `OTTLA_TEST_SEED=${SEED}`);
  const records = await recordsOf(kafka, "out", texts.filter((text) => !isDead(text)).length);
  assert.deepEqual(
    records.map(textOf),
    texts.filter((text) => !isDead(text)),
    `OTTLA_TEST_SEED=${SEED}`,
  );
  await worker.stop();
});
