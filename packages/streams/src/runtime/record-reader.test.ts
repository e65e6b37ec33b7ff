import assert from "node:assert/strict";
import { test } from "node:test";
import { noHeaders } from "../record.ts";
import { serdes } from "../serdes/serdes.ts";
import type { SourcePart } from "../topology/parts.ts";
import { FailurePolicy } from "./failure-policy.ts";
import type { QueuedRecord, RawRecord } from "./record-queues.ts";
import { RecordReader } from "./record-reader.ts";
import type { SourceOperator } from "./source-operator.ts";

/** Reads a record whose source has this extractor; gives its time, or which offset was passed over. */
function read(timestamp: number, extractor?: SourcePart["timestamp"]): string {
  const passed: number[] = [];
  const options = { taskId: "0_0", trace: undefined, onDropped: undefined };
  const reader = new RecordReader(options, new FailurePolicy(), ({ offset }) => passed.push(offset));
  const part = { kind: "source", name: "in", timestamp: extractor } as SourcePart;
  const source = { part, key: serdes.string, value: serdes.string } as unknown as SourceOperator;
  const into = { source, raw: undefined, key: null, value: null, timestamp: -1 } as QueuedRecord<SourceOperator>;
  const raw: RawRecord = { topic: "t", partition: 0, offset: 7, timestamp, key: null, value: Buffer.from("v"), headers: noHeaders };
  return reader.read(into, raw, 3) ? `at ${into.timestamp}` : `passed ${passed.join()}`;
}

test("a record that an extractor drops is told to be passed over, so that its offset is committed", () => {
  assert.equal(
    read(5, () => -1),
    "passed 7",
  );
  assert.equal(
    read(5, (_record, partitionTimeMs) => partitionTimeMs),
    "at 3",
  );
  assert.equal(read(5), "at 5");
});

test("times that are no whole numbers up to 2^53 - 1 are refused with the record's place, whoever made them", () => {
  assert.equal(read(Number.MAX_SAFE_INTEGER), `at ${Number.MAX_SAFE_INTEGER}`);
  for (const time of [2 ** 53, 2 ** 62]) {
    const refused = { code: "STREAMS_PROCESSING", message: /t-0 at offset 7 .*timestamp 9007199254740992|timestamp 4611686018427388000/ };
    assert.throws(() => read(time), refused);
    assert.throws(() => read(5, () => time), refused);
  }
  assert.throws(() => read(-5), { code: "STREAMS_NEGATIVE_TIMESTAMP" });
});
