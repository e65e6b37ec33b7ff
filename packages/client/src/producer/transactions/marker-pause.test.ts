import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { endTxnApi, makeEndTxnResponse } from "@ottla/protocol/apis/end-txn";
import { produceApi } from "@ottla/protocol/apis/produce";
import { answerAll, record } from "../../testing/producer-stage.ts";
import { startTransactions } from "../../testing/transaction-stage.ts";
import { MarkerPause } from "./marker-pause.ts";

function took(pause: MarkerPause, times: number, ms: number): void {
  for (let i = 0; i < times; i++) pause.firstBatchTook(ms);
}

describe("the pause for a transaction's markers", () => {
  test("grows with each batch that was put back, and shrinks when eight in a row were taken", () => {
    const pause = new MarkerPause();
    took(pause, 20, 3);
    assert.equal(pause.ms, 0);
    took(pause, 3, 24);
    assert.equal(pause.ms, 3);
    took(pause, 7, 19.9);
    assert.equal(pause.ms, 3);
    took(pause, 1, 19.9);
    assert.equal(pause.ms, 2);
    took(pause, 7, 3);
    took(pause, 1, 20);
    took(pause, 7, 3);
    assert.equal(pause.ms, 3, "not in a row");
  });

  test("ends for two hundred transactions where the longest was in vain three times", () => {
    const pause = new MarkerPause();
    took(pause, 7, 40);
    assert.equal(pause.ms, 5);
    took(pause, 1, 3);
    took(pause, 2, 40);
    assert.equal(pause.ms, 5, "one that was taken in between");
    took(pause, 1, 40);
    assert.equal(pause.ms, 0);
    took(pause, 200, 40);
    assert.equal(pause.ms, 0);
    took(pause, 1, 40);
    assert.equal(pause.ms, 1);
  });

  /** Transactions of one record, one after the other, on a broker that needs three milliseconds for markers; which were put back. */
  const putBack = async (transactionVersion: number, transactions: number): Promise<number[]> => {
    const { world, broker, producer } = await startTransactions({ transactionVersion });
    let markersAtMs = 0;
    const early: number[] = [];
    broker.on(endTxnApi, () => {
      markersAtMs = world.clock.monotonicMs() + 3;
      return makeEndTxnResponse({ errorCode: ErrorCode.NONE, producerId: 77, producerEpoch: ++number });
    });
    let number = 0;
    broker.on(produceApi, (request) => {
      const isEarly = world.clock.monotonicMs() < markersAtMs;
      if (isEarly) early.push(number);
      return new Promise((resolve) => world.clock.schedule(isEarly ? 24 : 1, () => resolve(answerAll(request, {}))));
    });
    for (let i = 0; i < transactions; i++) {
      await world.settle(
        producer.transaction(async (tx) => {
          // Only the first one tells anything of the markers.
          for (let each = 0; each < 9; each++) await tx.send(record("a"));
        }),
      );
    }
    return early;
  };

  test("is learnt: where markers take three milliseconds, three batches come too early", async () => {
    assert.deepEqual(await putBack(2, 6), [1, 2, 3]);
  });

  test("is none in the classic protocol, whose coordinator says so itself", async () => {
    assert.deepEqual(await putBack(1, 3), [1, 2]);
  });
});
