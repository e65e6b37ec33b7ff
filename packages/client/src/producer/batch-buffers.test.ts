import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { BatchBuffers } from "./batch-buffers.ts";

test("what is given back is lent again, grown or not", () => {
  const buffers = new BatchBuffers(1000, 10_000);
  const [own, grown] = [buffers.take(), Buffer.alloc(2000)];
  assert.equal(own.length, 1000);
  buffers.giveBack(own);
  buffers.giveBack(grown);
  assert.equal(buffers.take(), grown);
  assert.equal(buffers.take(), own);
  assert.equal(buffers.take().length, 1000);
});

test("no more is kept than the buffer memory, and none that was made for one large record", () => {
  const buffers = new BatchBuffers(1000, 3500);
  const given: readonly Buffer[] = [4001, 2000, 1000, 1000, 500].map((bytes) => Buffer.alloc(bytes));
  for (const buffer of given) buffers.giveBack(buffer);
  assert.deepEqual(
    [buffers.take(), buffers.take(), buffers.take()].map((buffer) => given.indexOf(buffer)),
    [4, 2, 1],
  );
  assert.equal(given.includes(buffers.take()), false);
});

test("the buffer of a packed batch is large enough for the next of its kind, though that packs a little worse", () => {
  const fill = (compressionRatio: number, buffer: Buffer): Buffer => {
    const builder = new RecordBatchBuilder({ limitBytes: 65_536, compressionRatio, buffer });
    while (builder.append(null, Buffer.alloc(1000)));
    return builder.buffer;
  };
  const grown = fill(0.52, Buffer.alloc(65_536));
  assert.ok(grown.length >= 65_536 / 0.52 && grown.length <= 65_536 / 0.52 + 32_768);
  assert.equal(fill(0.51, grown), grown);
});
