import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import type { PgoutputMessage } from "../pgoutput/pgoutput-message.ts";
import { CapturedTables } from "../tables/captured-tables.ts";
import { columnRules } from "../tables/column-rules.ts";
import { readOffset } from "./cdc-offset.ts";
import { type ChangeObserver, ChangeReader } from "./change-reader.ts";
import { EventMaker } from "./event-maker.ts";

const IDENTITY = { systemId: "1", timeline: 1, slot: "s" };
const facts = {
  table: () =>
    Promise.resolve({
      columns: [{ name: "id", isNotNull: true, defaultText: undefined }],
      primaryKey: ["id"],
    }),
  type: (oid: number) => Promise.resolve({ oid, name: "text", kind: "b" } as const),
  forgetTypes: () => undefined,
};

/** Notes what it is told; each insert of table 1 counts as a signal. */
class Notes implements ChangeObserver {
  readonly told: string[] = [];
  signals = 0;
  get progress() {
    return this.signals === 0 ? undefined : { incremental: String(this.signals) };
  }
  begun = (xid: number): void => void this.told.push(`begun ${xid}`);
  described = (): void => undefined;
  inserted(relationId: number, row: readonly unknown[]): void {
    if (relationId !== 1) return;
    this.signals++;
    this.told.push(`signal ${String(row[0])}`);
  }
  changed = (relationId: number, row: readonly unknown[] | undefined): void =>
    void this.told.push(`changed ${relationId} ${String(row?.[0])}`);
  truncated = (ids: readonly number[]): void => void this.told.push(`truncated ${ids.join()}`);
  isMark = ({ prefix }: { readonly prefix: string }): boolean => prefix === "mark";
}

async function read(
  notes: Notes,
  from: ReturnType<typeof readOffset>,
  messages: readonly (readonly [bigint, PgoutputMessage])[],
): Promise<SourceItem[]> {
  const filter = {
    hasTable: () => true,
    isPublished: () => true,
    hasColumn: () => true,
    keyColumns: () => undefined,
  };
  const values = {
    decimals: "precise",
    times: "adaptive",
    hstore: "json",
    intervals: "numeric",
    binary: "bytes",
    includesUnknown: false,
  } as const;
  const tables = new CapturedTables({ prefix: "p", filter, rules: columnRules({}), values, placeholder: "?" }, facts);
  const maker = new EventMaker({
    prefix: "p",
    database: "d",
    version: "1",
    tombstones: true,
    headers: [],
  });
  const rules = {
    skipped: new Set(["u"]),
    skipsUnchanged: false,
    tellsTransactions: false,
    onFailure: "fail",
  } as const;
  const reader = new ChangeReader({ maker, tables, log: silentLogger, rules, observer: notes }, from, IDENTITY);
  for (const [lsn, message] of messages) await reader.feed(lsn, message, 0);
  return [...reader.take()];
}

const relation = (relationId: number): PgoutputMessage => ({
  kind: "relation",
  relationId,
  schema: "public",
  table: `t${relationId}`,
  replicaIdentity: "default",
  columns: [{ name: "id", isKey: true, typeOid: 25, typeModifier: -1 }],
});
const insert = (relationId: number, id: string): PgoutputMessage => ({
  kind: "insert",
  relationId,
  row: [id],
});
const mark: PgoutputMessage = {
  kind: "message",
  isTransactional: true,
  lsn: 13n,
  prefix: "mark",
  content: Buffer.from("x"),
};
const TRANSACTION: readonly (readonly [bigint, PgoutputMessage])[] = [
  [0n, relation(1)],
  [0n, relation(2)],
  [0n, { kind: "begin", finalLsn: 20n, commitTimeUs: 0n, xid: 9 }],
  [10n, insert(2, "a")],
  [11n, insert(1, "do")],
  [12n, insert(2, "b")],
  [12n, { kind: "update", relationId: 2, old: undefined, row: ["b"] }],
  [
    12n,
    {
      kind: "update",
      relationId: 2,
      old: { kind: "key", row: ["b"] },
      row: ["c"],
    },
  ],
  [13n, mark],
  [
    14n,
    {
      kind: "truncate",
      relationIds: [1, 2],
      isCascade: false,
      restartsIdentity: false,
    },
  ],
  [20n, { kind: "commit", commitLsn: 20n, endLsn: 21n, commitTimeUs: 0n }],
];

test("what is under way goes with the offsets from the signal's own record on; marks are written nowhere; parts of a key's change are not left out with updates", async () => {
  const notes = new Notes();
  const items = await read(notes, { commitLsn: 5n }, TRANSACTION);
  assert.deepEqual(
    items.map(({ topic, offset, ...item }) => [
      topic,
      "value" in item && item.value !== null ? (item.value as { op: string }).op : null,
      offset["incremental_snapshot"],
    ]),
    [
      ["p.public.t2", "c", undefined],
      ["p.public.t1", "c", "1"],
      ["p.public.t2", "c", "1"],
      ["p.public.t2", "d", "1"],
      ["p.public.t2", null, "1"],
      ["p.public.t2", "c", "1"],
      ["p.public.t1", "t", "1"],
      ["p.public.t2", "t", "1"],
    ],
  );
  assert.deepEqual(notes.told, ["begun 9", "changed 2 a", "signal do", "changed 1 do", "changed 2 b", "changed 2 c", "truncated 1,2"]);
});

test("a restart in the middle of a transaction does a signal before it not again, and one behind it once", async () => {
  const items = await read(new Notes(), { commitLsn: 5n }, TRANSACTION);
  for (const [i, { offset }] of items.entries()) {
    const notes = new Notes();
    const rest = await read(notes, readOffset(offset), i === items.length - 1 ? [] : TRANSACTION);
    assert.equal(notes.signals, i === 0 ? 1 : 0, `behind record ${i}`);
    assert.equal(rest.length, items.length - 1 - i);
  }
});

test("a transaction without rows before the one that was cut off leaves what was done of that one done", async () => {
  const empty: readonly (readonly [bigint, PgoutputMessage])[] = [
    [0n, { kind: "begin", finalLsn: 6n, commitTimeUs: 0n, xid: 8 }],
    [6n, { kind: "commit", commitLsn: 6n, endLsn: 7n, commitTimeUs: 0n }],
  ];
  const items = await read(new Notes(), { commitLsn: 5n }, TRANSACTION);
  const rest = await read(new Notes(), readOffset(items[0]!.offset), [...empty, ...TRANSACTION]);
  assert.equal(rest.length, items.length - 1);
});

test("a null in a whole old row is a null, though the column may hold none by now", async () => {
  const full: PgoutputMessage = {
    kind: "relation",
    relationId: 1,
    schema: "public",
    table: "t1",
    replicaIdentity: "full",
    columns: [{ name: "id", isKey: false, typeOid: 25, typeModifier: -1 }],
  };
  const [item] = await read(new Notes(), { commitLsn: 5n }, [
    [0n, full],
    [0n, { kind: "begin", finalLsn: 20n, commitTimeUs: 0n, xid: 9 }],
    [10n, { kind: "delete", relationId: 1, old: { kind: "full", row: [null] } }],
    [20n, { kind: "commit", commitLsn: 20n, endLsn: 21n, commitTimeUs: 0n }],
  ]);
  assert.deepEqual((item as { value: { before: unknown } }).value.before, { id: null });
});
