import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runsOf } from "@ottla/base/simulated";
import { type ConfigEdit, decideConfigChange } from "./config-change.ts";
import { topicConfigDef } from "./resource-config-defs.ts";

const keyOf = (name: string) => topicConfigDef.get(name);
const inherited = (name: string) => topicConfigDef.defaultOf(name).text;
const names = [
  "cleanup.policy",
  "retention.ms",
  "min.cleanable.dirty.ratio",
  "compression.type",
  "leader.replication.throttled.replicas",
  "no.such.key",
];
const values = [
  "",
  " ",
  "compact",
  "delete",
  "compact,delete",
  "a,,b",
  "5",
  "-1",
  "0.5",
  " 5 ",
  "+7",
  "99999999999999999999",
  "zstd",
  "delete,delete",
  "compact , delete",
  "0:1",
  "*",
  ",",
];

/** Mostly what is known, now and then anything. */
const mostly = <T>(known: readonly T[], anything: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: anything });
const edits = fc.array(
  fc.record({
    name: mostly(names, fc.string()),
    operation: mostly([0, 1, 2, 3], fc.integer({ min: -128, max: 127 })),
    value: mostly<string | null>(values, fc.oneof(fc.string(), fc.constant(null))),
  }),
  { maxLength: 2 },
);

/** Overrides that an earlier change could have left. */
function reachable(history: readonly (readonly ConfigEdit[])[]): ReadonlyMap<string, string> {
  let configs: ReadonlyMap<string, string> = new Map();
  for (const step of history) {
    const decision = decideConfigChange(keyOf, configs, step, inherited);
    if (decision.kind === "accepted") configs = decision.configs;
  }
  return configs;
}

test("whatever is asked, overrides stay legal and canonical, and a refusal leaves them as they were", () => {
  fc.assert(
    fc.property(fc.array(edits, { maxLength: 4 }), edits, (history, step) => {
      const before = reachable(history);
      const copy = new Map(before);
      const decision = decideConfigChange(keyOf, before, step, inherited);
      assert.deepEqual(before, copy);
      if (decision.kind !== "accepted") {
        assert.ok(decision.message.length > 0);
        return;
      }
      for (const [name, text] of decision.configs) {
        if (keyOf(name)) assert.equal(topicConfigDef.parse(name, text).text, text);
      }
    }),
    { numRuns: runsOf({ quick: 150, long: 500 }) },
  );
});

test("what is appended to a list can be subtracted again", () => {
  const entry = fc.constantFrom("0:1", "1:2", "2:3");
  fc.assert(
    fc.property(fc.uniqueArray(entry), fc.uniqueArray(entry, { minLength: 1 }), (start, added) => {
      const name = "leader.replication.throttled.replicas";
      const change = (configs: ReadonlyMap<string, string>, operation: number) => {
        const decision = decideConfigChange(keyOf, configs, [{ name, operation, value: added.join(",") }], inherited);
        assert.equal(decision.kind, "accepted");
        return decision.kind === "accepted" ? decision.configs : configs;
      };
      const appended = change(new Map([[name, start.join(",")]]), 2);
      assert.deepEqual(new Set(appended.get(name)?.split(",")), new Set([...start, ...added]));
      assert.equal(change(appended, 3).get(name), start.filter((each) => !added.includes(each)).join(","));
    }),
    { numRuns: runsOf({ quick: 60, long: 200 }) },
  );
});
