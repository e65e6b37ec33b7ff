import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClusterChange, ottlaCommandsOf, type PlannedAcl } from "@ottla/expert/plan";
import { findCommand, parseCommandLine } from "../../parse-command-line.ts";
import { commands } from "../index.ts";

const NAME = `it's "x" $Y`;
const acl: PlannedAcl = {
  resourceType: "transactionalId",
  resourceName: NAME,
  patternType: "prefixed",
  principal: "User:a b",
  host: "10.0.0.0/8",
  operation: "describeConfigs",
  permission: "deny",
};
const place = { topic: "orders", partition: 3 };
const CHANGES: readonly ClusterChange[] = [
  { kind: "config", target: { type: "brokers" }, settings: { a: "1,2", b: null } },
  { kind: "config", target: { type: "broker", nodeId: 1 }, settings: { b: null } },
  { kind: "config", target: { type: "group", name: NAME }, settings: { a: "" } },
  { kind: "createTopic", topic: "t", partitionCount: 3, replicationFactor: 3, configs: { "retention.ms": "-1" } },
  { kind: "deleteTopic", topic: "t", onlyIfEmpty: false },
  { kind: "addPartitions", topic: "t", partitionCount: 3 },
  { kind: "removeThrottles", topics: ["orders"], brokers: [1] },
  { kind: "setGroupOffsets", group: NAME, offsets: [{ ...place, offset: 5 }] },
  { kind: "deleteGroupOffsets", group: NAME, partitions: [place] },
  { kind: "deleteGroup", group: NAME },
  { kind: "abortTransaction", ...place, startOffset: 1, producerId: 2, producerEpoch: 3, coordinatorEpoch: 4 },
  { kind: "addAcls", acls: [acl] },
  { kind: "removeAcls", acls: [{ ...acl, resourceType: "cluster", resourceName: "kafka-cluster", host: "*", patternType: "literal" }] },
  { kind: "setQuota", entity: { user: null, clientId: NAME }, quotas: { producer_byte_rate: 5, request_percentage: null } },
];

test("every command that a change names for ottla is one that ottla takes", () => {
  const all = CHANGES.flatMap((change) => ottlaCommandsOf(change) ?? []);
  assert.equal(all.length, 17);
  for (const words of all) {
    const found = findCommand(commands, words);
    assert.ok(found, words.join(" "));
    parseCommandLine(found.command, found.rest);
  }
});
