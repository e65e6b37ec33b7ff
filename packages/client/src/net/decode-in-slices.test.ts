import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError, type Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { encodeResponse } from "@ottla/protocol";
import { makeMetadataResponse, makeMetadataResponsePartition, makeMetadataResponseTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { decodeInSlices } from "./decode-in-slices.ts";

const VERSION = 12;

/** An answer about one topic of so many partitions, as it comes. */
function frameOf(partitions: number): Buffer {
  const topic = makeMetadataResponseTopic({
    name: "orders",
    partitions: Array.from({ length: partitions }, (_, partitionIndex) =>
      makeMetadataResponsePartition({ partitionIndex, replicaNodes: [1, 2, 3] }),
    ),
  });
  return Buffer.concat(encodeResponse(metadataApi, VERSION, 7, makeMetadataResponse({ topics: [topic] }))).subarray(4);
}

/** Time that goes on by 5 ms whenever it is asked. */
function hastyClock(): Clock {
  let nowMs = 0;
  return { ...systemClock, nowMs: () => nowMs, monotonicMs: () => (nowMs += 5), schedule: (ms, run) => systemClock.schedule(ms, run) };
}

test("a large answer is read in slices, so that others get their turn; a small one at once", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  let turns = 0;
  const count = (): void => void (turns++, (counting = setImmediate(count)));
  let counting = setImmediate(count);
  decodeInSlices(hastyClock(), metadataApi, VERSION, frameOf(20_000), (decoded) => {
    assert.ok("response" in decoded);
    resolve(decoded.response.topics[0]!.partitions.length);
  });
  assert.equal(await promise, 20_000);
  clearImmediate(counting);
  assert.ok(turns > 10, `${turns} turns of others`);
  let small: number | undefined;
  decodeInSlices(hastyClock(), metadataApi, VERSION, frameOf(100), (decoded) => {
    small = "response" in decoded ? decoded.response.topics[0]!.partitions.length : undefined;
  });
  assert.equal(small, 100);
});

test("one that is cut, or has bytes too many, fails wherever that shows, and is handed on once", async () => {
  const whole = frameOf(20_000);
  for (const frame of [whole.subarray(0, whole.length - 1000), Buffer.concat([whole, Buffer.from([0])]), whole.subarray(0, 10)]) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    let times = 0;
    decodeInSlices(hastyClock(), metadataApi, VERSION, frame, (decoded) => {
      times++;
      resolve("failure" in decoded ? decoded.failure : undefined);
    });
    assert.ok((await promise) instanceof MalformedBytesError);
    await new Promise(setImmediate);
    assert.equal(times, 1);
  }
});
