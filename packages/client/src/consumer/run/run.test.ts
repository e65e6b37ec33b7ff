import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { fetchApi, makeFetchableTopicResponse, makeFetchResponse, makePartitionData } from "@ottla/protocol/apis/fetch";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetCommitResponse,
  makeOffsetCommitResponsePartition,
  makeOffsetCommitResponseTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetFetchResponse,
  makeOffsetFetchResponseGroup,
  makeOffsetFetchResponsePartitions,
  makeOffsetFetchResponseTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { initProducerIdApi, makeInitProducerIdResponse } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import { ClientError } from "../../client-error.ts";
import { type Client, createClient } from "../../client.ts";
import { HOST, ScriptedBroker } from "../../testing/scripted-broker.ts";
import { answerAll, batchesOf } from "../../testing/producer-stage.ts";
import { makeWorld, type SimulatedWorld } from "../../testing/simulated-world.ts";
import type { Consumer, ConsumerOptions, ConsumerRecord } from "../consumer-types.ts";
import type { RunOptions } from "./run-types.ts";

interface Stored {
  readonly key: string | null;
  readonly value: string;
  readonly header?: string;
  /** In place of that. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A topic "t" whose partitions are lists, and a group that takes commits. */
class Stage {
  readonly world: SimulatedWorld = makeWorld();
  readonly logs: Stored[][];
  readonly committed = new Map<number, number>();
  readonly warnings: string[] = [];
  broker!: ScriptedBroker;
  client!: Client;
  #onAppend: (() => void)[] = [];

  constructor(logs: Stored[][]) {
    this.logs = logs;
  }

  static async start(logs: Stored[][]): Promise<Stage> {
    const stage = new Stage(logs);
    const broker = (stage.broker = await ScriptedBroker.start(stage.world.net));
    const noteWarning = (message: string) => void stage.warnings.push(message);
    const logger = { ...stage.world.logger, warn: noteWarning, error: noteWarning };
    stage.client = createClient({ bootstrapServers: broker.bootstrap, requestTimeoutMs: 5000 }, { ...stage.world, logger });
    broker.serveMetadata(() => ({ t: logs.map(() => 1) }));
    broker.on(findCoordinatorApi, () =>
      makeFindCoordinatorResponse({ coordinators: [makeCoordinator({ key: "g", nodeId: 1, host: HOST, port: broker.port })] }),
    );
    broker.on(
      offsetFetchApi,
      ({ groups }) =>
        makeOffsetFetchResponse({
          groups: [
            makeOffsetFetchResponseGroup({
              groupId: "g",
              topics: groups[0]!.topics!.map(({ name, partitionIndexes }) =>
                makeOffsetFetchResponseTopics({
                  name,
                  partitions: partitionIndexes.map((partitionIndex) =>
                    makeOffsetFetchResponsePartitions({
                      partitionIndex,
                      committedOffset: stage.committed.get(partitionIndex) ?? 0,
                      committedLeaderEpoch: -1,
                    }),
                  ),
                }),
              ),
            }),
          ],
        }),
      9,
    );
    broker.on(
      offsetCommitApi,
      ({ topics }) => {
        for (const { partitions } of topics) for (const p of partitions) stage.committed.set(p.partitionIndex, p.committedOffset);
        return makeOffsetCommitResponse({
          topics: topics.map(({ name, partitions }) =>
            makeOffsetCommitResponseTopic({
              name,
              partitions: partitions.map(({ partitionIndex }) =>
                makeOffsetCommitResponsePartition({ partitionIndex, errorCode: ErrorCode.NONE }),
              ),
            }),
          ),
        });
      },
      9,
    );
    broker.on(
      fetchApi,
      async (request) => {
        const asked = request.topics.flatMap(({ partitions }) => partitions);
        for (;;) {
          const partitions = asked.flatMap(({ partition, fetchOffset }) => {
            const rest = logs[partition]!.slice(fetchOffset, fetchOffset + 50);
            const highWatermark = logs[partition]!.length;
            return rest.length === 0
              ? []
              : [
                  makePartitionData({
                    partitionIndex: partition,
                    highWatermark,
                    lastStableOffset: highWatermark,
                    records: batchOf(fetchOffset, rest),
                  }),
                ];
          });
          if (partitions.length > 0) return makeFetchResponse({ responses: [makeFetchableTopicResponse({ topic: "t", partitions })] });
          await new Promise<void>((resolve) => stage.#onAppend.push(resolve));
        }
      },
      12,
    );
    return stage;
  }

  append(partition: number, records: readonly Stored[]): void {
    this.logs[partition]!.push(...records);
    for (const run of this.#onAppend.splice(0)) run();
  }

  consumer(options: ConsumerOptions = {}): Consumer {
    const consumer = this.client.consumer({ groupId: "g", autoCommitIntervalMs: 100, ...options });
    consumer.assign(this.logs.map((_, partition) => ({ topic: "t", partition })));
    return consumer;
  }

  /** Runs until the test closes it. */
  run(options: RunOptions): { readonly consumer: Consumer; readonly ended: Promise<void> } {
    const consumer = this.consumer();
    const ended = consumer.run(options);
    ended.catch(() => {});
    return { consumer, ended };
  }
}

function batchOf(baseOffset: number, records: readonly Stored[]): Buffer {
  const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 0 });
  for (const { key, value, header, headers = header === undefined ? {} : { id: header } } of records)
    builder.append(
      key === null ? null : Buffer.from(key),
      Buffer.from(value),
      Object.entries(headers).map(([name, text]) => ({ key: name, value: Buffer.from(text) })),
      1000,
    );
  const bytes = builder.close();
  setBaseOffset(bytes, 0, baseOffset);
  return bytes;
}

const numbered = (count: number, key: (i: number) => string | null = () => null, from = 0): Stored[] =>
  Array.from({ length: count }, (_, i) => ({ key: key(from + i), value: String(from + i) }));

/** Handlers whose ends the test decides. */
class Handlers {
  readonly begun: string[] = [];
  readonly #open = new Map<string, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();

  readonly eachRecord = (record: ConsumerRecord): Promise<void> => {
    const name = `${record.partition}:${record.offset}`;
    this.begun.push(name);
    return new Promise((resolve, reject) => void this.#open.set(name, { resolve, reject }));
  };

  get open(): readonly string[] {
    return [...this.#open.keys()];
  }

  end(name: string, error?: Error): void {
    const handler = this.#open.get(name);
    assert.ok(handler, `${name} is not at work; ${this.open.join()} are`);
    this.#open.delete(name);
    if (error) handler.reject(error);
    else handler.resolve();
  }
}

const failsWith = (code: string) => (error: unknown) => error instanceof ClientError && error.code === code;

describe("run", () => {
  test("by partition: one record of a partition at a time, partitions beside each other, never more than `concurrency`", async () => {
    const stage = await Stage.start([numbered(3), numbered(3), numbered(3)]);
    const handlers = new Handlers();
    stage.run({ concurrency: 2, eachRecord: handlers.eachRecord });
    await stage.world.until("two are at work", () => handlers.open.length === 2);
    await stage.world.pass(200);
    assert.deepEqual(handlers.begun, ["0:0", "1:0"]);
    handlers.end("1:0");
    await stage.world.until("another one", () => handlers.begun.length === 3);
    for (let i = 0; i < 8; i++) {
      handlers.end(handlers.open[0]!);
      await stage.world.pass(1);
      assert.ok(handlers.open.length <= 2);
    }
    for (const p of [0, 1, 2])
      assert.deepEqual(
        handlers.begun.filter((name) => name.startsWith(`${p}:`)),
        [0, 1, 2].map((o) => `${p}:${o}`),
      );
  });

  test("by key: equal keys in order, others beside each other, and the commit never passes an unfinished record", async () => {
    const stage = await Stage.start([numbered(6, (i) => ["a", "b", "a", "c", "b", "a"][i]!)]);
    const handlers = new Handlers();
    stage.run({ concurrency: 10, orderBy: "key", eachRecord: handlers.eachRecord });
    await stage.world.until("the first of each key", () => handlers.begun.length === 3);
    await stage.world.pass(300);
    assert.deepEqual(handlers.begun, ["0:0", "0:1", "0:3"]);
    handlers.end("0:1");
    handlers.end("0:3");
    await stage.world.pass(300);
    assert.deepEqual(handlers.begun.slice(3), ["0:4"]);
    assert.equal(stage.committed.get(0) ?? 0, 0);
    handlers.end("0:4");
    handlers.end("0:0");
    await stage.world.pass(300);
    assert.equal(stage.committed.get(0), 2);
    handlers.end("0:2");
    await stage.world.pass(300);
    assert.equal(stage.committed.get(0), 5);
  });

  for (const [what, errorCode] of [
    ["is there", ErrorCode.NONE],
    ["is refused", ErrorCode.TOPIC_AUTHORIZATION_FAILED],
  ] as const)
    test(`a record that goes to the dead letters is done with when it is known to be there, and not before: it ${what}`, async () => {
      const stage = await Stage.start([numbered(3)]);
      stage.broker.serveMetadata(() => ({ t: [1], d: [1] }));
      stage.broker.on(initProducerIdApi, () => makeInitProducerIdResponse({ producerId: 5, producerEpoch: 0 }));
      const sent = Promise.withResolvers<void>();
      stage.broker.on(produceApi, async (request) => {
        await sent.promise;
        return answerAll(request, { errorCode });
      });
      const handled: number[] = [];
      const { ended } = stage.run({
        eachRecord: ({ offset }) => {
          if (offset === 1) throw new Error("bad");
          handled.push(offset);
        },
        onError: { deadLetterTopic: "d" },
      });
      ended.catch(() => {});
      await stage.world.until("it is on its way", () => stage.broker.requestsOf(produceApi).length > 0);
      await stage.world.pass(500);
      assert.deepEqual([handled, stage.committed.get(0)], [[0], 1]);
      sent.resolve();
      if (errorCode === ErrorCode.NONE) {
        await stage.world.until("all are done with", () => stage.committed.get(0) === 3);
        const [letter] = batchesOf(stage.broker.requestsOf(produceApi));
        assert.deepEqual([letter!.count, handled], [1, [0, 2]]);
      } else {
        await assert.rejects(stage.world.settle(ended), {
          code: "RECORD_FAILED",
          message: /t-0 at offset 1 could not be handled, nor be moved to d: /,
        });
        assert.deepEqual([handled, stage.committed.get(0)], [[0], 1]);
      }
    });

  test("by key: what may be begun before an unfinished record is bounded", async () => {
    const stage = await Stage.start([numbered(100, (i) => String(i))]);
    const handlers = new Handlers();
    stage.run({ concurrency: 5, outstandingMax: 20, orderBy: "key", eachRecord: handlers.eachRecord });
    await stage.world.until("five are at work", () => handlers.open.length === 5);
    for (let i = 0; i < 100 && handlers.open.length > 1; i++) {
      handlers.end(handlers.open.find((name) => name !== "0:0")!);
      await stage.world.pass(1);
    }
    assert.equal(handlers.begun.length, 20);
    handlers.end("0:0");
    await stage.world.until("it goes on", () => handlers.begun.length > 20);
  });

  test("a handler that fails is called again after a pause, in order, and the count of tries is told", async () => {
    const stage = await Stage.start([numbered(3)]);
    const seen: string[] = [];
    const { consumer } = stage.run({
      onError: { attempts: 3, backoffMs: 1000 },
      eachRecord: ({ offset }, { attempt }) => {
        seen.push(`${offset}#${attempt}`);
        if (offset === 1 && attempt < 3) throw new Error("not yet");
      },
    });
    await stage.world.until("all are handled", () => seen.length === 5);
    assert.deepEqual(seen, ["0#1", "1#1", "1#2", "1#3", "2#1"]);
    await stage.world.settle(consumer.close());
    assert.equal(stage.committed.get(0), 3);
  });

  test("by key: a record that waits for another try holds back those of its key, and no others", async () => {
    const stage = await Stage.start([numbered(4, (i) => ["a", "a", "b", "a"][i]!)]);
    const seen: string[] = [];
    stage.run({
      concurrency: 4,
      orderBy: "key",
      onError: { attempts: 2, backoffMs: 1000 },
      eachRecord: async ({ offset }, { attempt }) => {
        seen.push(`${offset}#${attempt}`);
        if (offset === 0 && attempt === 1) throw new Error("not yet");
      },
    });
    await stage.world.until("all is committed", () => stage.committed.get(0) === 4);
    assert.deepEqual(seen, ["0#1", "2#1", "0#2", "1#1", "3#1"]);
  });

  test("by key: after a seek nothing is begun before what is in hand has ended", async () => {
    const stage = await Stage.start([numbered(6, (i) => String(i))]);
    const handlers = new Handlers();
    const { consumer } = stage.run({ concurrency: 2, orderBy: "key", eachRecord: handlers.eachRecord });
    await stage.world.until("two are at work", () => handlers.open.length === 2);
    consumer.seek({ topic: "t", partition: 0 }, 4);
    handlers.end("0:0");
    await stage.world.pass(500);
    assert.deepEqual(handlers.begun, ["0:0", "0:1"]);
    handlers.end("0:1");
    await stage.world.until("those behind the seek are at work", () => handlers.begun.length === 4);
    assert.deepEqual(handlers.begun.slice(2), ["0:4", "0:5"]);
  });

  test("while a record waits for another try, its handler's place is free for other partitions", async () => {
    const stage = await Stage.start([numbered(1), numbered(5)]);
    const seen: string[] = [];
    stage.run({
      onError: { attempts: 2, backoffMs: 60_000, backoffMaxMs: 60_000 },
      eachRecord: ({ partition, offset }) => {
        seen.push(`${partition}:${offset}`);
        if (partition === 0) throw new Error("not yet");
      },
    });
    await stage.world.until("the other partition is done", () => seen.filter((each) => each.startsWith("1")).length === 5);
    assert.equal(seen.filter((each) => each === "0:0").length, 1);
  });

  test("a record that cannot be handled ends the run, which closes the consumer; nothing behind it is committed and it looks dead", async () => {
    const stage = await Stage.start([numbered(5)]);
    const { consumer, ended } = stage.run({
      onError: { attempts: 2, backoffMs: 10 },
      eachRecord: ({ offset }) => {
        if (offset === 2) throw new TypeError("bad");
      },
    });
    await assert.rejects(
      stage.world.settle(ended),
      (error) => failsWith("RECORD_FAILED")(error) && /t-0 at offset 2 .* 2 attempts: bad/.test((error as Error).message),
    );
    assert.equal(stage.committed.get(0), 2);
    const { state, isAlive, isReady, error } = consumer.health();
    assert.deepEqual([state, isAlive, isReady, (error as ClientError).code], ["failed", false, false, "RECORD_FAILED"]);
  });

  test("what a handler throws may be anything, also what cannot be made a text", async () => {
    const unreadable = new Proxy({}, { get: () => assert.fail("read") });
    for (const thrown of [undefined, null, Symbol("s"), Object.create(null), unreadable]) {
      const stage = await Stage.start([numbered(1)]);
      const eachRecord = () => Promise.reject(thrown as Error);
      await assert.rejects(stage.world.settle(stage.run({ eachRecord }).ended), failsWith("RECORD_FAILED"));
    }
  });

  test("onError.otherwise skip goes on, and says so", async () => {
    const stage = await Stage.start([numbered(3)]);
    const { consumer } = stage.run({
      onError: { attempts: 1, otherwise: "skip" },
      eachRecord: ({ offset }) => {
        if (offset === 1) throw new Error("bad");
      },
    });
    await stage.world.until("all is committed", () => stage.committed.get(0) === 3);
    assert.ok(stage.warnings.some((warning) => warning.startsWith("skipped a record")));
    await stage.world.settle(consumer.close());
  });

  test("close waits for what is in hand, begins nothing more, commits what is done and resolves the run", async () => {
    const stage = await Stage.start([numbered(5), numbered(5)]);
    const handlers = new Handlers();
    const { consumer, ended } = stage.run({ concurrency: 2, eachRecord: handlers.eachRecord });
    await stage.world.until("two are at work", () => handlers.open.length === 2);
    let isClosed = false;
    const closing = consumer.close().then(() => (isClosed = true));
    await stage.world.pass(1000);
    assert.deepEqual([isClosed, consumer.health().state], [false, "draining"]);
    handlers.end("0:0");
    handlers.end("1:0");
    await stage.world.settle(closing);
    await stage.world.settle(ended);
    assert.deepEqual([handlers.begun.length, stage.committed.get(0), stage.committed.get(1)], [2, 1, 1]);
    assert.equal(consumer.health().state, "closed");
  });

  test("by key: what was taken is finished before the partition goes, so that what is done behind it is not read again", async () => {
    const stage = await Stage.start([numbered(3, (i) => ["a", "a", "b"][i]!)]);
    const handlers = new Handlers();
    const { consumer, ended } = stage.run({ concurrency: 10, orderBy: "key", eachRecord: handlers.eachRecord });
    await stage.world.until("the first of each key", () => handlers.begun.length === 2);
    assert.deepEqual(handlers.begun, ["0:0", "0:2"]);
    const closing = consumer.close();
    await stage.world.pass(100);
    handlers.end("0:0");
    handlers.end("0:2");
    await stage.world.until("the second of a key", () => handlers.begun.length === 3);
    handlers.end("0:1");
    await stage.world.settle(closing);
    await stage.world.settle(ended);
    assert.equal(stage.committed.get(0), 3);
  });

  test("close gives up a handler that does not end in time: its signal says so, its record is not committed", async () => {
    const stage = await Stage.start([numbered(5), numbered(5)]);
    const handlers = new Handlers();
    let signal: AbortSignal | undefined;
    const { consumer, ended } = stage.run({
      concurrency: 2,
      eachRecord: (record, context) => {
        if (record.partition === 0) signal = context.signal;
        return handlers.eachRecord(record);
      },
    });
    await stage.world.until("two are at work", () => handlers.open.length === 2);
    const closing = consumer.close({ timeoutMs: 4000, loopTimeoutMs: 1000 });
    handlers.end("1:0");
    await stage.world.settle(closing);
    await stage.world.settle(ended);
    assert.equal(signal?.aborted, true);
    assert.deepEqual([stage.committed.get(0) ?? 0, stage.committed.get(1)], [0, 1]);
  });

  test("a hundred handlers that never end keep close no longer than one; what becomes of them later moves and commits nothing", async () => {
    const stage = await Stage.start([numbered(200)]);
    const handlers = new Handlers();
    const { consumer, ended } = stage.run({
      concurrency: 100,
      orderBy: "key",
      circuitBreaker: { failures: 1 },
      onError: { attempts: 1, deadLetterTopic: "dead", createTopics: false },
      eachRecord: handlers.eachRecord,
    });
    await stage.world.until("all are at work", () => handlers.open.length === 100);
    const closedAtMs = stage.world.clock.monotonicMs();
    await stage.world.settle(consumer.close({ timeoutMs: 2000 }));
    await stage.world.settle(ended);
    assert.ok(stage.world.clock.monotonicMs() - closedAtMs < 2500);
    const asked = stage.broker.seen.length;
    for (const [i, name] of handlers.open.entries()) handlers.end(name, i % 2 === 0 ? new Error("late") : undefined);
    await stage.world.pass(5000);
    assert.equal(stage.broker.seen.length, asked);
    assert.deepEqual([handlers.begun.length, stage.committed.get(0) ?? 0, consumer.health().state], [100, 0, "closed"]);
  });

  test("a record of a retry topic waits for its time, and not longer than its topic's delay, whatever its header says", async () => {
    const due = (atMs: number): Stored => ({
      key: null,
      value: String(atMs),
      headers: { "ottla.origin.topic": "o", "ottla.origin.partition": "0", "ottla.origin.offset": "5", "ottla.retry.due": String(atMs) },
    });
    const stage = await Stage.start([[], [], []]);
    const { world } = stage;
    const beganMs = world.clock.monotonicMs();
    [300, 31_536_000_000, -5000].forEach((inMs, partition) => stage.append(partition, [due(world.clock.nowMs() + inMs)]));
    const began: (readonly [number, number])[] = [];
    const { consumer, ended } = stage.run({
      concurrency: 3,
      onError: { retryTopics: [{ delayMs: 1000, topic: "t" }], createTopics: false },
      eachRecord: ({ partition }) => void began.push([partition, Math.round(world.clock.monotonicMs() - beganMs)]),
    });
    await world.until("all are handled", () => began.length === 3);
    assert.deepEqual(began, [
      [2, 0],
      [0, 300],
      [1, 1000],
    ]);
    await world.settle(consumer.close());
    await world.settle(ended);
  });

  test("close does not wait for a record that waits for another try", async () => {
    const stage = await Stage.start([numbered(5)]);
    let tries = 0;
    const { consumer, ended } = stage.run({
      onError: { attempts: 9, backoffMs: 100_000, backoffMaxMs: 100_000 },
      eachRecord: () => {
        tries++;
        throw new Error("no");
      },
    });
    await stage.world.until("it was tried", () => tries === 1);
    const before = stage.world.clock.monotonicMs();
    await stage.world.settle(consumer.close());
    await stage.world.settle(ended);
    assert.ok(stage.world.clock.monotonicMs() - before < 1000);
  });

  test("close wins within its deadline while the cluster is away and a handler hangs", async () => {
    const stage = await Stage.start([numbered(5)]);
    const handlers = new Handlers();
    const { consumer, ended } = stage.run({ eachRecord: handlers.eachRecord });
    await stage.world.until("one is at work", () => handlers.open.length === 1);
    await stage.broker.goAway(stage.world.net);
    await stage.world.until("nobody can be reached", () => consumer.health().state === "unreachable");
    assert.deepEqual([consumer.health().isAlive, consumer.health().isReady], [true, false]);
    const before = stage.world.clock.monotonicMs();
    await stage.world.settle(consumer.close({ timeoutMs: 3000 }));
    await stage.world.settle(ended);
    assert.ok(stage.world.clock.monotonicMs() - before <= 3001);
  });

  test("a run that cannot look for its retry topics, since nobody can be reached, says so", async () => {
    const stage = await Stage.start([numbered(1)]);
    await stage.broker.goAway(stage.world.net);
    const { consumer, ended } = stage.run({ onError: { deadLetterTopic: "dead" }, eachRecord: () => {} });
    await stage.world.until("nobody can be reached", () => consumer.health().state === "unreachable");
    assert.deepEqual([consumer.health().isAlive, consumer.health().isReady], [true, false]);
    await stage.world.settle(consumer.close());
    await stage.world.settle(ended);
  });

  test("a cluster that comes back finds the run at work", async () => {
    const stage = await Stage.start([numbered(3)]);
    const seen: number[] = [];
    stage.run({ eachRecord: ({ offset }) => void seen.push(offset) });
    await stage.world.until("three are handled", () => seen.length === 3);
    await stage.broker.goAway(stage.world.net);
    await stage.world.pass(5000);
    await stage.broker.comeBack(stage.world.net);
    stage.append(0, numbered(2, undefined, 3));
    await stage.world.until("five are handled", () => seen.length === 5);
    assert.deepEqual(seen, [0, 1, 2, 3, 4]);
  });

  test("the circuit breaker pauses after failures in a row, tries one, and goes on; health tells", async () => {
    const stage = await Stage.start([numbered(10)]);
    let isBroken = true;
    const times: number[] = [];
    const { consumer } = stage.run({
      circuitBreaker: { failures: 3, pauseMs: 10_000 },
      onError: { attempts: 1000, backoffMs: 1 },
      eachRecord: () => {
        times.push(stage.world.clock.monotonicMs());
        if (isBroken) throw new Error("the database is away");
      },
    });
    await stage.world.until("it has opened", () => consumer.health().state === "paused");
    assert.equal(times.length, 3);
    assert.deepEqual([consumer.health().isAlive, consumer.health().isReady], [true, false]);
    await stage.world.pass(10_100);
    assert.equal(times.length, 4);
    isBroken = false;
    await stage.world.until("all is handled", () => stage.committed.get(0) === 10);
    assert.ok(Math.round(times[4]! - times[3]!) >= 10_000);
    assert.equal(consumer.health().state, "running");
  });

  test("deduplication passes over what was handled, by key or header, and makes a double wait for the one in hand", async () => {
    for (const by of ["key", { header: "id" }] as const) {
      const stage = await Stage.start([
        [
          { key: "a", value: "0", header: "a" },
          { key: "b", value: "1", header: "b" },
        ],
        [
          { key: "a", value: "2", header: "a" },
          { key: null, value: "3" },
        ],
      ]);
      const seen: string[] = [];
      let tries = 0;
      const { consumer } = stage.run({
        concurrency: 4,
        deduplicate: { by },
        onError: { backoffMs: 10 },
        eachRecord: async ({ value }) => {
          if (value!.toString() === "0" && tries++ === 0) throw new Error("once more");
          seen.push(value!.toString());
        },
      });
      await stage.world.until("all is committed", () => stage.committed.get(0) === 2 && stage.committed.get(1) === 2);
      assert.deepEqual(seen.toSorted(), ["0", "1", "3"]);
      await stage.world.settle(consumer.close());
    }
  });

  test("eachBatch: what is said to be done of a batch from before a seek counts no more", async () => {
    const stage = await Stage.start([numbered(50)]);
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let calls = 0;
    let late = (): void => {};
    const { consumer } = stage.run({
      eachBatch: async (batch, { done }) => {
        if (++calls > 1) return second.promise;
        late = () => done([...batch][40]!);
        await first.promise;
      },
    });
    await stage.world.until("the first is at work", () => calls === 1);
    consumer.seek({ topic: "t", partition: 0 }, 0);
    first.resolve();
    await stage.world.until("it is read again", () => calls === 2);
    late();
    await stage.world.pass(500);
    assert.equal(stage.committed.get(0) ?? 0, 0);
    second.resolve();
    await stage.world.until("all is committed", () => stage.committed.get(0) === 50);
    await stage.world.settle(consumer.close());
  });

  test("eachBatch: batches of a partition one after the other, `done` moves the commit, a batch that failed comes again", async () => {
    const stage = await Stage.start([numbered(120)]);
    const seen: string[] = [];
    const { consumer } = stage.run({
      onError: { backoffMs: 10 },
      eachBatch: async (batch, { attempt, done }) => {
        seen.push(`${batch.startOffset}..${batch.nextOffset}#${attempt}`);
        for (const record of batch) {
          if (record.offset === 60 && attempt === 1) throw new Error("once more");
          done(record);
        }
      },
    });
    await stage.world.until("all is committed", () => stage.committed.get(0) === 120);
    assert.deepEqual(seen, ["0..50#1", "50..100#1", "50..100#2", "100..120#1"]);
    await stage.world.settle(consumer.close());
  });

  test("pause, resume and seek take effect with the next record; a seek back reads again, and commits go back with it", async () => {
    const stage = await Stage.start([numbered(10)]);
    const handlers = new Handlers();
    const { consumer } = stage.run({ eachRecord: handlers.eachRecord });
    const at = { topic: "t", partition: 0 };
    await stage.world.until("0 is at work", () => handlers.open[0] === "0:0");
    consumer.pause([at]);
    handlers.end("0:0");
    await stage.world.pass(500);
    assert.equal(handlers.begun.length, 1);
    consumer.resume([at]);
    await stage.world.until("1 is at work", () => handlers.open[0] === "0:1");
    consumer.seek(at, 7);
    handlers.end("0:1");
    await stage.world.until("7 is at work", () => handlers.open[0] === "0:7");
    handlers.end("0:7");
    await stage.world.until("8 is at work", () => handlers.open[0] === "0:8");
    await stage.world.until("7 is committed", () => stage.committed.get(0) === 8);
    consumer.seek(at, 3);
    handlers.end("0:8");
    await stage.world.until("3 is at work", () => handlers.open[0] === "0:3");
    await stage.world.until("3 is committed", () => stage.committed.get(0) === 3);
  });

  test("a handler that does not come back makes it look stuck", async () => {
    const stage = await Stage.start([numbered(2)]);
    const handlers = new Handlers();
    const { consumer } = stage.run({ stuckAfterMs: 5000, eachRecord: handlers.eachRecord });
    await stage.world.until("one is at work", () => handlers.open.length === 1);
    assert.deepEqual([consumer.health().state, consumer.health().inHand, consumer.health().lag], ["running", 1, 2]);
    await stage.world.pass(6000);
    const { state, isAlive, reason } = consumer.health();
    assert.deepEqual([state, isAlive], ["stuck", false]);
    assert.match(reason!, /at work for/);
  });

  test("a signal of the system closes the consumer, once; listeners are taken back", async () => {
    const stage = await Stage.start([numbered(1)]);
    const before = process.listenerCount("SIGUSR2");
    const { ended } = stage.run({ handleSignals: ["SIGUSR2"], eachRecord: () => {} });
    await stage.world.until("it is handled", () => stage.committed.get(0) === 1);
    assert.equal(process.listenerCount("SIGUSR2"), before + 1);
    process.emit("SIGUSR2", "SIGUSR2");
    await stage.world.settle(ended);
    assert.equal(process.listenerCount("SIGUSR2"), before);
  });

  test("the end of the client ends the run with its cause", async () => {
    const stage = await Stage.start([numbered(1)]);
    const abort = new AbortController();
    const client = createClient({ bootstrapServers: stage.broker.bootstrap, signal: abort.signal }, stage.world);
    const consumer = client.consumer({ groupId: "g" });
    consumer.assign([{ topic: "t", partition: 0 }]);
    let count = 0;
    const ended = consumer.run({ eachRecord: () => void count++ });
    ended.catch(() => {});
    await stage.world.until("one is handled", () => count === 1);
    abort.abort();
    await assert.rejects(stage.world.settle(ended), failsWith("ABORTED"));
  });

  test("polls, loops, a second run and commits of a record are refused while it runs; commit() writes what is done", async () => {
    const stage = await Stage.start([numbered(3)]);
    const handlers = new Handlers();
    const { consumer } = stage.run({ eachRecord: handlers.eachRecord });
    await stage.world.until("0 is at work", () => handlers.open.length === 1);
    await assert.rejects(consumer.poll(0), failsWith("INVALID_ARGUMENT"));
    await assert.rejects(consumer.run({ eachRecord: () => {} }), /runs already/);
    await assert.rejects(
      consumer.commit({ topic: "t", partition: 0, offset: 0, timestamp: 0, key: null, value: null, headers: [], leaderEpoch: 0 }),
      /inside run/,
    );
    handlers.end("0:0");
    await stage.world.until("1 is at work", () => handlers.open[0] === "0:1");
    await stage.world.settle(consumer.commit());
    assert.equal(stage.committed.get(0), 1);
  });

  test("options that cannot be are refused by name", async () => {
    const stage = await Stage.start([[]]);
    const eachRecord = () => {};
    const refused: readonly (readonly [unknown, RegExp])[] = [
      [{}, /eachRecord or eachBatch is needed/],
      [{ eachRecord, eachBatch: eachRecord }, /one of the two/],
      [{ eachRecord: 5 }, /eachRecord is 5/],
      [{ eachRecord, concurrency: 0 }, /concurrency is 0/],
      [{ eachRecord, orderby: "key" }, /did you mean "orderBy"/],
      [{ eachRecord, orderBy: "value" }, /orderBy is "value"/],
      [{ eachBatch: eachRecord, orderBy: "key" }, /needs eachRecord/],
      [{ eachBatch: eachRecord, onError: { deadLetterTopic: "d" } }, /needs eachRecord/],
      [{ eachRecord, onError: { deadLetterTopic: "a b" } }, /deadLetterTopic/],
      [{ eachRecord, onError: { retryTopics: [{}] } }, /retryTopics\[0\].delayMs/],
      [{ eachRecord, onError: { retryTopics: 5 } }, /retryTopics/],
      [{ eachRecord, onError: { attempts: 0 } }, /attempts/],
      [{ eachRecord, deduplicate: {} }, /deduplicate.by/],
      [{ eachRecord, deduplicate: { by: { header: "" } } }, /header/],
      [{ eachRecord, circuitBreaker: { failures: "3" } }, /failures/],
      [{ eachRecord, handleSignals: 5 }, /handleSignals/],
      [null, /run/],
    ];
    for (const [options, message] of refused) await assert.rejects(stage.consumer().run(options as RunOptions), message);
    const nobody = stage.client.consumer();
    await assert.rejects(nobody.run({ eachRecord }), /needs a subscription or an assignment/);
  });
});
