import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader, ByteWriter, InvariantError, MalformedBytesError } from "@ottla/base";
import { fetchApi } from "../generated/apis/fetch.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength } from "./array-lengths.ts";
import {
  readBytes,
  readCompactBytes,
  readNullableBytes,
  readNullableCompactBytes,
  writeCompactRecords,
  writeRecords,
} from "./byte-fields.ts";
import {
  readCompactString,
  readNullableCompactString,
  readNullableString,
  readString,
  writeCompactString,
  writeString,
} from "./strings.ts";
import { readUnknownTaggedFields } from "./tagged-fields.ts";

const reader = (hex: string): ByteReader => new ByteReader(Buffer.from(hex.replaceAll(" ", ""), "hex"));

function written(write: (writer: ByteWriter) => void): Buffer[] {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

describe("an array's length", () => {
  it("is refused before an element is read when the bytes left cannot hold so many", () => {
    assert.equal(readArrayLength(reader("00000002 01020304"), 2), 2);
    assert.throws(() => readArrayLength(reader("00000003 01020304"), 2), /3 elements .* 4 bytes/);
    assert.equal(readCompactArrayLength(reader("05 01020304"), 1), 4);
    assert.throws(() => readCompactArrayLength(reader("06 01020304"), 1), MalformedBytesError);
    assert.throws(() => readNullableArrayLength(reader("7fffffff"), 1), MalformedBytesError);
    assert.throws(() => readNullableCompactArrayLength(reader("ffffffff0f"), 1), MalformedBytesError);
  });

  it("is null only where it may be", () => {
    assert.equal(readNullableArrayLength(reader("ffffffff"), 1), -1);
    assert.equal(readNullableCompactArrayLength(reader("00"), 1), -1);
    assert.throws(() => readArrayLength(reader("ffffffff"), 1), /null/);
    assert.throws(() => readCompactArrayLength(reader("00"), 1), /null/);
  });
});

describe("a string", () => {
  it("is null only where it may be", () => {
    assert.equal(readNullableString(reader("ffff")), null);
    assert.equal(readNullableCompactString(reader("00")), null);
    assert.throws(() => readString(reader("ffff")), /null/);
    assert.throws(() => readCompactString(reader("00")), /null/);
  });

  it("holds 32767 bytes and no more, both ways", () => {
    const longest = "x".repeat(32767);
    const compact = Buffer.concat(written((writer) => writeCompactString(writer, longest)));
    assert.equal(readCompactString(new ByteReader(compact)), longest);
    assert.equal(readString(new ByteReader(Buffer.concat(written((writer) => writeString(writer, longest))))), longest);
    assert.throws(() => writeString(new ByteWriter(), `${longest}x`), InvariantError);
    assert.throws(() => writeCompactString(new ByteWriter(), "é".repeat(16384)), InvariantError);
    assert.throws(
      () => readCompactString(new ByteReader(Buffer.concat([Buffer.from([0x81, 0x80, 0x02]), Buffer.alloc(32768)]))),
      /longer than 32767/,
    );
  });
});

describe("a byte field", () => {
  it("is null only where it may be", () => {
    assert.equal(readNullableBytes(reader("ffffffff")), null);
    assert.equal(readNullableCompactBytes(reader("00")), null);
    assert.throws(() => readBytes(reader("ffffffff")), /null/);
    assert.throws(() => readCompactBytes(reader("00")), /null/);
  });

  it("of records goes out by reference, one buffer or many", () => {
    const [a, b] = [Buffer.alloc(3000, 1), Buffer.alloc(4000, 2)];
    const parts = written((writer) => writeRecords(writer, [a, b]));
    assert.ok(parts.includes(a) && parts.includes(b));
    assert.equal(parts[0]!.toString("hex"), "00001b58");
    const compact = written((writer) => writeCompactRecords(writer, a));
    assert.ok(compact.includes(a));
    assert.equal(compact[0]!.toString("hex"), "b917");
    assert.deepEqual(Buffer.concat(written((writer) => writeRecords(writer, null))).toString("hex"), "ffffffff");
    assert.deepEqual(Buffer.concat(written((writer) => writeCompactRecords(writer, []))).toString("hex"), "01");
  });
});

describe("tagged fields", () => {
  it("are kept when unknown", () => {
    assert.deepEqual(readUnknownTaggedFields(reader("02 05 01 aa 09 00")), [
      { tag: 5, data: Buffer.from("aa", "hex") },
      { tag: 9, data: Buffer.alloc(0) },
    ]);
    assert.equal(readUnknownTaggedFields(reader("00")), undefined);
  });

  it("are refused when their number or size goes beyond the bytes", () => {
    assert.throws(() => readUnknownTaggedFields(reader("ffffffff0f 01 00")), MalformedBytesError);
    assert.throws(() => readUnknownTaggedFields(reader("01 01 05 aabb")), /5 bytes/);
  });

  it("are refused when a known one is not as long as it says", () => {
    const body = "00000000 00000000 00000000 00 00000000 ffffffff 01 01 01";
    const replicaState = "01 01 0d 00000001 0000000000000002 00";
    assert.deepEqual(fetchApi.readRequest(reader(`${body}${replicaState}`), 15).replicaState, {
      replicaId: 1,
      replicaEpoch: 2,
      unknownTaggedFields: undefined,
    });
    assert.throws(() => fetchApi.readRequest(reader(`${body}${replicaState.replace("0d", "0e")}00`), 15), /Tagged field 1 ends at byte/);
    assert.throws(() => fetchApi.readRequest(reader(`${body}${replicaState.replace("0d", "0c")}`), 15), /Tagged field 1 ends at byte/);
  });
});

it("elements of all arrays and tagged fields together are counted, and one more than allowed is refused", () => {
  const bytes = Buffer.from([3, 1, 2, 2, 0, 1, 0, 1, 0]);
  const read = (elementsLeft: number): void => {
    const reader = new ByteReader(bytes);
    reader.elementsLeft = elementsLeft;
    const length = readCompactArrayLength(reader, 1);
    reader.skip(length);
    readUnknownTaggedFields(reader);
  };
  assert.doesNotThrow(() => read(4));
  assert.throws(() => read(3), { code: "MALFORMED_BYTES", message: /more than may be read/ });
  assert.throws(() => read(1), { code: "MALFORMED_BYTES" });
});
