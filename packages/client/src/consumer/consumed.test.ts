import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { fetchApi, makeFetchableTopicResponse, makeFetchResponse, makePartitionData } from "@ottla/protocol/apis/fetch";
import { findCoordinatorApi, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import { listOffsetsApi } from "@ottla/protocol/apis/list-offsets";
import {
  makeOffsetCommitResponse,
  makeOffsetCommitResponsePartition,
  makeOffsetCommitResponseTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { encodeEndTransactionMarker, RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import { createClient } from "../client.ts";
import { ClientError } from "../client-error.ts";
import { HOST, ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import type { Consumer, ConsumerOptions, ConsumerRecord } from "./consumer-types.ts";

const at = { topic: "t", partition: 0 };
const PRODUCER_ID = 9;

/** Records at these offsets. */
function batch(baseOffset: number, count: number, isTransactional = false): Buffer {
  const builder = new RecordBatchBuilder({ isTransactional });
  for (let i = 0; i < count; i++) builder.append(null, Buffer.from(String(baseOffset + i)), [], 1000);
  if (isTransactional) builder.setProducerState(PRODUCER_ID, 0, 0);
  const bytes = builder.close();
  setBaseOffset(bytes, 0, baseOffset);
  return bytes;
}

const marker = (baseOffset: number) =>
  encodeEndTransactionMarker(
    { outcome: "commit", coordinatorEpoch: 0 },
    { producerId: PRODUCER_ID, producerEpoch: 0, baseOffset, partitionLeaderEpoch: 0, timestampMs: 1 },
  );

/** A consumer at offset 0 of a log that ends at `end`, with a group but not as its member. `chunks`: what each fetch offset is answered with. */
async function start(
  chunks: ReadonlyMap<number, readonly Buffer[]>,
  end: number,
  options: ConsumerOptions = {},
  clockOf: (clock: Clock) => Clock = (clock) => clock,
) {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({ t: [1] }));
  broker.on(findCoordinatorApi, () => makeFindCoordinatorResponse({ nodeId: 1, host: HOST, port: broker.port }), 3);
  broker.on(fetchApi, (request) => {
    const from = request.topics[0]?.partitions[0]?.fetchOffset;
    const answer = from === undefined ? undefined : chunks.get(from);
    if (answer === undefined) return SILENCE;
    const records = Buffer.concat(answer);
    const data = makePartitionData({ partitionIndex: 0, highWatermark: end, lastStableOffset: end, logStartOffset: 0, records });
    return makeFetchResponse({ responses: [makeFetchableTopicResponse({ topic: "t", partitions: [data] })] });
  });
  const commits: number[] = [];
  const answers: number[] = [];
  broker.on(
    offsetCommitApi,
    (request) => {
      const errorCode = answers.shift() ?? ErrorCode.NONE;
      // A later commit may have made this one's retry an empty one.
      for (const { partitions } of request.topics) commits.push(...partitions.map(({ committedOffset }) => committedOffset));
      const partitions = [makeOffsetCommitResponsePartition({ partitionIndex: 0, errorCode })];
      return makeOffsetCommitResponse({ topics: request.topics.map(({ name }) => makeOffsetCommitResponseTopic({ name, partitions })) });
    },
    8,
  );
  const client = createClient({ bootstrapServers: broker.bootstrap }, { ...world, clock: clockOf(world.clock) });
  const consumer = client.consumer({ groupId: "g", autoOffsetReset: "earliest", autoCommitIntervalMs: 1000, ...options });
  consumer.assign([at]);
  consumer.seek(at, 0);
  const next = async (loop: AsyncIterator<ConsumerRecord, undefined>) => (await world.settle(loop.next())).value!.offset;
  return { world, broker, client, consumer, commits, answers, next };
}

const lag = (consumer: Consumer) => consumer.currentLag(at);

describe("a marker behind the last record", () => {
  const inOneAnswer = new Map([[0, [batch(0, 3, true), marker(3)]]]);

  test("leaves no lag behind a loop over records, nor behind its commit", async () => {
    const { world, consumer, commits, next } = await start(inOneAnswer, 4, { enableAutoCommit: false });
    const loop = consumer.records();
    assert.deepEqual([await next(loop), await next(loop), lag(consumer)], [0, 1, 2]);
    assert.equal(await next(loop), 2);
    assert.equal(lag(consumer), 0);
    await world.settle(consumer.commit());
    assert.deepEqual(commits, [4]);
  });

  test("leaves no lag behind the commit of the last record, and none is skipped by that of an earlier one", async () => {
    for (const way of ["records", "batches"] as const) {
      const { world, consumer, commits } = await start(inOneAnswer, 4, { enableAutoCommit: false });
      const records: ConsumerRecord[] = [];
      if (way === "records") {
        const loop = consumer.records();
        while (records.length < 3) records.push((await world.settle(loop.next())).value!);
      } else records.push(...(await world.settle(consumer.batches().next())).value!);
      for (const record of records) await world.settle(consumer.commit(record));
      assert.deepEqual(commits, [1, 2, 4], way);
    }
  });

  test("that comes alone in an answer is passed over by a waiting loop", async () => {
    const alone = new Map([
      [0, [batch(0, 3, true)]],
      [3, [marker(3)]],
    ]);
    const { world, consumer, commits, next } = await start(alone, 4);
    const loop = consumer.records();
    for (let i = 0; i < 3; i++) await next(loop);
    void loop.next().catch(() => {});
    await world.until("the consumer has no lag", () => lag(consumer) === 0);
    await world.until("that is committed", () => commits.at(-1) === 4);
  });
});

describe("automatic commits", () => {
  test("never cover the record in hand, however long it takes", async () => {
    const { world, consumer, commits, next } = await start(new Map([[0, [batch(0, 10)]]]), 10);
    const loop = consumer.records();
    for (let i = 0; i < 5; i++) await next(loop);
    await world.pass(5000);
    assert.equal(await next(loop), 5);
    await world.until("it commits", () => commits.length > 0);
    await world.settle(consumer.close({ loopTimeoutMs: 0 }));
    assert.deepEqual(commits, [5]);
  });

  test("come in the middle of a batch that takes long", async () => {
    const { world, consumer, commits, next } = await start(new Map([[0, [batch(0, 10)]]]), 10);
    const loop = consumer.records();
    for (let i = 0; i < 4; i++) {
      await next(loop);
      await world.pass(600);
    }
    assert.deepEqual(commits, [2]);
  });

  test("a seek while a record is in hand moves what is consumed with the next record only", async () => {
    const { world, consumer, commits, next } = await start(new Map([[0, [batch(0, 10)]]]), 10);
    const loop = consumer.records();
    for (let i = 0; i < 5; i++) await next(loop);
    consumer.seek(at, 9);
    await world.settle(consumer.close({ loopTimeoutMs: 0 }));
    assert.deepEqual(commits, [4]);
  });
});

describe("a commit", () => {
  for (const [name, errorCode] of [
    ["topic", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ["topic id", ErrorCode.UNKNOWN_TOPIC_ID],
  ] as const) {
    test(`to a ${name} that the broker does not know is tried again, and refused soon`, async () => {
      const { world, consumer, commits, answers } = await start(new Map(), 0, { enableAutoCommit: false });
      answers.push(errorCode, errorCode);
      await world.settle(consumer.commit([{ ...at, offset: 3 }]));
      answers.push(errorCode, errorCode, errorCode);
      await assert.rejects(world.settle(consumer.commit([{ ...at, offset: 4 }])), { errorCode });
      assert.deepEqual(commits, [3, 3, 3, 4, 4, 4]);
    });
  }

  test("that is tried again does not overwrite a later one", async () => {
    const { world, consumer, commits, answers } = await start(new Map([[0, [batch(0, 10)]]]), 10, { enableAutoCommit: false });
    answers.push(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    const first = consumer.commit([{ ...at, offset: 3 }]);
    await world.until("the first one was refused", () => commits.length === 1);
    await world.settle(consumer.commit([{ ...at, offset: 7 }]));
    await world.settle(first);
    assert.deepEqual(commits, [3, 7]);
  });

  test("of a lone place is refused: it could be a record or the next offset, and the two differ by one", async () => {
    const { consumer } = await start(new Map(), 0);
    await assert.rejects(
      consumer.commit({ ...at, offset: 3 } as unknown as ConsumerRecord),
      (error: unknown) =>
        error instanceof ClientError && error.code === "INVALID_ARGUMENT" && /a record, a batch, a list of offsets/.test(error.message),
    );
  });

  test("whose callback throws harms nobody", async () => {
    const { world, consumer, commits } = await start(new Map(), 0);
    consumer.commitAsync([{ ...at, offset: 1 }], () => {
      throw new Error("the callback");
    });
    await world.until("it is written", () => commits.length === 1);
    await world.pass(10);
  });
});

describe("a poll", () => {
  test("whose caller gave up takes nothing with it", async () => {
    const { world, consumer } = await start(new Map([[0, [batch(0, 10)]]]), 10);
    const caller = new AbortController();
    const given = consumer.poll(60_000, { signal: caller.signal });
    caller.abort();
    await assert.rejects(given, (error: unknown) => error instanceof ClientError && error.code === "ABORTED");
    const [first] = await world.settle(consumer.poll(60_000));
    assert.equal(first!.startOffset, 0);
  });

  test("and a question for the position both hear the news they wait for", async () => {
    const { world, broker, consumer } = await start(new Map([[0, [batch(0, 1)]]]), 1);
    broker.on(listOffsetsApi, () => SILENCE);
    consumer.seekToEnd();
    const polling = consumer.poll(20_000);
    const position = consumer.position(at);
    await world.pass(10);
    consumer.seek(at, 0);
    assert.equal(await position, 0);
    const [first] = await world.settle(polling);
    assert.equal(first!.startOffset, 0);
  });
});

for (const way of ["batches", "records"] as const) {
  test(`a loop over ${way} lets the others in the process have a turn when what is ready takes long`, async () => {
    // Time that passes while the application works, and no timer runs.
    let workedMs = 0;
    const busy = (clock: Clock): Clock => ({
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs() + workedMs,
      schedule: (delayMs, run) => clock.schedule(delayMs, run),
      nextTurn: (run) => clock.nextTurn(run),
    });
    const count = 1000;
    const recordsEach = way === "batches" ? 1 : 500;
    const chunks = new Map(
      Array.from({ length: count / recordsEach }, (_, i) => [i * recordsEach, [batch(i * recordsEach, recordsEach)]] as const),
    );
    const { world, consumer } = await start(chunks, count, { enableAutoCommit: false }, busy);
    const loop: AsyncIterator<unknown> = consumer[way]();
    await world.settle(loop.next());
    // Both chunks that are kept ready are there.
    await world.clock.advanceAsync(0);
    const isThereAtOnce = async (): Promise<boolean> => {
      const next = loop.next();
      const isThere = await Promise.race([next.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
      if (!isThere) await world.settle(next);
      return isThere;
    };
    assert.equal(await isThereAtOnce(), true, "nothing has taken long");
    workedMs += 6;
    const outcomes: boolean[] = [];
    for (let i = 0; i < (way === "batches" ? 1 : 64); i++) outcomes.push(await isThereAtOnce());
    assert.equal(outcomes.filter((isThere) => !isThere).length, 1);
  });
}
