import assert from "node:assert/strict";
import { it } from "node:test";
import { MemoryDisk, SimulatedClock } from "@ottla/base/simulated";
import { Segment } from "../segment/segment.ts";
import { BufferPool, POOLED_BYTES } from "./buffer-pool.ts";
import { FileCache } from "./file-cache.ts";
import { IndexCache } from "./index-cache.ts";
import { ReadAhead } from "./read-ahead.ts";
import { RecentWrites } from "./recent-writes.ts";

const PIECE_BYTES = 300_000;

function fixture(piecesMax: number) {
  const disk = new MemoryDisk();
  disk.makeDirectory("/log");
  const file = disk.open("/log/00000000000000000000.log");
  file.append([Buffer.alloc(PIECE_BYTES * 10, 7)]);
  file.close();
  const clock = new SimulatedClock();
  const deps = { disk, files: new FileCache(disk, 10), indexes: new IndexCache(1000), recent: new RecentWrites({ disk, clock }) };
  const segment = new Segment(deps, "/log", 0, { sizeBytes: PIECE_BYTES * 10, createdMs: 0, isActive: false });
  const buffers = new BufferPool(16);
  const shared = new ReadAhead({ buffers, clock }, piecesMax * POOLED_BYTES);
  const start = (reader: ReturnType<ReadAhead["partition"]>, offset: number, byteLength = PIECE_BYTES) =>
    reader.start({ segment, position: 0, offset, byteLength });
  return { shared, buffers, clock, start };
}

const done = (): Promise<void> => new Promise(setImmediate);

it("what is read ahead is bounded: the oldest piece that nobody asked for in a second goes, and none is begun while there is none such", async () => {
  const { shared, buffers, clock, start } = fixture(3);
  const [a, b] = [shared.partition(), shared.partition()];
  for (let offset = 0; offset < 3; offset++) start(a, offset);
  clock.advance(1000);
  start(b, 0);
  assert.equal(b.take(0), undefined, "all are being read");
  await done();
  start(b, 1);
  assert.equal(shared.heldBytes, 3 * POOLED_BYTES);
  assert.equal(a.take(0), undefined, "the oldest made room");
  const piece = a.take(1)!;
  assert.equal(piece.bytes?.length, PIECE_BYTES);
  assert.equal(a.take(1), undefined, "it is the caller's now");
  await done();
  assert.equal(buffers.freeCount, 1);
  piece.release();
  assert.equal(buffers.freeCount, 2);
  a.clear();
  b.clear();
  await done();
  assert.deepEqual([shared.heldBytes, buffers.freeCount], [0, 4]);
});

it("more readers in turn than there is room for do not take each other's pieces away", async () => {
  const { shared, start } = fixture(3);
  const readers = Array.from({ length: 5 }, () => shared.partition());
  let found = 0;
  for (let offset = 0; offset < 10; offset++) {
    for (const reader of readers) {
      const piece = reader.take(offset);
      if (piece !== undefined) found++;
      piece?.release();
      start(reader, offset + 1);
      await done();
    }
  }
  assert.equal(found, 3 * 9);
});

it("too little and too much are not read ahead", async () => {
  const { shared, start } = fixture(3);
  const reader = shared.partition();
  start(reader, 0, 1000);
  start(reader, 1, POOLED_BYTES + 1);
  assert.equal(shared.heldBytes, 0);
});
