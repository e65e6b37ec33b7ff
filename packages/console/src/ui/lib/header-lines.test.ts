import assert from "node:assert/strict";
import { test } from "node:test";
import { headerLines, headersFrom } from "./header-lines.ts";

test("headers go through lines and back, and what no line can hold is kept", () => {
  const text = (value: string) => ({ text: value, encoding: "text" as const });
  const bytes = { key: "trace", value: { text: "AP8=", encoding: "base64" as const } };
  const poem = { key: "poem", value: text("two\nlines") };
  const odd = [
    { key: "a=b", value: text("1") },
    { key: "", value: text("2") },
  ];
  const lines = [
    { key: "source", value: text("web=shop") },
    { key: "empty", value: text("") },
    { key: "none", value: null },
  ];
  const shown = headerLines([bytes, ...lines, poem, ...odd]);
  assert.deepEqual(shown, { text: "source=web=shop\nempty=\nnone", kept: [bytes, poem, ...odd] });
  const given = (each: (typeof lines)[number] | typeof bytes) => ({
    key: each.key,
    value: each.value?.text ?? null,
    encoding: each.value?.encoding ?? "text",
  });
  assert.deepEqual(headersFrom(shown.text, shown.kept), [...lines, bytes, poem, ...odd].map(given));
  assert.deepEqual(headersFrom("\n  \n", []), []);
});
