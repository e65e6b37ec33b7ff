import assert from "node:assert/strict";
import { test } from "node:test";
import { BinlogBytes } from "./binlog-bytes.ts";
import { COLUMN_TYPE } from "./column-type-codes.ts";
import { readTableMap } from "./table-map.ts";

/** A map of columns without layouts, as an event has it. */
function mapOf(types: readonly number[], signs: readonly number[]): BinlogBytes {
  return new BinlogBytes(
    Buffer.from([
      ...[1, 0, 0, 0, 0, 0, 0, 0, 1, 0x64, 0, 1, 0x74, 0],
      ...[types.length, ...types, 0],
      ...Array<number>((types.length + 7) >> 3).fill(0),
      ...[1, signs.length, ...signs],
    ]),
  );
}

const unsignedOf = (types: readonly number[], signs: readonly number[], countsYears: boolean): boolean[] =>
  readTableMap(mapOf(types, signs), { isMariaDb: false, countsYears }).columns.map(({ isUnsigned }) => isUnsigned);

test("whether a YEAR has a sign of its own is told by the server's version, where it can be by how many there are", () => {
  const { year, long, short } = COLUMN_TYPE;
  assert.deepEqual(unsignedOf([long, year, short], [0b1010_0000], true), [true, false, true]);
  assert.deepEqual(unsignedOf([long, year, short], [0b1100_0000], false), [true, false, true]);
  const eight = [year, ...Array<number>(8).fill(long)];
  assert.deepEqual(unsignedOf(eight, [0b1000_0001], true), [false, true, false, false, false, false, false, false, true]);
  assert.deepEqual(unsignedOf(eight, [0b0100_0000, 0b1000_0000], false), [false, true, false, false, false, false, false, false, true]);
});
