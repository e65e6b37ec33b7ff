import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FrameCutter, type FrameViolation } from "./frame-cutter.ts";

const frame = (payload: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(payload.length);
  return Buffer.concat([size, payload]);
};

class Account {
  heldBytes = 0;
  limitBytes = Infinity;
  maxFrameBytes = (_firstInt16: number): number => 1000;
  take(bytes: number): boolean {
    if (this.heldBytes + bytes > this.limitBytes) return false;
    this.heldBytes += bytes;
    return true;
  }
  takeArrived(bytes: number): boolean {
    return this.take(bytes);
  }
  release(bytes: number): void {
    this.heldBytes -= bytes;
  }
}

interface Cut {
  readonly frames: string[];
  readonly violation: FrameViolation | undefined;
  readonly heldBytes: number;
}

/** Cuts a stream that comes in pieces, taking `takes` frames (in turn) at most after each piece and all in the end. Every piece is overwritten as soon as it was kept. */
function cut(stream: Buffer, cuts: readonly number[], takes: readonly number[] = [], rules = new Account()): Cut {
  const cutter = new FrameCutter(rules);
  const frames: string[] = [];
  const take = (most: number): void => {
    for (let left = most; left > 0; left--) {
      const payload = cutter.next();
      if (payload === undefined) return;
      frames.push(payload.toString("hex"));
      cutter.done();
    }
  };
  const edges = [...new Set([0, ...cuts.map((at) => at % (stream.length + 1)), stream.length])].sort((a, b) => a - b);
  for (let i = 1; i < edges.length && cutter.violation === undefined; i++) {
    const chunk = Buffer.from(stream.subarray(edges[i - 1], edges[i]));
    assert.ok(cutter.feed(chunk));
    take(takes.length === 0 ? Infinity : takes[i % takes.length]!);
    assert.ok(cutter.keep());
    chunk.fill(0xee);
  }
  take(Infinity);
  cutter.keep();
  const { violation } = cutter;
  const { heldBytes } = rules;
  cutter.close();
  assert.equal(rules.heldBytes, 0);
  return { frames, violation, heldBytes };
}

test("frames come out whole and in order however the stream is cut and whenever they are taken, and nothing is held in the end", () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
  const numbers = fc.array(fc.nat(), { maxLength: 20 });
  fc.assert(
    fc.property(payloads, numbers, fc.array(fc.nat(3), { maxLength: 5 }), (list, cuts, takes) => {
      const stream = Buffer.concat(list.map((bytes) => frame(Buffer.from(bytes))));
      const frames = list.map((bytes) => Buffer.from(bytes).toString("hex"));
      assert.deepEqual(cut(stream, cuts, takes), { frames, violation: undefined, heldBytes: 0 });
    }),
  );
});

test("bytes that wait keep their order while their buffer grows, over all sizes of buffers", () => {
  const rules = new Account();
  const payloads = Array.from({ length: 5000 }, (_, i) => Buffer.from(`payload ${i} ${"x".repeat(i % 90)}`));
  const stream = Buffer.concat(payloads.map(frame));
  const cuts = Array.from({ length: 40 }, (_, i) => i * i * 311);
  assert.deepEqual(
    cut(stream, cuts, [0, 3, 1, 40], rules).frames,
    payloads.map((payload) => payload.toString("hex")),
  );
});

test("a byte-at-a-time client is understood", () => {
  const stream = Buffer.concat([frame(Buffer.from("abc")), frame(Buffer.alloc(0)), frame(Buffer.from("d"))]);
  assert.deepEqual(cut(stream, [...stream.keys()]).frames, ["616263", "", "64"]);
});

test("a frame of the largest size passes and one byte more does not", () => {
  assert.equal(cut(frame(Buffer.alloc(1000)), []).frames.length, 1);
  assert.deepEqual(cut(frame(Buffer.alloc(1001)), []).violation, { kind: "too-large", frameBytes: 1001, firstInt16: 0 });
});

test("a frame is measured by what it begins with, and refused before any more of it is kept, however its head is cut", () => {
  const rules = new Account();
  rules.maxFrameBytes = (firstInt16) => (firstInt16 === 3 ? 10 : 1000);
  const small = frame(Buffer.concat([Buffer.from([0, 3]), Buffer.alloc(9)]));
  const large = frame(Buffer.concat([Buffer.from([0, 4]), Buffer.alloc(9)]));
  for (const cuts of [[], [1, 2, 3, 4, 5, 6, 7], [4], [5], [6]]) {
    const { frames, violation } = cut(small, cuts, [], rules);
    assert.deepEqual([frames, violation], [[], { kind: "too-large", frameBytes: 11, firstInt16: 3 }]);
    assert.equal(cut(large, cuts, [], rules).frames.length, 1);
  }
});

test("what no frame may be is a violation in the size alone", () => {
  const violation = { kind: "too-large", frameBytes: 2147483647, firstInt16: -1 };
  assert.deepEqual(cut(Buffer.from([0x7f, 0xff, 0xff, 0xff]), [2]), { frames: [], violation, heldBytes: 0 });
  assert.deepEqual(cut(Buffer.from([0xff, 0xff, 0xff, 0xff]), []).violation, { kind: "negative", frameBytes: -1, firstInt16: -1 });
});

test("frames before a violation are handed on", () => {
  const stream = Buffer.concat([frame(Buffer.from("ok")), Buffer.from([0xff, 0, 0, 0])]);
  const { frames, violation } = cut(stream, []);
  assert.deepEqual([frames, violation?.frameBytes], [["6f6b"], -16777216]);
});

test("a frame in pieces is kept only when there is memory for all of it, and goes on when there is", () => {
  const rules = new Account();
  rules.limitBytes = 0;
  const cutter = new FrameCutter(rules);
  const stream = frame(Buffer.from("0123456789"));
  assert.ok(cutter.feed(stream.subarray(0, 6)));
  assert.deepEqual([cutter.next(), cutter.missingBytes, cutter.keep(), rules.heldBytes], [undefined, 10, true, 0]);
  rules.limitBytes = 10;
  cutter.feed(stream.subarray(6));
  assert.equal(cutter.next()?.toString(), "0123456789");
  assert.equal(rules.heldBytes, 10);
  cutter.done();
  assert.deepEqual([cutter.missingBytes, rules.heldBytes], [0, 0]);
});

test("bytes that wait are refused when there is no memory for them", () => {
  const rules = new Account();
  rules.limitBytes = 1024;
  const cutter = new FrameCutter(rules);
  const frames = Buffer.concat(Array.from({ length: 300 }, () => frame(Buffer.alloc(0))));
  assert.ok(cutter.feed(frames.subarray(0, 1000)));
  assert.deepEqual([cutter.keep(), rules.heldBytes, cutter.waitingBytes], [true, 1024, 1000]);
  assert.equal(cutter.feed(frames.subarray(0, 25)), false);
});

test("frames of middle size share buffers, and each has its own bytes", () => {
  const rules = new Account();
  rules.maxFrameBytes = () => 1_000_000;
  const payloads = [100_000, 40_000, 300_000, 33_000].map((length, i) => Buffer.alloc(length, i + 1));
  const stream = Buffer.concat(payloads.map(frame));
  const cuts = Array.from({ length: 30 }, (_, i) => i * 20_011);
  assert.deepEqual(
    cut(stream, cuts, [], rules).frames,
    payloads.map((payload) => payload.toString("hex")),
  );
});

test("a frame that came in pieces can be left to who has it: its bytes stay and are not counted; a view of a chunk cannot", () => {
  const account = new Account();
  const cutter = new FrameCutter(account);
  const whole = frame(Buffer.from("in pieces"));
  assert.ok(cutter.feed(Buffer.from(whole.subarray(0, 8))));
  assert.equal(cutter.next(), undefined);
  assert.ok(cutter.keep());
  assert.ok(cutter.feed(Buffer.from(whole.subarray(8))));
  const left = cutter.next()!;
  assert.ok(account.heldBytes > 0);
  assert.ok(cutter.leave());
  assert.equal(account.heldBytes, 0);
  assert.equal(cutter.leave(), false, "only once");
  cutter.done();
  for (let i = 0; i < 4; i++) {
    for (const piece of [whole.subarray(0, 8), Buffer.concat([Buffer.alloc(5, 0xee), frame(Buffer.from("x"))])]) {
      assert.ok(cutter.feed(Buffer.from(piece)));
      while (cutter.next() !== undefined) cutter.done();
      assert.ok(cutter.keep());
    }
  }
  assert.equal(left.toString(), "in pieces");
  const chunk = frame(Buffer.from("whole in its chunk"));
  const other = new FrameCutter(account);
  assert.ok(other.feed(chunk));
  assert.equal(other.next()!.toString(), "whole in its chunk");
  assert.equal(other.leave(), false);
});
