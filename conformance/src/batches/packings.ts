import { createRequire } from "node:module";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { xxHash32 as xxHash32Of } from "@ottla/protocol/records";

const require = createRequire(import.meta.url);
const snappyBlock = (require("snappy") as { compressSync(input: Buffer): Buffer }).compressSync;
const prefixedLz4Block = (require("lz4-napi") as { compressSync(input: Buffer): Buffer }).compressSync;

/** The codec ids of a batch's attributes. */
export const CODEC_IDS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

export type Codec = keyof typeof CODEC_IDS;

/** A way to write the same records in a codec's format, legal or not. */
export interface Packing {
  readonly codec: Codec;
  readonly name: string;
  pack(records: Buffer): Buffer;
}

const GARBAGE = Buffer.from("this is no part of anything that a codec would write, and long enough");

function gzipHeaderWithFields(records: Buffer): Buffer {
  const plain = gzipSync(records);
  const header = Buffer.from(plain.subarray(0, 10));
  header[3] = 0x04 | 0x08 | 0x10; // extra, name, comment
  return Buffer.concat([header, Buffer.from([3, 0, 1, 2, 3]), Buffer.from("name\0comment\0"), plain.subarray(10)]);
}

function changed(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

function halves(records: Buffer): [Buffer, Buffer] {
  const middle = records.length >> 1;
  return [records.subarray(0, middle), records.subarray(middle)];
}

const cut = (bytes: Buffer, share: number): Buffer => bytes.subarray(0, Math.floor(bytes.length * share));

const gzip: Record<string, (records: Buffer) => Buffer> = {
  plain: (r) => gzipSync(r),
  stored: (r) => gzipSync(r, { level: 0 }),
  "two members": (r) => Buffer.concat(halves(r).map((half) => gzipSync(half))),
  "an empty member first": (r) => Buffer.concat([gzipSync(Buffer.alloc(0)), gzipSync(r)]),
  "an empty member last": (r) => Buffer.concat([gzipSync(r), gzipSync(Buffer.alloc(0))]),
  "extra, name and comment": gzipHeaderWithFields,
  "1 byte behind": (r) => Buffer.concat([gzipSync(r), Buffer.from([7])]),
  "10 zeros behind": (r) => Buffer.concat([gzipSync(r), Buffer.alloc(10)]),
  "garbage behind": (r) => Buffer.concat([gzipSync(r), GARBAGE]),
  "a cut member behind": (r) => Buffer.concat([gzipSync(r), gzipSync(r).subarray(0, 30)]),
  "a cut header behind": (r) => Buffer.concat([gzipSync(r), gzipSync(r).subarray(0, 6)]),
  "cut in the middle": (r) => cut(gzipSync(r), 0.5),
  "cut in the header": (r) => gzipSync(r).subarray(0, 5),
  "cut in the trailer": (r) => gzipSync(r).subarray(0, -3),
  "without the trailer": (r) => gzipSync(r).subarray(0, -8),
  "a wrong checksum": (r) => changed(gzipSync(r), (b) => b.writeUInt8(b[b.length - 8]! ^ 1, b.length - 8)),
  "a wrong size": (r) => changed(gzipSync(r), (b) => b.writeUInt8(b[b.length - 1]! ^ 1, b.length - 1)),
  "a reserved flag": (r) => changed(gzipSync(r), (b) => b.writeUInt8(0x80, 3)),
  "another method": (r) => changed(gzipSync(r), (b) => b.writeUInt8(7, 2)),
  "no gzip at all": () => Buffer.from("not gzip at all"),
  nothing: () => Buffer.alloc(0),
};

const zstdOf = (records: Buffer, params: Record<number, number> = {}): Buffer => zstdCompressSync(records, { params });
const zstdSkippable = (magic: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(magic, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
};

const zstd: Record<string, (records: Buffer) => Buffer> = {
  plain: (r) => zstdOf(r),
  "with its size": (r) => zstdCompressSync(r, { pledgedSrcSize: r.length }),
  "with a checksum": (r) => zstdOf(r, { [constants.ZSTD_c_checksumFlag]: 1 }),
  "a wrong checksum": (r) =>
    changed(zstdOf(r, { [constants.ZSTD_c_checksumFlag]: 1 }), (b) => b.writeUInt8(b[b.length - 1]! ^ 1, b.length - 1)),
  "two frames": (r) => Buffer.concat(halves(r).map((half) => zstdOf(half))),
  "an empty frame first": (r) => Buffer.concat([zstdOf(Buffer.alloc(0)), zstdOf(r)]),
  "an empty frame last": (r) => Buffer.concat([zstdOf(r), zstdOf(Buffer.alloc(0))]),
  "a skippable frame first": (r) => Buffer.concat([zstdSkippable(0x184d2a50, Buffer.from("user")), zstdOf(r)]),
  "a skippable frame last": (r) => Buffer.concat([zstdOf(r), zstdSkippable(0x184d2a5f, Buffer.from("user"))]),
  "skippable frames between": (r) => {
    const [first, second] = halves(r);
    const skippable = zstdSkippable(0x184d2a53, Buffer.alloc(300));
    return Buffer.concat([zstdOf(first), skippable, skippable, zstdOf(second)]);
  },
  "a skippable frame alone": () => zstdSkippable(0x184d2a50, Buffer.from("user")),
  "a cut skippable frame behind": (r) => Buffer.concat([zstdOf(r), zstdSkippable(0x184d2a50, Buffer.alloc(20)).subarray(0, 15)]),
  "a large window": (r) => zstdOf(r, { [constants.ZSTD_c_windowLog]: 27 }),
  "garbage behind": (r) => Buffer.concat([zstdOf(r), GARBAGE]),
  "1 byte behind": (r) => Buffer.concat([zstdOf(r), Buffer.from([7])]),
  "cut in the middle": (r) => cut(zstdOf(r), 0.5),
  "cut by a byte": (r) => zstdOf(r).subarray(0, -1),
  "a cut frame behind": (r) => Buffer.concat([zstdOf(r), zstdOf(r).subarray(0, 8)]),
  "no zstd at all": () => Buffer.from("not zstd at all, but long enough to look"),
  nothing: () => Buffer.alloc(0),
};

interface Lz4Frame {
  readonly blockSizeId?: number;
  readonly blockBytes?: number;
  readonly flags?: number;
  readonly isStored?: boolean;
  readonly hasBlockChecksums?: boolean;
  readonly contentChecksum?: "right" | "wrong";
  readonly contentSize?: number;
  readonly headerChecksum?: "right" | "wrong" | "legacy";
  readonly hasEndMark?: boolean;
}

const xxHash32 = (bytes: Buffer): number => xxHash32Of(bytes, 0, bytes.length);
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

function lz4Frame(records: Buffer, frame: Lz4Frame = {}): Buffer {
  let flags = frame.flags ?? 0x60;
  if (frame.hasBlockChecksums === true) flags |= 0x10;
  if (frame.contentSize !== undefined) flags |= 0x08;
  if (frame.contentChecksum !== undefined) flags |= 0x04;
  const size = Buffer.alloc(frame.contentSize === undefined ? 0 : 8);
  if (frame.contentSize !== undefined) size.writeBigUInt64LE(BigInt(frame.contentSize));
  const descriptor = Buffer.concat([Buffer.from([flags, (frame.blockSizeId ?? 4) << 4]), size]);
  const magic = uint32(0x184d2204);
  const checked = frame.headerChecksum === "legacy" ? Buffer.concat([magic, descriptor]) : descriptor;
  const check = ((xxHash32(checked) >>> 8) & 0xff) ^ (frame.headerChecksum === "wrong" ? 1 : 0);
  const parts = [magic, descriptor, Buffer.from([check])];
  const step = frame.blockBytes ?? 65536;
  for (let at = 0; at < records.length; at += step) {
    const block = records.subarray(at, at + step);
    const packed = frame.isStored === true ? block : prefixedLz4Block(block).subarray(4);
    parts.push(uint32(packed.length + (frame.isStored === true ? 2 ** 31 : 0)), packed);
    if (frame.hasBlockChecksums === true) parts.push(uint32(xxHash32(packed)));
  }
  if (frame.hasEndMark !== false) parts.push(uint32(0));
  if (frame.contentChecksum !== undefined) parts.push(uint32(xxHash32(records) ^ (frame.contentChecksum === "wrong" ? 1 : 0)));
  return Buffer.concat(parts);
}

const lz4: Record<string, (records: Buffer) => Buffer> = {
  plain: (r) => lz4Frame(r),
  stored: (r) => lz4Frame(r, { isStored: true }),
  "blocks of 4 MiB": (r) => lz4Frame(r, { blockSizeId: 7, blockBytes: 4194304 }),
  "small blocks": (r) => lz4Frame(r, { blockBytes: 50 }),
  "block checksums": (r) => lz4Frame(r, { hasBlockChecksums: true }),
  "a wrong block checksum": (r) =>
    changed(lz4Frame(r, { hasBlockChecksums: true }), (b) => b.writeUInt8(b[b.length - 5]! ^ 1, b.length - 5)),
  "a content checksum": (r) => lz4Frame(r, { contentChecksum: "right" }),
  "a wrong content checksum": (r) => lz4Frame(r, { contentChecksum: "wrong" }),
  "without the content checksum it announces": (r) => lz4Frame(r, { contentChecksum: "right" }).subarray(0, -4),
  "its content size": (r) => lz4Frame(r, { contentSize: r.length }),
  "a wrong content size": (r) => lz4Frame(r, { contentSize: r.length + 1 }),
  "linked blocks": (r) => lz4Frame(r, { flags: 0x40 }),
  "a dictionary": (r) => lz4Frame(r, { flags: 0x61 }),
  "a reserved flag": (r) => lz4Frame(r, { flags: 0x62 }),
  "another version": (r) => lz4Frame(r, { flags: 0xa0 }),
  "a block size that is none": (r) => lz4Frame(r, { blockSizeId: 3 }),
  "a wrong header checksum": (r) => lz4Frame(r, { headerChecksum: "wrong" }),
  "the header checksum of before Kafka 0.10": (r) => lz4Frame(r, { headerChecksum: "legacy" }),
  "two frames": (r) => Buffer.concat(halves(r).map((half) => lz4Frame(half))),
  "a skippable frame first": (r) => Buffer.concat([zstdSkippable(0x184d2a50, Buffer.from("user")), lz4Frame(r)]),
  "a skippable frame last": (r) => Buffer.concat([lz4Frame(r), zstdSkippable(0x184d2a50, Buffer.from("user"))]),
  "an empty frame last": (r) => Buffer.concat([lz4Frame(r), lz4Frame(Buffer.alloc(0))]),
  "garbage behind": (r) => Buffer.concat([lz4Frame(r), GARBAGE]),
  "1 byte behind": (r) => Buffer.concat([lz4Frame(r), Buffer.from([7])]),
  "without an end mark": (r) => lz4Frame(r, { hasEndMark: false }),
  "cut in the middle": (r) => cut(lz4Frame(r), 0.5),
  "cut in the header": (r) => lz4Frame(r).subarray(0, 5),
  "no lz4 at all": () => Buffer.from("not lz4 at all"),
  nothing: () => Buffer.alloc(0),
};

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

function xerial(records: Buffer, chunkBytes = 32768): Buffer {
  const parts: Buffer[] = [XERIAL];
  for (let at = 0; at < records.length; at += chunkBytes) {
    const packed = snappyBlock(records.subarray(at, at + chunkBytes));
    parts.push(int32(packed.length), packed);
  }
  return Buffer.concat(parts);
}

const snappy: Record<string, (records: Buffer) => Buffer> = {
  plain: (r) => xerial(r),
  raw: (r) => snappyBlock(r),
  "raw with garbage behind": (r) => Buffer.concat([snappyBlock(r), GARBAGE]),
  "raw, cut": (r) => cut(snappyBlock(r), 0.5),
  "small chunks": (r) => xerial(r, 50),
  "two streams": (r) => Buffer.concat(halves(r).map((half) => xerial(half))),
  "an empty stream": () => XERIAL,
  "an empty chunk first": (r) => Buffer.concat([XERIAL, int32(1), Buffer.from([0]), xerial(r).subarray(16)]),
  "version 2, readable since 1": (r) => changed(xerial(r), (b) => b.writeInt32BE(2, 8)),
  "readable since version 2": (r) => changed(xerial(r), (b) => b.writeInt32BE(2, 12)),
  "version 0": (r) => changed(xerial(r), (b) => b.writeInt32BE(0, 8)),
  "3 bytes behind": (r) => Buffer.concat([xerial(r), Buffer.from([1, 2, 3])]),
  "garbage behind": (r) => Buffer.concat([xerial(r), GARBAGE]),
  "4 zeros behind": (r) => Buffer.concat([xerial(r), Buffer.alloc(4)]),
  "cut in the middle": (r) => cut(xerial(r), 0.7),
  "cut in the header": (r) => xerial(r).subarray(0, 12),
  "no snappy at all": () => Buffer.from("not snappy at all"),
  nothing: () => Buffer.alloc(0),
};

/** Every packing of every codec but "none". */
export const packings: readonly Packing[] = Object.entries({ gzip, zstd, lz4, snappy }).flatMap(([codec, ways]) =>
  Object.entries(ways).map(([name, pack]) => ({ codec: codec as Codec, name, pack })),
);
