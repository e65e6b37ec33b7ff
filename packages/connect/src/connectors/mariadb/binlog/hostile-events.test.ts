// Events that are cut, or say sizes that nobody has: refused at once, whatever they say.
import assert from "node:assert/strict";
import { crc32, deflateSync, zstdCompressSync } from "node:zlib";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { cellReaderOf } from "../values/cell-reader.ts";
import { factsOf } from "../values/column-facts.ts";
import { BinlogBytes } from "./binlog-bytes.ts";
import { BinlogDecoder } from "./binlog-decoder.ts";
import type { BinlogEvent } from "./binlog-event.ts";
import type { TableMap } from "./table-map.ts";
import { packedBinlog } from "./testing/packed-binlog.ts";
import { recordedBinlog } from "./testing/recorded-binlog.ts";
import { inflatePayload } from "./transaction-payload.ts";

const HEADER_BYTES = 19;
const CHECKSUM_BYTES = 4;
const utf8 = (bytes: Buffer): string => bytes.toString("utf8");

const events: readonly Buffer[] = (() => {
  const found: Buffer[] = [];
  for (let at = 4; at < recordedBinlog.length; at += recordedBinlog.readUInt32LE(at + 9))
    found.push(recordedBinlog.subarray(at, at + recordedBinlog.readUInt32LE(at + 9)));
  return found;
})();

/** An event of a type with this behind its header, with the checksum that is right for it. */
function eventOf(type: number, payload: Buffer): Buffer {
  const event = Buffer.alloc(HEADER_BYTES + payload.length + CHECKSUM_BYTES);
  event[4] = type;
  event.writeUInt32LE(event.length, 9);
  payload.copy(event, HEADER_BYTES);
  event.writeUInt32LE(crc32(event.subarray(0, -CHECKSUM_BYTES)), event.length - CHECKSUM_BYTES);
  return event;
}

function decoderBehindFormat(): BinlogDecoder {
  const decoder = new BinlogDecoder();
  decoder.decode(events[0]!);
  return decoder;
}

/** Reads the rows too. */
function readWhole(event: BinlogEvent, tables: Map<number, TableMap>): void {
  if (event.kind === "tableMap") tables.set(event.table.tableId, event.table);
  if (event.kind !== "insert" && event.kind !== "delete") return;
  const { columns } = tables.get(event.tableId)!;
  const readers = columns.map((column) => cellReaderOf(column, factsOf(column, undefined, utf8), utf8));
  const at = new BinlogBytes(event.rows);
  while (at.left > 0) {
    const nulls = at.slice((readers.length + 7) >> 3);
    readers.forEach((read, i) => ((nulls[i >> 3]! >> (i & 7)) & 1) === 0 && read(at));
  }
}

test("an event that is cut at any byte, with a checksum that fits, is refused or is another whole one", () => {
  let refused = 0;
  const tables = new Map<number, TableMap>();
  for (const event of events.slice(1)) {
    const payload = event.subarray(HEADER_BYTES, -CHECKSUM_BYTES);
    for (let length = 0; length < payload.length; length++)
      try {
        readWhole(decoderBehindFormat().decode(eventOf(event[4]!, payload.subarray(0, length))).event, new Map(tables));
      } catch (error) {
        assert.ok(error instanceof MalformedBytesError, `type ${event[4]} cut at ${length}: ${String(error)}`);
        refused++;
      }
    readWhole(decoderBehindFormat().decode(event).event, tables);
  }
  assert.ok(refused > 1000, `${refused} were refused`);
});

/** A length as the protocol packs it, in nine bytes. */
function packed(length: bigint): Buffer {
  const bytes = Buffer.alloc(9, 0xfe);
  bytes.writeBigUInt64LE(length, 1);
  return bytes;
}

const zeroEnded = (text: string): Buffer => Buffer.from(`${String.fromCharCode(text.length)}${text}\0`);

test("lengths that nobody has are refused before anything is made for them", () => {
  const decoder = decoderBehindFormat();
  const refused = (type: number, ...parts: Buffer[]): void =>
    assert.throws(() => decoder.decode(eventOf(type, Buffer.concat(parts))), MalformedBytesError, `type ${type}`);
  const idAndFlags = Buffer.from("010000000000" + "0100", "hex");
  const names = Buffer.concat([zeroEnded("shop"), zeroEnded("t")]);
  const beforeMemory = process.memoryUsage().rss;
  for (const length of [1n << 20n, 1n << 31n, (1n << 31n) - 7n, 1n << 32n, (1n << 53n) - 1n, 1n << 53n, (1n << 64n) - 1n]) {
    // A table map's count of columns, the length of what is told of them, and of what follows.
    refused(19, idAndFlags, names, packed(length));
    refused(19, idAndFlags, names, Buffer.from([1, 3]), packed(length));
    refused(19, idAndFlags, names, Buffer.from([1, 3, 0, 0, 4]), packed(length));
    refused(19, idAndFlags, names, Buffer.from([1, 3, 0, 0, 4, 10]), packed(length));
    // Rows of so many columns: of 2^32 and a few no bits would be left.
    refused(23, idAndFlags, packed(length));
  }
  // A compressed event that says a gigabyte and has a few bytes, and one that is larger than it says.
  const compressed = (says: number, bytes: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head[0] = 0x84;
    head.writeUInt32BE(says, 1);
    return Buffer.concat([head, deflateSync(bytes)]);
  };
  refused(166, idAndFlags, Buffer.from([1, 1]), compressed(1 << 30, Buffer.alloc(100)));
  refused(166, idAndFlags, Buffer.from([1, 1]), compressed(100, Buffer.alloc(50_000_000)));
  refused(166, idAndFlags, Buffer.from([1, 1]), compressed(2 ** 31, Buffer.alloc(1)));
  assert.ok(process.memoryUsage().rss - beforeMemory < 400_000_000, "nothing of those sizes was made");
});

test("a compressed transaction that is cut, says sizes that nobody has, or is within another one, is refused", async () => {
  const file = packedBinlog(recordedBinlog);
  const decoder = decoderBehindFormat();
  let refused = 0;
  for (let at = 4; at < file.length; at += file.readUInt32LE(at + 9)) {
    if (file[at + 4] !== 40) continue;
    const payload = file.subarray(at + HEADER_BYTES, at + file.readUInt32LE(at + 9) - CHECKSUM_BYTES);
    for (let length = 0; length < payload.length; length++) {
      assert.throws(() => decoder.decode(eventOf(40, payload.subarray(0, length))), MalformedBytesError, `cut at ${length}`);
      refused++;
    }
    const { event } = decoder.decode(eventOf(40, payload));
    assert.ok(event.kind === "transactionPayload");
    const { inflatedSize, payload: packedBytes } = event;
    for (const says of [inflatedSize - 1, inflatedSize + 1, 0])
      await assert.rejects(inflatePayload({ ...event, inflatedSize: says }), MalformedBytesError);
    await assert.rejects(inflatePayload({ ...event, payload: packedBytes.subarray(0, -5) }), MalformedBytesError);
    const events = await inflatePayload(event);
    for (let length = 1; length < Math.min(events.length, 200); length++)
      try {
        Array.from(decoder.decodeWithin(events.subarray(0, length), { timestampSec: 0, serverId: 1, size: 9, nextPosition: 9 }));
      } catch (error) {
        assert.ok(error instanceof MalformedBytesError, String(error));
        refused++;
      }
  }
  assert.ok(refused > 1000, `${refused} were refused`);
  const bomb = zstdCompressSync(Buffer.alloc(200_000_000));
  const head = Buffer.from([2, 1, 0, 3, 3, 0xfc, 100, 0, 1, 4, 0xfd, bomb.length & 255, (bomb.length >> 8) & 255, bomb.length >> 16, 0]);
  const beforeMemory = process.memoryUsage().rss;
  const { event } = decoder.decode(eventOf(40, Buffer.concat([head, bomb])));
  assert.ok(event.kind === "transactionPayload" && event.inflatedSize === 100);
  await assert.rejects(inflatePayload(event), /cannot be inflated/);
  assert.ok(process.memoryUsage().rss - beforeMemory < 100_000_000, "no more was made than it said");
  const lz4 = decoder.decode(eventOf(40, Buffer.from([2, 1, 1, 3, 1, 5, 1, 1, 2, 0, 7, 7]))).event;
  assert.deepEqual(lz4, {
    kind: "unreadable",
    what: "a transaction compressed by algorithm 1; set binlog_transaction_compression=OFF on the server",
  });
});

test("a table of ten thousand columns has each by its name", () => {
  const count = 10_000;
  const column = Buffer.alloc(3, 0xfd);
  column.writeUInt16LE(count, 1);
  column[0] = 0xfc;
  const names = Buffer.concat(Array.from({ length: count }, (_, i) => Buffer.from(`${String.fromCharCode(`c${i}`.length)}c${i}`)));
  const namesLength = Buffer.alloc(4, 0xfd);
  namesLength.writeUIntLE(names.length, 1, 3);
  const table = decoderBehindFormat().decode(
    eventOf(
      19,
      Buffer.concat([
        Buffer.from("0100000000000100", "hex"),
        zeroEnded("shop"),
        zeroEnded("wide"),
        column,
        Buffer.alloc(count, 3),
        Buffer.from([0]),
        Buffer.alloc((count + 7) >> 3, 0xff),
        Buffer.from([4]),
        namesLength,
        names,
      ]),
    ),
  ).event as { readonly table: TableMap };
  assert.deepEqual([table.table.columns.length, table.table.columns.at(-1)?.name], [count, "c9999"]);
});

test("what cannot be read without losing anything is refused by its name", () => {
  const told = (type: number) => decoderBehindFormat().decode(eventOf(type, Buffer.alloc(40))).event;
  for (const type of [39, 42]) assert.equal(told(type).kind, "unreadable", `type ${type}`);
});
