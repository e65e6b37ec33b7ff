import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type FetchRequest,
  fetchApi,
  makeFetchableTopicResponse,
  makeFetchResponse,
  makePartitionData,
  type PartitionData,
} from "@ottla/protocol/apis/fetch";
import { ErrorCode } from "@ottla/protocol";
import {
  makeEpochEndOffset,
  makeOffsetForLeaderEpochResponse,
  makeOffsetForLeaderTopicResult,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import { RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import { ClientError } from "../client-error.ts";
import { createClient } from "../client.ts";
import { HANG_UP, ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import { AssignedPartitions } from "./assigned-partitions.ts";
import type { Consumer, ConsumerOptions } from "./consumer-types.ts";

const PARTITIONS = 4;
const BATCH_RECORDS = 10;
const placesOf = (count: number) => Array.from({ length: count }, (_, partition) => ({ topic: "t", partition }));

/** Ten records whose values are their offsets. */
function batchAt(baseOffset: number): Buffer {
  const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 0 });
  for (let i = 0; i < BATCH_RECORDS; i++) builder.append(null, Buffer.from(String(baseOffset + i).padStart(5, "0")), [], 1000);
  const bytes = builder.close();
  setBaseOffset(bytes, 0, baseOffset);
  return bytes;
}

const BATCH_BYTES = batchAt(0).length;

/** A request that has no answer yet. */
interface Open {
  readonly partitions: readonly number[];
  readonly maxBytes: number;
}

/** A broker with `records` in each partition, of which it gives a batch at a time, as far as `maxBytes` allows; what has nothing is waited for. */
async function start(records: number, options: ConsumerOptions, partitionCount = PARTITIONS) {
  const partitions = placesOf(partitionCount);
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({ t: partitions.map(() => 1) }), [broker]);
  const open = new Set<Open>();
  const seen: { readonly open: readonly Open[]; readonly answeredBytes: number }[] = [];
  let answeredBytes = 0;
  broker.on(fetchApi, async (request) => {
    const asked = request.topics.flatMap((topic) => topic.partitions);
    const mine = { partitions: asked.map(({ partition }) => partition), maxBytes: request.maxBytes };
    open.add(mine);
    seen.push({ open: [...open], answeredBytes });
    // So long the broker takes to read it.
    await new Promise<void>((resolve) => void world.clock.schedule(2, resolve));
    const parts = read(request, records);
    if (parts.length === 0) await new Promise<void>((resolve) => void world.clock.schedule(request.maxWaitMs, resolve));
    for (const { records: bytes } of parts) answeredBytes += bytes!.length;
    open.delete(mine);
    return makeFetchResponse({ responses: parts.length > 0 ? [makeFetchableTopicResponse({ topic: "t", partitions: parts })] : [] });
  });
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const consumer = client.consumer({ maxPartitionFetchBytes: BATCH_BYTES, ...options });
  consumer.assign(partitions);
  for (const each of partitions) consumer.seek(each, 0);
  return { world, client, consumer, open, seen };
}

function read({ topics, maxBytes }: FetchRequest, end: number): PartitionData[] {
  let room = maxBytes;
  const parts: PartitionData[] = [];
  for (const { partition, fetchOffset } of topics.flatMap((topic) => topic.partitions)) {
    if (fetchOffset >= end || (room < BATCH_BYTES && parts.length > 0)) continue;
    room -= BATCH_BYTES;
    const common = { highWatermark: end, lastStableOffset: end, logStartOffset: 0, preferredReadReplica: -1 };
    parts.push(makePartitionData({ partitionIndex: partition, ...common, records: batchAt(fetchOffset) }));
  }
  return parts;
}

async function readAll(consumer: Consumer, count: number, settle: <T>(promise: Promise<T>) => Promise<T>): Promise<number[][]> {
  const values: number[][] = consumer.assignment().map(() => []);
  let got = 0;
  while (got < count) {
    for (const batch of await settle(consumer.poll(10_000))) {
      for (const { value } of batch) values[batch.partition]!.push(Number(value));
      got += batch.recordCountMax;
    }
  }
  return values;
}

describe("what is fetched ahead", () => {
  test("comes in two halves at a time while there is much of it; then one poll for all takes over again", async () => {
    const { world, client, consumer, open, seen } = await start(200, {});
    const values = await readAll(consumer, 200 * PARTITIONS, world.settle);
    for (const each of values)
      assert.deepEqual(
        each,
        Array.from({ length: 200 }, (_, i) => i),
      );
    for (const { open: together } of seen) {
      const named = together.flatMap((each) => each.partitions);
      assert.equal(new Set(named).size, named.length, "no partition is asked for twice at the same time");
    }
    const inHalves = seen.filter(({ open: together }) => together.length === 2 && together.every((each) => each.partitions.length === 2));
    assert.ok(inHalves.length >= 15, `${inHalves.length} of ${seen.length}`);
    const polling = consumer.poll(3000);
    await world.pass(2500);
    assert.deepEqual(
      [...open].map((each) => each.partitions),
      [[0, 1, 2, 3]],
    );
    await world.settle(polling);
    await client.close();
  });

  test("stays within prefetchBytesMax, what the answers on the way may bring included", async () => {
    const prefetchBytesMax = BATCH_BYTES * 5 + 100;
    const { world, client, consumer, seen } = await start(10_000, { prefetchBytesMax });
    // Gives nothing yet, and begins.
    while (seen.length === 0) assert.deepEqual(await world.settle(consumer.poll(0)), []);
    await world.pass(5000);
    for (const { open: together, answeredBytes } of seen)
      assert.ok(answeredBytes + together.reduce((sum, { maxBytes }) => sum + maxBytes, 0) <= prefetchBytesMax);
    assert.ok(seen.at(-1)!.answeredBytes >= BATCH_BYTES * 2, `${seen.at(-1)!.answeredBytes} bytes of ${prefetchBytesMax}`);
    for (const each of await readAll(consumer, 400, world.settle))
      assert.deepEqual(
        each,
        Array.from({ length: each.length }, (_, i) => i),
      );
    await client.close();
  });

  test("of an answer with thousands of partitions some are there before all are taken in; what is sought meanwhile comes from there", async () => {
    const COUNT = 2_500;
    const { world, client, consumer, seen } = await start(BATCH_RECORDS, {}, COUNT);
    const first = await world.settle(consumer.poll(10_000));
    assert.equal(seen.length, 1, "one answer brings all");
    assert.ok(first.length > 0 && first.length < COUNT, `${first.length} of ${COUNT} partitions at once`);
    const taken = new Set(first.map(({ partition }) => partition));
    const sought = COUNT - 1;
    assert.ok(!taken.has(sought));
    consumer.seek({ topic: "t", partition: sought }, BATCH_RECORDS / 2);
    const values = await readAll(consumer, (COUNT - first.length) * BATCH_RECORDS, world.settle);
    for (const [partition, each] of values.entries()) {
      const from = partition === sought ? BATCH_RECORDS / 2 : 0;
      const all = Array.from({ length: BATCH_RECORDS }, (_, i) => from + i);
      assert.deepEqual(each, taken.has(partition) ? [] : all, `partition ${partition}`);
    }
    await client.close();
  });
});

test("of thousands of partitions each calls for a look at all when something of it was taken; they are looked at a few times a turn", async () => {
  const COUNT = 2000;
  const { world, client, consumer } = await start(BATCH_RECORDS, {}, COUNT);
  let looks = 0;
  const { [Symbol.iterator]: partitions } = AssignedPartitions.prototype;
  AssignedPartitions.prototype[Symbol.iterator] = function (this: AssignedPartitions) {
    looks++;
    return partitions.call(this);
  };
  try {
    let count = 0;
    const run = consumer.run({ eachRecord: () => void count++ });
    await world.until("all is read", () => count === COUNT * BATCH_RECORDS);
    assert.ok(looks < COUNT / 2, `${looks} looks for ${COUNT} partitions`);
    await world.settle(client.close());
    await run;
  } finally {
    AssignedPartitions.prototype[Symbol.iterator] = partitions;
  }
});

describe("a broker that answers fetches in vain", () => {
  const inVain: Readonly<Record<string, () => PartitionData[]>> = {
    "nothing at all": () => [],
    "no records": () => [makePartitionData({ partitionIndex: 0, highWatermark: 10, lastStableOffset: 10, preferredReadReplica: -1 })],
    "records of another partition": () => [makePartitionData({ partitionIndex: 7, records: batchAt(0), preferredReadReplica: -1 })],
    "records of long ago": () => [makePartitionData({ partitionIndex: 0, records: batchAt(0), preferredReadReplica: -1 })],
  };
  for (const [what, answer] of Object.entries(inVain))
    test(`by ${what}, at once, is asked after a pause, and believed when it is well again`, async () => {
      const world = makeWorld();
      const broker = await ScriptedBroker.start(world.net);
      broker.serveMetadata(() => ({ t: [1] }), [broker]);
      let isWell = false;
      broker.on(fetchApi, () => {
        // Beyond any bound: the test would hang.
        if (broker.requestsOf(fetchApi).length > 5000) return HANG_UP;
        const partitions = isWell ? [makePartitionData({ partitionIndex: 0, records: batchAt(50), preferredReadReplica: -1 })] : answer();
        return makeFetchResponse({ responses: partitions.length === 0 ? [] : [makeFetchableTopicResponse({ topic: "t", partitions })] });
      });
      const client = createClient({ bootstrapServers: broker.bootstrap }, world);
      const consumer = client.consumer();
      consumer.assign(placesOf(1));
      consumer.seek({ topic: "t", partition: 0 }, 50);
      assert.deepEqual(await world.settle(consumer.poll(10_000)), []);
      const asked = broker.requestsOf(fetchApi).length;
      assert.ok(asked > 50 && asked < 200, `${asked} requests in ten seconds`);
      isWell = true;
      assert.equal((await world.settle(consumer.poll(10_000)))[0]?.startOffset, 50);
      await world.settle(client.close());
    });

  for (const code of ["TOPIC_AUTHORIZATION_FAILED", "CORRUPT_MESSAGE", "UNKNOWN_TOPIC_ID", "INVALID_REQUEST"] as const)
    test(`by ${code}, at once, is asked after a pause, whether somebody polls or not`, async () => {
      const world = makeWorld();
      const broker = await ScriptedBroker.start(world.net);
      broker.serveMetadata(() => ({ t: [1] }), [broker]);
      broker.on(fetchApi, () => {
        if (broker.requestsOf(fetchApi).length > 5000) return HANG_UP;
        const partitions = [makePartitionData({ errorCode: ErrorCode[code], preferredReadReplica: -1 })];
        return makeFetchResponse({ responses: [makeFetchableTopicResponse({ topic: "t", partitions })] });
      });
      const client = createClient({ bootstrapServers: broker.bootstrap }, world);
      const consumer = client.consumer();
      consumer.assign(placesOf(1));
      consumer.seek({ topic: "t", partition: 0 }, 50);
      await world.settle(consumer.poll(1000).catch(() => {}));
      await world.pass(10_000);
      const asked = broker.requestsOf(fetchApi).length;
      assert.ok(asked < 200, `${asked} requests in ten seconds`);
      await world.settle(client.close());
    });

  test("by a part of the first batch is told as what it is", async () => {
    const world = makeWorld();
    const broker = await ScriptedBroker.start(world.net);
    broker.serveMetadata(() => ({ t: [1] }), [broker]);
    const records = batchAt(50).subarray(0, BATCH_BYTES - 1);
    broker.on(fetchApi, () =>
      makeFetchResponse({
        responses: [makeFetchableTopicResponse({ topic: "t", partitions: [makePartitionData({ records, preferredReadReplica: -1 })] })],
      }),
    );
    const client = createClient({ bootstrapServers: broker.bootstrap }, world);
    const consumer = client.consumer();
    consumer.assign(placesOf(1));
    consumer.seek({ topic: "t", partition: 0 }, 50);
    await assert.rejects(
      world.settle(consumer.poll(10_000)),
      (error) => error instanceof ClientError && error.code === "CORRUPT_BATCH" && /first one always comes whole/.test(error.message),
    );
    await world.settle(client.close());
  });
});

test("of thousands of partitions that may have another leader all are asked about soon, though not all are looked at in one turn", async () => {
  const COUNT = 5000;
  const partitions = placesOf(COUNT);
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({ t: partitions.map(() => 1) }), [broker], { epoch: () => 1 });
  const asked: number[] = [];
  broker.on(offsetForLeaderEpochApi, ({ topics }) =>
    makeOffsetForLeaderEpochResponse({
      topics: topics.map(({ topic, partitions: some }) => {
        asked.push(some.length);
        const ends = some.map(({ partition }) => makeEpochEndOffset({ partition, leaderEpoch: 0, endOffset: 10 }));
        return makeOffsetForLeaderTopicResult({ topic, partitions: ends });
      }),
    }),
  );
  const fetched = new Set<number>();
  broker.on(fetchApi, async ({ topics, maxWaitMs }) => {
    for (const topic of topics) for (const { partition } of topic.partitions) fetched.add(partition);
    await new Promise<void>((resolve) => void world.clock.schedule(maxWaitMs, resolve));
    return makeFetchResponse();
  });
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const consumer = client.consumer();
  consumer.assign(partitions);
  for (const each of partitions) consumer.seek(each, 10, 0);
  // Before it would look around by itself.
  await world.settle(consumer.poll(900));
  assert.equal(
    asked.reduce((all, count) => all + count, 0),
    COUNT,
  );
  assert.equal(fetched.size, COUNT);
  await world.settle(client.close());
});
