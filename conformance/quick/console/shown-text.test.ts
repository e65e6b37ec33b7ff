import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsOfRecords } from "../../../packages/console/src/ui/lib/editor/editor-words.ts";
import { plotData } from "../../../packages/console/src/ui/lib/plot-data.ts";
import { visible } from "../../../packages/console/src/ui/lib/visible.ts";

test("what nobody sees in a name is shown, and scripts and emoji stay", () => {
  assert.equal(visible("billing"), "billing");
  assert.equal(visible("\u202egnillib\u200b\u0007"), "\\u202egnillib\\u200b\\u0007");
  assert.equal(visible("a\nb\tc"), "a\\u000ab\\u0009c");
  assert.equal(visible("a\nb\tc\u202e", true), "a\nb\tc\\u202e");
  const alive = "заказы 注文 طلبات می‌خواهم 👩‍👩‍👧";
  assert.equal(visible(alive), alive);
  assert.equal(visible("half \ud800"), "half \\ud800");
});

test("a point alone has an axis of a minute, and several have their own", () => {
  assert.deepEqual(plotData([]), [[], []]);
  assert.deepEqual(plotData([{ atMs: 100_000, value: 7 }]), [
    [40, 100],
    [null, 7],
  ]);
  assert.deepEqual(
    plotData([
      { atMs: 1_000, value: 1 },
      { atMs: 2_000, value: 2 },
    ]),
    [
      [1, 2],
      [1, 2],
    ],
  );
});

test("an editor offers the fields that records have, the most frequent first, and of what is no JSON none", () => {
  const texts = ['{"id":1,"a":{"__proto__":2,"id":3}}', '[{"id":1}]', "plain", '{"cut', '"text"'];
  assert.deepEqual(
    wordsOfRecords(texts).map(({ text }) => text),
    ["id", "__proto__", "a"],
  );
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`f${i}`, i])));
  assert.equal(wordsOfRecords([many]).length, 500);
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  assert.deepEqual(wordsOfRecords([deep]), []);
});
