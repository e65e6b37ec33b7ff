import assert from "node:assert/strict";
import { test } from "node:test";
import { BY_HAND } from "./by-hand.ts";
import { clusterRules } from "./cluster-rules.ts";
import { hitsOf } from "./examine-cluster.ts";

test("what a rule finds has a plan, an instruction, or a reason why no plan can mend it", () => {
  const unsaid = clusterRules.flatMap((rule) => {
    const hits = rule.examples.flatMap((example) => hitsOf(rule, example.observe(), example));
    return hits.some(({ changes = [] }) => changes.length === 0) && BY_HAND[rule.id] === undefined ? [rule.id] : [];
  });
  assert.deepEqual(unsaid, []);
  const unknown = Object.keys(BY_HAND).filter((id) => clusterRules.every((rule) => rule.id !== id));
  assert.deepEqual(unknown, []);
});
