import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJavaProperties, readJavaProperties } from "./java-properties.ts";

test("keys and values are parted by =, : or white space", () => {
  const text = "a=1\nb : 2\nc 3\n d\t=\t4\ne\nf=\ng==x\nh = a=b:c d \ni:j\n=nameless";
  assert.deepEqual(Object.fromEntries(parseJavaProperties(text)), {
    a: "1",
    b: "2",
    c: "3",
    d: "4",
    e: "",
    f: "",
    g: "=x",
    h: "a=b:c d ",
    i: "j",
    "": "nameless",
  });
});

test("comments and blank lines are skipped, but not inside a continued line", () => {
  assert.deepEqual(Object.fromEntries(parseJavaProperties("# a=1\r\n  ! b=2\r\n\r\nc=1,\\\r\n   2,\\\r\n  #3\r\nd=4")), {
    c: "1,2,#3",
    d: "4",
  });
});

test("a line goes on only after an odd number of backslashes", () => {
  assert.deepEqual(Object.fromEntries(parseJavaProperties("a=x\\\\\nb=y\\\\\\\nz\nc=end\\")), { a: "x\\", b: "y\\z", c: "end" });
});

test("escapes are undone in keys and values", () => {
  assert.deepEqual(Object.fromEntries(parseJavaProperties("a\\ b\\=c=\\t\\u00e9\\n\\q\\:\\\\")), { "a b=c": "\té\nq:\\" });
  assert.throws(() => parseJavaProperties("a=\\u12g4"), {
    code: "INVALID_CONFIG",
  });
});

test("of a name given twice the last value stands", () => {
  assert.deepEqual([...parseJavaProperties("a=1\na=2")], [["a", "2"]]);
});

test("a reader of files gets lines, comments and names that are given twice", () => {
  const { entries, comments } = readJavaProperties("# a comment\n! another\n a=1\n\nd=one, \\\n   two\n a=2\nlast=z\\");
  assert.deepEqual(
    entries.map(({ name, value, line }) => [name, value, line]),
    [
      ["a", "1", 3],
      ["d", "one, two", 5],
      ["a", "2", 7],
      ["last", "z", 8],
    ],
  );
  assert.deepEqual(
    [...comments],
    [
      [1, "a comment"],
      [2, "another"],
    ],
  );
});
