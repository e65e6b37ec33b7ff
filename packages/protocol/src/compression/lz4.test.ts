import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { MalformedBytesError } from "@ottla/base";
import fc from "fast-check";
import { sampleInputs } from "../records-tests/sample-inputs.ts";
import { lz4 } from "./lz4.ts";
import { decompressLz4Block } from "./lz4-block.ts";
import { PACKED_AT_ONCE_MAX, putLz4Block } from "./lz4-block-packer.ts";
import { unpackLz4Block } from "./lz4-block-unpacker.ts";
import { xxHash32 } from "./xxhash32.ts";

const BYTES_MAX = 2 ** 24;

test("XXH32 gives the values of its specification", () => {
  for (const [text, expected] of [
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ] as const) {
    const bytes = Buffer.from(text);
    assert.equal(xxHash32(bytes, 0, bytes.length), expected);
  }
});

test("frames start as Java's do and end in an end mark", () => {
  const frame = lz4.compress(Buffer.from("x".repeat(100)));
  assert.equal(frame.subarray(0, 7).toString("hex"), "04224d18604082");
  assert.equal(frame.readUInt32LE(frame.length - 4), 0);
});

/** The packed block; null if it does not pack. */
function packed(block: Buffer): Buffer | null {
  const frame = Buffer.alloc(block.length + 2, 0xee);
  const bytes = putLz4Block(block, frame, 1);
  assert.ok(bytes < Math.max(1, block.length));
  assert.ok(frame[0] === 0xee && frame[1 + bytes] === 0xee, "it stays within what it says");
  return bytes === 0 ? null : frame.subarray(1, 1 + bytes);
}

/** What a packed block gives back, by script and by WebAssembly, which must agree. */
function unpackedByBoth(block: Buffer, bytes: number): Buffer {
  const output = Buffer.alloc(bytes);
  assert.equal(decompressLz4Block(block, 0, block.length, output, 0, bytes), bytes);
  assert.ok(unpackLz4Block(block, 0, block.length, bytes).equals(output));
  assert.ok(unpackLz4Block(block, 0, block.length, bytes + 1).equals(output));
  assert.throws(() => unpackLz4Block(block, 0, block.length, bytes - 1), MalformedBytesError);
  return output;
}

test("packed blocks are read by script and by WebAssembly", () => {
  fc.assert(
    fc.property(sampleInputs(PACKED_AT_ONCE_MAX), (input) => {
      const block = packed(input);
      if (block !== null) assert.ok(unpackedByBoth(block, input.length).equals(input));
    }),
    { endOnFailure: true },
  );
});

/** Bytes that do not pack. */
function noise(bytes: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let i = 0, state = seed; i < bytes; i++) buffer[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  return buffer;
}

for (const [name, input, isPacked] of [
  ["twelve bytes, too few for a match", Buffer.alloc(12), false],
  ["few bytes", Buffer.alloc(32), true],
  ["a full block of one byte", Buffer.alloc(PACKED_AT_ONCE_MAX, 7), true],
  ["a full block that does not pack", noise(PACKED_AT_ONCE_MAX), false],
  [
    "a match over the longest distance",
    Buffer.concat([Buffer.from("far away"), noise(65519), Buffer.from("far away"), Buffer.alloc(1)]),
    false,
  ],
  ["more literals than a byte can tell", Buffer.concat([noise(15 + 255 + 255), Buffer.alloc(400)]), true],
  ["matches of every length, one behind the other", Buffer.concat(Array.from({ length: 300 }, (_, i) => Buffer.alloc(i, i))), true],
] as const) {
  test(`packs ${name}`, () => {
    const block = packed(input);
    assert.equal(block !== null, isPacked);
    if (block !== null) assert.ok(unpackedByBoth(block, input.length).equals(input));
  });
}

test("what was packed before leaves no trace in the next block", () => {
  const text = Buffer.from('{"airport":"SFO","delay":12}'.repeat(60));
  const first = packed(text)!;
  packed(noise(PACKED_AT_ONCE_MAX));
  packed(Buffer.alloc(PACKED_AT_ONCE_MAX, text));
  assert.ok(packed(text)!.equals(first));
});

/** What a block gives or how it fails, by one of the two. */
function outcome(unpack: () => Buffer): string {
  try {
    return unpack().toString("hex");
  } catch (error) {
    assert.ok(error instanceof MalformedBytesError, String(error));
    return error.message;
  }
}

test("damaged blocks, and any bytes at all, are read alike by script and by WebAssembly", () => {
  const damaged = fc.tuple(sampleInputs(3000), fc.nat(), fc.nat(255), fc.nat()).map(([input, place, byte, cut]) => {
    const block = Buffer.from(packed(input) ?? input);
    if (block.length > 0) block[place % block.length] = byte;
    return block.subarray(0, cut % 3 === 0 ? cut % (block.length + 1) : block.length);
  });
  const anything = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(damaged, anything), fc.nat(4000), (block, bytesMax) => {
      const dst = Buffer.alloc(bytesMax);
      const byScript = outcome(() => dst.subarray(0, decompressLz4Block(block, 0, block.length, dst, 0, bytesMax)));
      assert.equal(
        outcome(() => unpackLz4Block(block, 0, block.length, bytesMax)),
        byScript,
      );
    }),
    { numRuns: runsOf({ quick: 400, long: 2000 }), endOnFailure: true },
  );
});

test("a block as large as any may be is unpacked, and a small one behind it", () => {
  // One literal, then a match of 4 MiB less one: sixteen thousand and some bytes of 255.
  const rest = 4 * 2 ** 20 - 1 - 5 - 4 - 15;
  const length = Buffer.concat([Buffer.alloc(Math.floor(rest / 255), 255), Buffer.from([rest % 255])]);
  const block = Buffer.concat([Buffer.from([0x1f, 7, 1, 0]), length, Buffer.from([0x50, 7, 7, 7, 7, 7])]);
  assert.ok(unpackLz4Block(block, 0, block.length, 4 * 2 ** 20).equals(Buffer.alloc(4 * 2 ** 20, 7)));
  assert.equal(unpackLz4Block(FIRST_BLOCK, 0, FIRST_BLOCK.length, 100).toString(), FIRST_TEXT);
});

/** `hello, ` as literals, then nine bytes from seven back. */
const FIRST_BLOCK = Buffer.from([0x75, ...Buffer.from("hello, "), 7, 0, 0x10, 0x21]);
const FIRST_TEXT = "hello, hello, he!";
/** One literal, then twelve bytes that reach seventeen back: into the block before. */
const LINKED_BLOCK = Buffer.from([0x18, 0x3e, 17, 0, 0x10, 0x3c]);
const LINKED_TEXT = ">ello, hello,<";
/** 65536 bytes as literals: packed they are more. */
const LITERALS_64_KIB = Buffer.concat([Buffer.from([0xf0]), Buffer.alloc(256, 255), Buffer.from([241]), Buffer.alloc(65536)]);

interface FrameParts {
  readonly linked?: boolean;
  readonly blockChecksums?: boolean;
  readonly contentSize?: number;
  readonly contentChecksum?: boolean;
  readonly blockSizeId?: number;
}

/** A frame of the given blocks (packed, or stored if `stored`) by the letter of the format description. */
function frameOf(blocks: readonly { readonly bytes: Buffer; readonly stored?: boolean }[], content: string, parts: FrameParts): Buffer {
  const flags =
    0x40 |
    (parts.linked ? 0 : 0x20) |
    (parts.blockChecksums ? 0x10 : 0) |
    (parts.contentSize === undefined ? 0 : 8) |
    (parts.contentChecksum ? 4 : 0);
  const descriptor = Buffer.from([
    flags,
    (parts.blockSizeId ?? 4) << 4,
    ...(parts.contentSize === undefined ? [] : int32(parts.contentSize, 8)),
  ]);
  const out: Buffer[] = [
    Buffer.from([4, 0x22, 0x4d, 0x18]),
    descriptor,
    Buffer.from([(xxHash32(descriptor, 0, descriptor.length) >>> 8) & 255]),
  ];
  for (const { bytes, stored } of blocks) {
    out.push(int32(stored ? bytes.length + 2 ** 31 : bytes.length), bytes);
    if (parts.blockChecksums) out.push(int32(xxHash32(bytes, 0, bytes.length)));
  }
  out.push(int32(0));
  if (parts.contentChecksum) out.push(int32(xxHash32(Buffer.from(content), 0, content.length)));
  return Buffer.concat(out);
}

function int32(value: number, bytes = 4): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUInt32LE(value);
  return buffer;
}

const independent = [{ bytes: FIRST_BLOCK }, { bytes: Buffer.from("stored"), stored: true }];
const linked = [{ bytes: FIRST_BLOCK }, { bytes: LINKED_BLOCK }];

for (const [flags, frame, text] of [
  ["independent blocks, one of them stored", frameOf(independent, `${FIRST_TEXT}stored`, {}), `${FIRST_TEXT}stored`],
  ["linked blocks", frameOf(linked, FIRST_TEXT + LINKED_TEXT, { linked: true }), FIRST_TEXT + LINKED_TEXT],
  ["checksums of blocks", frameOf(linked, FIRST_TEXT + LINKED_TEXT, { linked: true, blockChecksums: true }), FIRST_TEXT + LINKED_TEXT],
  ["a checksum of the content", frameOf(independent, `${FIRST_TEXT}stored`, { contentChecksum: true }), `${FIRST_TEXT}stored`],
  ["the content's size", frameOf(independent, `${FIRST_TEXT}stored`, { contentSize: 23 }), `${FIRST_TEXT}stored`],
  [
    "everything at once, blocks of 4 MiB",
    frameOf(linked, FIRST_TEXT + LINKED_TEXT, {
      linked: true,
      blockChecksums: true,
      contentSize: 31,
      contentChecksum: true,
      blockSizeId: 7,
    }),
    FIRST_TEXT + LINKED_TEXT,
  ],
  ["no block", frameOf([], "", { contentChecksum: true }), ""],
] as const) {
  test(`frames are read with ${flags}`, () => {
    assert.equal(lz4.decompress(frame, BYTES_MAX).toString(), text);
    assert.equal(lz4.decompress(frame, text.length).toString(), text);
    if (text.length > 0) assert.throws(() => lz4.decompress(frame, text.length - 1), MalformedBytesError);
    for (let at = 0; at < frame.length; at++) assert.throws(() => lz4.decompress(frame.subarray(0, at), BYTES_MAX), MalformedBytesError);
  });
}

test("what is unpacked piece by piece stays as it was while others are unpacked", async () => {
  const pieces = lz4.pieces(lz4.compress(Buffer.alloc(70_000, "one")));
  const { value: first } = await pieces.next();
  lz4.unpack(lz4.compress(Buffer.alloc(70_000, "two")), 2 ** 17);
  lz4.decompress(lz4.compress(Buffer.alloc(70_000, "three")), 2 ** 17);
  assert.ok((first as Buffer).equals(Buffer.alloc(65536, "one")));
  assert.ok(((await pieces.next()).value as Buffer).equals(Buffer.alloc(70_000, "one").subarray(65536)));
});

test("frames may follow each other, frames of user data between them", () => {
  const frame = frameOf(independent, "", {});
  const userData = Buffer.concat([int32(0x184d2a53), int32(3), Buffer.from("abc")]);
  const frames = Buffer.concat([userData, frame, userData, userData, frame, userData]);
  const text = `${FIRST_TEXT}stored`.repeat(2);
  assert.equal(lz4.decompress(frames, text.length).toString(), text);
  assert.throws(() => lz4.decompress(frames, text.length - 1), MalformedBytesError);
});

for (const [fault, frame] of [
  ["a wrong checksum of a block", flip(frameOf(linked, "", { linked: true, blockChecksums: true }), 13)],
  ["a wrong checksum of the content", frameOf(independent, "something else, as long", { contentChecksum: true })],
  ["another content size", frameOf(independent, "", { contentSize: 24 })],
  ["a damaged header", flip(frameOf(independent, "", {}), 6)],
  ["a dictionary", Buffer.concat([Buffer.from([4, 0x22, 0x4d, 0x18, 0x61, 0x40, 1, 2, 3, 4, 0]), int32(0)])],
  ["a match before the frame's start", frameOf([{ bytes: LINKED_BLOCK }], "", { linked: true })],
  ["a match into the block before, though blocks are independent", frameOf(linked, "", {})],
  ["a block larger than announced", frameOf([{ bytes: Buffer.alloc(65537), stored: true }], "", {})],
  ["a packed block larger than announced, though its content is not", frameOf([{ bytes: LITERALS_64_KIB }], "", {})],
  ["no frame", Buffer.from("no frame at all")],
] as const) {
  test(`malformed: ${fault}`, () => {
    assert.throws(() => lz4.decompress(frame, BYTES_MAX), MalformedBytesError);
  });
}

test("linked blocks are refused of a producer, since Java cannot read them", async () => {
  const frame = frameOf(linked, FIRST_TEXT + LINKED_TEXT, { linked: true });
  assert.match(lz4.unpack(frame, BYTES_MAX)?.fault ?? "", /linked blocks/);
  await assert.rejects(lz4.pieces(frame).next(), /linked blocks/);
});

function flip(frame: Buffer, at: number): Buffer {
  const damaged = Buffer.from(frame);
  damaged[at]! ^= 1;
  return damaged;
}

test("what was packed stays as it was when the caller uses its buffer again, also where a block is stored", async () => {
  const content = noise(100_000);
  const piece = Buffer.from(content);
  const packer = lz4.packer();
  await packer.add(piece);
  piece.fill(0);
  const frame = await packer.finish();
  assert.ok(frame.length > content.length, "nothing of it could be packed");
  assert.ok(lz4.decompress(frame, content.length).equals(content));
});
