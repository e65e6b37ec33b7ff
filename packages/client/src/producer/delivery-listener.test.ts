import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { record, start } from "../testing/producer-stage.ts";
import type { DeliveryListener } from "./record-types.ts";

function listening(): { readonly listener: DeliveryListener; readonly told: string[] } {
  const told: string[] = [];
  const listener: DeliveryListener = {
    onAcknowledged: (topic, partition, endOffset, count) => void told.push(`${topic}-${partition} to ${endOffset}: ${count}`),
    onFailed: (error, count) => void told.push(`${(error as { code?: string }).code}: ${count}`),
  };
  return { listener, told };
}

describe("a listener of deliveries", () => {
  test("is told of a batch at once", async () => {
    const { world, client } = await start();
    const { listener, told } = listening();
    const producer = client.producer();
    await world.settle(producer.send(record("first")));
    for (const value of ["a", "b", "c"]) void producer.enqueueFor(listener, record(value));
    await world.settle(producer.flush());
    assert.deepEqual(told, ["t-0 to 3: 3"]);
  });

  test("shares batches with callbacks, with other listeners and with records that nobody waits for: each is told of its own, once", async () => {
    const { world, client, sent } = await start();
    const one = listening();
    const other = listening();
    const called: string[] = [];
    const producer = client.producer({ lingerMs: 5 });
    await world.settle(producer.send(record("first")));
    void producer.enqueueFor(one.listener, record("a"));
    void producer.enqueueFor(one.listener, record("b"));
    void producer.enqueue(record("c"), (_error, metadata) => called.push(`callback ${metadata?.offset}`));
    void producer.enqueue(record("d"));
    void producer.enqueueFor(other.listener, record("e"));
    void producer.enqueueFor(one.listener, record("f"));
    await world.settle(producer.flush());
    assert.deepEqual(sent().at(-1)?.values, ["a", "b", "c", "d", "e", "f"]);
    assert.deepEqual(one.told, ["t-0 to 1: 1", "t-0 to 2: 1", "t-0 to 6: 1"]);
    assert.deepEqual(other.told, ["t-0 to 5: 1"]);
    assert.deepEqual(called, ["callback 2"]);
  });

  test("of each second record is told of a batch at once, too", async () => {
    const { world, client } = await start([1, 1]);
    const [one, other] = [listening(), listening()];
    const producer = client.producer({ lingerMs: 5 });
    await world.settle(producer.send(record("first")));
    for (const value of ["a", "b", "c"]) {
      void producer.enqueueFor(one.listener, record(value, 0));
      void producer.enqueueFor(other.listener, record(value, 1));
    }
    await world.settle(producer.flush());
    assert.deepEqual([one.told, other.told], [["t-0 to 3: 3"], ["t-1 to 3: 3"]]);
  });

  test("that comes after a record that nobody waits for is told of its own alone", async () => {
    const { world, client } = await start();
    const { listener, told } = listening();
    const producer = client.producer({ lingerMs: 5 });
    await world.settle(producer.send(record("first")));
    void producer.enqueue(record("a"));
    void producer.enqueueFor(listener, record("b"));
    await world.settle(producer.flush());
    assert.deepEqual(told, ["t-0 to 2: 1"]);
  });

  test("hears of what is refused and of what the close gives up, so that flush does not tell it again", async () => {
    const { world, client } = await start();
    const { listener, told } = listening();
    const producer = client.producer({ lingerMs: 60_000 });
    await world.settle(producer.send(record("first")));
    void producer.enqueueFor(listener, { ...record("a"), timestamp: Number.NaN });
    await world.settle(producer.flush());
    assert.deepEqual(told, ["INVALID_ARGUMENT: 1"]);
    void producer.enqueueFor(listener, record("b"));
    void producer.enqueueFor(listener, record("c"));
    await world.settle(producer.close({ timeoutMs: 0 }));
    assert.deepEqual(told, ["INVALID_ARGUMENT: 1", "CLIENT_CLOSED: 2"]);
  });

  test("that throws harms nobody else, and no listener at all is refused", async () => {
    const { world, client } = await start();
    const { listener, told } = listening();
    const wild: DeliveryListener = {
      onAcknowledged() {
        throw new Error("at the end");
      },
      onFailed() {},
    };
    const producer = client.producer();
    await world.settle(producer.send(record("first")));
    void producer.enqueueFor(wild, record("a"));
    await world.settle(producer.flush());
    void producer.enqueueFor(listener, record("b"));
    await world.settle(producer.flush());
    assert.deepEqual(told, ["t-0 to 1: 1"]);
    for (const nonsense of [undefined, null, () => {}, { onAcknowledged: () => {} }]) {
      assert.throws(() => producer.enqueueFor(nonsense as never, record("c")), {
        code: "INVALID_ARGUMENT",
        message: /enqueueFor: listener/,
      });
    }
  });
});
