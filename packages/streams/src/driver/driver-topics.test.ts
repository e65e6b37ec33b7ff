import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noHeaders } from "../record.ts";
import { DriverTopics } from "./driver-topics.ts";

const names = ["a", "b", "c"];
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("send" as const), topic: fc.constantFrom(...names), times: fc.nat(700) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("read" as const), topic: fc.constantFrom(...names), times: fc.nat(700) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("take" as const), topic: fc.constant("a"), times: fc.constant(1) }) },
);

test("each topic is read in its order, and what is taken is what nobody read, however many were read before", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
      const topics = new DriverTopics(() => "none");
      let left = new Set<number>();
      let queues = new Map<string, number[]>();
      let sent = 0;
      for (const { kind, topic, times } of steps) {
        if (kind === "take") {
          assert.deepEqual(
            topics.takeProduced().map(({ timestamp }) => timestamp),
            [...left],
          );
          left = new Set();
          queues = new Map();
          continue;
        }
        const queue = queues.get(topic) ?? [];
        queues.set(topic, queue);
        for (let i = 0; i < times; i++) {
          if (kind === "send") {
            topics.send(topic, 0, null, null, sent, noHeaders);
            queue.push(sent);
            left.add(sent++);
          } else {
            const expected = queue.shift();
            assert.equal(topics.read(topic)?.timestamp, expected);
            if (expected === undefined) break;
            left.delete(expected);
          }
        }
        for (const name of names) assert.equal(topics.count(name), queues.get(name)?.length ?? 0);
      }
    }),
    { numRuns: 15 },
  );
});
