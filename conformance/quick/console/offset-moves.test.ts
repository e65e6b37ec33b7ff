import assert from "node:assert/strict";
import { test } from "node:test";
import { offsetAfter } from "../../../packages/console/src/ui/lib/offset-moves.ts";

const place = { topic: "orders", partition: 0, committed: 500, logStartOffset: 100, highWatermark: 900 };

test("offsets go where they are told within the log, and stay where the log is not known", () => {
  assert.equal(offsetAfter(place, { to: "earliest" }), 100);
  assert.equal(offsetAfter(place, { to: "latest" }), 900);
  assert.equal(offsetAfter(place, { to: "shift", by: -100 }), 400);
  assert.equal(offsetAfter(place, { to: "shift", by: -1_000 }), 100);
  assert.equal(offsetAfter(place, { to: "shift", by: 1_000 }), 900);
  assert.equal(offsetAfter(place, { to: "offset", offset: 700 }), 700);
  assert.equal(offsetAfter(place, { to: "offset", offset: 7 }), 100);
  // A field for a number that was emptied.
  assert.equal(offsetAfter(place, { to: "offset", offset: null as never }), undefined);
  // A leader that is away tells neither, and nobody is sent to the beginning for that.
  const away = { ...place, logStartOffset: undefined, highWatermark: undefined };
  for (const target of [{ to: "earliest" }, { to: "latest" }, { to: "shift", by: -1 }, { to: "offset", offset: 700 }] as const)
    assert.equal(offsetAfter(away, target), undefined, target.to);
  // Without a commit there is nothing to count from.
  assert.equal(offsetAfter({ ...place, committed: undefined }, { to: "shift", by: 1 }), undefined);
});
