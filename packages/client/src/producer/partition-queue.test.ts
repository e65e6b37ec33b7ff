import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { PartitionQueue, type QueuedBatch } from "./partition-queue.ts";

const batch = (ticket: number, attempts: number): QueuedBatch => ({ ticket, attempts, isFull: true });

describe("the batches of a partition that wait", () => {
  const seed = testSeed();

  test(`go in the order they were made, those that were sent before the others, in whatever order they come back, seed ${seed}`, () => {
    const random = new SeededRandom(seed);
    for (let run = 0; run < 100; run++) {
      const queue = new PartitionQueue<QueuedBatch>("t", 0);
      const sent = Array.from({ length: 1 + random.nextInt(6) }, (_, ticket) => batch(ticket, 1 + random.nextInt(3)));
      queue.waiting.push(batch(100, 0), batch(101, 0));
      for (const left = [...sent]; left.length > 0; ) queue.putBack(left.splice(random.nextInt(left.length), 1)[0]!);
      assert.deepEqual(
        queue.waiting.map(({ ticket }) => ticket),
        [...sent.map(({ ticket }) => ticket), 100, 101],
      );
    }
  });

  test(`go in that order too where some come back in parts, and parts in parts, seed ${seed}`, () => {
    const random = new SeededRandom(seed);
    for (let run = 0; run < 100; run++) {
      const queue = new PartitionQueue<QueuedBatch & { readonly first: number }>("t", 0);
      const part = (ticket: number, first: number) => ({ ...batch(ticket, 1), first });
      queue.waiting.push({ ...batch(100, 0), first: 0 });
      const tickets = Array.from({ length: 1 + random.nextInt(5) }, (_, ticket) => ticket);
      for (const left = [...tickets]; left.length > 0; ) {
        const [ticket = 0] = left.splice(random.nextInt(left.length), 1);
        queue.putBack(part(ticket, 0), [part(ticket, 0), part(ticket, 4)]);
        // Sent next, and too large still.
        if (queue.waiting[0]!.ticket !== ticket || random.nextInt(2) === 0) continue;
        const again = queue.waiting.shift()!;
        queue.putBack(again, [again, part(ticket, 2)]);
      }
      const order = queue.waiting.map(({ ticket, first }) => ticket * 10 + first);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }
  });

  test("that is open takes records until it is full or was sent", () => {
    const queue = new PartitionQueue<QueuedBatch>("t", 0);
    assert.equal(queue.open, undefined);
    const last = { ticket: 1, attempts: 0, isFull: false };
    queue.waiting.push(batch(0, 0), last);
    assert.equal(queue.open, last);
    last.isFull = true;
    assert.equal(queue.open, undefined);
    last.isFull = false;
    last.attempts = 1;
    assert.equal(queue.open, undefined);
  });
});
