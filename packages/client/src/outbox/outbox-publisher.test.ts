// The publisher of an outbox, step by step: what it asks the cluster and its store, and in which order, when things go well and when they do not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopicResult, makeCreateTopicsResponse } from "@ottla/protocol/apis/create-topics";
import { endTxnApi, makeEndTxnResponse } from "@ottla/protocol/apis/end-txn";
import {
  makeOffsetFetchResponse,
  makeOffsetFetchResponseGroup,
  makeOffsetFetchResponsePartitions,
  makeOffsetFetchResponseTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import {
  makeTxnOffsetCommitResponse,
  makeTxnOffsetCommitResponsePartition,
  makeTxnOffsetCommitResponseTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import { startTransactions, type TransactionStage } from "../testing/transaction-stage.ts";
import { OutboxPublisher } from "./outbox-publisher.ts";
import type { OutboxBatch, OutboxClaim, OutboxOptions, OutboxStore } from "./outbox-types.ts";

/** Rows in memory, that fail as a test says. */
class Store implements OutboxStore {
  readonly rows: string[] = [];
  readonly marks: number[] = [];
  readonly claims: OutboxClaim[] = [];
  open: OutboxBatch | undefined;
  failClaim: Error | undefined;
  failMark: Error | undefined;
  #last = 0;

  claim(request: OutboxClaim): Promise<OutboxBatch | undefined> {
    this.claims.push(request);
    if (this.failClaim) return Promise.reject(this.failClaim);
    if (this.open === undefined && this.rows.length > 0 && request.limit > 0) {
      this.#last = Math.max(this.#last, request.after) + 1;
      const values = this.rows.splice(0, request.limit);
      this.open = { number: this.#last, records: values.map((value) => ({ topic: "t", partition: 0, value })) };
    }
    return Promise.resolve(this.open);
  }

  markPublished(batch: number): Promise<void> {
    if (this.failMark) return Promise.reject(this.failMark);
    this.marks.push(batch);
    if (this.open?.number === batch) this.open = undefined;
    return Promise.resolve();
  }
}

interface Stage extends TransactionStage {
  readonly store: Store;
  readonly troubles: string[];
  /** The offset that the group has for the positions; undefined: none. */
  committed: number | undefined;
  open(options?: Partial<OutboxOptions>): OutboxPublisher;
  /** What was produced and how transactions ended. */
  told(): string[];
}

async function start(): Promise<Stage> {
  const inner = await startTransactions({ leaders: [1] });
  const { broker, world, client } = inner;
  const troubles: string[] = [];
  const store = new Store();
  const stage: Stage = {
    ...inner,
    store,
    troubles,
    committed: undefined,
    open: (options) =>
      new OutboxPublisher(
        client,
        store,
        {
          transactionalId: "ob",
          batchRecordsMax: 2,
          pollIntervalMs: 1000,
          onTrouble: ({ message }) => void troubles.push(message),
          ...options,
        },
        world,
      ),
    told: () => inner.story().flatMap((line) => /^(Produce \S+|EndTxn \w+|InitProducerId)/.exec(line)?.[0] ?? []),
  };
  broker.on(createTopicsApi, ({ topics }) =>
    makeCreateTopicsResponse({
      topics: topics.map(({ name }) => makeCreatableTopicResult({ name, errorCode: ErrorCode.TOPIC_ALREADY_EXISTS })),
    }),
  );
  let pending: number | undefined;
  broker.on(txnOffsetCommitApi, ({ groupId, topics }) => {
    assert.equal(groupId, "ob");
    pending = topics[0]!.partitions[0]!.committedOffset;
    return makeTxnOffsetCommitResponse({
      topics: topics.map(({ name, partitions }) =>
        makeTxnOffsetCommitResponseTopic({
          name,
          partitions: partitions.map(({ partitionIndex }) => makeTxnOffsetCommitResponsePartition({ partitionIndex })),
        }),
      ),
    });
  });
  let epoch = 0;
  broker.on(endTxnApi, ({ committed }) => {
    if (committed) stage.committed = pending;
    return makeEndTxnResponse({ producerId: 77, producerEpoch: ++epoch });
  });
  broker.on(
    offsetFetchApi,
    ({ groups }) =>
      makeOffsetFetchResponse({
        groups: groups.map(({ groupId, topics }) =>
          makeOffsetFetchResponseGroup({
            groupId,
            topics: topics!.map(({ name }) =>
              makeOffsetFetchResponseTopics({
                name,
                partitions: [
                  makeOffsetFetchResponsePartitions({
                    partitionIndex: 0,
                    committedOffset: stage.committed ?? -1,
                    committedLeaderEpoch: -1,
                  }),
                ],
              }),
            ),
          }),
        ),
      }),
    9,
  );
  return stage;
}

describe("a publisher of an outbox", () => {
  test("publishes batch by batch, each with its number as an offset, and marks it when it is committed", async () => {
    const stage = await start();
    stage.store.rows.push("a", "b", "c");
    const publisher = stage.open();
    assert.equal(await stage.world.settle(publisher.publishPending()), 3);
    assert.deepEqual(stage.told(), ["InitProducerId", "EndTxn commit", "Produce 0:a+b", "EndTxn commit", "Produce 0:c", "EndTxn commit"]);
    assert.deepEqual([stage.store.marks, stage.committed], [[1, 2], 2]);
    assert.deepEqual(stage.store.claims.at(-1), { limit: 2, after: 2 });
    assert.equal(await stage.world.settle(publisher.publishPending()), 0);
  });

  test("an open batch that the cluster has is marked, not published again; one that it has not is published", async () => {
    const stage = await start();
    stage.committed = 7;
    stage.store.open = { number: 7, records: [{ topic: "t", partition: 0, value: "there" }] };
    assert.equal(await stage.world.settle(stage.open().publishPending()), 0);
    assert.deepEqual([stage.told(), stage.store.marks], [["InitProducerId"], [7]]);
    stage.store.open = { number: 8, records: [{ topic: "t", partition: 0, value: "new" }] };
    assert.equal(await stage.world.settle(stage.open().publishPending()), 1);
    assert.deepEqual(stage.told().slice(1), ["InitProducerId", "Produce 0:new", "EndTxn commit"]);
  });

  test("an open batch without a committed position is not guessed at", async () => {
    const stage = await start();
    stage.store.open = { number: 3, records: [{ topic: "t", value: "?" }] };
    await assert.rejects(stage.world.settle(stage.open().run()), {
      code: "OUTBOX_POSITION_LOST",
      message: /commit offset 3 if they are, or 2 if not/,
    });
    assert.deepEqual(stage.store.marks, []);
  });

  test("an open batch of one that took the id over meanwhile is no lost position: it hears that it is fenced", async () => {
    const stage = await start();
    const { world, store } = stage;
    const other: OutboxStore = {
      claim: async (request) => {
        // Between this one's question for a position and that for an open batch the other has begun, and claimed.
        if (request.limit === 0) {
          stage.committed = 0;
          store.open = { number: 1, records: [{ topic: "t", partition: 0, value: "theirs" }] };
          stage.broker.on(endTxnApi, () => makeEndTxnResponse({ errorCode: ErrorCode.PRODUCER_FENCED }));
        }
        return store.claim(request);
      },
      markPublished: (batch) => store.markPublished(batch),
    };
    const publisher = new OutboxPublisher(stage.client, other, { transactionalId: "ob" }, world);
    await assert.rejects(world.settle(publisher.run()), { code: "PRODUCER_FENCED" });
    assert.deepEqual(store.marks, []);
  });

  test("after a commit whose outcome is not known the cluster is asked before anything else is published", async () => {
    const stage = await start();
    const publisher = stage.open();
    await stage.world.settle(publisher.publishPending());
    stage.store.rows.push("a");
    // Carried out, but the answer is an error.
    let isRefused = false;
    let epoch = 10;
    stage.broker.on(endTxnApi, ({ committed }) => {
      if (committed) stage.committed = 1;
      if (isRefused) return makeEndTxnResponse({ producerId: 77, producerEpoch: ++epoch });
      isRefused = true;
      return makeEndTxnResponse({ errorCode: ErrorCode.TRANSACTION_ABORTABLE });
    });
    await assert.rejects(stage.world.settle(publisher.publishPending()), { code: "TRANSACTION_FAILED" });
    const before = stage.told().length;
    assert.equal(await stage.world.settle(publisher.publishPending()), 0);
    assert.deepEqual(
      stage
        .told()
        .slice(before)
        .filter((line) => line.startsWith("Produce")),
      [],
    );
    assert.deepEqual(stage.store.marks, [1]);
  });

  test("run tries again what may pass, says so, begins at once when it is woken, and ends with its close", async () => {
    const stage = await start();
    const { world, store } = stage;
    const publisher = stage.open();
    let isOver = false;
    const running = publisher.run().then(() => (isOver = true));
    await world.until("it is idle", () => store.claims.length >= 2);
    store.failMark = new Error("the database is away");
    store.rows.push("a");
    const wokenAtMs = world.clock.monotonicMs();
    publisher.wake();
    await world.until("it was told", () => stage.troubles.length > 0);
    assert.ok(world.clock.monotonicMs() - wokenAtMs < 500, "the wake-up took as long as a pause");
    store.failMark = undefined;
    await world.until("it is marked", () => store.marks.length > 0);
    assert.deepEqual(
      [stage.troubles, stage.told().filter((line) => line.startsWith("Produce"))],
      [["the database is away"], ["Produce 0:a"]],
    );
    assert.equal(isOver, false);
    const closedAtMs = world.clock.monotonicMs();
    await world.settle(publisher.close());
    await world.settle(running);
    assert.ok(world.clock.monotonicMs() - closedAtMs < 500, "it slept to the end of its pause");
    assert.deepEqual(stage.told().at(-1), "EndTxn commit");
    await world.settle(stage.client.close());
    assert.equal(world.clock.pendingTimers, 0);
  });

  test("the pauses between tries grow, and a store that fails for ever holds nobody up", async () => {
    const stage = await start();
    const { world, store } = stage;
    const publisher = stage.open();
    store.failClaim = new Error("the database is gone");
    const running = publisher.run();
    await world.pass(30_000);
    assert.ok(stage.troubles.length >= 5 && stage.troubles.length <= 12, `${stage.troubles.length} tries in 30 s`);
    await world.settle(publisher.close());
    await world.settle(running);
  });

  test("whoever lost its id to another publisher stops; what no record can be made of stops it, too", async () => {
    const stage = await start();
    const fenced = stage.open();
    await stage.world.settle(fenced.publishPending());
    stage.store.rows.push("a");
    stage.broker.on(endTxnApi, () => makeEndTxnResponse({ errorCode: ErrorCode.PRODUCER_FENCED }));
    await assert.rejects(stage.world.settle(fenced.run()), { code: "PRODUCER_FENCED" });
    const other = await start();
    other.store.open = { number: 0, records: [] };
    other.committed = 5;
    await assert.rejects(other.world.settle(other.open().run()), { code: "INVALID_ARGUMENT", message: /claim: number is 0/ });
    assert.deepEqual(other.store.marks, []);
  });

  test("a store that says null has nothing; one that gives nonsense, or never marks, stops the publisher at once", async () => {
    const none = await start();
    none.store.open = null as never;
    assert.equal(await none.world.settle(none.open().publishPending()), 0);
    for (const nonsense of ["batch", 7, { number: "7", records: [] }, { number: 7 }, { number: 7, records: "all" }]) {
      const stage = await start();
      stage.committed = 5;
      stage.store.open = nonsense as never;
      await assert.rejects(stage.world.settle(stage.open().run()), { code: "INVALID_ARGUMENT", message: /^claim: / });
    }
    const stage = await start();
    stage.committed = 5;
    stage.store.open = { number: 5, records: [] };
    stage.store.markPublished = () => Promise.resolve();
    await assert.rejects(stage.world.settle(stage.open().run()), { code: "INVALID_ARGUMENT", message: /markPublished\(5\) has resolved/ });
    assert.deepEqual(stage.troubles, []);
  });

  test("onTrouble that throws changes nothing", async () => {
    const stage = await start();
    const { world, store } = stage;
    let told = 0;
    const publisher = stage.open({
      onTrouble: () => {
        told++;
        throw new Error("of the listener");
      },
    });
    store.failClaim = new Error("the database is away");
    const running = publisher.run();
    await world.until("it was told twice", () => told === 2);
    store.failClaim = undefined;
    store.rows.push("a");
    await world.until("it is marked", () => store.marks.length === 1);
    await world.settle(publisher.close());
    await world.settle(running);
  });

  test("a store that never answers keeps neither close nor run beyond the deadline", async () => {
    const stage = await start();
    const { world, store } = stage;
    stage.committed = 5;
    store.claim = () => new Promise(() => {});
    const publisher = stage.open();
    const running = publisher.run();
    await world.pass(1000);
    const closedAtMs = world.clock.monotonicMs();
    await world.settle(Promise.all([publisher.close({ timeoutMs: 2000 }), running]));
    assert.ok(world.clock.monotonicMs() - closedAtMs < 2500);
  });

  test("a topic for the positions that cannot be made is the trouble that is told", async () => {
    const stage = await start();
    stage.broker.on(createTopicsApi, ({ topics }) =>
      makeCreateTopicsResponse({
        topics: topics.map(({ name }) => makeCreatableTopicResult({ name, errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED })),
      }),
    );
    await assert.rejects(
      stage.world.settle(stage.open().run()),
      (error) => error instanceof KafkaError && error.errorCode === ErrorCode.TOPIC_AUTHORIZATION_FAILED,
    );
  });

  test("two calls at a time publish once", async () => {
    const stage = await start();
    stage.store.rows.push("a");
    const publisher = stage.open();
    await stage.world.settle(Promise.all([publisher.publishPending(), publisher.publishPending()]));
    assert.deepEqual(
      stage.told().filter((line) => line.startsWith("Produce")),
      ["Produce 0:a"],
    );
    await stage.world.settle(publisher.close());
    await assert.rejects(publisher.publishPending(), { code: "CLIENT_CLOSED" });
  });
});
