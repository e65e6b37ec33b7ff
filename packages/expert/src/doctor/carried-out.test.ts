import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterRules } from "./cluster-rules.ts";
import type { ClusterRule } from "./cluster-rule.ts";
import type { ClusterObservation } from "./cluster-observation.ts";
import { hitsOf } from "./examine-cluster.ts";
import { carryOut } from "./testing/carry-out.ts";
import { BY_HAND } from "./by-hand.ts";

/** What became of a rule's fixes in its own examples. */
interface Outcome {
  readonly carriedOut: number;
  readonly byHand: number;
  /** Of those whose changes were carried out all the same. */
  readonly stillSaid: readonly string[];
}

function outcomeOf(rule: ClusterRule): Outcome {
  const outcome = { carriedOut: 0, byHand: 0, stillSaid: [] as string[] };
  for (const example of rule.examples) {
    const observation = example.observe();
    for (const { subject, changes = [] } of hitsOf(rule, observation, example)) {
      let snapshot: ClusterObservation["snapshot"] | undefined = changes.length === 0 ? undefined : observation.snapshot;
      for (const change of changes) snapshot = snapshot && carryOut(snapshot, change);
      if (snapshot === undefined) {
        outcome.byHand++;
        continue;
      }
      outcome.carriedOut++;
      const left = hitsOf(rule, afterwards(observation, snapshot), example).filter((hit) => hit.subject === subject);
      outcome.stillSaid.push(...left.map(({ message }) => message));
    }
  }
  return outcome;
}

/** What several looks told stays as it was, for those that the change has not touched. */
function afterwards(observation: ClusterObservation, snapshot: ClusterObservation["snapshot"]): ClusterObservation {
  return { ...observation, snapshot };
}

for (const rule of clusterRules)
  test(`${rule.id} ${rule.name}: its fix carried out makes it silent, or a human has to, and it says why`, () => {
    const { carriedOut, byHand, stillSaid } = outcomeOf(rule);
    assert.deepEqual(stillSaid, []);
    assert.ok(carriedOut + byHand > 0);
    if (byHand > 0)
      assert.ok(
        BY_HAND[rule.id] !== undefined,
        `${byHand} of its examples have no changes that can be carried out, and by-hand.ts does not say why`,
      );
  });
