import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import type { TopicRow } from "./topic-state.ts";
import { guessSeparator, topicTree, type TreeQuery } from "./topic-tree.ts";

const rowsOf = (...names: readonly string[]): readonly TopicRow[] =>
  names.map((name, i) => ({ name, partitions: 2, bytes: 10 * (i + 1), offline: 0, underReplicated: 0 }) as TopicRow);

const slice = new TimeSlice(new SimulatedClock());

const drawn = async (
  rows: readonly TopicRow[],
  query: Partial<TreeQuery> & { readonly opened?: readonly string[] } = {},
): Promise<readonly string[]> =>
  (await topicTree(slice, rows, { separator: undefined, search: "", ...query, open: new Set(query.opened) })).lines.map(
    ({ label, depth, topics, bytes }) => `${"  ".repeat(depth)}${label}${topics > 0 ? ` (${topics})` : ""} ${bytes}`,
  );

test("topics stand by the words of their names, with sums, open branches only", async () => {
  const rows = rowsOf("orders.events.v1", "orders.events.v2", "orders.dead", "payments", "audit.log.all");
  assert.deepEqual(await drawn(rows), ["audit.log.all 50", "orders. (3) 60", "payments 40"]);
  assert.deepEqual(await drawn(rows, { opened: ["orders.", "orders.events."] }), [
    "audit.log.all 50",
    "orders. (3) 60",
    "  dead 30",
    "  events. (2) 30",
    "    v1 10",
    "    v2 20",
    "payments 40",
  ]);
  assert.deepEqual(await drawn(rows, { search: "event" }), ["orders.events. (2) 30"]);
});

test("a topic with the name of a branch, words that are empty and names of separators alone are lines like others", async () => {
  const rows = rowsOf("a", "a.b", "a.b.c", "..", "...", "a..b", ".");
  const open = new Set(["a.", "a.b", "a.b.", "a..", "..", "."]);
  const { lines } = await topicTree(slice, rows, { separator: ".", search: "", open });
  assert.ok(lines.every(({ label, path }) => label !== "" && path !== ""));
  assert.deepEqual(
    lines
      .filter(({ isTopic }) => isTopic)
      .map(({ path }) => path)
      .sort(),
    rows.map(({ name }) => name).sort(),
  );
});

test("every topic is found by opening what is closed, and sums agree, whatever the names", async () => {
  const names = new Set<string>();
  let state = 7;
  const next = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  while (names.size < 300) names.add(Array.from({ length: 1 + next(5) }, () => ["a", "b", "ab", ".", "-", ""][next(6)]).join(".") || "x");
  const rows = rowsOf(...names);
  const open = new Set<string>();
  for (let size = -1; size !== open.size; ) {
    size = open.size;
    const { lines } = await topicTree(slice, rows, { separator: ".", search: "", open });
    for (const { path, topics } of lines) if (topics > 0) open.add(path);
  }
  const { lines } = await topicTree(slice, rows, { separator: ".", search: "", open });
  assert.deepEqual(
    lines
      .filter(({ isTopic }) => isTopic)
      .map(({ path }) => path)
      .sort(),
    [...names].sort(),
  );
  const roots = lines.filter(({ depth }) => depth === 0);
  assert.equal(
    roots.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    rows.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
  );
});

test("the separator is guessed by what names share", async () => {
  assert.equal(await guessSeparator(slice, rowsOf("orders-events", "orders-dead", "a.b")), "-");
  assert.equal(await guessSeparator(slice, rowsOf("orders_events", "orders_dead", "a.b", "c.d")), "_");
  assert.equal(await guessSeparator(slice, rowsOf("x")), ".");
});
