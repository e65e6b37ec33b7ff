import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { gtidDumpPacket } from "../connection/gtid-dump.ts";
import { GtidSet } from "./gtid-set.ts";

const A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const B = "00000000-71ca-11e1-9e33-c80aa9429562";

test("a set is written as the server writes it, whatever order it was told in", () => {
  const set = new GtidSet(`${A.toUpperCase()}:1-3:9,\n${B}:7`);
  assert.equal(set.text(), `${B}:7,${A}:1-3:9`);
  set.add(`${A}:4`);
  set.add(`${A}:8`);
  set.add(`${A}:4`);
  set.add(`${B}:8`);
  assert.equal(set.text(), `${B}:7-8,${A}:1-4:8-9`);
  set.add(`${A}:6`);
  assert.equal(set.text(), `${B}:7-8,${A}:1-4:6:8-9`);
  assert.equal(new GtidSet().text(), "");
});

test("any transactions in any order are the set of them", () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const set = new GtidSet();
    const numbers = new Set<number>();
    for (let i = random.nextInt(40); i > 0; i--) {
      const number = 1 + random.nextInt(60);
      numbers.add(number);
      set.add(`${A}:${number}`);
    }
    const again = new GtidSet(set.text());
    const listed = again
      .intervals()
      .flatMap(([, intervals]) =>
        intervals.flatMap(({ first, last }) => Array.from({ length: Number(last - first) + 1 }, (_, i) => Number(first) + i)),
      );
    assert.deepEqual(
      listed,
      [...numbers].sort((a, b) => a - b),
      `seed ${seed}`,
    );
    const ends = again.intervals().flatMap(([, intervals]) => intervals);
    for (let i = 1; i < ends.length; i++) assert.ok(ends[i]!.first > ends[i - 1]!.last + 1n, `seed ${seed}: ${again.text()}`);
  }
});

test("what is no set is refused in a sentence", () => {
  for (const text of ["0-1-7", `${A}:0`, `${A}:5-3`, `${A}:1x`, `${A}:1-2-3`]) assert.throws(() => new GtidSet(text), /Reset|alter/, text);
  assert.throws(() => new GtidSet(`${A}:backup:1-5`), /tag/);
});

test("the request names every transaction that is done, the end of an interval being the first that is not", () => {
  const packet = gtidDumpPacket(7001, new GtidSet(`${A}:1-5:9`).intervals());
  const set = `0100000000000000${A.replaceAll("-", "")}0200000000000000010000000000000006000000000000000900000000000000${"0a00000000000000"}`;
  assert.equal(packet.toString("hex"), `1e0400591b000000000000${"0400000000000000"}${"40000000"}${set}`);
});
