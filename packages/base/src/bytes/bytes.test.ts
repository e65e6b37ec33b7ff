import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { InvariantError, MalformedBytesError } from "../errors.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

const safe = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const edges64 = [
  0,
  1,
  -1,
  63,
  64,
  -64,
  -65,
  127,
  128,
  2 ** 27,
  2 ** 28,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 35,
  2 ** 52,
  safe.max,
  safe.min,
];
const anySafe = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges64));
const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(0, -1, 127, 128, 16383, 16384, 2 ** 31 - 1, -(2 ** 31)),
);

function written(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter();
  write(writer);
  return writer.toBuffer();
}

/** Zigzag and seven bits a byte, by BigInt: the reference for varints. */
function referenceVarlong(value: number): Buffer {
  const wide = BigInt(value);
  return referenceUvarint(BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n)));
}

function referenceUvarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function referenceFixed(value: bigint, bytes: number): Buffer {
  return Buffer.from(
    BigInt.asUintN(bytes * 8, value)
      .toString(16)
      .padStart(bytes * 2, "0"),
    "hex",
  );
}

describe("byte cursors write and read what BigInt arithmetic gives", () => {
  const fixed: readonly [string, fc.Arbitrary<number>, number, (w: ByteWriter, v: number) => void, (r: ByteReader) => number][] = [
    ["int8", fc.integer({ min: -128, max: 127 }), 1, (w, v) => w.int8(v), (r) => r.int8()],
    ["int16", fc.integer({ min: -32768, max: 32767 }), 2, (w, v) => w.int16(v), (r) => r.int16()],
    ["uint16", fc.integer({ min: 0, max: 65535 }), 2, (w, v) => w.uint16(v), (r) => r.uint16()],
    ["int32", int32, 4, (w, v) => w.int32(v), (r) => r.int32()],
    ["uint32", fc.integer({ min: 0, max: 2 ** 32 - 1 }), 4, (w, v) => w.uint32(v), (r) => r.uint32()],
    ["int64", anySafe, 8, (w, v) => w.int64(v), (r) => r.int64()],
  ];
  for (const [name, values, bytes, write, read] of fixed) {
    it(`for ${name}`, () => {
      fc.assert(
        fc.property(values, (value) => {
          const buffer = written((w) => write(w, value));
          assert.deepEqual(buffer, referenceFixed(BigInt(value), bytes));
          assert.equal(read(new ByteReader(buffer)), value);
        }),
      );
    });
  }

  const variable: readonly [
    string,
    fc.Arbitrary<number>,
    (v: number) => Buffer,
    (w: ByteWriter, v: number) => void,
    (r: ByteReader) => number,
  ][] = [
    ["uvarint", int32.map((value) => value >>> 0), (v) => referenceUvarint(BigInt(v)), (w, v) => w.uvarint(v), (r) => r.uvarint()],
    ["varint", int32, referenceVarlong, (w, v) => w.varint(v), (r) => r.varint()],
    ["varlong", anySafe, referenceVarlong, (w, v) => w.varlong(v), (r) => r.varlong()],
  ];
  for (const [name, values, reference, write, read] of variable) {
    it(`for ${name}`, () => {
      fc.assert(
        fc.property(values, (value) => {
          const buffer = written((w) => write(w, value));
          assert.deepEqual(buffer, reference(value));
          const reader = new ByteReader(buffer);
          assert.equal(read(reader), value);
          assert.equal(reader.remaining, 0);
        }),
      );
    });
  }

  it("for float64, not-a-number and the infinities among them", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const buffer = written((w) => w.float64(value));
        const reference = Buffer.alloc(8);
        reference.writeDoubleBE(value);
        assert.deepEqual(buffer, reference);
        assert.ok(Object.is(new ByteReader(buffer).float64(), value));
      }),
    );
  });
});

describe("a byte reader", () => {
  it("reads every int64: exactly within the safe integers, as the nearest double beyond, in order", () => {
    const values = [
      -(2n ** 63n),
      -(2n ** 62n) - 1n,
      -(2n ** 53n) - 1n,
      -(2n ** 53n),
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 62n + 1n,
      2n ** 63n - 1n,
    ];
    const read = values.map((value) => new ByteReader(referenceFixed(value, 8)).int64());
    assert.deepEqual(read, values.map(Number));
    assert.deepEqual(
      read.toSorted((x, y) => x - y),
      read,
    );
  });

  it("writes what it read beyond the safe integers, and the nearest int64 for what lies beyond all of them", () => {
    for (const value of [-(2n ** 63n), -(2n ** 62n), -(2n ** 53n), 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n]) {
      assert.deepEqual(
        written((w) => w.int64(Number(value))),
        referenceFixed(value, 8),
        String(value),
      );
    }
    assert.deepEqual(
      written((w) => w.int64(2 ** 63 + 604_800_000)),
      referenceFixed(2n ** 63n - 1n, 8),
    );
    assert.deepEqual(
      written((w) => w.int64(-(2 ** 64))),
      referenceFixed(-(2n ** 63n), 8),
    );
  });

  it("refuses a varlong outside the safe integers", () => {
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      const bytes = referenceUvarint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
      assert.throws(() => new ByteReader(bytes).varlong(), MalformedBytesError, String(value));
    }
  });

  it("refuses a varint of more than five bytes and a varlong of more than ten", () => {
    assert.throws(() => new ByteReader(Buffer.of(0x80, 0x80, 0x80, 0x80, 0x80, 1)).uvarint(), MalformedBytesError);
    assert.throws(() => new ByteReader(Buffer.alloc(6, 0x80)).uvarint(), MalformedBytesError);
    assert.throws(() => new ByteReader(Buffer.alloc(11, 0x80)).varlong(), MalformedBytesError);
  });

  it("refuses every read beyond its end, even where the buffer goes on, and stays where it was", () => {
    const reads: Record<string, (reader: ByteReader) => unknown> = {
      int8: (r) => r.int8(),
      uint8: (r) => r.uint8(),
      bool: (r) => r.bool(),
      int16: (r) => r.int16(),
      uint16: (r) => r.uint16(),
      int32: (r) => r.int32(),
      uint32: (r) => r.uint32(),
      int64: (r) => r.int64(),
      float64: (r) => r.float64(),
      uuid: (r) => r.uuid(),
      uvarint: (r) => r.uvarint(),
      varint: (r) => r.varint(),
      varlong: (r) => r.varlong(),
      utf8: (r) => r.utf8(3),
      view: (r) => r.view(3),
      skip: (r) => r.skip(3),
    };
    const widths: Record<string, number> = {
      int16: 2,
      uint16: 2,
      int32: 4,
      uint32: 4,
      int64: 8,
      float64: 8,
      uuid: 16,
      utf8: 3,
      view: 3,
      skip: 3,
    };
    for (const [name, read] of Object.entries(reads)) {
      const reader = new ByteReader(Buffer.alloc(64, 0x80), 2, 2 + (widths[name] ?? 1) - 1);
      assert.throws(() => read(reader), MalformedBytesError, name);
      assert.equal(reader.position, 2, name);
    }
  });

  it("refuses negative lengths", () => {
    const reader = new ByteReader(Buffer.alloc(8), 4);
    assert.throws(() => reader.view(-1), MalformedBytesError);
    assert.throws(() => reader.utf8(-1), MalformedBytesError);
    assert.throws(() => reader.skip(-4), MalformedBytesError);
  });

  it("gives views, not copies", () => {
    const buffer = Buffer.from([1, 2, 3, 4]);
    const view = new ByteReader(buffer, 1).view(2);
    buffer[1] = 9;
    assert.deepEqual([...view], [9, 3]);
  });

  it("reads a bool as true for any byte but zero", () => {
    assert.deepEqual(
      [0, 1, 2, 255].map((byte) => new ByteReader(Buffer.from([byte])).bool()),
      [false, true, true, true],
    );
  });
});

describe("a byte writer", () => {
  it("keeps text as UTF-8, of any length", () => {
    const text = fc.oneof(fc.string(), anyText(), anyText({ minLength: 100, maxLength: 900 }));
    fc.assert(
      fc.property(text, (value) => {
        const buffer = written((w) => w.utf8(value));
        assert.deepEqual(buffer, Buffer.from(value));
        assert.equal(new ByteReader(buffer).utf8(buffer.length), buffer.toString());
      }),
    );
  });

  it("keeps UUIDs, the nil one too, and refuses what is none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const uuid = Buffer.from(bytes).toString("base64url");
        const buffer = written((w) => w.uuid(uuid));
        assert.deepEqual([...buffer], [...bytes]);
        assert.equal(new ByteReader(buffer).uuid(), uuid);
      }),
    );
    assert.equal(new ByteReader(Buffer.alloc(16)).uuid(), "AAAAAAAAAAAAAAAAAAAAAA");
    for (const wrong of ["", "short", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "????????????????????????"]) {
      assert.throws(() => new ByteWriter().uuid(wrong), InvariantError, wrong);
    }
  });

  it("refuses an int64 that is no integer, and a varlong that is no safe one", () => {
    for (const wrong of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => new ByteWriter().int64(wrong), InvariantError);
    for (const wrong of [2 ** 53, -(2 ** 53), 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => new ByteWriter().varlong(wrong), InvariantError, String(wrong));
    }
  });

  it("hands on long bytes by reference and copies short ones", () => {
    const long = Buffer.alloc(5000, 1);
    const short = Buffer.alloc(10, 2);
    const writer = new ByteWriter();
    writer.int8(7);
    writer.bytes(long);
    writer.bytes(short);
    const parts = writer.finish();
    assert.equal(parts[1], long);
    assert.ok(!parts.includes(short));
    assert.deepEqual(Buffer.concat(parts), Buffer.concat([Buffer.from([7]), long, short]));
  });

  it("puts the size in front of a frame", () => {
    const writer = new ByteWriter();
    writer.utf8("x".repeat(700));
    writer.bytes(Buffer.alloc(3000, 3));
    const frame = Buffer.concat(writer.finishFrame());
    assert.equal(frame.readInt32BE(0), 3700);
    assert.equal(frame.length, 3704);
  });

  it("holds any sequence of writes together across its chunks", () => {
    type Step = readonly [write: (writer: ByteWriter) => void, bytes: Buffer];
    const step: fc.Arbitrary<Step> = fc.oneof(
      int32.map((v): Step => [(w) => w.int32(v), referenceFixed(BigInt(v), 4)]),
      anySafe.map((v): Step => [(w) => w.varlong(v), referenceVarlong(v)]),
      anySafe.map((v): Step => [(w) => w.int64(v), referenceFixed(BigInt(v), 8)]),
      fc.string({ maxLength: 600 }).map((v): Step => [(w) => w.utf8(v), Buffer.from(v)]),
      fc.uint8Array({ maxLength: 4000 }).map((v): Step => [(w) => w.bytes(v), Buffer.from(v)]),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), fc.integer({ min: 1, max: 64 }), (steps, firstChunkBytes) => {
        const writer = new ByteWriter(firstChunkBytes);
        let length = 0;
        for (const [write, bytes] of steps) {
          write(writer);
          length += bytes.length;
          assert.equal(writer.length, length);
        }
        assert.deepEqual(writer.toBuffer(), Buffer.concat(steps.map(([, bytes]) => bytes)));
      }),
    );
  });
});

/** Of any code points but halves of a pair. (fast-check's own units of all of Unicode take seconds to set up.) */
function anyText(length: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));
  return fc.array(codePoint, length).map((codePoints) => String.fromCodePoint(...codePoints));
}
