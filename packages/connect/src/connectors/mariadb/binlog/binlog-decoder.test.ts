import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { NO_DATE } from "../values/calendar.ts";
import { BinlogDecoder } from "./binlog-decoder.ts";
import { readBinlog } from "./testing/read-binlog.ts";
import { recordedBinlog } from "./testing/recorded-binlog.ts";

const KINDS = { u: "uuid", i6: "inet6", i4: "inet4" } as const;
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const decimal = (text: string) => {
  const point = text.indexOf(".");
  return { unscaled: BigInt(text.replace(".", "")), scale: point < 0 ? 0 : text.length - point - 1 };
};

test("rows of every type are what was written", () => {
  const { rows } = readBinlog(recordedBinlog, KINDS);
  const [first, second, third] = rows.filter(({ table, kind }) => table === "types" && kind === "insert").map(({ row }) => row);
  assert.deepEqual(first, {
    id: 1,
    ti: -2,
    tiu: 200,
    si: -300,
    siu: 60_000,
    mi: -70_000,
    miu: 16_000_000,
    i: -5,
    iu: 4_000_000_000,
    bi: -9_007_199_254_740_993n,
    biu: 18_446_744_073_709_551_615n,
    d1: decimal("12.34"),
    d2: decimal("-12345678901234567890123456789012345.123456789012345678901234567891"),
    d3: decimal("-77"),
    du: decimal("1.500"),
    f: Math.fround(1.1),
    db: 1.234_567_890_123_456_7,
    b1: hex("01"),
    b5: hex("15"),
    b64: hex("deadbeef00000001"),
    y: 2026,
    da: 20_516,
    t0: 18_367_000_000,
    t2: -10_000,
    t3: -18_367_123_000,
    t6: 3_020_398_999_999,
    dt0: 1_772_600_767_000_000n,
    dt1: 1_772_600_767_900_000n,
    dt6: 1_772_600_767_123_456n,
    ts0: 1_772_600_767_000_000n,
    ts3: 1_772_600_767_123_000n,
    ts6: 1_772_600_767_123_456n,
    c5: "ab",
    c90: "ninety",
    vc: "var",
    // Latin1's bytes, which are no UTF-8.
    vl: "\uFFFD",
    bn: hex("61000000"),
    vb: hex("0031"),
    tx: 'te"xt',
    bl: Buffer.from("blob"),
    en: 3,
    se: 5n,
    g: hex(`e61000000102000000${"02000000"}${"0000000000000000".repeat(2)}${"000000000000f03f".repeat(2)}`),
    p: hex("00000000010100000000000000000008400000000000001040"),
    u: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    i6: "2001:db8::1",
    i4: "1.2.3.4",
    ucs: "uçs",
    gen: 2,
    cv: "comp".repeat(20),
    cb: Buffer.from("plain"),
  });
  assert.deepEqual(
    { ...second, g: undefined, p: undefined },
    {
      id: 2,
      ti: -128,
      tiu: 255,
      si: -32_768,
      siu: 65_535,
      mi: -8_388_608,
      miu: 16_777_215,
      i: -2_147_483_648,
      iu: 4_294_967_295,
      bi: -(2n ** 63n),
      biu: 0n,
      d1: decimal("-999999.99"),
      d2: decimal(`${"9".repeat(35)}.${"9".repeat(30)}`),
      d3: decimal("9999999999"),
      du: decimal("0.000"),
      f: Math.fround(-1e38),
      db: 1e308,
      b1: hex("00"),
      b5: hex("1f"),
      b64: Buffer.alloc(8),
      y: 1901,
      da: -354_285,
      t0: -3_020_399_000_000,
      t2: 10_000,
      t3: 1000,
      t6: -3_020_399_000_000,
      dt0: 253_402_300_799_000_000n,
      dt1: -100_000n,
      dt6: -1n,
      ts0: 1_000_000n,
      ts3: 2_147_483_647_999_000n,
      ts6: 978_307_200_000_000n,
      c5: "",
      c90: "",
      vc: "",
      vl: "",
      bn: Buffer.alloc(4),
      vb: Buffer.alloc(0),
      tx: "",
      bl: Buffer.alloc(0),
      en: 1,
      se: 0n,
      g: undefined,
      p: undefined,
      u: "ffffffff-ffff-7fff-8fff-ffffffffffff",
      i6: "::ffff:1.2.3.4",
      i4: "255.255.255.255",
      ucs: "",
      gen: 4,
      cv: "a",
      cb: Buffer.from("b".repeat(300)),
    },
  );
  const { id, da, dt0, dt6, ts0, y, en, i6, gen, ...nulls } = third!;
  assert.deepEqual([id, y, en, i6, gen], [3, 0, 0, "1::", 6]);
  assert.deepEqual([da, dt0, dt6, ts0], [NO_DATE, NO_DATE, NO_DATE, NO_DATE]);
  assert.ok(Object.values(nulls).every((value) => value === null));
  const [old] = rows.filter(({ table }) => table === "old");
  assert.deepEqual(old?.row, { id: 1, d: 1_772_600_767_000_000n, t: -3_723_000_000, s: 1_772_600_767_000_000n }, "of before MariaDB 10.0");
});

test("a table map has names, signs, collations, labels and the key", () => {
  const { tables } = readBinlog(recordedBinlog);
  const types = tables.find(({ table }) => table === "types")!;
  const column = (name: string) => types.columns.find((candidate) => candidate.name === name)!;
  assert.ok(types.hasNames);
  assert.deepEqual([types.database, types.primaryKey], ["shop", [0]]);
  assert.deepEqual(
    types.columns.filter(({ isUnsigned }) => isUnsigned).map(({ name }) => name),
    ["tiu", "siu", "miu", "iu", "biu", "du", "y", "gen"],
  );
  assert.deepEqual(
    types.columns.filter(({ isNullable }) => !isNullable).map(({ name }) => name),
    ["id"],
  );
  assert.deepEqual(
    ["vc", "vl", "vb", "ucs", "en"].map((name) => column(name).collation),
    [45, 8, 63, 35, 45],
  );
  assert.deepEqual(
    [column("en").labels?.map(String), column("se").labels?.map(String)],
    [
      ["a", "b", `it's, "fine"`],
      ["x", "y", "z"],
    ],
  );
  assert.deepEqual([column("g").geometryType, column("p").geometryType], [0, 1]);
  assert.deepEqual([column("c90").length, column("b64").length, column("d2").scale], [360, 64, 30]);
  // A unique index without nulls stands in for a primary key.
  assert.deepEqual(tables.find(({ table }) => table === "uni")?.primaryKey, [0]);
});

test("transactions, statements and XA stand where they are, compressed or not", () => {
  const { events, rows } = readBinlog(recordedBinlog, KINDS);
  const told = events.flatMap(({ event }) => {
    if (event.kind === "gtid")
      return [`${event.domainId}-${event.serverId}-${event.sequence}${event.isStandalone ? "!" : ""}${event.isPreparedXa ? " xa" : ""}`];
    if (event.kind === "query") return [String(event.sql).slice(0, 24)];
    return event.kind === "xid" ||
      event.kind === "xaPrepare" ||
      event.kind === "insert" ||
      event.kind === "update" ||
      event.kind === "delete"
      ? [event.kind]
      : [];
  });
  assert.deepEqual(told.slice(8), [
    ...["0-1-5", "insert", "xid", "0-1-6", "insert", "xid", "0-1-7", "update", "insert", "delete", "xid"],
    ...["0-1-8", "insert", "xid", "0-1-9", "update", "xid", "0-1-10", "delete", "xid", "0-1-11!", "CREATE TABLE `a table wh"],
    ...["0-1-12!", "TRUNCATE uni", "0-1-13 xa", "insert", "XA END X'78',X'',1", "xaPrepare", "0-1-14!", "XA COMMIT X'78',X'',1"],
    ...["0-1-15!", "DROP TABLE `old` /* gene", "0-1-16!", "create table old (id int", "0-1-17", "insert", "xid"],
  ]);
  assert.deepEqual(
    rows.filter(({ table, kind }) => table === "uni" && kind === "update").map(({ row }) => [row["a"], row["b"]]),
    [1, 3, 7, 9, 11, 13].flatMap((a) => [
      [a, a === 1 ? 2 : a === 3 ? null : a + 1],
      [a, 1],
    ]),
  );
  assert.deepEqual(events.at(-1)?.event, { kind: "rotate", position: 4n, file: "mariadb-bin.000002" });
});

test("an event that is damaged or cut is refused and not misread", () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  const whole = readBinlog(recordedBinlog, KINDS).rows.length;
  const formatBytes = recordedBinlog.readUInt32LE(13);
  for (let i = 0; i < 300; i++) {
    const damaged = Buffer.from(recordedBinlog);
    const at = 4 + random.nextInt(damaged.length - 4);
    damaged[at]! ^= 1 << random.nextInt(8);
    // Whether the file is in use is the one bit that no checksum covers.
    if (at - 4 === 17 && at < formatBytes) continue;
    assert.throws(() => readBinlog(damaged, KINDS), MalformedBytesError, `OTTLA_TEST_SEED=${seed}: byte ${at}`);
  }
  // Without checksums, what is read is refused by its own rules or read as something, and never kills.
  for (let i = 0; i < 300; i++) {
    const bytes = withoutChecksums();
    const at = 4 + formatBytes + random.nextInt(bytes.length - formatBytes - 4);
    bytes[at]! ^= 1 << random.nextInt(8);
    try {
      assert.ok(readBinlog(bytes, KINDS).rows.length <= whole * 50);
    } catch (error) {
      assert.ok(error instanceof MalformedBytesError, `OTTLA_TEST_SEED=${seed}: byte ${at}: ${String(error)}`);
    }
  }
  const decoder = new BinlogDecoder();
  for (const length of [0, 18, 19, 40]) assert.throws(() => decoder.decode(recordedBinlog.subarray(4, 4 + length)), MalformedBytesError);
});

/** The same file as a server with `binlog_checksum=NONE` writes it. */
function withoutChecksums(): Buffer {
  const parts: Buffer[] = [recordedBinlog.subarray(0, 4)];
  for (let at = 4; at < recordedBinlog.length; ) {
    const size = recordedBinlog.readUInt32LE(at + 9);
    const isFormat = recordedBinlog[at + 4] === 15;
    const event = Buffer.from(recordedBinlog.subarray(at, at + size - (isFormat ? 0 : 4)));
    if (isFormat) event[event.length - 5] = 0;
    event.writeUInt32LE(event.length, 9);
    parts.push(event);
    at += size;
  }
  return Buffer.concat(parts);
}
