import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigEdit, ConfigOperation, decideConfigChange, decideConfigReplacement } from "./config-change.ts";
import { topicConfigDef } from "./resource-config-defs.ts";

const keyOf = (name: string) => topicConfigDef.get(name);
const { SET, DELETE, APPEND, SUBTRACT } = ConfigOperation;
const edit = (name: string, operation: number, value: string | null): ConfigEdit => ({ name, operation, value });
const decide = (current: Record<string, string>, ...edits: ConfigEdit[]) => {
  const decision = decideConfigChange(keyOf, new Map(Object.entries(current)), edits, (name) => topicConfigDef.defaultOf(name).text);
  return decision.kind === "accepted" ? Object.fromEntries(decision.configs) : [decision.kind, decision.message];
};

test("SET and DELETE change single keys and keep the others", () => {
  assert.deepEqual(decide({ "flush.ms": "1" }, edit("retention.ms", SET, " 5 ")), { "flush.ms": "1", "retention.ms": "5" });
  assert.deepEqual(decide({ "flush.ms": "1" }, edit("flush.ms", DELETE, null)), {});
  assert.deepEqual(decide({ "flush.ms": "1" }, edit("no.such.key", DELETE, "x")), { "flush.ms": "1" });
  assert.deepEqual(decide({ "flush.ms": "1" }), { "flush.ms": "1" });
});

test("APPEND and SUBTRACT work on the list that counts now", () => {
  assert.deepEqual(decide({}, edit("cleanup.policy", APPEND, "compact")), { "cleanup.policy": "delete,compact" });
  assert.deepEqual(decide({ "cleanup.policy": "compact" }, edit("cleanup.policy", APPEND, "compact")), { "cleanup.policy": "compact" });
  assert.deepEqual(decide({ "cleanup.policy": "delete,compact" }, edit("cleanup.policy", SUBTRACT, "delete")), {
    "cleanup.policy": "compact",
  });
  assert.deepEqual(decide({}, edit("cleanup.policy", SUBTRACT, "compact")), { "cleanup.policy": "delete" });
  assert.deepEqual(decide({ "cleanup.policy": "compact" }, edit("cleanup.policy", SUBTRACT, "delete, compact")), { "cleanup.policy": "" });
  assert.deepEqual(decide({ "cleanup.policy": "" }, edit("cleanup.policy", APPEND, "compact")), { "cleanup.policy": "compact" });
});

test("an APPEND that makes no sense changes nothing and harms nobody", () => {
  assert.deepEqual(decide({}, edit("cleanup.policy", APPEND, "")), ["invalid", "An empty entry cannot be appended to cleanup.policy."]);
  assert.deepEqual(decide({}, edit("retention.ms", APPEND, "5")), [
    "not-a-list",
    "retention.ms is no list, so nothing can be appended to it.",
  ]);
  assert.deepEqual(decide({}, edit("no.such.key", SUBTRACT, "5")), [
    "not-a-list",
    "no.such.key is no list, so nothing can be subtracted from it.",
  ]);
  assert.deepEqual(decide({}, edit("cleanup.policy", APPEND, null)), [
    "malformed",
    "The configuration cleanup.policy needs a value; to go back to the default, delete it.",
  ]);
  assert.deepEqual(decide({}, edit("leader.replication.throttled.replicas", APPEND, "*"), edit("flush.ms", SET, "1")), {
    "flush.ms": "1",
    "leader.replication.throttled.replicas": "*",
  });
  assert.equal(
    (decide({ "leader.replication.throttled.replicas": "*" }, edit("leader.replication.throttled.replicas", APPEND, "0:1")) as string[])[0],
    "invalid",
  );
});

test("one bad edit refuses all", () => {
  assert.deepEqual(decide({}, edit("retention.ms", SET, "5"), edit("flush.ms", SET, "soon")), [
    "invalid",
    'Value "soon" is not allowed for flush.ms: it must be a whole number (64 bit) of at least 0.',
  ]);
  assert.equal((decide({}, edit("retention.ms", SET, "5"), edit("retention.ms", SET, "6")) as string[])[0], "malformed");
  assert.equal((decide({}, edit("retention.ms", 7, "5")) as string[])[0], "malformed");
  assert.equal((decide({}, edit("retention.ms", SET, null)) as string[])[0], "malformed");
});

test("AlterConfigs replaces the whole set", () => {
  const replace = (...settings: { name: string; value: string | null }[]) => decideConfigReplacement(keyOf, settings);
  assert.deepEqual(replace({ name: "flush.ms", value: "3" }), { kind: "accepted", configs: new Map([["flush.ms", "3"]]) });
  assert.deepEqual(replace(), { kind: "accepted", configs: new Map() });
  assert.equal(replace({ name: "flush.ms", value: null }).kind, "malformed");
  assert.equal(replace({ name: "flush.ms", value: "1" }, { name: "flush.ms", value: "2" }).kind, "malformed");
});
