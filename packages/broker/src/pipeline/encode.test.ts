import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter, type MessagePart } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { type Api, encodeResponse, madeWhenWritten } from "@ottla/protocol";
import { fetchApi, makeFetchableTopicResponse, makeFetchResponse, makeNodeEndpoint, makePartitionData } from "@ottla/protocol/apis/fetch";
import {
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  metadataApi,
} from "@ottla/protocol/apis/metadata";
import { encodeAnswer } from "./encode.ts";

/** A clock on which every look is 10 ms later, so that each slice is over at once. */
function hurriedClock(onTurn: () => void = () => {}) {
  let nowMs = 0;
  const nextTurn = (run: () => void) =>
    queueMicrotask(() => {
      onTurn();
      run();
    });
  return { ...systemClock, monotonicMs: () => (nowMs += 10), nextTurn };
}

const names = Array.from({ length: 333 }, (_, i) => `topic-${i}-${"x".repeat(i)}`);
const metadata = makeMetadataResponse({
  throttleTimeMs: 7,
  clusterId: "cluster",
  brokers: [makeMetadataResponseBroker({ nodeId: 1, host: "h", port: 9092 })],
  topics: names.map((name, i) =>
    makeMetadataResponseTopic({ name, partitions: [makeMetadataResponsePartition({ partitionIndex: i, replicaNodes: [1, 2] })] }),
  ),
});
const fetched = makeFetchResponse({
  responses: names.map((topic, i) =>
    makeFetchableTopicResponse({ topic, partitions: [makePartitionData({ records: i % 9 === 0 ? Buffer.alloc(i * 100, i) : null })] }),
  ),
});

const joined = (parts: readonly MessagePart[]): Buffer => Buffer.concat(parts as Buffer[]);

async function same<Response>(api: Api<unknown, Response>, version: number, response: Response): Promise<void> {
  const whole = Buffer.concat(encodeResponse(api, version, 5, response));
  let hurriedBytes = 0;
  const hurried = encodeAnswer(hurriedClock(), new ByteWriter(), api, version, 5, response, (bytes) => (hurriedBytes += bytes));
  assert.ok(hurried instanceof Promise);
  assert.ok(joined(await hurried).equals(whole), `${api.name} ${version} in many slices`);
  assert.ok(hurriedBytes > 10_000 && hurriedBytes < whole.length);
  const calm = await encodeAnswer({ ...systemClock, monotonicMs: () => 0 }, new ByteWriter(), api, version, 5, response, () => {});
  assert.ok(joined(calm).equals(whole), `${api.name} ${version} in one slice`);
}

test("a long answer in slices has the same bytes as in one go, in every version", async () => {
  for (let version = metadataApi.minVersion; version <= metadataApi.maxVersion; version++) await same(metadataApi, version, metadata);
  for (let version = fetchApi.minVersion; version <= 12; version++) await same(fetchApi, version, fetched);
});

test("of a long list that is made when it is written, only what was written is made between two slices", async () => {
  let made = 0;
  const topics = madeWhenWritten(metadata.topics, (topic) => {
    made++;
    return topic;
  });
  const madeAtTurns: number[] = [];
  const clock = hurriedClock(() => madeAtTurns.push(made));
  const frame = await encodeAnswer(clock, new ByteWriter(), metadataApi, 12, 5, { ...metadata, topics }, () => {});
  assert.ok(joined(frame).equals(Buffer.concat(encodeResponse(metadataApi, 12, 5, metadata))));
  assert.ok(madeAtTurns[0]! < 32, `${madeAtTurns[0]} were made before the first rest`);
  assert.equal(made, names.length, "each once");
});

test("a short list that is made when it is written is looked into for long ones", async () => {
  const partitions = Array.from({ length: 5000 }, (_, partitionIndex) => makeMetadataResponsePartition({ partitionIndex }));
  const topics = madeWhenWritten(["t"], (name) => makeMetadataResponseTopic({ name, partitions }));
  const frame = encodeAnswer(hurriedClock(), new ByteWriter(), metadataApi, 12, 5, { ...metadata, topics }, () => {});
  assert.ok(frame instanceof Promise);
  await frame;
});

test("record batches are handed on, not copied", async () => {
  const records = Buffer.alloc(5000, 1);
  const responses = names.map((topic) => makeFetchableTopicResponse({ topic, partitions: [makePartitionData({ records })] }));
  const frame = await encodeAnswer(hurriedClock(), new ByteWriter(), fetchApi, 12, 5, makeFetchResponse({ responses }), () => {});
  assert.equal(frame.filter((part) => (part as Buffer).buffer === records.buffer).length, names.length);
});

test("a list in a tagged field is encoded in one go beside lists in slices, and a long list inside an element of a short one in slices", async () => {
  const nodeEndpoints = names.map((host, nodeId) => makeNodeEndpoint({ nodeId, host, port: 1 }));
  const partitions = names.map((_, partitionIndex) => makePartitionData({ partitionIndex, records: Buffer.alloc(50) }));
  await same(fetchApi, 16, makeFetchResponse({ nodeEndpoints, responses: [makeFetchableTopicResponse({ partitions })] }));
});

test("an answer with short lists is there at once, however late it is", () => {
  const { brokers } = metadata;
  const short = makeMetadataResponse({ brokers, topics: metadata.topics.slice(0, 64) });
  assert.ok(Array.isArray(encodeAnswer(hurriedClock(), new ByteWriter(), metadataApi, 9, 5, short, () => assert.fail())));
});

test("after every slice others have a turn", async () => {
  const events: string[] = [];
  const clock = hurriedClock(() => events.push("turn"));
  await encodeAnswer(clock, new ByteWriter(), metadataApi, 9, 5, metadata, () => events.push("bytes"));
  assert.ok(events.length > 20);
  assert.deepEqual(
    events,
    events.map((_, i) => (i % 2 === 0 ? "bytes" : "turn")),
  );
});

test("who hears of the bytes may end the work", async () => {
  const stopped = encodeAnswer(hurriedClock(), new ByteWriter(), metadataApi, 9, 5, metadata, (bytes) => {
    if (bytes > 2000) throw new RangeError("enough");
  });
  await assert.rejects(async () => stopped, RangeError);
});
