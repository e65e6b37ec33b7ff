import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { runsOf, SeededRandom, testSeed } from "@ottla/base/simulated";
import { plain, RetriableError, type SinkRecord, type SinkTask, struct } from "@ottla/connect";
import { s3Sink } from "@ottla/connect/s3";
import { configValues } from "../../../src/connect/postgres/source-config.ts";
import { type FakeS3, startFakeS3 } from "../../../src/connect/s3/fake-s3.ts";
import { openS3Task, recordAt } from "../../../src/connect/s3/s3-task.ts";

const properties = ({ url }: FakeS3, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  "s3.bucket.name": "lake",
  "store.url": url,
  "aws.access.key.id": "test",
  "aws.secret.access.key": "test",
  "s3.part.retries": "0",
  "format.class": "io.confluent.connect.s3.format.json.JsonFormat",
  "flush.size": "3",
  "timestamp.extractor": "Record",
  ...more,
});

const bad: { readonly record: SinkRecord; readonly error: unknown }[] = [];
const context = (): Parameters<SinkTask["write"]>[1] => {
  bad.length = 0;
  return { signal: new AbortController().signal, reportBad: (record, error) => void bad.push({ record, error }) };
};
const texts = ({ objects }: FakeS3): Record<string, string> =>
  Object.fromEntries(
    [...objects]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { body }]) => [key, (key.endsWith(".gz") ? gunzipSync(body) : body).toString()]),
  );

test("so many records make an object that is called after the first, and what is committed is behind whole objects", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const task = await openS3Task(properties(s3, { "s3.compression.type": "gzip" }));
  await task.write(
    [0, 1, 2, 3].map((offset) => recordAt(offset, { n: offset, big: 2n ** 60n })),
    context(),
  );
  const line = (n: number): string => `{"n":${n},"big":1152921504606846976}\n`;
  assert.deepEqual(texts(s3), { "lake/topics/orders/partition=0/orders+0+0000000000.json.gz": line(0) + line(1) + line(2) });
  assert.deepEqual(await task.flush?.(), { offsets: [{ topic: "orders", partition: 0, offset: 3n }] });
  await task.close?.();
});

test("folders are made of fields and times, in the zone's own days", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const keys = async (more: Record<string, string>, record: SinkRecord): Promise<string[]> => {
    s3.objects.clear();
    const task = await openS3Task(properties(s3, { "flush.size": "1", ...more }));
    await task.write([record], context());
    await task.close?.();
    return bad.length > 0 ? bad.map(({ error }) => (error as Error).message) : [...s3.objects.keys()];
  };
  const at = (timestampMs: number, value: unknown = {}): SinkRecord => recordAt(7, value, { timestampMs });
  const field = {
    "partitioner.class": "io.confluent.connect.storage.partitioner.FieldPartitioner",
    "partition.field.name": "after.land,n",
  };
  assert.deepEqual(await keys(field, at(0, { after: { land: "FR" }, n: 4 })), [
    "lake/topics/orders/after.land=FR/n=4/orders+0+0000000007.json",
  ]);
  assert.deepEqual(await keys(field, at(0, { after: {}, n: 4 })), [
    "At after.land: a folder is made of a text, a number, a time or a boolean, not null.",
  ]);
  const daily = { "partitioner.class": "DailyPartitioner", timezone: "Europe/Paris", "topics.dir": "raw" };
  // The clocks went forward at 01:00 UTC of this day.
  for (const [time, folder] of [
    ["2026-03-28T22:59:59Z", "year=2026/month=03/day=28"],
    ["2026-03-28T23:00:00Z", "year=2026/month=03/day=29"],
    ["2026-03-29T21:59:59Z", "year=2026/month=03/day=29"],
    ["2026-03-29T22:00:00Z", "year=2026/month=03/day=30"],
  ] as const)
    assert.deepEqual(await keys(daily, at(Date.parse(time))), [`lake/raw/orders/${folder}/orders+0+0000000007.json`]);
  const quarters = {
    "partitioner.class": "TimeBasedPartitioner",
    "path.format": "'dt'=YYYY-MM-dd/'at'=HHmm",
    "partition.duration.ms": "900000",
    "timestamp.extractor": "RecordField",
    "timestamp.field": "seen",
  };
  assert.deepEqual(await keys(quarters, at(0, { seen: "2026-11-27T09:44:59.999Z" })), [
    "lake/topics/orders/dt=2026-11-27/at=0930/orders+0+0000000007.json",
  ]);
  assert.deepEqual(await keys(quarters, at(0, { seen: "soon" })), [
    'At seen: timestamp.field is milliseconds, a timestamp or a text of ISO 8601, not the text "soon".',
  ]);
});

test("files end where the records' time does, and where another schema begins", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const timed = await openS3Task(properties(s3, { "flush.size": "100", "rotate.interval.ms": "1000" }));
  await timed.write(
    [0, 400, 999, 1000, 1200].map((ms, offset) => recordAt(offset, ms, { timestampMs: 5000 + ms })),
    context(),
  );
  assert.deepEqual(texts(s3), { "lake/topics/orders/partition=0/orders+0+0000000000.json": "0\n400\n999\n" });
  await timed.close?.();
  s3.objects.clear();
  const first = struct({ id: plain("int64") }, { name: "Order", version: 1 });
  const second = struct({ id: plain("int64"), note: plain("string", true) }, { name: "Order", version: 2 });
  const records = [first, first, second, first, second].map((schema, offset) => recordAt(offset, { id: BigInt(offset) }, { schema }));
  for (const [level, starts] of [
    ["NONE", [0, 2, 3, 4]],
    ["BACKWARD", [0, 2]],
    ["FORWARD", [0]],
  ] as const) {
    s3.objects.clear();
    const task = await openS3Task(
      properties(s3, { "flush.size": "5", "format.class": "parquet", "schema.compatibility": level, "topics.dir": level }),
    );
    await task.write(records, context());
    await task.write([recordAt(5, { id: 5n }, { schema: struct({ id: plain("int64") }, { name: "Other" }) })], context());
    assert.deepEqual(
      [...s3.objects.keys()].filter((key) => key.includes(level)).map((key) => Number(/\+(\d+)\./.exec(key)?.[1])),
      starts.filter((_, index) => level !== "NONE" || index < starts.length),
      level,
    );
    await task.close?.();
  }
});

test("a value that cannot be written is reported alone, and the others are written", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const task = await openS3Task(properties(s3, { "format.class": "bytes", "flush.size": "2" }));
  await task.write([recordAt(0, 1), recordAt(1, "one"), recordAt(2, null), recordAt(3, Buffer.from("two"))], context());
  assert.deepEqual(
    bad.map(({ record, error }) => [record.offset, (error as Error).message.slice(0, 40)]),
    [
      [0n, "Format.class bytes writes bytes and text"],
      [2n, "The record has no value; behavior.on.nul"],
    ],
  );
  assert.deepEqual(texts(s3), { "lake/topics/orders/partition=0/orders+0+0000000001.bin": "one\ntwo\n" });
  await task.close?.();
});

test("keys and headers stand in files beside the values', in the same order, and what has no value is a key in a folder of its own", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const json = "io.confluent.connect.s3.format.json.JsonFormat";
  const settings = properties(s3, {
    "flush.size": "4",
    "store.kafka.keys": "true",
    "keys.format.class": "io.confluent.connect.s3.format.bytearray.ByteArrayFormat",
    "store.kafka.headers": "true",
    "headers.format.class": json,
    "behavior.on.null.values": "write",
    "s3.object.tagging": "true",
  });
  const task = await openS3Task(settings);
  const records = [
    recordAt(0, { n: 0 }, { key: "a", headers: [{ key: "at", value: 7 }] }),
    recordAt(1, null, { key: "b", headers: [{ key: "gone", value: null }] }),
    recordAt(2, { n: 2 }),
    recordAt(3, { n: 3 }, { key: "c" }),
    recordAt(4, null, { key: "d" }),
  ];
  await task.write(records, context());
  assert.deepEqual(
    bad.map(({ record, error }) => [record.offset, (error as Error).message]),
    [[2n, "At key: the record has no key, and store.kafka.keys asks for one of each."]],
  );
  const written = {
    "lake/topics/orders/partition=0/orders+0+0000000000.json": '{"n":0}\n{"n":3}\n',
    "lake/topics/orders/partition=0/orders+0+0000000000.keys.bin": "a\nc\n",
    "lake/topics/orders/partition=0/orders+0+0000000000.headers.json": '[{"key":"at","value":"7"}]\n[]\n',
    "lake/topics/orders/tombstone/orders+0+0000000001.keys.bin": "b\nd\n",
    "lake/topics/orders/tombstone/orders+0+0000000001.headers.json": '[{"key":"gone","value":null}]\n[]\n',
  };
  assert.deepEqual(texts(s3), Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1))));
  const tags = { startOffset: "0", endOffset: "3", recordCount: "2" };
  assert.deepEqual(s3.tags.get("lake/topics/orders/partition=0/orders+0+0000000000.json"), tags);
  assert.deepEqual(await task.flush?.(), { offsets: [{ topic: "orders", partition: 0, offset: 5n }] });
  await task.close?.();
  // Written again by whoever did not know: the same files under the same names.
  const again = await openS3Task(settings);
  await again.write(records, context());
  assert.equal(s3.objects.size, 5);
  await again.close?.();
});

test("another schema of keys starts other files, and a tombstone is older than no time", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const task = await openS3Task(
    properties(s3, {
      "flush.size": "100",
      "store.kafka.keys": "true",
      "behavior.on.null.values": "write",
      "rotate.interval.ms": "1000",
      "timestamp.extractor": "RecordField",
      "timestamp.field": "at",
    }),
  );
  const keySchema = plain("string");
  await task.write(
    [
      recordAt(0, null, { key: "a", keySchema }),
      recordAt(1, { at: 5000 }, { key: "a", keySchema }),
      recordAt(2, null, { key: "a", keySchema }),
      recordAt(3, { at: 5100 }, { key: 1n, keySchema: plain("int64") }),
      recordAt(4, { at: 5200 }, { key: "a" }),
      recordAt(5, { at: 6100 }, { key: 2n, keySchema: plain("int64") }),
    ],
    context(),
  );
  assert.deepEqual(
    bad.map(({ error }) => (error as Error).message),
    ["The format of keys.format.class needs a schema, and the key has none; set a key.converter that brings one."],
  );
  assert.deepEqual([...s3.objects.keys()].map((key) => key.replace("lake/topics/orders/", "")).sort(), [
    "partition=0/orders+0+0000000001.json",
    "partition=0/orders+0+0000000001.keys.avro",
    "partition=0/orders+0+0000000003.json",
    "partition=0/orders+0+0000000003.keys.avro",
    "tombstone/orders+0+0000000000.keys.avro",
  ]);
  await task.close?.();
});

test("a preview says which object each record would stand in, and makes none", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const settings = properties(s3, {
    "store.kafka.keys": "true",
    "keys.format.class": "json",
    "partitioner.class": "FieldPartitioner",
    "partition.field.name": "land",
  });
  const preview = await s3Sink.preview!(configValues(s3Sink.config, settings));
  const stem = "topics/orders/land=FR/orders+0+0000000007";
  assert.equal(preview(recordAt(7, { land: "FR" }, { key: "a" })), `s3://lake/${stem}.json, ${stem}.keys.json: {"land":"FR"}`);
  assert.throws(() => preview(recordAt(8, { land: "FR" })), { code: "CONNECT_DATA", message: /^At key: the record has no key/ });
  assert.throws(() => preview(recordAt(9, {}, { key: "a" })), { code: "CONNECT_DATA", message: /^At land/ });
  assert.equal(s3.objects.size, 0);
});

test("a large file leaves in parts, and its object is there at once and whole", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const task = await openS3Task(properties(s3, { "flush.size": "13", "s3.part.size": "5242880", "format.class": "bytes" }));
  const piece = Buffer.alloc(1_000_000, 7);
  const batch = Array.from({ length: 12 }, (_, offset) => recordAt(offset, piece));
  await task.write(batch, context());
  assert.deepEqual([s3.objects.size, s3.uploads.size], [0, 1]);
  s3.fault = ({ method }) => (method === "POST" ? "lostAnswer" : undefined);
  const last = [...batch, recordAt(12, piece)];
  await assert.rejects(task.write(last, context()), RetriableError);
  s3.fault = () => undefined;
  await task.write(last, context());
  const [object] = s3.objects.values();
  assert.deepEqual([s3.objects.size, s3.uploads.size, object?.body.length, object?.etag.slice(-2)], [1, 0, 13 * 1_000_001, "-3"]);
  await task.close?.();
});

test("a group of Parquet's rows is encoded column by column, and others have their turn in between", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const task = await openS3Task(properties(s3, { "flush.size": "100000", "format.class": "parquet" }));
  const names = ["a", "b", "c", "d", "e", "f"];
  const schema = struct(Object.fromEntries(names.map((name) => [name, plain("int32")])));
  const batch = Array.from({ length: 16_384 }, (_, n) => recordAt(n, Object.fromEntries(names.map((name) => [name, n])), { schema }));
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await task.write(batch, context());
  isOver = true;
  assert.ok(turns >= names.length - 1, `${turns} turns`);
  await task.close?.();
});

test("an object of other records is not replaced, and the error says whose it is", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const write = async (topic: string, value: string): Promise<void> => {
    const task = await openS3Task(properties(s3, { "flush.size": "1", "format.class": "bytes" }));
    const record = recordAt(0, value, { topic: "orders" });
    try {
      await task.write([{ ...record, originalTopic: topic }], context());
    } finally {
      await task.close?.();
    }
  };
  await write("orders", "a");
  await write("orders", "a");
  await assert.rejects(write("orders", "b"), /is there already and has 2 bytes, not these 2\. It was written with other settings/);
  await assert.rejects(write("other", "a"), /is there already and has records of orders-0-0/);
  assert.deepEqual(texts(s3), { "lake/topics/orders/partition=0/orders+0+0000000000.bin": "a\n" });
});

test("settings that cannot be meant are told by name, and a bucket that is not there", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const refused = async (more: Record<string, string>, message: RegExp): Promise<void> =>
    assert.rejects(openS3Task(properties(s3, more)), { code: "CONNECT_CONFIG", message });
  await refused({ "format.class": "com.example.OrcFormat" }, /format\.class is one of avro, json, .* not com\.example\.OrcFormat/);
  await refused({ "store.kafka.keys": "true", "keys.format.class": "orc" }, /keys\.format\.class is one of avro, json, .* not orc/);
  await refused({ "store.kafka.headers": "true", "headers.format.class": "ByteArrayFormat" }, /headers are no bytes/);
  await refused({ "behavior.on.null.values": "write" }, /needs store\.kafka\.keys=true/);
  await refused({ "partitioner.class": "TimeBasedPartitioner" }, /needs path\.format.*partition\.duration\.ms/);
  await refused({ "partitioner.class": "DailyPartitioner", timezone: "Mars/Olympus" }, /timezone Mars\/Olympus is none/);
  await refused({ "partitioner.class": "TimeBasedPartitioner", "path.format": "YYYY/ww", "partition.duration.ms": "1" }, /letter w/);
  await refused({ "s3.bucket.name": "sea" }, /There is no bucket sea/);
});

test("whatever dies and whatever the server answers, the objects have the topic's records, each once", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  for (let round = 0; round < runsOf({ quick: 3, long: 30 }); round++) {
    const random = new SeededRandom(seed + round);
    await using s3 = await startFakeS3(["lake"]);
    const settings = properties(s3, {
      "flush.size": String(1 + random.nextInt(9)),
      "rotate.interval.ms": random.nextInt(2) === 0 ? "-1" : "40",
      "partitioner.class": random.nextInt(2) === 0 ? "FieldPartitioner" : "DefaultPartitioner",
      "partition.field.name": "land",
      "ottla.open.files.max": String(1 + random.nextInt(3)),
      "s3.compression.type": random.nextInt(2) === 0 ? "gzip" : "none",
      "store.kafka.keys": "true",
      "keys.format.class": "json",
      "store.kafka.headers": random.nextInt(2) === 0 ? "true" : "false",
      "headers.format.class": "json",
      "behavior.on.null.values": "write",
    });
    const topic = Array.from({ length: 120 }, (_, offset) =>
      recordAt(offset, random.nextInt(8) === 0 ? null : { n: offset, land: `l${random.nextInt(4)}` }, {
        key: offset,
        timestampMs: 1_700_000_000_000 + offset * 7 - random.nextInt(30),
      }),
    );
    const isBad = (): boolean => random.nextInt(100) < 20;
    s3.fault = ({ method }) => {
      if (method === "HEAD" || !isBad()) return undefined;
      const kind = random.nextInt(4);
      return kind === 0 ? "lostAnswer" : { status: [500, 503, 403][kind - 1]!, code: "SlowDown", isAfter: random.nextInt(2) === 0 };
    };
    let committed = 0;
    let task = await openS3Task(settings);
    let at = 0;
    for (let steps = 0; committed < topic.length && steps < 5000; steps++) {
      const batch = topic.slice(at, at + 1 + random.nextInt(20));
      try {
        await task.write(batch, context());
        at += batch.length;
      } catch (error) {
        assert.ok(error instanceof RetriableError, `round ${round}: ${String(error)}`);
      }
      if (random.nextInt(3) === 0) {
        try {
          const flushed = await task.flush?.();
          committed = Number(flushed?.offsets?.[0]?.offset ?? committed);
        } catch (error) {
          assert.ok(error instanceof RetriableError, `round ${round}: ${String(error)}`);
        }
      }
      // As SIGKILL: what it holds is lost, and the next one reads from what is committed.
      if (random.nextInt(8) === 0) {
        task = await openS3Task(settings);
        at = committed;
      }
      if (at >= topic.length) break;
    }
    s3.fault = () => undefined;
    const flushed = await task.flush?.();
    const durable = Number(flushed?.offsets?.[0]?.offset ?? committed);
    const numbersOf = (isOne: (key: string) => boolean): number[] =>
      Object.entries(texts(s3)).flatMap(([key, text]) =>
        isOne(key)
          ? text
              .trimEnd()
              .split("\n")
              .map((line) => (key.includes(".keys.") ? Number(line) : (JSON.parse(line) as { n: number }).n))
          : [],
      );
    const numbers = numbersOf((key) => key.includes(".keys.")).sort((a, b) => a - b);
    const values = numbersOf((key) => !key.includes(".keys.") && !key.includes(".headers."));
    const valued = topic.filter(({ value }) => value !== null).map(({ offset }) => Number(offset));
    assert.deepEqual(
      values.sort((a, b) => a - b).slice(0, valued.filter((n) => n < durable).length),
      valued.filter((n) => n < durable),
      `round ${round}: values`,
    );
    assert.equal(new Set(values).size, values.length, `round ${round}: a value stands twice`);
    assert.equal(new Set(numbers).size, numbers.length, `round ${round}: a record stands twice`);
    assert.deepEqual(
      numbers.slice(0, durable),
      Array.from({ length: durable }, (_, n) => n),
      `round ${round}: a record is lost`,
    );
  }
});
