import assert from "node:assert/strict";
import { test } from "node:test";
import { type Relation, type ReplicaIdentity, UNCHANGED_TOAST } from "../pgoutput/pgoutput-message.ts";
import type { CapturedTable } from "../tables/captured-table.ts";
import { ChunkWindow } from "./chunk-window.ts";

const [before, later] = [{}, {}] as unknown as readonly [CapturedTable, CapturedTable];

function relation(replicaIdentity: ReplicaIdentity, ...columns: string[]): Relation {
  return {
    relationId: 7,
    schema: "public",
    table: "t",
    replicaIdentity,
    columns: columns.map((name) => ({ name: name.replace("*", ""), isKey: name.endsWith("*"), typeOid: 25, typeModifier: -1 })),
  };
}

const chunkOf = (...rows: (string | null)[][]) => ({ table: before, rows, keyPlaces: [0] });

test("rows that changed before or behind the reading of the chunk are left to the log, the others stay in order", () => {
  const table = relation("default", "id*", "v");
  const window = new ChunkWindow("w", table, ["id"]);
  window.changed(table, ["2", "newer"], undefined);
  window.fill(chunkOf(["1", "a"], ["2", "b"], ["3", "c"], ["4", "d"]), table);
  window.changed(table, undefined, { kind: "key", row: ["3", null] });
  assert.deepEqual(window.rest(), [
    ["1", "a"],
    ["4", "d"],
  ]);
  assert.equal(window.overtaken, 2);
  assert.equal(window.isStale, false);
});

test("a key that changes takes both rows out", () => {
  const table = relation("default", "id*", "v");
  const window = new ChunkWindow("w", table, ["id"]);
  window.fill(chunkOf(["1", "a"], ["2", "b"], ["3", "c"]), table);
  window.changed(table, ["3", "a"], { kind: "key", row: ["1", null] });
  assert.deepEqual(window.rest(), [["2", "b"]]);
});

test("a row is told by its replica identity, not by what rows are read by", () => {
  const indexed = relation("index", "id", "code*");
  const window = new ChunkWindow("w", indexed, ["id"]);
  window.fill(chunkOf(["1", "x"], ["2", "y"]), indexed);
  window.changed(indexed, undefined, { kind: "key", row: [null, "x"] });
  assert.deepEqual(window.rest(), [["2", "y"]]);
  // Without a key: by all columns, so that rows that are read by the same value are not taken for one.
  const keyless = relation("full", "group*", "v*");
  const bag = new ChunkWindow("w", keyless, []);
  bag.fill(chunkOf(["1", "x"], ["1", "y"], ["1", null]), keyless);
  bag.changed(keyless, ["1", UNCHANGED_TOAST], { kind: "full", row: ["1", "y"] });
  assert.deepEqual(bag.rest(), [
    ["1", "x"],
    ["1", null],
  ]);
});

test("values that run together are not the same key, and null is not a text", () => {
  const table = relation("default", "a*", "b*");
  const window = new ChunkWindow("w", table, ["a", "b"]);
  window.fill(chunkOf(["1", "2"], ["12", ""], [null, "n"]), table);
  window.changed(table, ["1", "2"], undefined);
  assert.deepEqual(window.rest(), [
    ["12", ""],
    [null, "n"],
  ]);
});

test("columns that the log still has in another order are found by name; a key that is not there makes the chunk stale", () => {
  const now = relation("default", "id*", "v");
  const window = new ChunkWindow("w", now, ["id"]);
  window.fill(chunkOf(["1", "a"], ["2", "b"]), now);
  window.changed(relation("default", "dropped", "id*", "v"), ["2", "1", "x"], undefined);
  assert.deepEqual(window.rest(), [["2", "b"]]);
  window.described(before);
  assert.equal(window.isStale, false);
  window.changed(relation("default", "renamed*", "v"), ["2", "x"], undefined);
  assert.equal(window.isStale, true);
});

test("a chunk is stale where the log describes another table, before the rows come or behind, and where the table is emptied", () => {
  const table = relation("default", "id*");
  const early = new ChunkWindow("w", table, ["id"]);
  early.described(later);
  early.fill(chunkOf(["1"]), table);
  const behind = new ChunkWindow("w", table, ["id"]);
  behind.fill(chunkOf(["1"]), table);
  behind.described(later);
  const emptied = new ChunkWindow("w", table, ["id"]);
  emptied.truncated();
  assert.deepEqual([early.isStale, behind.isStale, emptied.isStale], [true, true, true]);
});
