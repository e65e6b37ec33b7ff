import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterRules } from "./cluster-rules.ts";
import type { ClusterRule } from "./cluster-rule.ts";
import type { ClusterObservation } from "./cluster-observation.ts";
import { hitsOf } from "./examine-cluster.ts";
import { carryOut } from "./testing/carry-out.ts";
import { BY_HAND } from "./by-hand.ts";

/** What speaks of load that was measured: it is silent when the load is, which a setting alone does not show. That the setting is made is seen here, the rest on real clusters. */
const BY_LOAD: Readonly<Record<string, string>> = {
  "BRK-13": "threads that are busy are told by the metrics of the time after; that they are more is seen.",
};

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
      if (BY_LOAD[rule.id] !== undefined) {
        assert.notDeepEqual(snapshot.brokers, observation.snapshot.brokers);
        continue;
      }
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
