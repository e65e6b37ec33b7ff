import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnseenPartition } from "@ottla/expert/collect";
import { KafkaError } from "@ottla/protocol";
import { failuresOf } from "./observed-groups.ts";

const [UNKNOWN_TOPIC, REQUEST_TIMED_OUT, NOT_ALLOWED] = [3, 7, 29];
const unseen = (groupId: string, topic: string, partition: number, code: number): UnseenPartition => ({
  groupId,
  topic,
  partition,
  error: new KafkaError(code),
});

test("partitions whose end is not told fail a command, a sentence for each group and reason; those of topics that are gone do not", () => {
  const failures = failuresOf(
    {
      failures: [],
      unseen: [
        ...Array.from({ length: 100_000 }, (_, partition) => unseen("billing", "orders", partition, NOT_ALLOWED)),
        unseen("billing", "orders", 100_000, REQUEST_TIMED_OUT),
        unseen("mail", "orders", 0, REQUEST_TIMED_OUT),
        unseen("mail", "gone", 0, UNKNOWN_TOPIC),
      ],
    },
    [],
  );
  assert.deepEqual(
    failures.map(({ name, error, message }) => [name, error, message.slice(0, message.indexOf(")") + 1)]),
    [
      [
        "billing",
        "TOPIC_AUTHORIZATION_FAILED",
        "the lag of 100000 partitions is not known and in no sum (orders:0, orders:1, orders:2, orders:3, orders:4 and others)",
      ],
      ["billing", "REQUEST_TIMED_OUT", "the lag of a partition is not known and in no sum (orders:100000)"],
      ["mail", "REQUEST_TIMED_OUT", "the lag of a partition is not known and in no sum (orders:0)"],
    ],
  );
});
