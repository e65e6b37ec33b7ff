import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { describe, test } from "node:test";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import { BinlogDecoder } from "../binlog/binlog-decoder.ts";
import type { BinlogEvent } from "../binlog/binlog-event.ts";
import { packedBinlog } from "../binlog/testing/packed-binlog.ts";
import { recordedBinlog } from "../binlog/testing/recorded-binlog.ts";
import { inflatePayload } from "../binlog/transaction-payload.ts";
import type { CatalogTable, TableFacts } from "../catalog/catalog.ts";
import { nameFilter } from "../../debezium/name-filter.ts";
import { CapturedTables } from "../tables/captured-tables.ts";
import { textOfCharset } from "../values/charsets.ts";
import type { ColumnFacts } from "../values/column-facts.ts";
import { type CdcOffset, readOffset } from "./cdc-offset.ts";
import { ChangeReader } from "./change-reader.ts";
import { EventMaker } from "./event-maker.ts";
import type { ChangeRules } from "./transaction-records.ts";

const SERVER = "the server";
const BEGINNING: CdcOffset = {
  place: { file: "mariadb-bin.000001", position: 4n, gtids: "" },
  identity: { serverUid: SERVER, fileSec: undefined },
};
const UNI: CatalogTable = {
  database: "shop",
  table: "uni",
  type: "BASE TABLE",
  engine: "InnoDB",
  rowsEstimated: 0,
  key: ["a"],
  columns: ["a", "b"].map(
    (name): ColumnFacts => ({
      name,
      kind: "int",
      isUnsigned: false,
      isNullable: name === "b",
      length: 10,
      scale: 0,
      labels: [],
      isWideFloat: false,
      defaultText: undefined,
    }),
  ),
};
const facts: TableFacts = {
  table: (_, table) => Promise.resolve(table === "uni" ? UNI : undefined),
  textOf: (collation) => Promise.resolve(textOfCharset(collation === 35 ? "ucs2" : "utf8mb4", undefined)),
};
const list = (what: string, include: readonly string[] = []) => ({ what, include, exclude: [] });

interface Settings {
  readonly tables?: readonly string[];
  readonly rules?: Partial<ChangeRules>;
  readonly onFailure?: "fail" | "warn";
  readonly serverUid?: string;
  readonly file?: Buffer;
}

function readerOf(
  from: CdcOffset,
  { tables = [], rules = {}, onFailure = "warn", serverUid = SERVER }: Settings,
  log: (message: string) => void = () => undefined,
): ChangeReader {
  const filter = nameFilter({ spaces: list("database"), tables: list("table", tables), columns: list("column"), keys: "" });
  const values = { decimals: "precise", times: "adaptive_time_microseconds", unsignedBigints: "long", binary: "bytes" } as const;
  return new ChangeReader(
    {
      maker: new EventMaker({ prefix: "p", flavour: "mariadb", version: "1", tombstones: true, headers: [] }),
      tables: new CapturedTables({ prefix: "p", flavour: "mariadb", filter, values }, facts),
      rules: { skipped: new Set(), skipsUnchanged: false, tellsTransactions: false, ...rules },
      onFailure,
      log: { error: log, warn: log, info: log, debug: log },
    },
    from,
    { uid: serverUid, isMariaDb: true },
  );
}

/** All that is handed on, whenever it may be. */
async function readAll(from: CdcOffset, settings: Settings = {}) {
  const { serverUid = SERVER, file = recordedBinlog } = settings;
  const logged: string[] = [];
  const reader = readerOf(from, settings, (message) => void logged.push(message));
  const decoder = new BinlogDecoder();
  const items: SourceItem[] = [];
  let isBehind = false;
  for (let at = 4; at < file.length; ) {
    const size = file.readUInt32LE(at + 9);
    const decoded = decoder.decode(file.subarray(at, at + size));
    const { header, event } = decoded;
    const events = event.kind === "transactionPayload" ? decoder.decodeWithin(await inflatePayload(event), header) : [decoded];
    // The server sends what comes behind the place, another one what comes behind its GTID, and always how the file is written.
    isBehind ||= serverUid === SERVER ? BigInt(at) >= from.place.position : isBehindGtid(event, from);
    if (isBehind || event.kind === "formatDescription")
      for (const each of events) {
        await reader.feed(each, 0);
        while (reader.readOn(1)) items.push(...reader.take());
        items.push(...reader.take());
      }
    at += size;
  }
  return { items, reader, logged };
}

function isBehindGtid(event: BinlogEvent, { place }: CdcOffset): boolean {
  return event.kind === "gtid" && event.sequence > BigInt(place.gtids?.split("-")[2] ?? 0);
}

interface ToldValue {
  readonly op?: string;
  readonly status?: string;
  readonly after?: Readonly<Record<string, number>> | null;
  readonly before?: Readonly<Record<string, number>> | null;
}

const told = (items: readonly SourceItem[]): string[] =>
  items.map((item) => {
    const { op, after, before, status } = (item as { readonly value?: ToldValue | null }).value ?? {};
    const row = after ?? before;
    return `${item.topic} ${op ?? status ?? "tombstone"} ${row?.["id"] ?? row?.["a"] ?? ""}`.trim();
  });

describe("changes of a binlog", () => {
  test("each transaction's records, in order, with tombstones and truncates", async () => {
    const { items } = await readAll(BEGINNING, { tables: ["shop.types", "shop.uni"] });
    assert.deepEqual(told(items), [
      ...["p.shop.types c 1", "p.shop.types c 2", "p.shop.types c 3"],
      ...["p.shop.types u 1", "p.shop.uni c 1", "p.shop.uni c 3", "p.shop.types d 2", "p.shop.types tombstone"],
      ...["p.shop.uni c 7", "p.shop.uni c 9", "p.shop.uni c 11", "p.shop.uni c 13"],
      ...[1, 3, 7, 9, 11, 13].map((a) => `p.shop.uni u ${a}`),
      ...[1, 3, 7, 9, 11, 13].flatMap((a) => [`p.shop.uni d ${a}`, "p.shop.uni tombstone"]),
      ...["p.shop.uni t", "p.shop.uni c 1"],
    ]);
    const ends = items.flatMap((item, i) => (item.transactionEnds === true ? [i] : []));
    assert.deepEqual(ends, [1, 2, 7, 11, 17, 29, 30, 31], "the last record of each transaction ends it");
  });

  test("a restart behind any record brings the rest, each once, on the same server and on another one", async () => {
    for (const tellsTransactions of [false, true]) {
      const rules = { tellsTransactions };
      const whole = (await readAll(BEGINNING, { rules })).items;
      assert.ok(whole.length > 30);
      for (const serverUid of [SERVER, "a replica that was promoted"])
        for (let i = 0; i < whole.length; i++) {
          const { items } = await readAll(readOffset(whole[i]!.offset), { rules, serverUid });
          const withoutIds = (all: readonly SourceItem[]) =>
            all.map((item) => ({ ...item, offset: { ...item.offset, server_uid: undefined } }));
          assert.deepEqual(withoutIds(items), withoutIds(whole.slice(i + 1)), `behind record ${i}, ${serverUid}`);
        }
    }
  });

  test("another server divides rows into events otherwise, and brings the rest all the same", async () => {
    const file = withRowsDivided();
    const settings = { tables: ["shop.uni"] };
    const whole = (await readAll(BEGINNING, settings)).items;
    assert.deepEqual(told((await readAll(BEGINNING, { ...settings, file })).items), told(whole));
    for (let i = 0; i < whole.length; i++) {
      const { items } = await readAll(readOffset(whole[i]!.offset), { ...settings, file, serverUid: "a replica that was promoted" });
      assert.deepEqual(told(items), told(whole.slice(i + 1)), `behind record ${i}`);
    }
  });

  test("transactions that came compressed are what they are without, and a restart behind any record of one brings the rest", async () => {
    const bare = (all: readonly SourceItem[]) =>
      all.map((item) => {
        const { source, ...value } = ((item as { value?: unknown }).value ?? {}) as { source?: Record<string, unknown> };
        return { ...item, offset: undefined, value, source: { ...source, pos: undefined } };
      });
    const whole = (await readAll(BEGINNING)).items;
    for (const isZstd of [true, false]) {
      const file = packedBinlog(recordedBinlog, { isZstd });
      const { items } = await readAll(BEGINNING, { file });
      assert.deepEqual(bare(items), bare(whole));
      for (let i = 0; i < items.length; i++) {
        const rest = await readAll(readOffset(items[i]!.offset), { file });
        assert.deepEqual(rest.items, items.slice(i + 1), `behind record ${i}`);
      }
    }
  });

  test("a place beyond 4 GiB is known by those before it, and what the server makes up moves none", async () => {
    const { reader } = await readAll(BEGINNING, { tables: ["shop.nothing"] });
    const event = (nextPosition: number) =>
      ({ header: { timestampSec: 1, serverId: 1, size: 100, nextPosition }, event: { kind: "xid" } }) as const;
    await reader.feed(event(2 ** 32 - 50), 0);
    await reader.feed(event(50), 0);
    assert.equal(reader.place.position, 2n ** 32n + 50n);
    await reader.feed(event(20), 0);
    assert.equal(reader.place.position, 2n ** 32n + 50n);
  });

  test("transactions have a beginning, an end and their counts", async () => {
    const { items } = await readAll(BEGINNING, { tables: ["shop.types", "shop.uni"], rules: { tellsTransactions: true } });
    const third = items.filter((item) =>
      JSON.stringify((item as { value?: unknown }).value, (_, v: unknown) => (typeof v === "bigint" ? `${v}` : v)).includes("0-1-7"),
    );
    assert.deepEqual(told(third), [
      "p.transaction BEGIN",
      ...["p.shop.types u 1", "p.shop.uni c 1", "p.shop.uni c 3", "p.shop.types d 2"],
      "p.transaction END",
    ]);
    assert.deepEqual((third.at(-1) as { value: unknown }).value, {
      status: "END",
      id: "0-1-7",
      event_count: 4n,
      data_collections: [
        { data_collection: "shop.types", event_count: 2n },
        { data_collection: "shop.uni", event_count: 2n },
      ],
      ts_ms: (third[1] as { value: { source: { ts_ms: bigint } } }).value.source.ts_ms,
    });
    const blocks = third.slice(1, -1).map((item) => (item as { value: { transaction: unknown } }).value.transaction);
    assert.deepEqual(blocks.at(-1), { id: "0-1-7", total_order: 4n, data_collection_order: 2n });
  });

  test("rows of other tables move the place on, and nothing else", async () => {
    const { items, reader } = await readAll(BEGINNING, { tables: ["shop.nothing"] });
    assert.deepEqual(items, []);
    assert.deepEqual(reader.place, { file: "mariadb-bin.000002", position: 4n, gtids: "0-1-17" });
  });

  test("a transaction waits as its bytes, and becomes records no faster than these are taken", async () => {
    const rowCount = 50_000;
    const reader = readerOf(BEGINNING, { tables: ["shop.uni"], rules: { tellsTransactions: true } });
    const decoder = new BinlogDecoder();
    let most = 0;
    let taken = 0;
    for (const bytes of eventsOf(withManyRows(rowCount))) {
      const decoded = decoder.decode(bytes);
      await reader.feed(decoded, 0);
      if (decoded.event.kind === "insert") assert.equal(reader.readyCount, 0, "nothing is read before the end has come");
      while (reader.readOn(100)) {
        most = Math.max(most, reader.readyCount);
        taken += reader.take().length;
      }
      taken += reader.take().length;
    }
    const usual = (await readAll(BEGINNING, { tables: ["shop.uni"], rules: { tellsTransactions: true } })).items.length;
    assert.equal(taken, usual - 4 + rowCount);
    assert.ok(most <= 103, `${most} records waited at once`);
  });

  test("of a transaction that is too large to wait records are handed on before its end, and then its end has to come", async () => {
    const reader = readerOf(BEGINNING, { tables: ["shop.uni"] });
    const decoder = new BinlogDecoder();
    let taken = 0;
    for (const bytes of eventsOf(withManyRows(2_000_000))) {
      await reader.feed(decoder.decode(bytes), 0);
      // Not all of it: it would be two million.
      for (let i = 0; i < 10 && reader.readOn(100); i++) taken += reader.take().length;
      if (taken > 0) break;
    }
    assert.equal(taken, 1000, "one is always kept for the end's offset");
  });

  test("a transaction that the server never committed is left out", async () => {
    const cut = withoutLastXid();
    const { items, logged } = await readAll(BEGINNING, { tables: ["shop.old"], file: cut });
    assert.deepEqual(items, []);
    assert.deepEqual(logged, ["A transaction that the server never committed is left out"]);
    assert.equal((await readAll(BEGINNING, { tables: ["shop.old"] })).items.length, 1, "and with its end it is there");
  });

  test("rows that are not known to be committed are refused, or taken with a warning", async () => {
    await assert.rejects(readAll(BEGINNING, { tables: ["shop.uni"], onFailure: "fail" }), {
      name: "ConnectError",
      message: /^mariadb-bin\.000001:\d+ \(transaction 0-1-13\): An XA transaction changed shop\.uni\./,
    });
    const { logged } = await readAll(BEGINNING, { tables: ["shop.uni"] });
    assert.deepEqual(logged, ["A change is left out or taken as it is"]);
  });

  test("operations that are skipped, and updates without a change", async () => {
    const skipped = new Set(["u", "d", "t"]);
    const { items } = await readAll(BEGINNING, { tables: ["shop.uni"], rules: { skipped } });
    assert.ok(told(items).every((text) => text.startsWith("p.shop.uni c")));
    const { items: changed } = await readAll(BEGINNING, { tables: ["shop.uni"], rules: { skipsUnchanged: true } });
    assert.equal(told(changed).filter((text) => text.includes(" u ")).length, 6);
  });
});

/** Each row of the insertion of four rows in an event of its own, as a server with a small `binlog_row_event_max_size` has them. */
function withRowsDivided(): Buffer {
  const decoder = new BinlogDecoder();
  const parts: Buffer[] = [recordedBinlog.subarray(0, 4)];
  for (let at = 4; at < recordedBinlog.length; at += recordedBinlog.readUInt32LE(at + 9)) {
    const bytes = recordedBinlog.subarray(at, at + recordedBinlog.readUInt32LE(at + 9));
    const { event } = decoder.decode(bytes);
    const isDivided = event.kind === "insert" && event.rows.length === 4 * ROW_BYTES;
    if (!isDivided) parts.push(bytes);
    else for (let row = 0; row < 4; row++) parts.push(asEvent(bytes, event.rows.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES)));
  }
  return Buffer.concat(parts);
}

const eventsOf = (file: Buffer): Buffer[] => {
  const events: Buffer[] = [];
  for (let at = 4; at < file.length; at += file.readUInt32LE(at + 9)) events.push(file.subarray(at, at + file.readUInt32LE(at + 9)));
  return events;
};

/** The insertion of four rows is one of so many, in one event. */
function withManyRows(count: number): Buffer {
  const decoder = new BinlogDecoder();
  const events = eventsOf(recordedBinlog).map((bytes) => {
    const { event } = decoder.decode(bytes);
    if (event.kind !== "insert" || event.rows.length !== 4 * ROW_BYTES) return bytes;
    return asEvent(bytes, Buffer.concat(Array<Buffer>(count).fill(event.rows.subarray(0, ROW_BYTES))));
  });
  return Buffer.concat([recordedBinlog.subarray(0, 4), ...events]);
}

/** Which columns are null, and two numbers. */
const ROW_BYTES = 9;
const ROWS_AT = 29;

/** Uncompressed, in place of a compressed one. */
function asEvent(compressed: Buffer, rows: Buffer): Buffer {
  const event = Buffer.concat([compressed.subarray(0, ROWS_AT), rows]);
  event[4] = 23;
  return resized(event);
}

function resized(event: Buffer): Buffer {
  event.writeUInt32LE(event.length + 4, 9);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(event));
  return Buffer.concat([event, checksum]);
}

/** The last transaction of the file has no end before the file's own. */
function withoutLastXid(): Buffer {
  const events: Buffer[] = [];
  for (let at = 4; at < recordedBinlog.length; at += recordedBinlog.readUInt32LE(at + 9))
    events.push(recordedBinlog.subarray(at, at + recordedBinlog.readUInt32LE(at + 9)));
  const last = events.findLastIndex((event) => event[4] === 16);
  return Buffer.concat([recordedBinlog.subarray(0, 4), ...events.filter((_, i) => i !== last)]);
}
