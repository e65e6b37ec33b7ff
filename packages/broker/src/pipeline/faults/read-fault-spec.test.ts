import assert from "node:assert/strict";
import { test } from "node:test";
import { readFaultSpec } from "./read-fault-spec.ts";

const refusals: readonly (readonly [unknown, RegExp])[] = [
  [null, /^A fault is an object/],
  [[], /^A fault is an object/],
  ["Produce", /^A fault is an object/],
  [{ api: "Prodcue" }, /"api" of a fault is "Prodcue"; it must be the name of an API; Produce was perhaps meant\./],
  [{ api: ["Fetch", "Metdata"] }, /Metadata was perhaps meant/],
  [{ api: [] }, /must name one to/],
  [{ api: 0 }, /must be the name of an API/],
  [{ reply: "NOT_LEADER" }, /NOT_LEADER_OR_FOLLOWER was perhaps meant/],
  [{ reply: 40_000 }, /must be an error's name or its code/],
  [{ tpoic: "orders" }, /A fault has no "tpoic"; "topic" was perhaps meant/],
  [{ zzz: 1 }, /A fault has no "zzz"; it has name, api,/],
  [{ when: () => true }, /A fault has no "when"/],
  [{ times: 0 }, /must be a whole number from 1, or "always"/],
  [{ times: 1.5 }, /must be a whole number/],
  [{ after: -1 }, /"after" of a fault is -1/],
  [{ delayMs: 1e9 }, /"delayMs"/],
  [{ node: "1" }, /"node"/],
  [{ topic: "x".repeat(1001) }, /at most 1000 characters/],
  [{ lose: "everything" }, /must be "request" or "answer"/],
  [{ reply: "NONE", lose: "answer" }, /give one of them/],
  [{ late: "answer" }, /give one of them, too/],
  [{ late: "answer", delayMs: 5, reply: "NONE" }, /for requests that are handled/],
  [{ topicId: "zzz" }, /"topicId" of a fault is "zzz"; it must be a topic's id, 22 characters/],
  [
    { reply: ["NONE", 6, "NOT_LEDER_OR_FOLLOWER"] },
    /it is wrong at 3 of 3: "NOT_LEDER_OR_FOLLOWER" must be .*NOT_LEADER_OR_FOLLOWER was perhaps meant/,
  ],
  [{ reply: ["NONE", null] }, /it is wrong at 2 of 2: null must be the name of an error/],
];

test("nonsense is refused with a sentence that names the field, and the name that was perhaps meant", () => {
  for (const [given, sentence] of refusals) {
    assert.throws(() => readFaultSpec(given), { code: "INVALID_FAULT", message: sentence }, JSON.stringify(given));
  }
  assert.throws(() => readFaultSpec({ when: true }, true), /"when" of a fault must be a function/);
});

test("an effect happens once unless `times` or a list of errors says otherwise; watching goes on", () => {
  const times = (given: object): number => readFaultSpec(given, true).times;
  assert.deepEqual(
    [
      times({ reply: "NOT_COORDINATOR" }),
      times({ reply: ["NOT_COORDINATOR", "NONE", 7] }),
      times({ delayMs: 5 }),
      times({ lose: "answer", times: 4 }),
      times({ hold: true, times: "always" }),
      times({ edit: () => ({}) }),
      times({ api: "Fetch" }),
      times({ times: 2 }),
    ],
    [1, 3, 1, 4, Infinity, 1, Infinity, 2],
  );
  assert.deepEqual(readFaultSpec({ times: Infinity }).spec, { times: "always" });
  assert.deepEqual([...readFaultSpec({ api: ["Produce", "Fetch"], reply: ["NONE", 6] }).apiKeys!], [0, 1]);
  assert.deepEqual(readFaultSpec({ connection: "hang" }).loses, "request");
});
