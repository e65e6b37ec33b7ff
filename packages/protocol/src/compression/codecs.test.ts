import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { MalformedBytesError } from "@ottla/base";
import fc from "fast-check";
import { sampleInputs } from "../records-tests/sample-inputs.ts";
import { CODEC_NAMES } from "./codec.ts";
import { codecById, codecIdOf, codecNameOf } from "./codecs.ts";

const PACKING = CODEC_NAMES.filter((name) => name !== "none");

test("codec ids are Kafka's", () => {
  assert.deepEqual(CODEC_NAMES.map(codecIdOf), [0, 1, 2, 3, 4]);
  assert.deepEqual([0, 1, 2, 3, 4, 5, -1].map(codecNameOf), [...CODEC_NAMES, null, null]);
  assert.equal(codecById(0), null);
  for (const id of [-1, 5, 7]) assert.throws(() => codecById(id), MalformedBytesError);
});

for (const name of PACKING) {
  const codec = codecById(codecIdOf(name))!;

  test(`${name} gives back what it packed, within exactly that many bytes`, () => {
    fc.assert(
      fc.property(sampleInputs(300000), (input) => {
        const packed = codec.compress(input);
        assert.ok(codec.decompress(packed, input.length).equals(input));
        if (input.length > 1) assert.throws(() => codec.decompress(packed, input.length - 1), MalformedBytesError);
      }),
      { numRuns: runsOf({ quick: 12, long: 40 }), endOnFailure: true },
    );
  });

  test(`${name} packs behind the room it is asked for, and what it gave stays as it was`, () => {
    for (const input of [Buffer.from("few"), Buffer.alloc(200_000, "many, many more"), Buffer.alloc(3_000_000, 1)]) {
      const whole = codec.compress(input, 61);
      const before = Buffer.from(whole);
      codec.compress(Buffer.alloc(1000, "something else"), 5);
      assert.ok(whole.equals(before));
      assert.ok(whole.subarray(61).equals(codec.compress(input)));
    }
  });

  test(`${name} makes the records of a batch smaller`, () => {
    const input = Buffer.from('{"airport":"SFO","delay":12}'.repeat(4000));
    assert.ok(codec.compress(input).length < input.length / 8);
  });

  test(`a bomb of ${name} is refused without being unpacked`, () => {
    const bomb = codec.compress(Buffer.alloc(32 * 1024 * 1024));
    const before = outsideOfHeap();
    assert.throws(() => codec.decompress(bomb, 1024 * 1024), MalformedBytesError);
    assert.ok(outsideOfHeap() - before < 16 * 1024 * 1024);
  });

  test(`cut or damaged ${name} data is malformed, or unpacks within the bound`, () => {
    const input = Buffer.from('{"airport":"SFO","delay":12}'.repeat(60));
    const packed = codec.compress(input);
    for (let end = 0; end < packed.length; end++) {
      // A stream that ends between two chunks is one, but never the whole.
      const output = unpackedOrNull(packed.subarray(0, end));
      assert.ok(output === null || output.length < input.length);
    }
    for (let bit = 0; bit < packed.length * 8; bit++) {
      const damaged = Buffer.from(packed);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      assert.ok((unpackedOrNull(damaged)?.length ?? 0) <= 5000);
    }
  });

  function unpackedOrNull(packed: Buffer): Buffer | null {
    try {
      return codec.decompress(packed, 5000);
    } catch (error) {
      assert.ok(error instanceof MalformedBytesError, String(error));
      return null;
    }
  }
}

/** Where what is unpacked would be. The heap grows by its own rules, with whatever else runs in the process. */
function outsideOfHeap(): number {
  const { rss, heapTotal } = process.memoryUsage();
  return rss - heapTotal;
}
