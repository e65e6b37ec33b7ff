import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assignorCases, caseFromText, solve, targetToText } from "../testing/assignor-cases.ts";
import { type AssignableMember, NO_PARTITIONS } from "./assignment.ts";
import { assignors } from "./assignors.ts";

const golden = readFileSync(new URL("../../../../test/groups/java-assignments.golden", import.meta.url), "utf8");

test("assignors give what Apache Kafka 4.4's give", () => {
  const cases = golden.trimEnd().split("\n\n");
  assert.equal(cases.length, 50);
  for (const [i, text] of cases.entries()) {
    const [asked = "", expected = ""] = text.split(/(?<=^end)\n/m);
    const assignorCase = caseFromText(asked);
    assert.equal(targetToText(assignorCase.members, solve(assignorCase)), expected, `case ${i}`);
  }
});

test("every partition of a topic that somebody is subscribed to goes to one subscriber, and no other partition to anybody", () => {
  const seed = 20848;
  for (const assignorCase of assignorCases(300, seed)) {
    const owners = new Map<string, string>();
    const subscribed = new Set<string>();
    const target = solve(assignorCase);
    for (const { memberId, subscribedTopicIds } of assignorCase.members) {
      for (const topicId of subscribedTopicIds) subscribed.add(topicId);
      for (const [topicId, partitions] of target.get(memberId) ?? NO_PARTITIONS) {
        assert.ok(subscribedTopicIds.has(topicId), `seed ${seed}`);
        for (const partition of partitions) {
          assert.ok(!owners.has(`${topicId} ${partition}`), `seed ${seed}`);
          owners.set(`${topicId} ${partition}`, memberId);
        }
      }
    }
    let expected = 0;
    for (const topicId of subscribed) expected += assignorCase.topics.get(topicId)!;
    assert.equal(owners.size, expected, `seed ${seed}`);
  }
});

test("a large assignment comes in small steps", () => {
  const topics = new Map(Array.from({ length: 100 }, (_, i) => [`${"A".repeat(20)}${String(i).padStart(2, "0")}`, 100] as const));
  const shared = new Set(topics.keys());
  const members: AssignableMember[] = Array.from({ length: 2000 }, (_, i) => ({
    memberId: `m${i}`,
    instanceId: null,
    subscribedTopicIds: shared,
    assignment: NO_PARTITIONS,
  }));
  for (const assignor of assignors.values()) {
    for (const isHomogeneous of [true, false]) {
      const assign = assignor({ members, isHomogeneous, isAssigned: () => false, partitionCount: (topicId) => topics.get(topicId)! });
      let steps = 0;
      let step = assign.next();
      for (; !step.done; step = assign.next()) steps++;
      assert.ok(steps > 20, `${steps} steps`);
      assert.equal(step.value.size, 2000);
    }
  }
});
