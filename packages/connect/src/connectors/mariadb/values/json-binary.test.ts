// What MySQL 8.0 keeps for documents, by its binlog, and the texts that it makes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { jsonText } from "./json-binary.ts";

const DOCUMENTS: readonly (readonly [hex: string, text: string])[] = [
  ["0f0a08000000000048b919", '"2026-03-04"'],
  ["0f0c0840e201875148b919", '"2026-03-04 05:06:07.123456"'],
  ["0f0c080000000000820300", '"0001-01-01 00:00:00.000000"'],
  ["0f0c083f420ffb7efff37e", '"9999-12-31 23:59:59.999999"'],
  ["0f0b080000000591d8ffff", '"-630:59:59.000000"'],
  ["0f0b080100000000000000", '"00:00:00.000001"'],
  ["0f0b08e05ef8feffffffff", '"-00:00:01.500000"'],
  ["0ff60c16047ffe1dbfd0f8a086e5d3", "-123456789012345.6700"],
  ["0ff6090e0580000000000000", "0.00000"],
  [
    "02050035000f13000f19000b1f000f270006ff00f60403028132f60402018000000000000000f03ff60c1501e33b9ac9ff3b9ac9ff05",
    "[1.50, 0.0, 1.0, 99999999999999999999.5, 255]",
  ],
  ["0f0f056279746573", '"base64:type15:Ynl0ZXM="'],
  ["0f0f0300ff10", '"base64:type15:AP8Q"'],
  ["0a0000000000000080", "9223372036854775808"],
  ["090000000000000080", "-9223372036854775808"],
  ["0400", "null"],
  ["0001001a000b0007000b1200221f5c25e282ac00003426f56b3cc3", '{"\\"\\u001f\\\\%€": -8e15}'],
  ["0b09e03774192d1940", "6.2940424117187"],
  ["0bacd2b64fc9830d3c", "2e-19"],
  [
    "0003004000190005001e00060024000a00022e00040000040200f09f908e5cc3a9c3a9090127f09f908ef09f908e01010012000c07000a61e282acc3a9f09f908e",
    '{"🐎\\\\": ["a€é🐎"], "éé\\t\\u0001": null, "\'🐎🐎\\u0001": false}',
  ],
  ["0200000400", "[]"],
  ["0401", "true"],
  ["02020012000401000b0a000dab3958e5d1f6dd", "[true, -4.452375485e144]"],
  ["07ffff7f00", "8388607"],
  ["0b3bdf4f8d976e82bf", "-0.009"],
  ["0c072f0ac3a9e282ac", '"/\\né€"'],
  ["0c0122", '"\\""'],
  ["05ff01", "511"],
  ["0402", "false"],
  ["0c022027", '" \'"'],
  ["07bf920000", "37567"],
  ["0721be0000", "48673"],
  ["0affffffffff1f0000", "35184372088831"],
  ["0901000000ffffffff", "-4294967295"],
  ["000200180012000100130001000c14000c160009270109015c", '{"\\t": "\\t", "\'": "\\\\"}'],
  ["058d89", "-30323"],
  ["0affffffffffffff00", "72057594037927935"],
  ["059c3a", "15004"],
  ["0901000000c0ffffff", "-274877906943"],
];

/** An array of `count` values, each a place: of the small form. */
function arrayOf(values: readonly (readonly [type: number, at: number])[], behind: Buffer): Buffer {
  const head = Buffer.alloc(5 + values.length * 3);
  head[0] = 2;
  head.writeUInt16LE(values.length, 1);
  head.writeUInt16LE(head.length - 1 + behind.length, 3);
  values.forEach(([type, at], i) => {
    head[5 + i * 3] = type;
    head.writeUInt16LE(at, 6 + i * 3);
  });
  return Buffer.concat([head, behind]);
}

test("a document is the text that the server makes of it", () => {
  for (const [hex, text] of DOCUMENTS) assert.equal(jsonText(Buffer.from(hex, "hex")), text, hex);
  assert.equal(jsonText(Buffer.alloc(0)), "null", "what INSERT IGNORE leaves");
});

test("doubles have the shortest digits, a point or an exponent", () => {
  const textOf = (value: number): string => {
    const bytes = Buffer.alloc(9, 0x0b);
    bytes.writeDoubleLE(value, 1);
    return jsonText(bytes);
  };
  const texts = [1, -0, 0.1, 1e14, 999999999999999, 1e15, 1.5e15, 1e-15, 1.25e-15, 1e-16, 5e-324, -1.7976931348623157e308, 123456.789];
  assert.deepEqual(texts.map(textOf), [
    ...["1.0", "-0.0", "0.1", "100000000000000.0", "999999999999999.0", "1e15", "1.5e15", "0.000000000000001", "0.00000000000000125"],
    ...["1e-16", "5e-324", "-1.7976931348623157e308", "123456.789"],
  ]);
});

test("bytes that are no document are refused, and never read beyond their end", () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  for (let i = 0; i < 20_000; i++) {
    const [hex] = DOCUMENTS[random.nextInt(DOCUMENTS.length)]!;
    const whole = Buffer.from(hex, "hex");
    const bytes = whole.subarray(0, random.nextInt(4) === 0 ? random.nextInt(whole.length) : whole.length);
    for (let changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--)
      bytes[random.nextInt(bytes.length)] = random.nextInt(256);
    try {
      assert.equal(typeof jsonText(bytes), "string");
    } catch (error) {
      assert.ok(error instanceof MalformedBytesError, `seed ${seed}: ${String(error)} of ${bytes.toString("hex")}`);
    }
  }
});

test("a document whose parts name each other costs no more than its size", () => {
  // Each of a hundred arrays has thirty values, all of them the next array.
  const layer = (next: number): Buffer => {
    const bytes = Buffer.alloc(4 + 30 * 3);
    bytes.writeUInt16LE(30, 0);
    bytes.writeUInt16LE(bytes.length, 2);
    for (let i = 0; i < 30; i++) {
      bytes[4 + i * 3] = 2;
      bytes.writeUInt16LE(next, 5 + i * 3);
    }
    return bytes;
  };
  const itself = Buffer.concat([Buffer.from([2]), layer(0)]);
  assert.throws(() => jsonText(itself), /deeper than 100|more in it than its bytes can hold/);
  const inner = Buffer.concat([...Array.from({ length: 3 }, () => layer(94)), Buffer.from([0, 0, 4, 0])]);
  assert.throws(() => jsonText(arrayOf([[2, 7]], inner)), MalformedBytesError);
});

test("a document whose places all name the same bytes is refused before they are written out again and again", () => {
  const text = Buffer.alloc(60_000, 0x78);
  const count = 1000;
  // A small array of strings, each of them the one behind the table.
  const at = 4 + count * 3;
  const document = Buffer.alloc(1 + at + 3 + text.length);
  document[0] = 0x02;
  document.writeUInt16LE(count, 1);
  document.writeUInt16LE(document.length - 1, 3);
  for (let i = 0; i < count; i++) {
    document[5 + i * 3] = 0x0c;
    document.writeUInt16LE(at, 6 + i * 3);
  }
  document.set([0xe0, 0xd4, 0x03], 1 + at);
  text.copy(document, 1 + at + 3);
  assert.throws(() => jsonText(document), MalformedBytesError);
  // An object whose one long name is that of all its values.
  const object = Buffer.alloc(1 + 4 + count * 7 + 40_000, 0x78);
  object[0] = 0x00;
  object.writeUInt16LE(count, 1);
  object.writeUInt16LE(object.length - 1, 3);
  for (let i = 0; i < count; i++) {
    object.writeUInt16LE(4 + count * 7, 5 + i * 4);
    object.writeUInt16LE(40_000, 7 + i * 4);
    object.set([0x04, 0x01, 0x00], 5 + count * 4 + i * 3);
  }
  assert.throws(() => jsonText(object), MalformedBytesError);
});
