import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode, encodeRequest } from "@ottla/protocol";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import {
  attributes,
  CODEC_NAMES,
  checkBatchBytes,
  maxTimestamp,
  setBaseOffset,
  setMaxTimestamp,
  setPartitionLeaderEpoch,
  updateCrc,
} from "@ottla/protocol/records";
import { stored, createTopic, fetch, offsetsOf, produce, valuesOf } from "../testing/data-path.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { produceRequest, sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

test("a batch is answered with its base offset in every version, by name and by id", async () => {
  await using broker = await TestBroker.start();
  const topicId = await createTopic(broker, "t");
  for (let version = 3; version <= 13; version++) {
    const { errorCode, baseOffset } = await produce(broker, "t", sampleBatch(["a", "b"]), { version, topicId });
    assert.deepEqual([errorCode, baseOffset], [ErrorCode.NONE, (version - 3) * 2], `version ${version}`);
  }
});

test("exactly one batch of the current format per partition and request", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const two = Buffer.concat([sampleBatch(["a"]), sampleBatch(["b"])]);
  assert.equal((await produce(broker, "t", two)).errorCode, ErrorCode.INVALID_RECORD);
  assert.equal((await produce(broker, "t", null)).errorCode, ErrorCode.INVALID_RECORD);
  const old = sampleBatch(["a"]);
  old[16] = 1;
  assert.equal((await produce(broker, "t", old)).errorCode, ErrorCode.INVALID_RECORD);
  assert.deepEqual(
    offsetsOf((await fetch(broker, [{ topic: "t", offset: 0 }])).responses[0]!.partitions[0]!.records),
    [],
    "nothing was half applied",
  );
});

test("base offset and leader epoch are written into the stored batch, whatever epoch the client sent", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  await produce(broker, "t", sampleBatch(["a"]));
  const batch = sampleBatch(["b", "c"]);
  setPartitionLeaderEpoch(batch, 0, 777);
  await produce(broker, "t", batch);
  const { records } = (await fetch(broker, [{ topic: "t", offset: 0 }])).responses[0]!.partitions[0]!;
  assert.deepEqual(offsetsOf(records), [0, 1, 2]);
  assert.deepEqual(valuesOf(records), ["a", "b", "c"]);
});

test("under LogAppendTime the answer carries the time, else −1", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "create-time");
  await createTopic(broker, "append-time", { "message.timestamp.type": "LogAppendTime" });
  assert.equal((await produce(broker, "create-time", sampleBatch([{ value: "a", timestampMs: 1000 }]))).logAppendTimeMs, -1);
  const stamped = await produce(broker, "append-time", sampleBatch([{ value: "a", timestampMs: 1000 }]));
  assert.ok(stamped.logAppendTimeMs > 1_600_000_000_000);
});

test("a wrong CRC, a wrong count, a control bit, an unknown codec are refused one by one", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const damaged = sampleBatch(["a"]);
  damaged[damaged.length - 1]! ^= 1;
  assert.equal((await produce(broker, "t", damaged)).errorCode, ErrorCode.CORRUPT_MESSAGE);
  const altered = (at: number, value: number): Buffer => {
    const batch = sampleBatch(["a", "b"]);
    batch[at] = value;
    updateCrc(batch, 0);
    return batch;
  };
  assert.equal((await produce(broker, "t", altered(26, 5))).errorCode, ErrorCode.INVALID_RECORD, "last offset delta");
  assert.equal((await produce(broker, "t", altered(22, 0x20))).errorCode, ErrorCode.INVALID_RECORD, "control bit");
  assert.equal((await produce(broker, "t", altered(22, 5))).errorCode, ErrorCode.UNKNOWN_SERVER_ERROR, "codec 5");
  const offset = sampleBatch(["a"]);
  setBaseOffset(offset, 0, 777);
  assert.equal((await produce(broker, "t", offset)).errorCode, ErrorCode.INVALID_RECORD, "base offset");
});

test("timestamps too far from the broker's time are INVALID_TIMESTAMP with the record at fault", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", { "message.timestamp.before.max.ms": "60000" });
  const nowMs = Date.now();
  const late = await produce(
    broker,
    "t",
    sampleBatch([
      { value: "a", timestampMs: nowMs },
      { value: "b", timestampMs: nowMs + 2 * 3_600_000 },
    ]),
  );
  assert.deepEqual([late.errorCode, late.recordErrors.map(({ batchIndex }) => batchIndex)], [ErrorCode.INVALID_TIMESTAMP, [1]]);
  const old = await produce(broker, "t", sampleBatch([{ value: "a", timestampMs: nowMs - 120_000 }]));
  assert.equal(old.errorCode, ErrorCode.INVALID_TIMESTAMP);
  assert.equal((await produce(broker, "t", sampleBatch([{ value: "a", timestampMs: nowMs }]))).errorCode, ErrorCode.NONE);
});

test("acks=0 gets no answer; when it fails the connection closes", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  using connection = await RawConnection.open(broker);
  connection.write(...encodeRequest(produceApi, 9, 1, "c", produceRequest("t", 0, sampleBatch(["a"]), { acks: 0 })));
  connection.write(...encodeRequest(produceApi, 9, 2, "c", produceRequest("t", 0, sampleBatch(["b"]), { acks: 1 })));
  assert.equal((await connection.frame())!.readInt32BE(0), 2, "the first answer belongs to the second request");
  connection.write(...encodeRequest(produceApi, 9, 3, "c", produceRequest("absent", 0, sampleBatch(["c"]), { acks: 0 })));
  assert.equal(await connection.frame(), undefined);
  assert.deepEqual(valuesOf((await fetch(broker, [{ topic: "t", offset: 0 }])).responses[0]!.partitions[0]!.records), ["a", "b"]);
});

test("acks other than −1, 0 and 1 are INVALID_REQUIRED_ACKS; what is no batch comes first", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  for (const acks of [2, -2])
    assert.equal((await produce(broker, "t", sampleBatch(["a"]), { acks })).errorCode, ErrorCode.INVALID_REQUIRED_ACKS);
  assert.equal((await produce(broker, "t", Buffer.alloc(0), { acks: -2 })).errorCode, ErrorCode.INVALID_RECORD);
});

test("max.message.bytes counts the batch as sent, at the limit and one beyond", async () => {
  await using broker = await TestBroker.start();
  const batch = sampleBatch(["x".repeat(1000)]);
  await createTopic(broker, "fits", { "max.message.bytes": String(batch.length) });
  await createTopic(broker, "tight", { "max.message.bytes": String(batch.length - 1) });
  assert.equal((await produce(broker, "fits", Buffer.from(batch))).errorCode, ErrorCode.NONE);
  const refused = await produce(broker, "tight", Buffer.from(batch));
  assert.equal(refused.errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  assert.match(refused.errorMessage ?? "", /max\.message\.bytes/);
});

test("max.decompressed.message.bytes bounds each record of a compressed batch, and no other", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", { "max.decompressed.message.bytes": "1000" });
  const records = ["x".repeat(1000)];
  const refused = await produce(broker, "t", sampleBatch(records, { codec: "gzip" }));
  assert.equal(refused.errorCode, ErrorCode.INVALID_RECORD);
  assert.match(refused.errorMessage ?? "", /max\.decompressed\.message\.bytes \(1000\)/);
  assert.equal((await produce(broker, "t", sampleBatch(records))).errorCode, ErrorCode.NONE, "not unpacked, as in Apache Kafka");
  assert.equal((await produce(broker, "t", sampleBatch(["x".repeat(900)], { codec: "gzip" }))).errorCode, ErrorCode.NONE);
  await createTopic(broker, "wide");
  assert.equal((await produce(broker, "wide", sampleBatch(records, { codec: "zstd" }))).errorCode, ErrorCode.NONE);
});

test("a record without a key on a compacted topic is refused by its index, from v8", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", { "cleanup.policy": "compact" });
  const refused = await produce(broker, "t", sampleBatch([{ key: "k", value: "a" }, { value: "b" }, { key: "", value: "c" }]));
  assert.deepEqual([refused.errorCode, refused.recordErrors.map(({ batchIndex }) => batchIndex)], [ErrorCode.INVALID_RECORD, [1]]);
  assert.equal((await produce(broker, "t", sampleBatch([{ value: "b" }]), { version: 7 })).errorCode, ErrorCode.INVALID_RECORD);
  assert.equal((await produce(broker, "t", sampleBatch([{ key: "k", value: "b" }]))).errorCode, ErrorCode.NONE);
});

test("a batch is stored as it came, unless the topic names a codec", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "as-sent");
  await createTopic(broker, "lz4-topic", { "compression.type": "lz4" });
  const codecOf = async (topic: string) => {
    const { records } = (await fetch(broker, [{ topic, offset: 0 }])).responses[0]!.partitions[0]!;
    return [(records as Buffer)[22]! & 7, valuesOf(records).length];
  };
  const values = Array.from({ length: 100 }, () => "same value");
  await produce(broker, "as-sent", sampleBatch(values, { codec: "snappy" }));
  await produce(broker, "lz4-topic", sampleBatch(values, { codec: "gzip" }));
  assert.deepEqual(await codecOf("as-sent"), [2, 100]);
  assert.deepEqual(await codecOf("lz4-topic"), [3, 100]);
});

test("packed bytes that are rubbish behind a right checksum are refused as Apache Kafka does, whatever the topic stores", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "as-sent");
  await createTopic(broker, "lz4-topic", { "compression.type": "lz4" });
  for (const topic of ["as-sent", "lz4-topic"]) {
    const batch = sampleBatch(["a", "b"], { codec: "gzip" });
    batch.fill(0xff, 61);
    updateCrc(batch, 0);
    assert.equal((await produce(broker, topic, batch)).errorCode, ErrorCode.UNKNOWN_SERVER_ERROR);
    assert.equal((await produce(broker, topic, sampleBatch(["a"], { codec: "gzip" }))).baseOffset, 0);
  }
});

test("records that do not fit their header are INVALID_RECORD, plain and packed, and nothing is stored", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  for (const codec of CODEC_NAMES) {
    const batch = sampleBatch(["a", "b", "c"], { codec });
    batch.writeInt32BE(3, 23);
    batch.writeInt32BE(4, 57);
    updateCrc(batch, 0);
    const { errorCode, baseOffset, logStartOffset } = await produce(broker, "t", batch);
    assert.deepEqual([errorCode, baseOffset, logStartOffset], [ErrorCode.INVALID_RECORD, -1, 0], codec);
  }
  assert.deepEqual(offsetsOf(await stored(broker, "t")), []);
});

test("the largest time is set from the records, whatever the header says, so that a look-up by time finds them", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const nowMs = Date.now();
  const times = [nowMs, nowMs + 1000, nowMs + 500];
  let end = 0;
  for (const codec of CODEC_NAMES) {
    for (const claimed of [-1n, 0n, BigInt(nowMs), 2n ** 62n]) {
      const batch = sampleBatch(
        times.map((timestampMs) => ({ value: "v", timestampMs })),
        { codec },
      );
      batch.writeBigInt64BE(claimed, 35);
      updateCrc(batch, 0);
      assert.equal((await produce(broker, "t", batch)).errorCode, ErrorCode.NONE);
      const records = await stored(broker, "t", end);
      assert.equal(maxTimestamp(records, 0), nowMs + 1000, `${codec}, ${claimed}`);
      assert.equal(checkBatchBytes(records), null);
      end += 3;
    }
  }
});

test("log append time set by a client is refused where the topic sets it, and taken back where it does not", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "create-time");
  await createTopic(broker, "append-time", { "message.timestamp.type": "LogAppendTime" });
  const stamped = () => {
    const batch = sampleBatch(["a", "b"]);
    setMaxTimestamp(batch, 0, "logAppendTime", Date.now());
    return batch;
  };
  const refused = await produce(broker, "append-time", stamped());
  assert.deepEqual([refused.errorCode, refused.recordErrors.map(({ batchIndex }) => batchIndex)], [ErrorCode.INVALID_TIMESTAMP, [0, 1]]);
  assert.equal((await produce(broker, "create-time", stamped())).errorCode, ErrorCode.NONE);
  assert.equal(attributes(await stored(broker, "create-time"), 0), 0);
});

test("a transactional batch without a transaction is refused, and with it all partitions of a request that names no transaction", async () => {
  await using broker = await TestBroker.start({ settings: { "transaction.state.log.replication.factor": "1" } });
  await broker.running.state.transactions.coordinatorOf("id");
  await createTopic(broker, "t");
  const transactional = (): Buffer => {
    const batch = sampleBatch(["a"], { producer: { id: 7, epoch: 0, sequence: 0 } });
    batch[22]! |= 0x10;
    updateCrc(batch, 0);
    return batch;
  };
  const request = produceRequest("t", 0, transactional());
  const other = produceRequest("t", 0, sampleBatch(["b"]));
  const answer = await broker.send(produceApi, 9, { ...request, topicData: [...other.topicData, ...request.topicData] });
  assert.deepEqual(
    answer.responses.map(({ partitionResponses }) => partitionResponses[0]!.errorCode),
    [ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED],
  );
  assert.equal((await produce(broker, "t", transactional(), { transactionalId: "id" })).errorCode, ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  assert.deepEqual(offsetsOf(await stored(broker, "t")), []);
});

test("zstd before Produce v7 is UNSUPPORTED_COMPRESSION_TYPE", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  assert.equal(
    (await produce(broker, "t", sampleBatch(["a"], { codec: "zstd" }), { version: 6 })).errorCode,
    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
  );
  assert.equal((await produce(broker, "t", sampleBatch(["a"], { codec: "zstd" }), { version: 7 })).errorCode, ErrorCode.NONE);
});

test("another virtual broker answers NOT_LEADER_OR_FOLLOWER and from v10 names the leader and where it is", async () => {
  await using broker = await TestBroker.start({ brokers: 3 });
  await createTopic(broker, "t", {}, { numPartitions: 3 });
  const { partitions } = broker.running.state.metadata.topic("t")!;
  assert.deepEqual(new Set(partitions.map(({ leader }) => leader)), new Set([1, 2, 3]), "leaders are spread");
  const leader = partitions[0]!.leader;
  const other = (leader % 3) + 1;
  assert.equal((await produce(broker, "t", sampleBatch(["a"]), { nodeId: leader })).errorCode, ErrorCode.NONE);
  assert.equal((await produce(broker, "t", sampleBatch(["a"]), { nodeId: other, version: 9 })).errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  const answer = await broker.send(produceApi, 10, produceRequest("t", 0, sampleBatch(["a"])), other);
  assert.deepEqual(
    [answer.responses[0]!.partitionResponses[0]!.currentLeader.leaderId, answer.nodeEndpoints.map(({ nodeId }) => nodeId)],
    [leader, [leader]],
  );
});

test("from v13 a topic is named by id; an old id is UNKNOWN_TOPIC_ID", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const refused = await produce(broker, "", sampleBatch(["a"]), { version: 13, topicId: "AAAAAAAAAAAAAAAAAAAAAQ" });
  assert.equal(refused.errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
});

test("a repeated batch of an idempotent producer is answered with its old offset, a gap is refused, and both survive a restart", async () => {
  const first = await TestBroker.start();
  await createTopic(first, "t");
  const { producerId: id } = await first.send(
    initProducerIdApi,
    4,
    makeInitProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 0 }),
  );
  const batch = (sequence: number, epoch = 0) => sampleBatch(["a", "b"], { producer: { id, epoch, sequence } });
  assert.equal((await produce(first, "t", batch(0))).baseOffset, 0);
  assert.equal((await produce(first, "t", batch(2))).baseOffset, 2);
  await first.stop();
  await using second = await TestBroker.start({ disk: first.disk });
  const again = await produce(second, "t", batch(2));
  assert.deepEqual([again.errorCode, again.baseOffset], [ErrorCode.NONE, 2]);
  assert.equal((await produce(second, "t", batch(6))).errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal((await produce(second, "t", batch(4))).baseOffset, 4);
  assert.equal((await produce(second, "t", batch(0, 1))).errorCode, ErrorCode.NONE, "a new epoch starts at 0");
  assert.equal((await produce(second, "t", batch(6, 0))).errorCode, ErrorCode.INVALID_PRODUCER_EPOCH, "F2");
  const { producerId: next } = await second.send(
    initProducerIdApi,
    4,
    makeInitProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 0 }),
  );
  assert.ok(next > id, "no id is handed out twice");
});

test("a full disk is KAFKA_STORAGE_ERROR, reads go on, and freed space resumes", async () => {
  const disk = new SimulatedDisk();
  await using broker = await TestBroker.start({ disk });
  await createTopic(broker, "t");
  await produce(broker, "t", sampleBatch(["kept"]));
  disk.capacityBytes = 0;
  assert.equal((await produce(broker, "t", sampleBatch(["lost"]))).errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  assert.deepEqual(valuesOf((await fetch(broker, [{ topic: "t", offset: 0 }])).responses[0]!.partitions[0]!.records), ["kept"]);
  disk.capacityBytes = Infinity;
  assert.equal((await produce(broker, "t", sampleBatch(["resumed"]))).baseOffset, 1);
});
