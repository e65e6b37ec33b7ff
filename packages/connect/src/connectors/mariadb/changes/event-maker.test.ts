import assert from "node:assert/strict";
import { test } from "node:test";
import { CapturedTable, type CapturedColumn } from "../tables/captured-table.ts";
import type { ValueType } from "../values/value-type.ts";
import { type ChangeContext, EventMaker } from "./event-maker.ts";

const type: ValueType = { schema: { type: "int32" }, fromRaw: (raw: unknown) => raw, zero: 0 };
const column = (name: string, place: number): CapturedColumn => ({ name, place, type, isOptional: name !== "id", defaultValue: undefined });
const [id, n] = [column("id", 0), column("n", 1)];
const shape = { database: "shop", table: "t", topic: "p.shop.t", flavour: "mariadb", columns: [id, n] } as const;
const keyed = new CapturedTable({ ...shape, key: [id] });
const keyless = new CapturedTable({ ...shape, key: [] });
const context: ChangeContext = {
  tsSec: 100,
  serverId: 1,
  gtid: "0-1-7",
  file: "bin.000001",
  position: 1234n,
  row: 2,
  threadId: undefined,
  query: undefined,
  snapshot: "false",
  block: null,
  nowMs: 123_456,
};
const maker = (tombstones: boolean) => new EventMaker({ prefix: "p", flavour: "mariadb", version: "1", tombstones, headers: [] });
const told = (drafts: ReturnType<EventMaker["update"]>) =>
  drafts.map(({ key, value, headers }) => {
    const { op, before, after } = (value ?? {}) as { op?: string; before?: unknown; after?: unknown };
    return [op ?? "tombstone", key, before ?? null, after ?? null, ...(headers ?? []).map((header) => [header.key, header.value])];
  });

test("a key that changes is a deletion of the old one and a creation of the new one", () => {
  const update = (table: CapturedTable, tombstones = true) => told(maker(tombstones).update(table, [1, 5], [2, 6], context, () => context));
  const [old, now] = [
    { id: 1, n: 5 },
    { id: 2, n: 6 },
  ];
  assert.deepEqual(update(keyed), [
    ["d", { id: 1 }, old, null, ["__debezium.newkey", { id: 2 }]],
    ["tombstone", { id: 1 }, null, null, ["__debezium.newkey", { id: 2 }]],
    ["c", { id: 2 }, null, now, ["__debezium.oldkey", { id: 1 }]],
  ]);
  assert.equal(update(keyed, false).length, 2, "without tombstones");
  assert.deepEqual(update(keyless), [["u", null, old, now]], "there is no key to change");
  assert.deepEqual(told(maker(true).update(keyed, [1, 5], [1, null], context, () => context)), [["u", { id: 1 }, old, { id: 1, n: null }]]);
});

test("keys are the same where their values are, whatever holds them", () => {
  const pairs: readonly (readonly [unknown, unknown, boolean])[] = [
    [Buffer.from("a"), Buffer.from("a"), false],
    [Buffer.from("a"), Buffer.from("A"), true],
    ["a", "A", true],
    [{ unscaled: 150n, scale: 2 }, { unscaled: 150n, scale: 2 }, false],
    [{ unscaled: 150n, scale: 2 }, { unscaled: 151n, scale: 2 }, true],
    [Number.NaN, Number.NaN, false],
    [null, 0, true],
  ];
  for (const [before, after, changes] of pairs) assert.equal(keyed.changesKey([before, 1], [after, 1]), changes, String(before));
});

test("where a change is stands in its source", () => {
  const [draft] = maker(true).insert(keyed, [1, 2], context);
  const { source } = draft!.value as { source: unknown };
  assert.deepEqual(source, {
    version: "1",
    connector: "mariadb",
    name: "p",
    ts_ms: 100_000n,
    snapshot: "false",
    db: "shop",
    sequence: null,
    ts_us: 100_000_000n,
    ts_ns: 100_000_000_000n,
    table: "t",
    server_id: 1n,
    gtid: "0-1-7",
    file: "bin.000001",
    pos: 1234n,
    row: 2,
    thread: null,
    query: null,
  });
  const [absent] = maker(true).insert(keyed, [null, null], context);
  assert.deepEqual((absent!.value as { after: unknown }).after, { id: 0, n: null }, "null in a column that may have none is its zero");
});
