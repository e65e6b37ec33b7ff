import assert from "node:assert/strict";
import { test } from "node:test";
import { printable, printableJson } from "./printable.ts";

const DANGEROUS = [
  "\x00",
  "\n",
  "\r",
  "\x1b",
  "\x7f",
  "\x85",
  "\x9b",
  "\u061c",
  "\u200e",
  "\u200f",
  "\u2028",
  "\u2029",
  "\u202a",
  "\u202e",
  "\u2066",
  "\u2069",
  "\ud800",
];

test("what moves a cursor, ends a line or turns the direction of text is shown escaped", () => {
  for (const character of DANGEROUS) {
    assert.match(printable(`a${character}b`), /^a\\(x[0-9a-f]{2}|u[0-9a-f]{4})b$/);
    const json = printableJson({ [character]: character });
    assert.match(json, /^\{"\\[a-z0-9]+":"\\[a-z0-9]+"\}$/);
    assert.deepEqual(JSON.parse(json), { [character]: character });
  }
  assert.equal(printable("\x1b[2J\u202egpj.exe"), "\\x1b[2J\\u202egpj.exe");
});

test("text of every script stays as it is", () => {
  for (const text of ["Grüße", "日本語", "مرحبا", "नमस्ते", "👩‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301", "\ue000", 'a "quoted" \\'])
    assert.deepEqual([printable(text), JSON.parse(printableJson(text))], [text, text]);
});

test("a JSON document keeps its layout, and takes big integers and nothing at all", () => {
  assert.equal(printableJson({ a: ["\u202e", 1n] }, 2), '{\n  "a": [\n    "\\u202e",\n    "1"\n  ]\n}');
  assert.equal(printableJson(undefined), "null");
});
