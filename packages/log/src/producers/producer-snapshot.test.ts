import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeProducerSnapshot, encodeProducerSnapshot } from "./producer-snapshot.ts";
import { ProducerState } from "./producer-state.ts";

function producer(producerId: number, lastSequence: number, records: number): ProducerState {
  const state = new ProducerState(producerId);
  const baseSequence = lastSequence - records + 1;
  state.remember(3, { baseSequence, lastSequence, baseOffset: 100, lastOffset: 99 + records, timestampMs: 1_700_000_000_000 });
  return state;
}

describe("a producer snapshot", () => {
  it("is read back as it was written, with the last batch of each producer", () => {
    const states = [producer(1, 4, 5), producer(2 ** 45, 0x7fffffff, 1)];
    assert.deepEqual(decodeProducerSnapshot(encodeProducerSnapshot(states, 2)), states);
    assert.deepEqual(decodeProducerSnapshot(encodeProducerSnapshot([], 0)), []);
  });

  it("is refused when any byte of it is wrong or missing", () => {
    const content = encodeProducerSnapshot([producer(1, 4, 5)], 1);
    for (let at = 0; at < content.length; at++) {
      const flipped = Buffer.from(content);
      flipped[at]! ^= 1;
      assert.equal(decodeProducerSnapshot(flipped), undefined, `byte ${at}`);
      assert.equal(decodeProducerSnapshot(content.subarray(0, at)), undefined, `${at} bytes`);
    }
  });
});
