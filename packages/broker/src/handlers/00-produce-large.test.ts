import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeResponse, ErrorCode, encodeRequest } from "@ottla/protocol";
import { produceApi } from "@ottla/protocol/apis/produce";
import { CODEC_NAMES, compressionOf } from "@ottla/protocol/records";
import { stored, createTopic, offsetsOf, produce, valuesOf } from "../testing/data-path.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { produceRequest, sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

test("batches are appended in the order in which they came, also where one takes long to read", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const large = sampleBatch(FORTY_LARGE_VALUES, { codec: "gzip" });
  const batches = [sampleBatch(["first"]), large, sampleBatch(["third"]), Buffer.from(large), sampleBatch(["last"])];
  // Each on a connection of its own: nothing but the broker keeps them in order.
  const connections = await Promise.all(batches.map(() => RawConnection.open(broker)));
  try {
    for (const [i, batch] of batches.entries())
      for (const frame of encodeRequest(produceApi, 9, i, "c", produceRequest("t", 0, batch))) connections[i]!.write(frame);
    for (const connection of connections) assert.ok(await connection.frame());
  } finally {
    for (const connection of connections) connection.close();
  }
  assert.equal(offsetsOf(await stored(broker, "t")).length, 83);
});

test("requests behind one whose batch takes long to read are answered after it, in order, and so are their offsets", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  using connection = await RawConnection.open(broker);
  const large = () => sampleBatch(FORTY_LARGE_VALUES, { codec: "gzip" });
  const batches = [large(), sampleBatch(["a"]), large(), sampleBatch(["b"]), sampleBatch(["c"])];
  for (const [i, batch] of batches.entries()) connection.write(...encodeRequest(produceApi, 9, i, "c", produceRequest("t", 0, batch)));
  const offsets: number[] = [];
  for (const [i] of batches.entries()) {
    const frame = (await connection.frame())!;
    assert.equal(frame.readInt32BE(0), i);
    offsets.push(decodeResponse(produceApi, 9, frame).responses[0]!.partitionResponses[0]!.baseOffset);
  }
  assert.deepEqual(offsets, [0, 40, 41, 81, 82]);
});

test("one request may bring a large batch for each of many partitions, and several for one", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", {}, { numPartitions: 3 });
  const large = sampleBatch(FORTY_LARGE_VALUES, { codec: "zstd" });
  const topicData = [0, 1, 2, 1, 0].map((index) => produceRequest("t", index, Buffer.from(large)).topicData[0]!);
  const answer = await broker.send(produceApi, 9, { ...produceRequest("t", 0, null), topicData });
  assert.deepEqual(
    answer.responses.map(({ partitionResponses: [result] }) => [result!.index, result!.errorCode, result!.baseOffset]),
    [
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
      [1, 0, 40],
      [0, 0, 40],
    ],
  );
});

test("in one request too a small batch waits for the large one before it, in the same partition", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const batches = [sampleBatch(FORTY_LARGE_VALUES, { codec: "gzip" }), sampleBatch(["small"])];
  const topicData = batches.map((batch) => produceRequest("t", 0, batch).topicData[0]!);
  const answer = await broker.send(produceApi, 9, { ...produceRequest("t", 0, null), topicData });
  assert.deepEqual(
    answer.responses.map(({ partitionResponses: [result] }) => result!.baseOffset),
    [0, 40],
  );
});

test("a connection whose batch takes long to read has one such request in work at a time", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  await createTopic(broker, "other");
  using connection = await RawConnection.open(broker);
  const large = sampleBatch(FORTY_LARGE_VALUES, { codec: "gzip" });
  connection.write(...encodeRequest(produceApi, 9, 1, "c", produceRequest("t", 0, large)));
  connection.write(...encodeRequest(produceApi, 9, 2, "c", produceRequest("other", 0, sampleBatch(["small"]))));
  const log = (topic: string) => broker.running.state.partitions.get(topic, 0)!.log;
  while (log("other").logEndOffset === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(log("t").logEndOffset, 40);
});

test("without acknowledgement a large batch is stored, also when the connection goes while it is read", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const large = sampleBatch(FORTY_LARGE_VALUES, { codec: "gzip" });
  const connection = await RawConnection.open(broker);
  connection.write(...encodeRequest(produceApi, 9, 1, "c", produceRequest("t", 0, large, { acks: 0 })));
  connection.close();
  while (offsetsOf(await stored(broker, "t")).length < 40) await new Promise((resolve) => setImmediate(resolve));
});

for (const codec of ["gzip", "zstd", "lz4", "snappy"] as const) {
  test(`a large batch is packed anew with ${codec}`, async () => {
    await using broker = await TestBroker.start();
    await createTopic(broker, "t", { "compression.type": codec });
    const noise = Array.from({ length: 300 }, (_, i) => `${Math.sin(i)}${"same ".repeat(200)}`);
    const from = codec === "gzip" ? "lz4" : "gzip";
    const answer = await produce(broker, "t", sampleBatch(noise, { codec: from }));
    assert.equal(answer.errorCode, ErrorCode.NONE);
    const records = await stored(broker, "t");
    assert.equal(compressionOf(records, 0), CODEC_NAMES.indexOf(codec));
    assert.deepEqual(valuesOf(records), noise);
  });
}

test("a batch that is too large once it is unpacked for a topic without compression is MESSAGE_TOO_LARGE", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", { "compression.type": "uncompressed", "max.message.bytes": "20000" });
  for (const bytes of [30_000, 3_000_000])
    assert.equal((await produce(broker, "t", sampleBatch(["x".repeat(bytes)], { codec: "gzip" }))).errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  assert.equal((await produce(broker, "t", sampleBatch(["x".repeat(10_000)], { codec: "gzip" }))).errorCode, ErrorCode.NONE);
});

/** 1.6 MB that pack well: more than is unpacked at once. */
const FORTY_LARGE_VALUES = Array.from({ length: 40 }, () => "x".repeat(40_000));
