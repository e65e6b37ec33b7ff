import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBytes, filterValueOf } from "./decode-bytes.ts";

test("bytes are taken for what they are, and why is told", () => {
  const long = Buffer.alloc(8);
  long.writeBigInt64BE(-5n);
  const cases: readonly (readonly [Buffer | null, format: string, text: string])[] = [
    [null, "null", ""],
    [Buffer.alloc(0), "empty", ""],
    [Buffer.from('{"a":1}'), "json", '{"a":1}'],
    [Buffer.from("12"), "json", "12"],
    [Buffer.from("12 apples"), "text", "12 apples"],
    [Buffer.from("{not json"), "text", "{not json"],
    [Buffer.from("grüße\n"), "text", "grüße\n"],
    [Buffer.from([0, 0, 0, 7]), "int32", "7"],
    [long, "int64", "-5"],
    [Buffer.from([0, 0, 0, 0, 9, 0xff, 1]), "schema", "00 00 00 00 09 ff 01"],
    [Buffer.from([0xff, 0x00, 0x1b]), "bytes", "ff 00 1b"],
    [Buffer.from("\u001b[31mred!"), "bytes", "1b 5b 33 31 6d 72 65 64 21"],
  ];
  for (const [bytes, format, text] of cases) {
    const decoded = decodeBytes(bytes);
    assert.deepEqual([decoded.format, decoded.text], [format, text], bytes?.toString("hex"));
    assert.notEqual(decoded.why, "");
  }
});

test("a value of 10 MB is told by its first part, and one that is cut in a letter is still text", () => {
  const large = decodeBytes(Buffer.from(`{"a":"${"ü".repeat(5_000_000)}"}`));
  assert.deepEqual([large.format, large.text.length, large.isCut, large.base64], ["json", 20_000, true, undefined]);
  const odd = decodeBytes(Buffer.from(`x${"ü".repeat(5_000_000)}`));
  assert.deepEqual([odd.format, odd.isCut], ["text", true]);
  assert.equal(decodeBytes(Buffer.alloc(3_000_000, 0xff)).format, "bytes");
});

test("a long value is judged to its end, and told by its beginning, wherever a letter lies", () => {
  for (const size of [131_070, 131_071, 131_072, 131_073, 131_075, 200_000])
    for (const letter of ["x", "ü", "€", "😀"]) {
      const text = `${letter.repeat(Math.floor(size / Buffer.byteLength(letter)))}`.padEnd(size % 5);
      const decoded = decodeBytes(Buffer.from(text));
      assert.deepEqual([decoded.format, decoded.text], ["text", text.slice(0, 20_000)], `${size} ${letter}`);
      for (const [end, format] of [
        ["\u0008", "bytes"],
        ["\t\r\n\f\v", "text"],
        ["\u000e", "bytes"],
        ["\u007f", "text"],
      ] as const)
        assert.equal(decodeBytes(Buffer.from(text + end)).format, format, `${size} ${letter} ${JSON.stringify(end)}`);
      assert.equal(decodeBytes(Buffer.concat([Buffer.from(text), Buffer.from([0xc3])])).format, "bytes", `${size} ${letter}, cut`);
    }
  const json = JSON.stringify({ a: "x".repeat(200_000) });
  assert.equal(decodeBytes(Buffer.from(json)).format, "json");
  assert.equal(decodeBytes(Buffer.from(`${json},`)).format, "text");
});

test("a filter is asked about the parsed value", () => {
  const json = Buffer.from('{"__proto__":{"a":1},"n":2}');
  assert.deepEqual((filterValueOf(json, decodeBytes(json)) as { n: number }).n, 2);
  const int = Buffer.from([0, 0, 0, 7]);
  assert.equal(filterValueOf(int, decodeBytes(int)), 7);
  assert.equal(filterValueOf(null, decodeBytes(null)), null);
});
