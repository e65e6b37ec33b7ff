import assert from "node:assert/strict";
import { test } from "node:test";
import { keptProtocols } from "./kept-protocols.ts";

const frame = Buffer.from("one metadata, two");
const offer = (from: number, to: number, name = "range") => [{ name, metadata: frame.subarray(from, to) }];

test("equal offers in a row are kept once, and outlive the frames that they came in", () => {
  const first = keptProtocols(offer(0, 3));
  assert.equal(keptProtocols([{ name: "range", metadata: Buffer.from("one") }]), first);
  const other = keptProtocols(offer(14, 17));
  assert.notEqual(other, first);
  assert.notEqual(keptProtocols(offer(14, 17, "roundrobin")), other);
  assert.notEqual(keptProtocols([...offer(14, 17, "roundrobin"), ...offer(0, 3)]), other);
  frame.fill(0);
  assert.deepEqual(
    [first, other].map(([protocol]) => protocol!.metadata.toString()),
    ["one", "two"],
  );
  assert.deepEqual(keptProtocols([]), []);
});

test("a large offer is copied for whoever makes it", () => {
  const large = [{ name: "range", metadata: Buffer.alloc(20_000) }];
  assert.notEqual(keptProtocols(large), keptProtocols(large));
  assert.deepEqual(keptProtocols(large), large);
});
