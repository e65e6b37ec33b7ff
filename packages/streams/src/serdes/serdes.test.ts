import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { partitionOfKey } from "@ottla/protocol/records";
import fc from "fast-check";
import { noHeaders } from "../record.ts";
import type { AnySerde } from "./serde.ts";
import { serdes } from "./serdes.ts";

const { string, long, bigint, integer, short, float, double, boolean, uuid, list, timeWindowed, sessionWindowed } = serdes;

const byName: Readonly<Record<string, AnySerde>> = Object.fromEntries(
  [
    ...[string, long, bigint, integer, short, float, double, boolean, uuid],
    ...[list(string), list(integer), list(long), list(short), list(double), list(boolean), list(uuid), list(list(string))],
    ...[timeWindowed(string, 10), sessionWindowed(string)],
  ].map((serde) => [serde.name, serde]),
);

interface Vector {
  readonly serde: string;
  readonly value: unknown;
  readonly hex: string;
}

/** What JSON cannot hold stands there as text. */
function valueOf({ serde, value }: Vector): unknown {
  if (serde === "bigint") return BigInt(value as string);
  return (serde === "double" || serde === "float") && typeof value === "string" ? Number(value) : value;
}

const { vectors } = JSON.parse(readFileSync(new URL("../../test/fixtures/java-bytes.json", import.meta.url), "utf8")) as {
  vectors: Vector[];
};

test("every serde writes the bytes that Java's writes, and reads them back", () => {
  const seen = new Set<string>();
  for (const vector of vectors) {
    const serde = byName[vector.serde];
    if (serde === undefined) continue;
    seen.add(vector.serde);
    const value = valueOf(vector);
    const bytes = serde.serialize("t", value, noHeaders);
    assert.equal(Buffer.from(bytes).toString("hex"), vector.hex, `${vector.serde} of ${String(value)}`);
    assert.deepEqual(serde.deserialize("t", bytes, noHeaders), value);
  }
  assert.deepEqual([...seen].sort(), Object.keys(byName).sort());
});

test("what a serde cannot write or read is an error that says why", () => {
  const refused: readonly [AnySerde, unknown][] = [
    ...[2 ** 53, 1.5, 1n, "1"].map((value): [AnySerde, unknown] => [long, value]),
    [bigint, 2n ** 63n],
    [integer, 2 ** 31],
    [short, 32768],
    [string, "\ud800"],
    [uuid, "f81d4fae7dec11d0a76500a0c91e6bf6"],
    [boolean, 1],
    [serdes.void, "x"],
    [serdes.json<never>(), undefined],
    [list(string), "a"],
  ];
  for (const [serde, value] of refused) {
    assert.throws(() => serde.serialize("t", value, noHeaders), {
      name: "TypeError",
      message: /The serde .* was given .*; it takes/,
    });
  }
  const unreadable: readonly [AnySerde, string][] = [
    [long, "7fffffffffffffff"],
    [long, "00"],
    [integer, "0000000000"],
    [string, "ff"],
    [boolean, "02"],
    [uuid, "00"],
    [serdes.json<never>(), "6e756c6c"],
    [serdes.json<never>(), "7b"],
    [list(string), "017fffffff"],
    [list(string), "0100000001000000ff61"],
    [list(integer), "00000000007fffffff"],
    [list(boolean), "000000000000000000"],
    [timeWindowed(string, 10), "00000000"],
    [sessionWindowed(string), "0000000000000000"],
  ];
  for (const [serde, hex] of unreadable) {
    assert.throws(() => serde.deserialize("t", Buffer.from(hex, "hex"), noHeaders), Error, `${serde.name} read ${hex}`);
  }
});

test("a json serde holds what is written and what is read against its schema, and refuses one that is asynchronous", () => {
  const evenOnly = {
    "~standard": {
      version: 1,
      vendor: "own",
      validate: (value: unknown) => (Number(value) % 2 === 0 ? { value: Number(value) } : { issues: [{ message: "is odd" }] }),
    },
  } as const;
  const even = serdes.json<number>(evenOnly);
  assert.equal(even.deserialize("t", even.serialize("t", 4, noHeaders), noHeaders), 4);
  assert.throws(() => even.serialize("t", 3, noHeaders), /is odd/);
  assert.throws(() => even.deserialize("t", Buffer.from("3"), noHeaders), /is odd/);
  const slow = serdes.json<number>({ "~standard": { ...evenOnly["~standard"], validate: async () => ({ value: 2 }) } });
  assert.throws(() => slow.serialize("t", 2, noHeaders), /asynchronously/);
});

test("bytes that were read may be kept: they are no view of what they came from", () => {
  const from = Buffer.from([1, 2]);
  const read = serdes.bytes.deserialize("t", from, noHeaders);
  from[0] = 9;
  assert.deepEqual([...read], [1, 2]);
});

test("whatever a long, a bigint or a list of them holds comes back", () => {
  const texts = list(list(string));
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.array(fc.option(fc.array(fc.option(fc.string({ unit: "grapheme" }))))),
      (number, big, nested) => {
        assert.equal(long.deserialize("t", long.serialize("t", number, noHeaders), noHeaders), number);
        assert.equal(bigint.deserialize("t", bigint.serialize("t", big, noHeaders), noHeaders), big);
        assert.deepEqual(texts.deserialize("t", texts.serialize("t", nested, noHeaders), noHeaders), nested);
      },
    ),
    { numRuns: 30 },
  );
});

test("a windowed key goes where its inner key goes, whatever its window and how many partitions there are", () => {
  for (const key of ["", "a", "käse", "a longer key than the others"]) {
    for (const partitions of [1, 2, 7, 100]) {
      const wanted = partitionOfKey(string.serialize("t", key, noHeaders), partitions);
      for (const startMs of [0, 10, 2 ** 40]) {
        const windowed = { key, window: { startMs, endMs: startMs + 10 } };
        assert.equal(timeWindowed(string, 10).partitionOf?.("t", windowed, noHeaders, partitions), wanted);
        assert.equal(sessionWindowed(string).partitionOf?.("t", windowed, noHeaders, partitions), wanted);
      }
    }
  }
});
