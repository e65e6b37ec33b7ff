import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import {
  type FetchRequest,
  fetchApi,
  makeAbortedTransaction,
  makeFetchableTopicResponse,
  makeFetchResponse,
  makePartitionData,
  type PartitionData,
} from "@ottla/protocol/apis/fetch";
import {
  listOffsetsApi,
  makeListOffsetsPartitionResponse,
  makeListOffsetsResponse,
  makeListOffsetsTopicResponse,
} from "@ottla/protocol/apis/list-offsets";
import {
  makeEpochEndOffset,
  makeOffsetForLeaderEpochResponse,
  makeOffsetForLeaderTopicResult,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import { encodeEndTransactionMarker, RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import { type Client, createClient } from "../client.ts";
import { HANG_UP, ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld, type SimulatedWorld } from "../testing/simulated-world.ts";
import type { Consumer } from "./consumer-types.ts";

interface LogBatch {
  readonly baseOffset: number;
  readonly bytes: Buffer;
}

/** A batch of records whose values are their offsets. */
function batch(baseOffset: number, count: number, options: { readonly producerId?: number; readonly epoch?: number } = {}): LogBatch {
  const builder = new RecordBatchBuilder({ isTransactional: options.producerId !== undefined, partitionLeaderEpoch: options.epoch ?? 0 });
  for (let i = 0; i < count; i++) builder.append(null, Buffer.from(String(baseOffset + i)), [], 1000);
  if (options.producerId !== undefined) builder.setProducerState(options.producerId, 0, 0);
  const bytes = builder.close();
  setBaseOffset(bytes, 0, baseOffset);
  return { baseOffset, bytes };
}

function marker(baseOffset: number, producerId: number, outcome: "abort" | "commit"): LogBatch {
  return {
    baseOffset,
    bytes: encodeEndTransactionMarker(
      { outcome, coordinatorEpoch: 0 },
      { producerId, producerEpoch: 0, baseOffset, partitionLeaderEpoch: 0, timestampMs: 1 },
    ),
  };
}

/** An answer for the partitions of a request that have something; nothing for those that have not, as in a session. */
function fetched(parts: Readonly<Record<number, Partial<PartitionData>>>, sessionId = 0): ReturnType<typeof makeFetchResponse> {
  const partitions = Object.entries(parts).map(([index, data]) =>
    makePartitionData({
      partitionIndex: Number(index),
      highWatermark: 1000,
      lastStableOffset: 1000,
      logStartOffset: 0,
      preferredReadReplica: -1,
      ...data,
    }),
  );
  return makeFetchResponse({ sessionId, responses: partitions.length > 0 ? [makeFetchableTopicResponse({ topic: "t", partitions })] : [] });
}

interface Stage {
  readonly world: SimulatedWorld;
  readonly broker: ScriptedBroker;
  readonly client: Client;
  epoch: number;
}

async function start(partitionCount = 1): Promise<Stage> {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  const client = createClient({ bootstrapServers: broker.bootstrap, requestTimeoutMs: 5000, metadataMaxAgeMs: 100 }, world);
  const stage: Stage = { world, broker, client, epoch: 0 };
  broker.serveMetadata(() => ({ t: Array.from({ length: partitionCount }, () => 1) }), [broker], { epoch: () => stage.epoch });
  broker.on(listOffsetsApi, (request) =>
    makeListOffsetsResponse({
      topics: request.topics.map(({ name, partitions }) =>
        makeListOffsetsTopicResponse({
          name,
          partitions: partitions.map(({ partitionIndex, timestamp }) =>
            makeListOffsetsPartitionResponse({ partitionIndex, offset: timestamp === -2 ? 0 : 1000, timestamp: -1, leaderEpoch: 0 }),
          ),
        }),
      ),
    }),
  );
  return stage;
}

/** What a partition of a fetch request asks for. */
const offsetsAsked = (requests: readonly FetchRequest[]) =>
  requests.map((request) =>
    request.topics.flatMap((topic) => topic.partitions.map(({ partition, fetchOffset }) => `${partition}@${fetchOffset}`)).join(" "),
  );

/** Answers each fetch from a log; waits (keeps silent) when there is nothing. */
function serveLog(
  broker: ScriptedBroker,
  log: () => readonly LogBatch[],
  data: (from: number, batches: readonly LogBatch[]) => Partial<PartitionData> = () => ({}),
): void {
  broker.on(fetchApi, (request) => {
    const from = request.topics[0]?.partitions[0]?.fetchOffset ?? 0;
    const batches = log().filter(({ baseOffset, bytes }) => baseOffset + bytes.readInt32BE(23) >= from);
    if (batches.length === 0) return SILENCE;
    return fetched({ 0: { records: Buffer.concat(batches.map(({ bytes }) => bytes)), ...data(from, batches) } });
  });
}

async function read({ world }: Stage, consumer: Consumer, count: number): Promise<number[]> {
  const values: number[] = [];
  while (values.length < count)
    for (const each of await world.settle(consumer.poll(10_000))) for (const record of each) values.push(Number(record.value));
  return values;
}

const failsWith = (code: ClientErrorCode) => (error: unknown) => error instanceof ClientError && error.code === code;
const at = { topic: "t", partition: 0 };
const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => from + i);

describe("a consumer", () => {
  test("peers' defect, aborted records are read: of one producer's transactions, some aborted over two answers, exactly the committed are read", async () => {
    const stage = await start();
    const first = [
      batch(0, 1, { producerId: 9 }),
      marker(1, 9, "abort"),
      batch(2, 1, { producerId: 9 }),
      marker(3, 9, "abort"),
      batch(4, 1, { producerId: 9 }),
      marker(5, 9, "commit"),
      batch(6, 1, { producerId: 9 }),
    ];
    const second = [marker(7, 9, "abort"), batch(8, 1, { producerId: 9 }), marker(9, 9, "commit")];
    const aborted = [0, 2, 6].map((firstOffset) => makeAbortedTransaction({ producerId: 9, firstOffset }));
    stage.broker.on(fetchApi, (request) => {
      assert.equal(request.isolationLevel, 1);
      const from = request.topics[0]!.partitions[0]!.fetchOffset;
      const batches = from < 7 ? first : from < 10 ? second : undefined;
      if (batches === undefined) return SILENCE;
      return fetched({
        0: { records: Buffer.concat(batches.map(({ bytes }) => bytes)), abortedTransactions: from < 7 ? aborted : [aborted[2]!] },
      });
    });
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest", isolationLevel: "read_committed" });
    consumer.assign([at]);
    assert.deepEqual(await read(stage, consumer, 2), [4, 8]);
    await stage.world.settle(consumer.poll(100));
    assert.equal(await consumer.position(at), 10);
  });

  test("sessions: the first request names every partition, the next ones only what moved (KIP-227)", async () => {
    const stage = await start(3);
    let requests = 0;
    stage.broker.on(fetchApi, () => {
      requests++;
      return requests === 1 ? fetched({ 0: { records: batch(0, 2).bytes } }, 55) : requests === 2 ? fetched({}, 55) : SILENCE;
    });
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([0, 1, 2].map((partition) => ({ topic: "t", partition })));
    await read(stage, consumer, 2);
    await stage.world.until("three fetches", () => requests >= 3);
    const seen = stage.broker.requestsOf(fetchApi);
    assert.deepEqual(offsetsAsked(seen).slice(0, 3), ["0@0 1@0 2@0", "0@2", ""]);
    assert.deepEqual(
      seen.slice(0, 3).map(({ sessionId, sessionEpoch }) => [sessionId, sessionEpoch]),
      [
        [0, 0],
        [55, 1],
        [55, 2],
      ],
    );
  });

  for (const [what, again, expected] of [
    ["a seek", (consumer: Consumer) => consumer.seek(at, 5), { offset: 5, questions: 1 }],
    ["another question", (consumer: Consumer) => consumer.seekToBeginning(), { offset: 0, questions: 2 }],
  ] as const)
    test(`${what} while the place to start from is looked up stands, whatever the answer to the first question says`, async () => {
      const stage = await start();
      const first = Promise.withResolvers<void>();
      let asked = 0;
      stage.broker.on(listOffsetsApi, async (request) => {
        const { timestamp } = request.topics[0]!.partitions[0]!;
        if (++asked === 1) await first.promise;
        const partitions = [makeListOffsetsPartitionResponse({ partitionIndex: 0, offset: timestamp === -2 ? 0 : 1000, leaderEpoch: 0 })];
        return makeListOffsetsResponse({ topics: [makeListOffsetsTopicResponse({ name: "t", partitions })] });
      });
      stage.broker.on(fetchApi, () => SILENCE);
      const consumer = stage.client.consumer({ autoOffsetReset: "latest" });
      consumer.assign([at]);
      const polling = consumer.poll(60_000);
      await stage.world.until("it is asked", () => asked === 1);
      await stage.world.pass(3000);
      again(consumer);
      first.resolve();
      await stage.world.until("it reads", () => stage.broker.requestsOf(fetchApi).length > 0);
      assert.deepEqual(offsetsAsked(stage.broker.requestsOf(fetchApi)), [`0@${expected.offset}`]);
      // The broker answers in order: what was asked again meanwhile comes now. One more may be from before the leader was known.
      await stage.world.pass(200);
      assert.ok(asked <= expected.questions + 1, `${asked} questions`);
      consumer.wakeup();
      await assert.rejects(stage.world.settle(polling), failsWith("WOKEN_UP"));
    });

  test("a session the broker forgot begins anew without losing or repeating a record", async () => {
    const stage = await start();
    let requests = 0;
    stage.broker.on(fetchApi, (request) => {
      requests++;
      if (requests === 2) return makeFetchResponse({ errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND });
      const from = request.topics[0]?.partitions[0]?.fetchOffset;
      return from === undefined || from >= 20 ? SILENCE : fetched({ 0: { records: batch(from, 10).bytes } }, 55);
    });
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    assert.deepEqual(await read(stage, consumer, 20), upTo(20));
  });

  test("a lost connection, a moved leader and a busy disk are got over", async () => {
    const stage = await start();
    const troubles = [
      HANG_UP,
      ErrorCode.NOT_LEADER_OR_FOLLOWER,
      ErrorCode.KAFKA_STORAGE_ERROR,
      ErrorCode.UNKNOWN_LEADER_EPOCH,
      ErrorCode.OFFSET_NOT_AVAILABLE,
    ] as const;
    let requests = 0;
    stage.broker.on(fetchApi, (request) => {
      const trouble = troubles[requests++];
      if (trouble === HANG_UP) return HANG_UP;
      if (trouble !== undefined) return fetched({ 0: { errorCode: trouble } });
      const from = request.topics[0]!.partitions[0]!.fetchOffset;
      return from >= 10 ? SILENCE : fetched({ 0: { records: batch(from, 10).bytes } });
    });
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    assert.deepEqual(await read(stage, consumer, 10), upTo(10));
  });

  test("what was cut off in a change of leader is read again from the cut (KIP-320)", async () => {
    const stage = await start();
    let log = [batch(0, 5), batch(5, 5)];
    serveLog(stage.broker, () => log);
    stage.broker.on(offsetForLeaderEpochApi, (request) => {
      assert.equal(request.topics[0]!.partitions[0]!.leaderEpoch, 0);
      return makeOffsetForLeaderEpochResponse({
        topics: [
          makeOffsetForLeaderTopicResult({ topic: "t", partitions: [makeEpochEndOffset({ partition: 0, leaderEpoch: 0, endOffset: 5 })] }),
        ],
      });
    });
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    assert.deepEqual(await read(stage, consumer, 10), upTo(10));
    log = [batch(0, 5), batch(5, 3, { epoch: 1 })];
    stage.epoch = 1;
    assert.deepEqual(await read(stage, consumer, 3), [5, 6, 7]);
    assert.equal(await consumer.position(at), 8);
  });

  test("a topic that was deleted and made anew is read from where the policy says, not from where the old one was left", async () => {
    const stage = await start();
    let topicId = "AAAAAAAAAAAAAAAAAAAAAQ";
    stage.broker.serveMetadata(() => ({ t: [1] }), [stage.broker], { topicId: () => topicId });
    let count = 10;
    stage.broker.on(
      fetchApi,
      (request) => {
        const from = request.topics[0]?.partitions[0]?.fetchOffset ?? 0;
        return from >= count ? SILENCE : fetched({ 0: { records: batch(from, count - from).bytes } });
      },
      12,
    );
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    assert.deepEqual(await read(stage, consumer, 10), upTo(10));
    topicId = "AAAAAAAAAAAAAAAAAAAAAg";
    count = 3;
    assert.deepEqual(await read(stage, consumer, 3), [0, 1, 2]);
  });

  test("a question about a log's end that came under an epoch that was over by then is asked again under the new one", async () => {
    const stage = await start();
    serveLog(stage.broker, () => [batch(0, 5)]);
    const asked: number[] = [];
    stage.broker.on(offsetForLeaderEpochApi, (request) => {
      const { currentLeaderEpoch } = request.topics[0]!.partitions[0]!;
      asked.push(currentLeaderEpoch);
      // The leader has changed once more since the metadata was asked for.
      stage.epoch = 2;
      const errorCode = currentLeaderEpoch < 2 ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.NONE;
      const partitions = [makeEpochEndOffset({ errorCode, partition: 0, leaderEpoch: 0, endOffset: 5 })];
      return makeOffsetForLeaderEpochResponse({ topics: [makeOffsetForLeaderTopicResult({ topic: "t", partitions })] });
    });
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    const fromMs = stage.world.clock.monotonicMs();
    await read(stage, consumer, 5);
    const fetchedUnder = () =>
      stage.broker
        .requestsOf(fetchApi)
        .flatMap(({ topics }) => topics.flatMap((topic) => topic.partitions.map((each) => each.currentLeaderEpoch)));
    const polling = consumer.poll(20_000);
    await stage.world.until("it goes on under the new epoch", () => fetchedUnder().includes(2));
    assert.deepEqual([asked[0], asked.at(-1)], [0, 2]);
    assert.ok(stage.world.clock.monotonicMs() - fromMs < 5000, "soon");
    consumer.wakeup();
    await assert.rejects(stage.world.settle(polling));
  });

  for (const trouble of ["has no leader", "has a leader that says nothing"]) {
    test(`a partition that ${trouble} does not hold up the others at the start`, async () => {
      const stage = await start(2);
      const other = await ScriptedBroker.start(stage.world.net, 2);
      other.muteTheRest();
      stage.broker.serveMetadata(() => ({ t: [1, trouble === "has no leader" ? -1 : 2] }), [stage.broker, other]);
      serveLog(stage.broker, () => [batch(0, 5)]);
      const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
      consumer.assign([at, { topic: "t", partition: 1 }]);
      assert.deepEqual(await read(stage, consumer, 5), upTo(5));
      assert.ok(stage.world.clock.monotonicMs() < 3000, `${stage.world.clock.monotonicMs()} ms`);
    });
  }

  test("a log that ends where the reader stands was not cut, for whoever would be told", async () => {
    const stage = await start();
    serveLog(stage.broker, () => [batch(0, 10)]);
    let validated = 0;
    stage.broker.on(offsetForLeaderEpochApi, () => {
      validated++;
      const partitions = [makeEpochEndOffset({ partition: 0, leaderEpoch: 0, endOffset: 10 })];
      return makeOffsetForLeaderEpochResponse({ topics: [makeOffsetForLeaderTopicResult({ topic: "t", partitions })] });
    });
    const consumer = stage.client.consumer({ autoOffsetReset: "none" });
    consumer.assign([at]);
    consumer.seek(at, 0);
    await read(stage, consumer, 10);
    stage.epoch = 1;
    for (let i = 0; i < 20 && validated === 0; i++) await stage.world.settle(consumer.poll(500));
    await stage.world.settle(consumer.poll(500));
    assert.deepEqual([validated, await consumer.position(at)], [1, 10]);
  });

  test("the same under autoOffsetReset none is LOG_TRUNCATED", async () => {
    const stage = await start();
    serveLog(stage.broker, () => [batch(0, 10)]);
    stage.broker.on(offsetForLeaderEpochApi, () =>
      makeOffsetForLeaderEpochResponse({
        topics: [
          makeOffsetForLeaderTopicResult({ topic: "t", partitions: [makeEpochEndOffset({ partition: 0, leaderEpoch: 0, endOffset: 5 })] }),
        ],
      }),
    );
    const consumer = stage.client.consumer({ autoOffsetReset: "none" });
    consumer.assign([at]);
    consumer.seek(at, 0);
    await read(stage, consumer, 10);
    stage.epoch = 1;
    await assert.rejects(async () => {
      for (let i = 0; i < 20; i++) await stage.world.settle(consumer.poll(500));
    }, failsWith("LOG_TRUNCATED"));
  });

  test("a damaged batch: what stands before it is read, then CORRUPT_BATCH at its offset, and a seek goes past it", async () => {
    const stage = await start();
    const bad = batch(5, 5);
    bad.bytes[bad.bytes.length - 1]! ^= 1;
    serveLog(stage.broker, () => [batch(0, 5), bad, batch(10, 5)]);
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    assert.deepEqual(await read(stage, consumer, 5), upTo(5));
    for (let again = 0; again < 2; again++) {
      await assert.rejects(
        stage.world.settle(consumer.poll(10_000)),
        (error: unknown) => failsWith("CORRUPT_BATCH")(error) && /offset 5 /.test((error as Error).message),
      );
    }
    assert.equal(await consumer.position(at), 5);
    consumer.seek(at, 10);
    assert.deepEqual(await read(stage, consumer, 5), upTo(15, 10));
  });

  test("a seek does not wait for a long poll that is out", async () => {
    const stage = await start();
    serveLog(stage.broker, () => [batch(0, 10)]);
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest", fetchMaxWaitMs: 4000 });
    consumer.assign([at]);
    await read(stage, consumer, 10);
    await stage.world.until("the long poll is out", () => stage.broker.requestsOf(fetchApi).length === 2);
    const before = stage.world.clock.monotonicMs();
    consumer.seek(at, 3);
    assert.deepEqual(await read(stage, consumer, 7), upTo(10, 3));
    assert.ok(stage.world.clock.monotonicMs() - before < 1000);
  });

  test("prefetching stops at two chunks per partition until the application takes one", async () => {
    const stage = await start();
    stage.broker.on(fetchApi, (request) => fetched({ 0: { records: batch(request.topics[0]!.partitions[0]!.fetchOffset, 10).bytes } }));
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    assert.deepEqual(await read(stage, consumer, 10), upTo(10));
    await stage.world.clock.advanceAsync(1000);
    await stage.world.until("the buffer is full", () => stage.broker.requestsOf(fetchApi).length === 3);
    await stage.world.clock.advanceAsync(3000);
    assert.equal(stage.broker.requestsOf(fetchApi).length, 3);
    assert.deepEqual(await read(stage, consumer, 10), upTo(20, 10));
  });

  test("no partition starves: all with data have their turn in every poll", async () => {
    const stage = await start(3);
    const next = [0, 0, 0];
    stage.broker.on(fetchApi, (request) =>
      fetched(
        Object.fromEntries(
          request.topics.flatMap((topic) =>
            topic.partitions.map(({ partition, fetchOffset }) => {
              next[partition] = fetchOffset + 5;
              return [partition, { records: batch(fetchOffset, 5).bytes }];
            }),
          ),
        ),
      ),
    );
    const consumer = stage.client.consumer({ autoOffsetReset: "earliest", maxPollRecords: 5 });
    consumer.assign([0, 1, 2].map((partition) => ({ topic: "t", partition })));
    const turns: number[] = [];
    while (turns.length < 9) for (const each of await stage.world.settle(consumer.poll(1000))) turns.push(each.partition);
    for (const partition of [0, 1, 2]) assert.equal(turns.filter((turn) => turn === partition).length, 3, turns.join());
  });

  test("a consumer in the rack of a follower reads from it, and from the leader again when the follower is behind (KIP-392)", async () => {
    const world = makeWorld();
    const leader = await ScriptedBroker.start(world.net, 1);
    const follower = await ScriptedBroker.start(world.net, 2);
    leader.serveMetadata(() => ({ t: [1] }), [leader, follower]);
    leader.on(fetchApi, (request) => {
      assert.equal(request.rackId, "here");
      const from = request.topics[0]!.partitions[0]!.fetchOffset;
      return from === 0
        ? fetched({ 0: { preferredReadReplica: 2 } })
        : from === 5
          ? fetched({ 0: { records: batch(5, 5).bytes } })
          : SILENCE;
    });
    follower.on(fetchApi, (request) => {
      const from = request.topics[0]!.partitions[0]!.fetchOffset;
      return from === 0 ? fetched({ 0: { records: batch(0, 5).bytes } }) : fetched({ 0: { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE } });
    });
    const client = createClient({ bootstrapServers: leader.bootstrap, rack: "here" }, world);
    const consumer = client.consumer();
    consumer.assign([at]);
    consumer.seek(at, 0);
    const values: number[] = [];
    while (values.length < 10)
      for (const each of await world.settle(consumer.poll(10_000))) for (const { value } of each) values.push(Number(value));
    assert.deepEqual(values, upTo(10));
    assert.equal(follower.requestsOf(fetchApi)[0]!.topics[0]!.partitions[0]!.fetchOffset, 0);
  });

  test("a follower that goes away, or whose time is over, is left for the leader (KIP-392)", async () => {
    for (const way of ["goes away", "keeps silent", "expires"] as const) {
      const world = makeWorld();
      const leader = await ScriptedBroker.start(world.net, 1);
      const follower = await ScriptedBroker.start(world.net, 2);
      leader.serveMetadata(() => ({ t: [1] }), [leader, follower]);
      let isNamed = true;
      leader.on(fetchApi, (request) => {
        const from = request.topics[0]!.partitions[0]!.fetchOffset;
        if (isNamed) return fetched({ 0: { preferredReadReplica: 2 } });
        return from < 10 ? fetched({ 0: { records: batch(from, 10 - from).bytes } }) : SILENCE;
      });
      follower.on(fetchApi, async (request) => {
        const from = request.topics[0]!.partitions[0]!.fetchOffset;
        isNamed = false;
        if (from === 0) return fetched({ 0: { records: batch(0, 5).bytes } });
        if (way === "goes away") return HANG_UP;
        if (way === "keeps silent") return SILENCE;
        await new Promise<void>((resolve) => void world.clock.schedule(500, resolve));
        return fetched({ 0: {} });
      });
      const client = createClient(
        { bootstrapServers: leader.bootstrap, rack: "here", requestTimeoutMs: 5000, metadataMaxAgeMs: 20_000 },
        world,
      );
      const consumer = client.consumer();
      consumer.assign([at]);
      consumer.seek(at, 0);
      const values: number[] = [];
      while (values.length < 10)
        for (const each of await world.settle(consumer.poll(60_000))) for (const { value } of each) values.push(Number(value));
      assert.deepEqual(values, upTo(10), way);
      // Long before the time of a follower is over, unless that is the case.
      assert.equal(world.clock.monotonicMs() >= 20_000, way === "expires", way);
      await client.close();
    }
  });

  test("peers' defect, slow tails: a record that comes while the long poll is out is delivered with its answer, not at the end of the wait", async () => {
    const { world, client, broker } = await start();
    let answer: (() => void) | undefined;
    broker.on(fetchApi, async (request) => {
      assert.equal(request.maxWaitMs, 60_000);
      if (request.topics[0]?.partitions[0]?.fetchOffset !== 0) return SILENCE;
      await new Promise<void>((resolve) => (answer = resolve));
      return fetched({ 0: { records: batch(0, 1).bytes } });
    });
    const consumer = client.consumer({ autoOffsetReset: "earliest", fetchMaxWaitMs: 60_000 });
    consumer.assign([at]);
    const polling = consumer.poll(60_000);
    await world.until("the long poll is out", () => answer !== undefined);
    const beforeMs = world.clock.monotonicMs();
    answer!();
    assert.equal((await world.settle(polling)).length, 1);
    assert.ok(world.clock.monotonicMs() - beforeMs < 100);
  });

  test("peers' defect, capped batches: a chunk of thousands of records is one batch, and headers of one name are all read, in order", async () => {
    const { world, client, broker } = await start();
    const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 0 });
    const headers = ["1", "2", "1"].map((value) => ({ key: "same", value: Buffer.from(value) }));
    for (let i = 0; i < 5000; i++) builder.append(null, Buffer.from(String(i)), i === 0 ? headers : [], 1000);
    const bytes = builder.close();
    broker.on(fetchApi, (request) => (request.topics[0]?.partitions[0]?.fetchOffset === 0 ? fetched({ 0: { records: bytes } }) : SILENCE));
    const consumer = client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([at]);
    const batches = await world.settle(consumer.poll(10_000));
    assert.equal(batches.length, 1);
    const records = [...batches[0]!];
    assert.equal(records.length, 5000);
    assert.deepEqual(
      records[0]!.headers.map(({ key, value }) => `${key}=${value}`),
      ["same=1", "same=2", "same=1"],
    );
  });

  test("bad calls fail in a sentence", async () => {
    const { world, client, broker } = await start();
    serveLog(broker, () => []);
    const consumer = client.consumer();
    await assert.rejects(consumer.poll(0), failsWith("INVALID_ARGUMENT"));
    assert.throws(() => consumer.subscribe("t"), failsWith("INVALID_ARGUMENT"));
    assert.throws(() => consumer.seek(at, 1), failsWith("NOT_ASSIGNED"));
    await assert.rejects(consumer.commit([{ ...at, offset: 1 }]), failsWith("INVALID_ARGUMENT"));
    consumer.assign([at]);
    assert.throws(() => consumer.seek(at, -1), failsWith("INVALID_ARGUMENT"));
    const polling = consumer.poll(50);
    await assert.rejects(consumer.poll(50), failsWith("INVALID_ARGUMENT"));
    await world.settle(polling);
    assert.throws(() => client.consumer({ heartbeatIntervalMs: 9, sessionTimeoutMs: 9 }), failsWith("INVALID_OPTION"));
    assert.throws(() => client.consumer({ enableAutoCommit: true }), failsWith("INVALID_OPTION"));
    assert.throws(() => client.consumer({ assignors: [] }), failsWith("INVALID_OPTION"));
  });
});
