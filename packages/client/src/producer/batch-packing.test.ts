import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { produceApi } from "@ottla/protocol/apis/produce";
import { CODEC_NAMES, compressionOf } from "@ottla/protocol/records";
import { createClient } from "../client.ts";
import { answerAll, batchesOf, start } from "../testing/producer-stage.ts";
import { ProducerBatch } from "./producer-batch.ts";
import type { CompressionName } from "./producer-types.ts";

/** Threads take real time, so the clock is the real one. */
async function realTime(context: TestContext) {
  const { world, broker } = await start([1, 1]);
  const { net, random, logger } = world;
  const client = createClient({ bootstrapServers: broker.bootstrap, retryBackoffMs: 5 }, { net, random, logger });
  context.after(() => client.close({ timeoutMs: 0 }));
  return { broker, client, sent: () => batchesOf(broker.requestsOf(produceApi)) };
}

const text = (i: number) => `${i} ${"airport delay carrier ".repeat(400)}${i * 7919}`;

describe("large batches", () => {
  for (const compression of ["gzip", "zstd", "lz4", "none"] as const satisfies readonly CompressionName[]) {
    test(`${compression}: packed in other threads or here, they come whole, once and in order`, async (context) => {
      const { broker, client, sent } = await realTime(context);
      let answers = 0;
      // Some come again, with what follows them.
      broker.on(produceApi, (request) => answerAll(request, { errorCode: answers++ % 5 === 1 ? 6 : 0 }));
      const producer = client.producer({ compression, batchSizeBytes: 65_536, maxRequestSizeBytes: 4_000_000 });
      const count = 400;
      const sends = Array.from({ length: count }, (_, i) => producer.send({ topic: "t", partition: i % 2, value: text(i) }));
      await Promise.all(sends);
      for (const partition of [0, 1]) {
        const bySequence = new Map(
          sent()
            .filter((batch) => batch.partition === partition)
            .map((batch) => [batch.sequence, batch]),
        );
        const inOrder = [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
        assert.deepEqual(
          inOrder.flatMap(({ values }) => values),
          Array.from({ length: count / 2 }, (_, i) => text(i * 2 + partition)),
        );
        assert.ok(inOrder.every(({ bytes }) => compressionOf(bytes, 0) === CODEC_NAMES.indexOf(compression)));
      }
    });
  }

  test("the event loop goes on while gzip works on them", async (context) => {
    const { broker, client } = await realTime(context);
    const producer = client.producer({ compression: "gzip", batchSizeBytes: 1_000_000, maxRequestSizeBytes: 4_000_000, lingerMs: 10 });
    let turns = 0;
    let isPacking = true;
    const count = () => {
      if (!isPacking) return;
      turns++;
      setImmediate(count);
    };
    const sending = producer.send({ topic: "t", partition: 0, value: Buffer.from(text(1).repeat(100)) });
    setTimeout(count, 10);
    await sending;
    isPacking = false;
    assert.equal(broker.requestsOf(produceApi).length, 1);
    assert.ok(turns > 1, `${turns} turns`);
  });

  test("closed at once while they are packed: told so, and nothing is sent", async (context) => {
    const { client, sent } = await realTime(context);
    const producer = client.producer({ compression: "gzip", batchSizeBytes: 1_000_000, maxRequestSizeBytes: 4_000_000 });
    await producer.send({ topic: "t", partition: 0, value: "warm" });
    const sending = producer.send({ topic: "t", partition: 0, value: Buffer.from(text(1).repeat(100)) });
    await new Promise((resolve) => setImmediate(resolve));
    void producer.close({ timeoutMs: 0 });
    await assert.rejects(sending, { code: "CLIENT_CLOSED", possiblyWritten: false });
    assert.equal(sent().length, 1);
  });
});

test("a batch that was packed here takes no more records, is packed once, and has given its buffer back", () => {
  const buffer = Buffer.alloc(4096);
  const batch = new ProducerBatch({ topic: "t", partition: 0 }, { limitBytes: 4096, compressionRatio: 0.5, buffer }, 0, 1);
  assert.ok(batch.tryAppend(null, Buffer.from(text(1).slice(0, 2000)), [], 0, undefined));
  assert.equal(batch.packHere("lz4"), buffer);
  assert.deepEqual([batch.isFull, batch.isPacked, batch.isPooled], [true, true, false]);
  assert.equal(batch.tryAppend(null, Buffer.from("v"), [], 0, undefined), false);
  assert.equal(batch.packHere("lz4"), undefined);
  assert.equal(compressionOf(batch.bytes("lz4"), 0), CODEC_NAMES.indexOf("lz4"));
});
