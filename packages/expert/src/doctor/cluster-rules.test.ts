import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterRules } from "./cluster-rules.ts";
import { hitsOf } from "./examine-cluster.ts";

for (const rule of clusterRules)
  test(`${rule.id} ${rule.name} fires where it should, and not just short of it`, () => {
    assert.ok(
      rule.examples.some(({ hits }) => hits > 0),
      "an example that fires",
    );
    assert.ok(
      rule.examples.some(({ hits }) => hits === 0),
      "an example that is silent",
    );
    for (const [i, example] of rule.examples.entries()) {
      const { observe, hits, profile = "prod", severity = rule.severity } = example;
      const found = (rule.profiles?.includes(profile) ?? true) ? hitsOf(rule, observe(), example) : [];
      assert.equal(found.length, hits, `example ${i}: ${JSON.stringify(found, undefined, 1)}`);
      for (const { message, evidence, severity: told = rule.severity } of found) {
        assert.equal(told, severity, `example ${i} says how grave it is: ${message}`);
        assert.match(message, /[.?]$/);
        assert.doesNotMatch(`${message} ${evidence}`, /undefined|NaN|\[object/);
      }
    }
  });

test("every rule has an id of its own", () => {
  assert.equal(new Set(clusterRules.map(({ id }) => id)).size, clusterRules.length);
});
