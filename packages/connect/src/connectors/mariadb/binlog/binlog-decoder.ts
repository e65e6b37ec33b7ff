import { crc32 } from "node:zlib";
import { MalformedBytesError } from "@ottla/base";
import { BinlogBytes } from "./binlog-bytes.ts";
import type { BinlogEvent, EventHeader, GtidEvent, RowsEvent } from "./binlog-event.ts";
import { inflate } from "./inflate.ts";
import { readQuery } from "./query-event.ts";
import { type MapDialect, readTableMap } from "./table-map.ts";
import { readTransactionPayload } from "./transaction-payload.ts";

const HEADER_BYTES = 19;
const SIZE_AT = 9;
const CHECKSUM_BYTES = 4;
const CRC32 = 1;
const FLAGS_AT = 17;
const IN_USE = 0x01;

const EVENT = {
  query: 2,
  stop: 3,
  rotate: 4,
  formatDescription: 15,
  xid: 16,
  executeLoadQuery: 18,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  incident: 26,
  heartbeat: 27,
  rowsQuery: 29,
  writeRowsV2: 30,
  updateRowsV2: 31,
  deleteRowsV2: 32,
  mysqlGtid: 33,
  anonymousGtid: 34,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
  taggedGtid: 42,
  annotateRows: 160,
  gtid: 162,
  startEncryption: 164,
  queryCompressed: 165,
  writeRowsCompressedV1: 166,
  updateRowsCompressedV1: 167,
  deleteRowsCompressedV1: 168,
  writeRowsCompressedV2: 169,
  updateRowsCompressedV2: 170,
  deleteRowsCompressedV2: 171,
} as const;

const ROWS: ReadonlyMap<number, { readonly kind: RowsEvent["kind"]; readonly isV2: boolean; readonly isCompressed: boolean }> = new Map([
  [EVENT.writeRowsV1, { kind: "insert", isV2: false, isCompressed: false }],
  [EVENT.updateRowsV1, { kind: "update", isV2: false, isCompressed: false }],
  [EVENT.deleteRowsV1, { kind: "delete", isV2: false, isCompressed: false }],
  [EVENT.writeRowsV2, { kind: "insert", isV2: true, isCompressed: false }],
  [EVENT.updateRowsV2, { kind: "update", isV2: true, isCompressed: false }],
  [EVENT.deleteRowsV2, { kind: "delete", isV2: true, isCompressed: false }],
  [EVENT.writeRowsCompressedV1, { kind: "insert", isV2: false, isCompressed: true }],
  [EVENT.updateRowsCompressedV1, { kind: "update", isV2: false, isCompressed: true }],
  [EVENT.deleteRowsCompressedV1, { kind: "delete", isV2: false, isCompressed: true }],
  [EVENT.writeRowsCompressedV2, { kind: "insert", isV2: true, isCompressed: true }],
  [EVENT.updateRowsCompressedV2, { kind: "update", isV2: true, isCompressed: true }],
  [EVENT.deleteRowsCompressedV2, { kind: "delete", isV2: true, isCompressed: true }],
]);

/** MySQL 8.0.12 tells no sign of a YEAR (seen), 8.0.29 does (told by users of other readers); in between nothing is known, and the rest of its fields became as they are in 8.0.14. */
const WITHOUT_SIGNED_YEARS = /^8\.0\.(?:\d|1[0-3])(?!\d)/;

/** An event with what every event has. */
export interface DecodedEvent {
  readonly header: EventHeader;
  readonly event: BinlogEvent;
}

/**
 * Events of MariaDB's and MySQL's binlog, from a file or a replication stream, one by one in their order: whether they have checksums is told by the format description before them. Rows stay bytes,
 * since only their table says how they are read.
 */
export class BinlogDecoder {
  #hasChecksums: boolean;
  #dialect: MapDialect = { isMariaDb: false, countsYears: true };

  /** `hasChecksums`: whether those before the first format description have them. */
  constructor(hasChecksums = false) {
    this.#hasChecksums = hasChecksums;
  }

  /** One whole event. The bytes are not copied and must stay as they are. @throws MalformedBytesError */
  decode(bytes: Buffer): DecodedEvent {
    const type = bytes[4]!;
    const header = readHeader(bytes);
    if (type === EVENT.formatDescription) return { header, event: this.#formatDescription(bytes) };
    const end = this.#hasChecksums ? this.#checked(bytes, type) : bytes.length;
    return { header, event: this.#read(type, header, new BinlogBytes(bytes, HEADER_BYTES, end)) };
  }

  /** The events of a transaction that came as one, as they are when they are inflated: without checksums, each where the whole stands. @throws MalformedBytesError */
  *decodeWithin(bytes: Buffer, { size, nextPosition }: EventHeader): Generator<DecodedEvent> {
    for (let at = 0; at < bytes.length; ) {
      if (bytes.length - at < HEADER_BYTES) throw new MalformedBytesError("A compressed transaction ends within an event's header.");
      const event = bytes.subarray(at, at + Math.max(HEADER_BYTES, bytes.readUInt32LE(at + SIZE_AT)));
      const header = { ...readHeader(event), size, nextPosition };
      yield { header, event: this.#read(event[4]!, header, new BinlogBytes(event, HEADER_BYTES)) };
      at += event.length;
    }
  }

  #read(type: number, { serverId }: EventHeader, bytes: BinlogBytes): BinlogEvent {
    const rows = ROWS.get(type);
    if (rows !== undefined) return readRows(rows, bytes);
    switch (type) {
      case EVENT.tableMap:
        return { kind: "tableMap", table: readTableMap(bytes, this.#dialect) };
      case EVENT.gtid:
        return readGtid(bytes, serverId);
      case EVENT.xid:
        return { kind: "xid" };
      case EVENT.query:
        return readQuery(bytes, "plain");
      case EVENT.queryCompressed:
        return readQuery(bytes, "compressed");
      case EVENT.executeLoadQuery:
        return readQuery(bytes, "load");
      case EVENT.rotate: {
        const position = bytes.u64();
        return { kind: "rotate", position, file: bytes.rest().toString("utf8") };
      }
      case EVENT.mysqlGtid:
        return { kind: "mysqlGtid", gtid: readMysqlGtid(bytes) };
      case EVENT.annotateRows:
        return { kind: "statementText", sql: bytes.rest().toString("utf8") };
      case EVENT.rowsQuery:
        bytes.skip(1);
        return { kind: "statementText", sql: bytes.rest().toString("utf8") };
      case EVENT.heartbeat:
      case EVENT.heartbeatV2:
        return { kind: "heartbeat" };
      case EVENT.xaPrepare:
        return bytes.u8() === 1 ? { kind: "xid" } : { kind: "xaPrepare" };
      case EVENT.incident:
        bytes.skip(2);
        return { kind: "incident", text: bytes.text(bytes.u8()) };
      case EVENT.partialUpdateRows:
        return { kind: "unreadable", what: "updates of parts of JSON documents; set binlog_row_value_options='' on the server" };
      case EVENT.transactionPayload:
        return readTransactionPayload(bytes);
      case EVENT.taggedGtid:
        return {
          kind: "unreadable",
          what: "a transaction whose GTID has a tag; set gtid_next=AUTOMATIC, without a tag, in the sessions that write",
        };
      default:
        return { kind: "other", type };
    }
  }

  #formatDescription(bytes: Buffer): BinlogEvent {
    const parts = new BinlogBytes(bytes, HEADER_BYTES);
    const version = parts.u16();
    if (version !== 4) throw new MalformedBytesError(`The binlog is of version ${version}; only 4 is known.`);
    const serverVersion = parts.text(50).replace(/\0.*$/s, "");
    const isMariaDb = serverVersion.includes("MariaDB");
    this.#dialect = { isMariaDb, countsYears: isMariaDb || !WITHOUT_SIGNED_YEARS.test(serverVersion) };
    const createdSec = parts.u32();
    if (parts.u8() !== HEADER_BYTES) throw new MalformedBytesError("The binlog's events have headers of another length than 19.");
    // Behind the lengths of all types: how checksums are made, and this event's own, whether others have one or not.
    if (parts.left < 1 + CHECKSUM_BYTES)
      throw new MalformedBytesError("The binlog's format description does not say how checksums are made.");
    const algorithm = bytes[bytes.length - CHECKSUM_BYTES - 1]!;
    if (algorithm > CRC32) throw new MalformedBytesError(`The binlog's checksums are made by algorithm ${algorithm}; only CRC32 is known.`);
    this.#hasChecksums = algorithm === CRC32;
    if (this.#hasChecksums) {
      // That the file is being written is marked behind the checksum's back.
      const unmarked = Buffer.from(bytes);
      unmarked[FLAGS_AT]! &= ~IN_USE;
      this.#checked(unmarked, EVENT.formatDescription);
    }
    return { kind: "formatDescription", serverVersion, createdSec };
  }

  #checked(bytes: Buffer, type: number): number {
    const end = bytes.length - CHECKSUM_BYTES;
    if (end < HEADER_BYTES || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
      const position = bytes.readUInt32LE(13);
      throw new MalformedBytesError(
        `The binlog event of type ${type} that ends at ${position} does not have the checksum that it says: the server's file or the way here is damaged.`,
      );
    }
    return end;
  }
}

function readHeader(bytes: Buffer): EventHeader {
  if (bytes.length < HEADER_BYTES) throw new MalformedBytesError(`A binlog event of ${bytes.length} bytes has no header.`);
  const size = bytes.readUInt32LE(SIZE_AT);
  if (size !== bytes.length) throw new MalformedBytesError(`A binlog event says that it has ${size} bytes, and has ${bytes.length}.`);
  return { timestampSec: bytes.readUInt32LE(0), serverId: bytes.readUInt32LE(5), size, nextPosition: bytes.readUInt32LE(13) };
}

function readGtid(bytes: BinlogBytes, serverId: number): GtidEvent {
  const sequence = bytes.u64();
  const domainId = bytes.u32();
  const flags = bytes.u8();
  return { kind: "gtid", domainId, serverId, sequence, isStandalone: (flags & 1) !== 0, isPreparedXa: (flags & 64) !== 0 };
}

function readMysqlGtid(bytes: BinlogBytes): string {
  bytes.skip(1);
  const server = bytes.slice(16).toString("hex");
  const number = bytes.u64();
  return `${server.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}:${number}`;
}

function readRows(
  { kind, isV2, isCompressed }: { kind: RowsEvent["kind"]; isV2: boolean; isCompressed: boolean },
  bytes: BinlogBytes,
): RowsEvent {
  const tableId = bytes.u48();
  bytes.skip(2);
  if (isV2) bytes.skip(bytes.u16() - 2);
  const columnCount = bytes.packed();
  // The count may have more than 32 bits.
  const bitmapBytes = Math.ceil(columnCount / 8);
  const present = bytes.slice(bitmapBytes);
  const presentAfter = kind === "update" ? bytes.slice(bitmapBytes) : present;
  const rows = isCompressed ? inflate(bytes) : bytes.rest();
  return { kind, tableId, present, presentAfter, columnCount, rows };
}
