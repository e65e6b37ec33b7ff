import assert from "node:assert/strict";
import { test } from "node:test";
import { readSignal } from "./signal.ts";

test("a signal is read as Debezium's documentation writes it", () => {
  const data = {
    "data-collections": ["public.kettle", "sales[.].*"],
    type: "INCREMENTAL",
    "additional-conditions": [{ "data-collection": "public.kettle", filter: "price > 3" }],
    "surrogate-key": "code",
  };
  assert.deepEqual(readSignal("a", "execute-snapshot", JSON.stringify(data)), {
    kind: "execute-snapshot",
    id: "a",
    collections: data["data-collections"],
    conditions: [{ collection: "public.kettle", filter: "price > 3" }],
    surrogateKey: "code",
  });
  assert.deepEqual(readSignal("b", "stop-snapshot", "{}"), { kind: "stop-snapshot", id: "b", collections: [] });
  assert.deepEqual(readSignal("c", "pause-snapshot", null), { kind: "pause-snapshot", id: "c" });
  assert.deepEqual(readSignal("d", "log", '{"message": "here"}'), { kind: "log", id: "d", message: "here" });
});

test("a signal that is of no use says what is wrong with it", () => {
  const wrong: readonly (readonly [string, string | null, RegExp])[] = [
    ["execute", null, /"x" .* no type "execute"/],
    ["execute-snapshot", "{}", /names no table/],
    ["execute-snapshot", "{", /not JSON/],
    ["execute-snapshot", "[]", /not an object/],
    ["execute-snapshot", '{"data-collections": "public.kettle"}', /array of texts/],
    ["execute-snapshot", '{"data-collections": ["("]}', /"\(" is no regular expression/],
    ["execute-snapshot", '{"data-collections": ["a.b"], "type": "blocking"}', /"blocking"; there is only "incremental"/],
    ["execute-snapshot", '{"data-collections": ["a.b"], "additional-conditions": [{"filter": "x"}]}', /additional-conditions/],
    ["execute-snapshot", '{"data-collections": ["a.b"], "surrogate-key": 3}', /"surrogate-key" is to be a text/],
    ["execute-snapshot", JSON.stringify({ "data-collections": Array.from({ length: 1001 }, () => "a.b") }), /1001 entries/],
    ["log", `{"message": "${"x".repeat(70_000)}"}`, /70015 characters/],
  ];
  for (const [type, data, problem] of wrong) assert.throws(() => readSignal("x", type, data), problem, `${type} ${data?.slice(0, 60)}`);
});
