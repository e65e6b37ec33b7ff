import assert from "node:assert/strict";
import { test } from "node:test";
import { makePlan, type SeenChange } from "./make-plan.ts";
import { parsePlan, planAsJson, printPlan } from "./plan-file.ts";
import { SAMPLE_CHANGES } from "./testing/sample-changes.ts";

const TOOLS = { bootstrapServer: "localhost:9092" };
const seen = Object.values(SAMPLE_CHANGES) as readonly SeenChange[];
const plan = makePlan(seen, { clusterId: "abc", nowMs: 1_800_000_000_000 });

function reasonOf(text: string): string {
  try {
    parsePlan(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "read";
}

test("a plan with a change of every kind comes back from YAML and from JSON as it was", () => {
  for (const text of [printPlan(plan, TOOLS), planAsJson(plan)]) {
    const read = parsePlan(text);
    assert.deepEqual(read.plan, plan);
    assert.equal(read.isEdited, false);
  }
});

test("a comment says of each step what it does, why, what it risks, its commands and its way back", () => {
  const one = makePlan([{ ...SAMPLE_CHANGES.setGroupOffsets, rule: "GRP-08", reason: "Retention has passed it." }], {
    clusterId: "abc",
    nowMs: 0,
  });
  assert.equal(
    printPlan(one, TOOLS).replaceAll(/digest: \w{64}/g, "digest: …"),
    String.raw`# 1 step for the cluster abc.
# The digest binds what is below, comments aside: a plan that was edited has to be accepted as such.
# Each step is looked at again before it is made, and afterwards until it can be seen to be done.

digest: …
version: 1
clusterId: abc
madeAt: 1970-01-01T00:00:00.000Z
steps:
  # 1. Let group it's $HOME; "x" ${"`id`"} # & * \ go on at orders-3 offset 42.
  # Why: Retention has passed it. (GRP-08)
  # Risk: high. Where the new offsets differ, records may be skipped.
  # Done when the group's commits are these.
  # Taken back by: Let group it's $HOME; "x" ${"`id`"} # & * \ go on at orders-3 offset 7.
  # printf '%s\n' orders,3,42 > offsets.csv
  # kafka-consumer-groups.sh --bootstrap-server localhost:9092 --group 'it'\''s $HOME; "x" ${"`id`"} # & * \' --reset-offsets --from-file offsets.csv --execute
  # ottla offsets reset 'it'\''s $HOME; "x" ${"`id`"} # & * \' --topic orders:3 --to 42
  - id: "1"
    rule: GRP-08
    reason: Retention has passed it.
    change:
      kind: setGroupOffsets
      group: "it's $HOME; \"x\" ${"`id`"} # & * \\"
      offsets:
        - topic: orders
          partition: 3
          offset: 42
    before:
      state: Empty
      offsets:
        - topic: orders
          partition: 3
          offset: 7
    verifyWithinS: 60
`,
  );
});

test("what binds changes the digest, comments and layout do not", () => {
  const text = printPlan(plan, TOOLS);
  assert.equal(parsePlan(text.replaceAll("# Risk:", "# Danger:")).isEdited, false);
  assert.equal(parsePlan(text.replace("partitionCount: 12", "partitionCount: 13")).isEdited, true);
  assert.equal(parsePlan(text.replace("state: Empty", "state: Dead")).isEdited, true);
  assert.equal(parsePlan(text.replace("verifyWithinS: 60", "verifyWithinS: 61")).isEdited, true);
});

test("what is no plan is refused with its line", () => {
  const text = printPlan(makePlan([SAMPLE_CHANGES.addPartitions], { clusterId: undefined, nowMs: 0 }), TOOLS);
  const line = (word: string): number => text.split("\n").findIndex((each) => each.includes(word)) + 1;
  const at = line("partitionCount: 12");
  assert.equal(
    reasonOf(text.replace("partitionCount: 12", "partitionCount: -1")),
    `This is no plan that can be read: line ${at}: steps.0.change.partitionCount: Too small: expected number to be >=1.`,
  );
  assert.match(reasonOf(text.replace("topic: orders", "topic: or/ders")), /line \d+: steps\.0\.change\.topic: it is no name of a topic/);
  assert.match(reasonOf(text.replace("kind: addPartitions", "kind: dropAll")), /steps\.0\.change/);
  assert.match(reasonOf(text.replace("written: true", "written: perhaps")), /line \d+: steps\.0\.before\.written/);
  assert.match(reasonOf(text.replace("version: 1", "version: 2")), /line \d+: version/);
  assert.match(reasonOf(`${text}more: 1\n`), /more/);
  assert.match(reasonOf("a: ["), /line \d/);
  assert.match(reasonOf("&a [*a, *a]"), /This is no plan that can be read/);
  assert.match(reasonOf(""), /This is no plan that can be read/);
});
