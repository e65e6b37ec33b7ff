import assert from "node:assert/strict";
import { test } from "node:test";
import { renderTable } from "./table.ts";
import { textStyle } from "./text-style.ts";

const columns = [{ title: "topic" }, { title: "lag", isNumeric: true }];

test("columns are as wide as their widest cell, numbers stand at the right", () => {
  assert.equal(
    renderTable(columns, [
      ["a", 5],
      ["orders", 1234],
      ["b", undefined],
    ]),
    "TOPIC    LAG\na          5\norders  1234\nb          -\n",
  );
  assert.equal(renderTable(columns, []), "TOPIC  LAG\n");
});

test("wide and combining characters take the columns that a terminal gives them", () => {
  const rows = ["abcd", "日本", "👩‍👩‍👧ab", "e\u0301e\u0301e\u0301e\u0301", "ｱｲｳｴ", "กำab"].map((name) => [name, 1]);
  assert.equal(renderTable(columns, rows), `TOPIC  LAG\n${rows.map(([name]) => `${name}     1\n`).join("")}`);
});

test("control characters cannot reach the terminal", () => {
  assert.match(renderTable(columns, [["\x1b]0;x\x07", 1]]), /\\x1b\]0;x\\x07/);
});

test("a very long table does not exhaust the stack", () => {
  const rows = Array.from({ length: 130_000 }, (_, i) => ["t", i]);
  assert.equal(renderTable(columns, rows).length, "TOPIC     LAG\n".length * 130_001);
});

test("colours need a terminal, and NO_COLOR and dumb terminals go without", () => {
  const stream = { isTTY: true } as unknown as Parameters<typeof textStyle>[0];
  const pipe = {} as unknown as Parameters<typeof textStyle>[0];
  assert.equal(textStyle(stream, {}).bold("x"), "\x1b[1mx\x1b[22m");
  assert.equal(textStyle(stream, { NO_COLOR: "1" }).bold("x"), "x");
  assert.equal(textStyle(stream, { TERM: "dumb" }).bold("x"), "x");
  assert.equal(textStyle(pipe, {}).bold("x"), "x");
});
