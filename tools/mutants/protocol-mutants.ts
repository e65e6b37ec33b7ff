import type { Mutant } from "./mutant.ts";

const checks = ["protocol/src/records/check-batch"];
const produced = ["protocol/src/records/produced-records"];
const damaged = ["protocol/src/records/produced-records", "protocol/src/records-tests/damaged-batches"];
const frames = ["protocol/src/compression/frames"];
const lz4 = ["protocol/src/compression/lz4"];
const snappy = ["protocol/src/compression/snappy"];

/** Faults in the check of record batches and in their codecs. */
export const protocolMutants: readonly Mutant[] = [
  {
    rule: "a batch whose bytes give another CRC is damaged",
    file: "packages/protocol/src/records/check-batch.ts",
    find: "if (stored !== computed) return",
    replace: "if (size < 0) return",
    tests: checks,
  },
  {
    rule: "clients do not write control records",
    file: "packages/protocol/src/records/check-batch.ts",
    find: '  if (isControl(batch, 0)) return invalid("Clients may not write control records.");\n',
    replace: "",
    tests: checks,
  },
  {
    rule: "a produced batch has a record for each of its offsets",
    file: "packages/protocol/src/records/check-batch.ts",
    find: "if (count !== offsets) return",
    replace: "if (count > offsets) return",
    tests: checks,
  },
  {
    rule: "a producer id is a safe integer",
    file: "packages/protocol/src/records/check-batch.ts",
    find: '  if (!Number.isSafeInteger(id)) return invalid("A record batch has a producer id outside the safe integers.");\n',
    replace: "",
    tests: checks,
  },
  {
    rule: "a request holds one batch for a partition",
    file: "packages/protocol/src/records/check-batch.ts",
    find: "return next > left ? null : invalid(",
    replace: "return next > 0 ? null : invalid(",
    tests: checks,
  },
  {
    rule: "zstd needs Produce version 7",
    file: "packages/protocol/src/records/check-batch.ts",
    find: "&& produceVersion < ZSTD_SINCE_PRODUCE_VERSION) {",
    replace: "&& produceVersion < 0) {",
    tests: checks,
  },
  {
    rule: "a batch is no larger than max.message.bytes",
    file: "packages/protocol/src/records/check-batch.ts",
    find: "if (batch.length > maxMessageBytes) {",
    replace: "if (batch.length > maxMessageBytes && first < 0) {",
    tests: checks,
  },
  {
    rule: "the offset deltas of a batch have no gap",
    file: "packages/protocol/src/records/record-check.ts",
    find: "if (offsetDelta !== index) this",
    replace: "if (offsetDelta < 0) this",
    tests: produced,
  },
  {
    rule: "a compacted topic takes no record without a key",
    file: "packages/protocol/src/records/record-check.ts",
    find: "if (keyLength < 0 && rules.requiresKey)",
    replace: "if (keyLength < -1 && rules.requiresKey)",
    tests: produced,
  },
  {
    rule: "a record's time is not before the earliest one",
    file: "packages/protocol/src/records/record-check.ts",
    find: "if (timestamp > rules.latestTimestamp || timestamp < rules.earliestTimestamp)",
    replace: "if (timestamp > rules.latestTimestamp)",
    tests: produced,
  },
  {
    rule: "the fields of a record fill it",
    file: "packages/protocol/src/records/record-crawler.ts",
    find: '    if (position !== this.#recordEnd) return this.#fail("has a record with fields that do not fill it");\n',
    replace: "",
    tests: damaged,
  },
  {
    rule: "nothing lies behind the last record of a batch",
    file: "packages/protocol/src/records/record-crawler.ts",
    find: '    if (this.#field === LENGTH && this.#recordsLeft === 0) return this.#fail("has bytes behind its last record");\n',
    replace: "",
    tests: damaged,
  },
  {
    rule: "a batch does not end before its last record",
    file: "packages/protocol/src/records/record-crawler.ts",
    find: "if (isInside || this.#recordsLeft > 0) this",
    replace: "if (isInside) this",
    tests: damaged,
  },
  {
    rule: "a batch that is packed anew fits max.message.bytes",
    file: "packages/protocol/src/records/produced-records.ts",
    find: "return batch.length > rules.maxMessageBytes ? refused(",
    replace: "return batch.length > rules.maxMessageBytes * 1000 ? refused(",
    tests: produced,
  },
  {
    rule: "gzip data has a bounded number of members",
    file: "packages/protocol/src/compression/gzip.ts",
    find: "if (members > FRAMES_MAX) throw",
    replace: "if (members > FRAMES_MAX * 1000) throw",
    tests: frames,
  },
  {
    rule: "the content of a gzip member has the checksum that it says",
    file: "packages/protocol/src/compression/gzip-member.ts",
    find: '  if (input.readUInt32LE(at) !== checksum) return "its content has another checksum than it says";\n',
    replace: "",
    tests: frames,
  },
  {
    rule: "zstd data has a bounded number of frames",
    file: "packages/protocol/src/compression/zstd.ts",
    find: '      if (frames > FRAMES_MAX) throw malformedBy("zstd", TOO_MANY_FRAMES);\n',
    replace: "",
    tests: frames,
  },
  {
    rule: "a match of an lz4 block lies behind its start",
    file: "packages/protocol/src/compression/lz4-block.ts",
    find: "if (distance === 0 || distance > d) throw",
    replace: "if (distance === 0) throw",
    tests: lz4,
  },
  {
    rule: "an lz4 block of literals unpacks to no more than is allowed",
    file: "packages/protocol/src/compression/lz4-block.ts",
    find: '    if (literals > limit - d) throw malformed("unpacks to more bytes than allowed");\n',
    replace: "",
    tests: lz4,
  },
  {
    rule: "a block of an lz4 frame has the checksum that it says",
    file: "packages/protocol/src/compression/lz4-frame.ts",
    find: '  if (frame.hasBlockChecksums && src.readUInt32LE(end) !== xxHash32(src, start, end)) throw malformed("has a block with a wrong checksum");\n',
    replace: "",
    tests: lz4,
  },
  {
    rule: "an lz4 block is no larger than its frame allows",
    file: "packages/protocol/src/compression/lz4-frame.ts",
    find: '  if (end - start > frame.blockBytesMax) throw malformed("has a block larger than its frame allows");\n',
    replace: "",
    tests: lz4,
  },
  {
    rule: "lz4 blocks that hang together are refused, as Java does",
    file: "packages/protocol/src/compression/lz4.ts",
    find: '  if (!frame.areBlocksIndependent) throw malformed("has linked blocks, which Java cannot read");\n',
    replace: "",
    tests: ["protocol/src/compression"],
  },
  {
    rule: "a stored lz4 block is a copy of the caller's bytes",
    file: "packages/protocol/src/compression/lz4.ts",
    find: "isStored ? Buffer.from(block) : packed",
    replace: "isStored ? block : packed",
    tests: ["protocol/src/compression"],
  },
  {
    rule: "a snappy chunk claims no more bytes than it can hold",
    file: "packages/protocol/src/compression/snappy.ts",
    find: '  if (bytes > (end - elementsAt) * GROWTH_MAX) throw malformed("claims more bytes than it can hold");\n',
    replace: "",
    tests: snappy,
  },
  {
    rule: "a snappy chunk unpacks to as many bytes as it claims",
    file: "packages/protocol/src/compression/snappy-block.ts",
    find: '  if (d !== limit) throw malformed("unpacks to fewer bytes than it claims");\n',
    replace: "",
    tests: snappy,
  },
  {
    rule: "snappy data unpacks to no more than is allowed",
    file: "packages/protocol/src/compression/snappy.ts",
    find: "      if (chunk.bytes > bytesLeft) return undefined;\n",
    replace: "",
    tests: ["protocol/src/compression"],
  },
];
