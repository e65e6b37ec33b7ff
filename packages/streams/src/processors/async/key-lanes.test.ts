import assert from "node:assert/strict";
import { test } from "node:test";
import { noHeaders } from "../../record.ts";
import { serdes } from "../../serdes/serdes.ts";
import { KeyLanes } from "./key-lanes.ts";
import type { OpenCall } from "./open-call.ts";

function enter(lanes: KeyLanes, key: unknown): OpenCall {
  const lane = lanes.of(key);
  const place = { topic: "t", partition: 0, offset: 0, timestamp: 0, headers: noHeaders, input: undefined, sequence: 0 };
  const call = { ...place, key, value: null, lane, attempt: 0, controller: undefined, dueMs: 0, outcome: undefined, isPassedOver: false };
  lane.calls.push(call);
  return call;
}

test("objects are one key when their bytes are, and without a serde all are", () => {
  const json = new KeyLanes(serdes.json<{ readonly id: number }>());
  assert.equal(json.of({ id: 1 }), json.of({ id: 1 }));
  assert.notEqual(json.of({ id: 1 }), json.of({ id: 2 }));
  assert.notEqual(json.of(null), json.of({ id: 1 }));
  const unknown = new KeyLanes(undefined);
  assert.equal(unknown.of({ id: 1 }), unknown.of({ id: 2 }));
  assert.notEqual(unknown.of("1"), unknown.of(1));
});

test("a lane of many forgets those that left, and goes when it is empty", () => {
  const lanes = new KeyLanes(serdes.string);
  const calls = Array.from({ length: 1_000 }, () => enter(lanes, "k"));
  calls.forEach((call, i) => {
    assert.ok(lanes.isFirst(call));
    assert.equal(lanes.leave(call), calls[i + 1]);
  });
  assert.equal(lanes.size, 0);
  enter(lanes, "k");
  assert.equal(lanes.size, 1);
});
