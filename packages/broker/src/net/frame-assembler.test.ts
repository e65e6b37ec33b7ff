import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FrameAssembler } from "./frame-assembler.ts";

const frame = (payload: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(payload.length);
  return Buffer.concat([size, payload]);
};

function assemble(stream: Buffer, cuts: readonly number[], maxFrameBytes = 1000): { frames: string[]; violation: unknown } {
  const assembler = new FrameAssembler(maxFrameBytes);
  const frames: string[] = [];
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])].sort((a, b) => a - b);
  for (let i = 1; i < edges.length; i++) {
    const violation = assembler.push(stream.subarray(edges[i - 1], edges[i]), (payload) => frames.push(payload.toString("hex")));
    if (violation) return { frames, violation };
  }
  return { frames, violation: undefined };
}

test("frames come out whole and in order however the stream is cut", () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
  fc.assert(
    fc.property(payloads, fc.array(fc.nat(), { maxLength: 20 }), (list, cuts) => {
      const stream = Buffer.concat(list.map((bytes) => frame(Buffer.from(bytes))));
      assert.deepEqual(assemble(stream, cuts), { frames: list.map((bytes) => Buffer.from(bytes).toString("hex")), violation: undefined });
    }),
  );
});

test("a byte-at-a-time client is understood", () => {
  const stream = Buffer.concat([frame(Buffer.from("abc")), frame(Buffer.alloc(0)), frame(Buffer.from("d"))]);
  const cuts = Array.from(stream.keys());
  assert.deepEqual(assemble(stream, cuts).frames, ["616263", "", "64"]);
});

test("a frame of the largest size passes and one byte more does not", () => {
  assert.equal(assemble(frame(Buffer.alloc(1000)), []).frames.length, 1);
  assert.deepEqual(assemble(frame(Buffer.alloc(1001)), []).violation, { kind: "too-large", frameBytes: 1001 });
});

test("a violation is found in the size alone, before any payload is kept", () => {
  const assembler = new FrameAssembler(1000);
  assert.deepEqual(
    assembler.push(Buffer.from([0x7f, 0xff]), () => {}),
    undefined,
  );
  assert.deepEqual(
    assembler.push(Buffer.from([0xff, 0xff, 1, 2]), () => {}),
    { kind: "too-large", frameBytes: 2147483647 },
  );
});

test("a negative size is a violation", () => {
  assert.deepEqual(assemble(Buffer.from([0xff, 0xff, 0xff, 0xff]), []).violation, { kind: "negative", frameBytes: -1 });
});

test("frames before a violation are handed on", () => {
  const stream = Buffer.concat([frame(Buffer.from("ok")), Buffer.from([0xff, 0, 0, 0])]);
  assert.deepEqual(assemble(stream, []), { frames: ["6f6b"], violation: { kind: "negative", frameBytes: -16777216 } });
});
