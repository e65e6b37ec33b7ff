// Transactions as events that a server may bring, one by one: what ends them, what is done before, what is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import type { DecodedEvent } from "../binlog/binlog-decoder.ts";
import type { BinlogEvent, EventHeader } from "../binlog/binlog-event.ts";
import { COLUMN_TYPE } from "../binlog/column-type-codes.ts";
import type { MappedColumn, TableMap } from "../binlog/table-map.ts";
import { nameFilter } from "../../debezium/name-filter.ts";
import { CapturedTables } from "../tables/captured-tables.ts";
import { textOfCharset } from "../values/charsets.ts";
import type { CdcOffset } from "./cdc-offset.ts";
import { ChangeReader } from "./change-reader.ts";
import { EventMaker } from "./event-maker.ts";

const MEBIBYTE = 1024 * 1024;
const list = (what: string) => ({ what, include: [], exclude: [] });
const column = (name: string, type: number, more: Partial<MappedColumn> = {}): MappedColumn => ({
  name,
  type,
  length: 0,
  scale: 0,
  isUnsigned: false,
  isNullable: name !== "id",
  collation: undefined,
  labels: undefined,
  geometryType: undefined,
  ...more,
});
const TABLE: TableMap = {
  tableId: 1,
  database: "shop",
  table: "things",
  columns: [
    column("id", COLUMN_TYPE.long),
    column("t", COLUMN_TYPE.time2),
    column("text", COLUMN_TYPE.longBlob, { length: 4, collation: 45 }),
  ],
  primaryKey: [0],
  hasNames: true,
  fingerprint: Buffer.from("things"),
};
const ALL_COLUMNS = Buffer.from([0b111]);

/** A server's binlog as it is read: events at places that go on, each a hundred bytes long where nothing else is said. */
class Story {
  readonly items: SourceItem[] = [];
  readonly logged: string[] = [];
  /** How often the catalog was asked. */
  asked = 0;
  readonly reader: ChangeReader;
  #next: number;

  constructor(
    from: Partial<CdcOffset["place"]> & { within?: CdcOffset["within"] } = {},
    { isMariaDb = true, tellsTransactions = false } = {},
  ) {
    const log = (message: string): void => void this.logged.push(message);
    const filter = nameFilter({ spaces: list("database"), tables: list("table"), columns: list("column"), keys: "" });
    const values = { decimals: "precise", times: "connect", unsignedBigints: "long", binary: "bytes" } as const;
    const facts = {
      table: () => {
        this.asked++;
        return Promise.resolve(undefined);
      },
      textOf: () => Promise.resolve(textOfCharset("utf8mb4", undefined)),
    };
    const { within, ...place } = from;
    this.#next = Number(place.position ?? 4n);
    this.reader = new ChangeReader(
      {
        maker: new EventMaker({ prefix: "p", flavour: "mariadb", version: "1", tombstones: false, headers: [] }),
        tables: new CapturedTables({ prefix: "p", flavour: "mariadb", filter, values }, facts),
        rules: { skipped: new Set(), skipsUnchanged: false, tellsTransactions },
        onFailure: "warn",
        log: { error: log, warn: log, info: log, debug: log },
      },
      { place: { file: "bin.000001", position: 4n, gtids: "", ...place }, within, identity: { serverUid: "s", fileSec: 1 } },
      { uid: "s", isMariaDb },
    );
  }

  async come(event: BinlogEvent, header: Partial<EventHeader> = {}): Promise<this> {
    this.#next += 100;
    const decoded: DecodedEvent = { event, header: { timestampSec: 1, serverId: 1, size: 100, nextPosition: this.#next, ...header } };
    await this.reader.feed(decoded, 0);
    while (this.reader.readOn(10)) this.items.push(...this.reader.take());
    this.items.push(...this.reader.take());
    return this;
  }

  begin(sequence: bigint, isStandalone = false): Promise<this> {
    return this.come({ kind: "gtid", domainId: 0, serverId: 1, sequence, isStandalone, isPreparedXa: false });
  }

  query(sql: string): Promise<this> {
    return this.come({ kind: "query", threadId: 1, database: "shop", sql: Buffer.from(sql), collation: 45, hasAnsiQuotes: false });
  }

  async insert(rows: readonly Buffer[], present = ALL_COLUMNS): Promise<this> {
    await this.come({ kind: "tableMap", table: TABLE });
    return this.come({ kind: "insert", tableId: 1, present, presentAfter: present, columnCount: 3, rows: Buffer.concat(rows) });
  }

  commit(): Promise<this> {
    return this.come({ kind: "xid" });
  }

  /** The ids of what came. */
  get ids(): readonly unknown[] {
    return this.items.map((item) => (item as { value: { after: { id: unknown } } }).value.after.id);
  }
}

/** A row, with a text of so many bytes, and a time of day that is none where it is asked for. */
function row(id: number, textBytes = 0, hours = 1): Buffer {
  const bytes = Buffer.alloc(1 + 4 + 3 + 4 + textBytes, 0x78);
  bytes[0] = 0;
  bytes.writeInt32LE(id, 1);
  bytes.writeUIntBE(0x80_0000 + (hours << 12), 5, 3);
  bytes.writeUInt32LE(textBytes, 8);
  return bytes;
}

test("what waits is counted as it is once it is inflated", async () => {
  const story = await new Story().begin(1n);
  await story.insert([...Array.from({ length: 17 }, (_, id) => row(id, MEBIBYTE))]);
  assert.deepEqual(story.ids, [...Array.from({ length: 16 }, (_, id) => id)], "all but the last, before the end");
  await story.commit();
  assert.equal(story.ids.length, 17);
});

test("a transaction that was begun, handed on in part and never ended is an error; one of which nothing was handed on is left out", async () => {
  const half = await new Story().begin(1n);
  await half.insert([row(1, 17 * MEBIBYTE), row(2)]);
  assert.deepEqual(half.ids, [1]);
  const started: BinlogEvent = { kind: "formatDescription", serverVersion: "10.11", createdSec: 1 };
  await assert.rejects(half.come(started), { code: "CONNECT_STATE", message: /0-1-1.*never committed.*Reset the connector's offsets/ });
  const one = await new Story().begin(1n);
  await one.insert([row(1, 17 * MEBIBYTE)]);
  await one.come(started);
  await (await one.begin(2n)).insert([row(3)]);
  await one.commit();
  assert.deepEqual([one.ids, one.logged], [[3], ["A transaction that the server never committed is left out"]]);
});

test("a statement in place of rows ends its transaction where it stands alone, and one that makes a table is one that alters", async () => {
  const story = await new Story().begin(1n, true);
  await story.query("INSERT INTO things VALUES (1)");
  assert.deepEqual([story.reader.isInTransaction, story.reader.place.gtids, story.logged.length], [false, "0-1-1", 1]);
  await (await (await story.begin(2n)).insert([row(1)])).commit();
  const { asked } = story;
  await (await (await story.begin(3n)).insert([row(2)])).commit();
  assert.equal(story.asked, asked, "nothing was altered");
  await story.begin(4n, true);
  await story.query("CREATE TABLE other SELECT 1");
  await (await (await story.begin(5n)).insert([row(3)])).commit();
  assert.equal(story.asked, asked + 1);
  await story.begin(6n, true);
  await story.query("ALTER TABLE things COMMENT 'x'");
  await story.begin(7n, true);
  await story.query("TRUNCATE things");
  assert.equal(story.asked, asked + 2, "a table that is emptied may be another one by now");
});

test("rows without all their columns, and rows that a ROLLBACK may mean, are refused before any is read", async () => {
  const minimal = await (await new Story().begin(1n)).insert([row(1)], Buffer.from([0b011]));
  await assert.rejects(minimal.commit(), { code: "CONNECT_SOURCE", message: /came without all its columns.*binlog_row_image=FULL/ });
  const mixed = await (await new Story().begin(1n)).insert([row(1)]);
  await assert.rejects(mixed.query("ROLLBACK"), { code: "CONNECT_SOURCE", message: /"ROLLBACK".*some rows were kept/ });
  const none = await (await new Story().begin(1n)).query("ROLLBACK");
  assert.equal(none.reader.isInTransaction, false);
});

test("a row that has no form counts nowhere, and the rows behind it are read", async () => {
  const story = await new Story({}, { tellsTransactions: true }).begin(1n);
  await (await story.insert([row(1), row(2, 5, 25), row(3)])).commit();
  const end = story.items.at(-1) as { value: { status: string; event_count: bigint } };
  assert.deepEqual([end.value.status, end.value.event_count, story.items.length], ["END", 2n, 4]);
  const orders = story.items
    .slice(1, 3)
    .map((item) => (item as { value: { transaction: { total_order: bigint } } }).value.transaction.total_order);
  assert.deepEqual(orders, [1n, 2n]);
  assert.deepEqual(story.logged, ["A change is left out or taken as it is"]);
});

test("what was done before is of its own transaction alone, though others come first", async () => {
  const within = { gtid: "0-1-2", change: 1, part: 0, event: 2, row: 1 };
  const story = new Story({ gtids: "0-1-0", within });
  for (const sequence of [1n, 2n, 3n])
    await (await (await story.begin(sequence)).insert([row(Number(sequence) * 10), row(Number(sequence) * 10 + 1)])).commit();
  assert.deepEqual(story.ids, [10, 11, 21, 30, 31]);
});

test("what the server makes up moves no place, however far the file is", async () => {
  const story = new Story({ position: 3_000_000_000n });
  await story.come({ kind: "heartbeat" }, { nextPosition: 0 });
  await (await (await story.begin(1n)).insert([row(1)])).commit();
  assert.equal(story.reader.place.position, 3_000_000_500n);
});

test("a GTID of MySQL's is of the one transaction behind it", async () => {
  const server = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  const story = new Story({}, { isMariaDb: false });
  await story.come({ kind: "mysqlGtid", gtid: `${server}:7` });
  await story.query("BEGIN");
  await (await story.insert([row(1)])).commit();
  await story.query("BEGIN");
  await (await story.insert([row(2)])).commit();
  const gtids = story.items.map((item) => (item as unknown as { value: { source: { gtid: string | null } } }).value.source.gtid);
  assert.deepEqual([gtids, story.reader.place.gtids], [[`${server}:7`, null], `${server}:7`]);
});
