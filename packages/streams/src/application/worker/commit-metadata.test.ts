import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeCommitMetadata, encodeCommitMetadata } from "./commit-metadata.ts";

/** Written by TopicPartitionMetadata of kafka-streams 4.4.0, from times and numbers. */
const javas = [
  { text: "Av//////////", partitionTimeMs: -1, numbers: [] },
  {
    text: "AgAAAYvP5WgAAAAAAgAAAAFi//////////8AAAAIc3RvcmUtw6kAAAAAABLWhw==",
    partitionTimeMs: 1_700_000_000_000,
    numbers: [
      ["b", -1],
      ["store-é", 1_234_567],
    ],
  },
] as const;

test("what is committed beside an offset has Java's bytes", () => {
  for (const { text, partitionTimeMs, numbers } of javas) {
    assert.equal(encodeCommitMetadata({ partitionTimeMs, numbers: new Map(numbers) }), text);
    assert.deepEqual(decodeCommitMetadata(text), { partitionTimeMs, numbers: new Map(numbers) });
  }
});

test("what somebody else committed tells nothing, and stops nothing", () => {
  for (const text of ["", "hello", "AAAA", "AgAAAYvP5WgAAAAAAg==", "AgAAAYvP5WgAf////w==", "////////////////"]) {
    const { partitionTimeMs, numbers } = decodeCommitMetadata(text);
    assert.ok(Number.isInteger(partitionTimeMs));
    assert.equal(numbers.size, 0);
  }
});
