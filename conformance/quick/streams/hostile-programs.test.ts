import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ApplicationOptions,
  type Serde,
  serdes,
  StreamsBuilder,
  type StreamsApplication,
  type Topology,
  tumbling,
} from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";
import { countsAre, wordCount } from "./word-count.ts";

const texts = { key: serdes.string, value: serdes.string };
const failed = { name: "StreamsError", code: "STREAMS_PROCESSING" };

function topologyOf(build: (b: StreamsBuilder) => void): Topology {
  const b = new StreamsBuilder();
  build(b);
  return b.build();
}

const throwing = (thrown: unknown) => (): never => {
  throw thrown;
};

/** Starts it, if it starts, and gives what it ended with. */
async function endOf(
  kafka: Kafka,
  topology: Topology,
  options: Partial<ApplicationOptions> & { readonly applicationId: string },
): Promise<Error> {
  let app: StreamsApplication | undefined;
  try {
    await startInstance(kafka, topology, options, (made) => (app = made));
  } catch (error) {
    return error as Error;
  }
  await kafka.until("the application's end", () => app!.state === "ERROR");
  return app!.error!;
}

test("what a processor's code throws as its task begins is told with the processor's name, whatever it is", async () => {
  await using kafka = await startKafka({ topics: { a: 1 }, settings: impatientSettings });
  const thrown = [new Error("no licence"), undefined, null, 7, Object.create(null)];
  const words = ["no licence", "undefined", "null", "7", "[object Object]"];
  for (const [index, each] of thrown.entries()) {
    const places = {
      "its supplier": (b: StreamsBuilder) => void b.stream("a", texts).process(throwing(each), { name: "work" }),
      init: (b: StreamsBuilder) => void b.stream("a", texts).process(() => ({ init: throwing(each), process() {} }), { name: "work" }),
    };
    for (const [place, build] of Object.entries(places)) {
      const error = await endOf(kafka, topologyOf(build), { applicationId: `begins-${index}-${place.length}` });
      assert.deepEqual([error.name, (error as Error & { code: string }).code], [failed.name, failed.code], place);
      assert.equal(error.message, `work could not begin: ${words[index]}`);
    }
  }
});

test("a handler that throws what has no text is in the log, and the application ends with what it was asked about", async () => {
  await using kafka = await startKafka({ topics: { a: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce(["x"]);
  const topology = topologyOf((b) => b.stream("a", texts).forEach(throwing(new Error("broken"))));
  const error = await endOf(kafka, topology, { applicationId: "textless", onError: { fatal: throwing(Object.create(null)) } });
  assert.match(error.message, /failed on the record a-0 at offset 0 .*: broken/);
});

test("what a serde gives in place of bytes is refused with its name, by sinks and by stores", async () => {
  await using kafka = await startKafka({ topics: { a: 1, out: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce([{ key: "k", value: "v" }]);
  for (const [index, given] of ["text", undefined, 7].entries()) {
    const wrong = { name: "mine", serialize: () => given, deserialize: () => "" } as unknown as Serde<string>;
    const uses = {
      sink: (b: StreamsBuilder) => b.stream("a", texts).to("out", { key: serdes.string, value: wrong }),
      store: (b: StreamsBuilder) =>
        void b.table("a", { key: serdes.string, value: serdes.string }).mapValues((v) => v, { value: wrong, store: "s" }),
    };
    for (const [use, build] of Object.entries(uses)) {
      const error = await endOf(kafka, topologyOf(build), { applicationId: `bytes-${use}-${index}` });
      assert.match(error.message, new RegExp(`serde mine.*: it gave ${typeof given}, and what a serde writes is a Uint8Array`));
    }
  }
  assert.deepEqual(await kafka.topic("out").records(), []);
});

for (const guarantee of ["atLeastOnce", "exactlyOnce"] as const) {
  test(`a record that no broker takes is its node's failure, and is answered once (${guarantee})`, async () => {
    await using kafka = await startKafka({ topics: { a: 1, out: 1 }, settings: impatientSettings });
    await kafka.topic("a").produce([
      { key: "large", value: "x".repeat(600_000) },
      { key: "small", value: "y" },
    ]);
    const twice = topologyOf((b) =>
      b
        .stream("a", texts)
        .mapValues((value) => value + value)
        .to("out", texts),
    );
    const error = await endOf(kafka, twice, { applicationId: "ends", guarantee });
    assert.match(
      error.message,
      /failed on the record a-0 at offset 0 with key "large": A record for "out" takes 12\d{5} bytes, more than maxRequestSizeBytes/,
    );
    const asked: string[] = [];
    await using instance = await startInstance(kafka, twice, {
      applicationId: "goes-on",
      guarantee,
      onError: {
        produce({ key, toTopic }) {
          asked.push(`${String(key)} ${toTopic}`);
          return "continue";
        },
      },
    });
    await kafka.topic("out").has(["yy"]);
    await kafka.group("goes-on").lag().zero();
    assert.deepEqual([asked, instance.app.state], [["large out"], "RUNNING"]);
    // A changelog is written by a node, too.
    const joined = topologyOf((b) =>
      b
        .stream("a", texts)
        .groupByKey()
        .aggregate(
          () => "",
          (_key, value, all) => all + value + value,
          { value: serdes.string, store: "all" },
        ),
    );
    const ofStore = await endOf(kafka, joined, { applicationId: "keeps", guarantee });
    assert.match(ofStore.message, /failed on the record a-0 at offset 0 with key "large": A record for "keeps-all-changelog" takes/);
  });
}

for (const guarantee of ["atLeastOnce", "exactlyOnce"] as const) {
  for (const cacheMaxBytes of [0, 10_000_000]) {
    test(`what a changelog does not take for its size its store has not either, where that is passed over (${guarantee}, a cache of ${cacheMaxBytes} bytes)`, async () => {
      await using kafka = await startKafka({ topics: { a: 1, out: 1, wide: 1 }, settings: impatientSettings });
      const topology = topologyOf((b) => {
        const grouped = b.stream("a", texts).groupByKey();
        const join = (all: string, value: string) => all + value + value;
        grouped
          .aggregate(() => "", join, { value: serdes.string, store: "all" })
          .toStream()
          .to("out", texts);
        grouped
          .windowedBy(tumbling({ sizeMs: 1_000_000, graceMs: 0 }))
          .aggregate(() => "", join, { value: serdes.string, store: "in-windows" })
          .toStream((all) => String(all.length), { key: serdes.string })
          .to("wide", texts);
      });
      const patient = { sessionTimeoutMs: 10_000, transactionTimeoutMs: 30_000 };
      const options = { applicationId: "passes", guarantee, cacheMaxBytes, ...patient, onError: { process: "continue" } } as const;
      const sent = (value: string) => ({ key: "k", value, timestamp: 1 });
      await using first = await startInstance(kafka, topology, options);
      await kafka.topic("a").produce([sent("s")]);
      await kafka.topic("out").has(["ss"]);
      await kafka.topic("a").produce([sent("x".repeat(600_000)), sent("y")]);
      await kafka.topic("out").has(["ss", "ssyy"]);
      await kafka.topic("wide").has(["ss", "ssyy"]);
      assert.deepEqual([...first.app.droppedRecords().keys()], ["failed"]);
      await first.app.close();
      await using _second = await startInstance(kafka, topology, options);
      await kafka.topic("a").produce([sent("z")]);
      await kafka.topic("out").has(["ss", "ssyy", "ssyyzz"]);
      await kafka.topic("wide").has(["ss", "ssyy", "ssyyzz"]);
    });
  }
}

test("a change that the broker does not take for a changelog ends the application, whatever it does about sinks", async () => {
  await using kafka = await startKafka({ topics: { a: 1 }, settings: impatientSettings });
  const topology = topologyOf((b) => {
    b.stream("a", texts)
      .toTable({ ...texts, store: { name: "kept", changelogConfig: { "max.message.bytes": "1000" } } })
      .toStream()
      .forEach(() => {});
  });
  await kafka.topic("a").produce([{ key: "k", value: "x".repeat(5_000) }]);
  const error = await endOf(kafka, topology, { applicationId: "narrow", onError: { produce: "continue" } });
  assert.equal((error as Error & { code: string }).code, "STREAMS_WRITE");
  assert.match(error.message, /cannot be written to its changelog narrow-kept-changelog, and is not passed over/);
});

test("a changelog that is deleted while it is written is made again by nobody but an application that starts", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
  const options = {
    applicationId: "bare",
    client: { requestTimeoutMs: 1_000 },
    "producer.delivery.timeout.ms": 1_500,
    "producer.linger.ms": 0,
  };
  const changelog = "bare-counts-changelog";
  const instance = await startInstance(kafka, wordCount(), options);
  await kafka.topic("lines").produce(["a b"]);
  await countsAre(kafka, { a: 1, b: 1 });
  const admin = kafka.client().admin();
  await admin.deleteTopics([changelog]);
  await kafka.topic("lines").produce(["a"]);
  await kafka.until("it is said what is missing", async () =>
    (await instance.app.whyNothing()).some(({ code }) => code === "OUTPUT_TOPIC_MISSING"),
  );
  // A write has been tried for its whole time, and its tasks begin anew.
  await kafka.until("it waits for its changelog", async () => (await instance.app.tasks()).length === 1);
  assert.deepEqual(
    (await admin.listTopics()).map(({ name }) => name).filter((name) => name === changelog),
    [],
  );
  await instance.kill();
  await using _again = await startInstance(kafka, wordCount(), options);
  const [described] = await admin.describeConfigs([{ type: "topic", name: changelog }], { keys: ["cleanup.policy"] });
  assert.equal(described!.value!.find(({ name }) => name === "cleanup.policy")!.value, "compact");
});

test("what may not be written or committed in a transaction ends the application with the reason, and is not tried for ever", async () => {
  await using kafka = await startKafka({ topics: { a: 1, out: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce(["x"]);
  const topology = topologyOf((b) => b.stream("a", texts).to("out", texts));
  const refusals = [
    { api: "TxnOffsetCommit", reply: "GROUP_AUTHORIZATION_FAILED" },
    { api: "Produce", topic: "out", reply: "TOPIC_AUTHORIZATION_FAILED" },
    { api: "Produce", topic: "out", reply: "MESSAGE_TOO_LARGE" },
  ] as const;
  for (const [index, refusal] of refusals.entries()) {
    using _fault = kafka.fault({ ...refusal, times: "always" });
    const error = await endOf(kafka, topology, { applicationId: `denied-${index}`, guarantee: "exactlyOnce" });
    assert.match(error.message, new RegExp(`failed and has to be aborted: ${refusal.reply}`));
  }
});

test("a group of another kind under the application's id ends the start, and is not asked again and again", async () => {
  await using kafka = await startKafka({ topics: { a: 1 }, settings: impatientSettings });
  const topology = topologyOf((b) => b.stream("a", texts).forEach(() => {}));
  for (const groupProtocol of ["classic", "consumer"] as const) {
    const groupId = `taken-${groupProtocol}`;
    await using consumer = kafka.client().consumer({ groupId, groupProtocol });
    consumer.subscribe(["a"]);
    let isDone = false;
    const polling = (async () => {
      while (!isDone) await consumer.poll(20);
    })();
    await kafka.until("the other is a member", () => consumer.assignment().length === 1);
    const asStreams = await endOf(kafka, topology, {
      applicationId: groupId,
      groupProtocol: "streams",
      sessionTimeoutMs: undefined,
      heartbeatIntervalMs: undefined,
    });
    assert.deepEqual([(asStreams as Error & { code: string }).code], ["GROUP_ID_NOT_FOUND"]);
    const asClassic = await endOf(kafka, topology, { applicationId: groupId });
    assert.deepEqual([(asClassic as Error & { code: string }).code], ["INCONSISTENT_GROUP_PROTOCOL"]);
    if (groupProtocol === "consumer")
      assert.match(asClassic.message, /Group taken-consumer is divided by its coordinator: .*another applicationId/);
    isDone = true;
    await polling;
  }
});
