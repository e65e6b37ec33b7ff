// A record that cannot be processed, at every stage: the error says connector, task, stage, topic, partition, offset, field, first bytes and a guess; with a dead-letter topic the others pass, none is lost, and the letter says it too.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ConnectSchema, defineSink, defineSource, plain, type SourceItem, struct } from "@ottla/connect";
import { type ConnectWorker, startInProcessWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka, type TopicRecord } from "@ottla/testing";

const QUICK = { "offset.flush.interval.ms": "50" };
const JSONS = { "key.converter": "string", "value.converter": "json", "value.converter.schemas.enable": "false" };
const schema: ConnectSchema = struct({ price: plain("int32") });
const item = (n: number, more: Partial<SourceItem> & { readonly value: unknown }): SourceItem => ({
  topic: "out",
  partition: { of: "poison" },
  offset: { n },
  ...more,
});

/** Good, bad, good; `bad` says how. */
const source = (name: string, bad: SourceItem | Error) =>
  defineSource({
    name,
    version: "1",
    config: {},
    async *read(_config, { offsets, signal }) {
      const from = Number((await offsets.get({ of: "poison" }))?.["n"] ?? 0);
      const items = [item(1, { value: { price: 1 } }), bad, item(3, { value: { price: 3 } })];
      for (const each of items.slice(from)) {
        if (each instanceof Error) throw each;
        yield each;
      }
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });

const headersOf = (letter: TopicRecord | undefined): Map<string, string> =>
  new Map(Object.entries(letter?.headers ?? {}).map(([name, value]) => [name, String(value)]));

const pickySink = defineSink({
  name: "picky",
  version: "1",
  config: {},
  open: () =>
    Promise.resolve({
      async write(records, { reportBad }) {
        for (const record of records)
          if ((record.value as { price?: number }).price === 13) reportBad(record, new Error("thirteen is not taken"));
      },
    }),
});

interface Case {
  readonly stage: string;
  readonly config: Readonly<Record<string, string>>;
  readonly says: readonly RegExp[];
}

describe("a bad record at every stage tells where it was and what to do, and passes as a dead letter", () => {
  let kafka: Kafka;
  before(async () => {
    kafka = await startKafka();
  });
  after(() => kafka.stop());

  async function failureOf(worker: ConnectWorker, name: string): Promise<string> {
    await kafka.until(`${name} fails`, () => worker.statuses.get({ connector: name, task: 0 })?.state === "FAILED");
    return worker.statuses.get({ connector: name, task: 0 })?.trace ?? "";
  }

  const sinks: readonly (Case & { readonly bad: { readonly key?: string; readonly value: string | Buffer } })[] = [
    {
      stage: "VALUE_CONVERTER",
      config: {},
      bad: { value: Buffer.from([0, 0, 0, 0, 7, 2, 4]) },
      says: [/first 00 00 00 00 07 02 04/, /looks like a value of a Schema Registry, schema 7: value\.converter is to be the Avro/],
    },
    {
      stage: "KEY_CONVERTER",
      config: { "key.converter": "json", "key.converter.schemas.enable": "false" },
      bad: { key: "plain words", value: "{}" },
      says: [/first 70 6c 61 69 6e/, /"plain words"/, /key\.converter may be StringConverter/],
    },
    {
      stage: "VALUE_CONVERTER",
      config: { "value.converter.schemas.enable": "true" },
      bad: {
        value: `{"schema":{"type":"struct","optional":false,"fields":[{"field":"price","type":"int32","optional":false}]},"payload":{"price":"dear"}}`,
      },
      says: [/field price/, /first 7b 22 73 63/],
    },
    {
      stage: "TRANSFORMATION",
      config: {
        transforms: "cast",
        "transforms.cast.type": "org.apache.kafka.connect.transforms.Cast$Value",
        "transforms.cast.spec": "price:int32",
      },
      bad: { value: `{"price":"dear"}` },
      says: [/TRANSFORMATION "cast"/, /price/],
    },
    { stage: "TASK_PUT", config: {}, bad: { value: `{"price":13}` }, says: [/thirteen is not taken/] },
  ];
  for (const [at, { stage, config, bad, says }] of sinks.entries())
    test(`in a sink at ${stage} (${at})`, async () => {
      const topic = `in-${at}`;
      await kafka
        .client()
        .admin()
        .createTopics([{ name: topic, partitionCount: 1 }]);
      const isTyped = config["value.converter.schemas.enable"] === "true";
      const good = isTyped ? `{"schema":null,"payload":{"price":1}}` : `{"price":1}`;
      const producer = kafka.client().producer();
      const key = config["key.converter"] === "json" ? `"k"` : "k";
      await producer.send(
        [
          { key, value: good },
          { key, ...bad },
          { key, value: good },
        ].map((record) => ({ topic, ...record })),
      );
      await producer.close();
      const worker = await startInProcessWorker({ client: kafka.client(), plugins: [pickySink], properties: QUICK });
      const base = { "connector.class": "picky", topics: topic, ...JSONS, ...config, "ottla.restart.max": "0" };
      await worker.putConfig("strict", base);
      const trace = await failureOf(worker, "strict");
      const place = new RegExp(`Connector "strict", task 0, ${stage}.*, topic ${topic}, partition 0, offset 1\\b`);
      for (const pattern of [place, ...says]) assert.match(trace, pattern);
      await worker.putConfig("lenient", {
        ...base,
        "errors.tolerance": "all",
        "errors.deadletterqueue.topic.name": `dead-${at}`,
        "errors.deadletterqueue.context.headers.enable": "true",
      });
      await kafka.until("the others pass", () => worker.metrics("lenient").get(0)?.["records_written"] === 2);
      const [letter, ...more] = await kafka.topic(`dead-${at}`).records();
      assert.deepEqual(more, []);
      const headers = headersOf(letter);
      assert.deepEqual(
        ["connector.name", "task.id", "stage", "topic", "partition", "offset"].map((name) => headers.get(`__connect.errors.${name}`)),
        ["lenient", "0", stage, topic, "0", "1"],
      );
      for (const pattern of says) assert.match(headers.get("__connect.errors.exception.message") ?? "", pattern);
      await worker.stop();
    });

  const sources: readonly (Case & { readonly bad: SourceItem | Error; readonly isTolerated?: false })[] = [
    {
      stage: "VALUE_CONVERTER",
      config: { "value.converter.schemas.enable": "true" },
      bad: item(2, { value: { price: "dear" }, valueSchema: schema }),
      says: [/topic out/, /field price/],
    },
    {
      stage: "TRANSFORMATION",
      config: {
        transforms: "cast",
        "transforms.cast.type": "org.apache.kafka.connect.transforms.Cast$Value",
        "transforms.cast.spec": "price:int32",
      },
      bad: item(2, { value: { price: "dear" } }),
      says: [/TRANSFORMATION "cast"/, /topic out/, /price/],
    },
    {
      stage: "KAFKA_PRODUCE",
      config: { "producer.override.max.request.size": "40000000" },
      bad: item(2, { value: { text: "x".repeat(3_000_000) } }),
      says: [/max\.message\.bytes allows 1048588/],
    },
    { stage: "TASK_POLL", config: {}, bad: new Error("the well is dry"), says: [/the well is dry/], isTolerated: false },
  ];
  for (const [at, { stage, config, bad, says, isTolerated }] of sources.entries())
    test(`in a source at ${stage}`, async () => {
      const name = `poison-${at}`;
      const worker = await startInProcessWorker({ client: kafka.client(), plugins: [source(name, bad)], properties: QUICK });
      const base = { "connector.class": name, ...JSONS, ...config, "ottla.restart.max": "0" };
      await worker.putConfig("strict", base);
      const trace = await failureOf(worker, "strict");
      for (const pattern of [new RegExp(`Connector "strict", task 0, ${stage}`), ...says]) assert.match(trace, pattern);
      if (isTolerated === false) return worker.stop();
      await worker.putConfig("lenient", {
        ...base,
        transforms: [config["transforms"], "route"].filter((text) => text !== undefined).join(","),
        "transforms.route.type": "org.apache.kafka.connect.transforms.RegexRouter",
        "transforms.route.regex": ".*",
        "transforms.route.replacement": name,
        "errors.tolerance": "all",
        "errors.deadletterqueue.topic.name": `dead-of-${name}`,
        "errors.deadletterqueue.context.headers.enable": "true",
      });
      await kafka.until("the others pass", async () => (await kafka.topic(name).records()).length === 2);
      const [letter] = await kafka.topic(`dead-of-${name}`).records();
      const headers = headersOf(letter);
      assert.equal(headers.get("__connect.errors.stage"), stage);
      await worker.stop();
      return undefined;
    });
});
