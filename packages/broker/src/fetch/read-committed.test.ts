import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { ClosedSignal } from "../net/closed.ts";
import { QuietBroker, settled } from "../testing/quiet-broker.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import type { FetchAnswer } from "./fetches.ts";

const NOW_MS = new SimulatedClock().nowMs();

/** Producers with transactions and consumers of one partition, with a coordinator that admits everybody. */
class Scene {
  readonly broker: QuietBroker;
  readonly #sequences = new Map<number, number>();
  readonly #closed = new ClosedSignal();

  constructor(broker: QuietBroker) {
    this.broker = broker;
  }

  static async start(configs: Readonly<Record<string, string>> = {}): Promise<Scene> {
    const broker = await QuietBroker.start();
    await broker.createTopic("t", 1, configs);
    return new Scene(broker);
  }

  write(producerId: number, value = "x".repeat(100)): void {
    const sequence = this.#sequences.get(producerId) ?? 0;
    this.#sequences.set(producerId, sequence + 1);
    const partition = this.broker.partition("t");
    const start = partition.log.startVerification({ producerId, producerEpoch: 0, baseSequence: sequence, raisesEpoch: false });
    assert.ok(start.kind === "started");
    const records = sampleBatch([{ value, timestampMs: NOW_MS }], {
      producer: { id: producerId, epoch: 0, sequence },
      isTransactional: true,
    });
    assert.equal(partition.append(records, { origin: "client", leaderEpoch: 0, guard: start.guard }).kind, "appended");
  }

  writePlain(): void {
    this.broker.append(sampleBatch([{ value: "p", timestampMs: NOW_MS }]), "t");
  }

  async mark(producerId: number, isCommit: boolean): Promise<void> {
    const marker = { producerId, producerEpoch: 0, coordinatorEpoch: 1, isCommit, transactionVersion: 0 };
    assert.equal(await this.broker.state.markers.writeMarker({ topic: "t", partition: 0 }, marker), ErrorCode.NONE);
  }

  fetch({ offset = 0, readCommitted = true, minBytes = 1, maxWaitMs = 0 } = {}): FetchAnswer | Promise<FetchAnswer | undefined> {
    const partitions = [
      { topic: "t", topicId: NIL_UUID, index: 0, fetchOffset: offset, maxBytes: 1 << 20, currentLeaderEpoch: -1, lastFetchedEpoch: -1 },
    ];
    const session = { sessionId: 0, sessionEpoch: -1, takesSession: true, usesTopicIds: false, forgotten: [] };
    return this.broker.state.fetches.fetch(
      { ...session, maxWaitMs, minBytes, maxBytes: 1 << 20, readCommitted, partitions },
      {
        lookup: { broker: this.broker.state, session: { nodeId: 1 } },
        closed: this.#closed,
        memory: this.broker.state.clientMemory.openAccount(),
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker.stop();
  }
}

/** One partition's answer in short. */
function short(answer: FetchAnswer | undefined): unknown {
  const [read] = answer!.reads;
  const { highWatermark, lastStableOffset, aborted, sizeBytes } = read!;
  return {
    highWatermark,
    lastStableOffset,
    aborted: aborted?.map((a) => `${a.producerId}:${a.firstOffset}`) ?? null,
    isEmpty: sizeBytes === 0,
  };
}

test("bytes come up to the last stable offset, with the transactions that were aborted among them", async () => {
  await using it = await Scene.start();
  it.writePlain();
  it.write(7);
  it.write(8);
  await it.mark(8, false);
  assert.deepEqual(short(await it.fetch()), { highWatermark: 4, lastStableOffset: 1, aborted: [], isEmpty: false });
  assert.deepEqual(short(await it.fetch({ offset: 1 })), { highWatermark: 4, lastStableOffset: 1, aborted: [], isEmpty: true });
  const all = { highWatermark: 4, lastStableOffset: 1, aborted: null, isEmpty: false };
  assert.deepEqual(short(await it.fetch({ offset: 1, readCommitted: false })), all);
  await it.mark(7, true);
  assert.deepEqual(short(await it.fetch({ offset: 1 })), { highWatermark: 5, lastStableOffset: 5, aborted: ["8:2"], isEmpty: false });
  assert.deepEqual(short(await it.fetch({ offset: 4 })), { highWatermark: 5, lastStableOffset: 5, aborted: [], isEmpty: false });
});

test("the end of a transaction wakes who waits for what it wrote long before, if that is enough", async () => {
  for (const isCommit of [true, false]) {
    await using it = await Scene.start();
    const waiting = Promise.resolve(it.fetch({ minBytes: 400, maxWaitMs: 60_000 }));
    let answer: FetchAnswer | undefined;
    void waiting.then((given) => (answer = given));
    for (let i = 0; i < 5; i++) it.write(7);
    await settled();
    assert.equal(answer, undefined);
    await it.mark(7, isCommit);
    await settled();
    assert.deepEqual(short(answer), { highWatermark: 6, lastStableOffset: 6, aborted: isCommit ? [] : ["7:0"], isEmpty: false });
  }
});

test("a marker counts once it is on the disk, where records count then", async () => {
  await using it = await Scene.start({ "flush.messages": "1" });
  it.write(7);
  await it.broker.partition("t").log.flush();
  const marked = it.mark(7, true);
  assert.deepEqual(short(await it.fetch()), { highWatermark: 1, lastStableOffset: 0, aborted: [], isEmpty: true });
  await marked;
  assert.deepEqual(short(await it.fetch()), { highWatermark: 2, lastStableOffset: 2, aborted: [], isEmpty: false });
});

test("records that are deleted below an open transaction's start do not hold anybody there", async () => {
  await using it = await Scene.start();
  it.write(7);
  it.writePlain();
  const { log } = it.broker.partition("t");
  await log.deleteRecordsBefore(2);
  assert.deepEqual([log.logStartOffset, log.lastStableOffset], [2, 2]);
  it.writePlain();
  assert.equal(log.lastStableOffset, 2, "the transaction is still open");
  await it.mark(7, true);
  assert.equal(log.lastStableOffset, 4);
});
