import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import fc from "fast-check";
import { ResponseAssembler } from "./response-assembler.ts";

function frameOf(payload: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(payload.length);
  return Buffer.concat([size, payload]);
}

describe("response frames", () => {
  test("any cut of a stream gives the same frames, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 4, maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (payloads, cuts) => {
          const stream = Buffer.concat(payloads.map((payload) => frameOf(Buffer.from(payload))));
          const assembler = new ResponseAssembler(1000);
          const frames: Buffer[] = [];
          for (let at = 0, i = 0; at < stream.length; i++) {
            const end = at + cuts[i % cuts.length]!;
            assembler.push(stream.subarray(at, end), (frame) => frames.push(Buffer.from(frame)));
            at = end;
          }
          assert.deepEqual(
            frames,
            payloads.map((payload) => Buffer.from(payload)),
          );
        },
      ),
    );
  });

  test("a frame stays what it was when the chunk's buffer is used again", () => {
    const chunk = frameOf(Buffer.alloc(100, 7));
    const assembler = new ResponseAssembler(1000);
    const frames: Buffer[] = [];
    for (const cut of [chunk.length, 50]) {
      for (let at = 0; at < chunk.length; at += cut) {
        const borrowed = Buffer.from(chunk.subarray(at, at + cut));
        assembler.push(borrowed, (frame) => frames.push(frame));
        borrowed.fill(0);
      }
    }
    assert.deepEqual(frames, [Buffer.alloc(100, 7), Buffer.alloc(100, 7)]);
  });

  test("the largest frame passes; one byte more, and sizes no response can have, do not", () => {
    const push = (size: number) => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(size);
      new ResponseAssembler(1000).push(bytes, () => {});
    };
    push(1000);
    for (const size of [1001, 3, 0, -1, 0x7fffffff]) assert.throws(() => push(size), MalformedBytesError);
  });

  test("a frame larger than what is trusted at once grows as its bytes come", () => {
    const payload = Buffer.alloc(20 * 1024 * 1024, 5);
    payload[payload.length - 1] = 9;
    const stream = frameOf(payload);
    const assembler = new ResponseAssembler(64 * 1024 * 1024);
    let got: Buffer | undefined;
    for (let at = 0; at < stream.length; at += 1_000_000) assembler.push(stream.subarray(at, at + 1_000_000), (frame) => (got = frame));
    assert.ok(got!.equals(payload));
  });
});
