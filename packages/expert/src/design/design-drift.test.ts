import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedAcl } from "../plan/cluster-change.ts";
import { type ClusterThere, designDrift, type TopicThere } from "./design-drift.ts";
import { designSystem } from "./design-system.ts";
import { domainOf } from "./read-domain.ts";

const domain = domainOf(
  "system: t\nevents:\n  a.b.keyed: { key: k, order: key, rate: 1/s, size: 1kB }\n  a.b.loose: { rate: 1/s, size: 1kB }\nservices:\n  p: { produces: [a.b.keyed, a.b.loose] }\n",
  "t",
);
const system = designSystem(domain);

/** A cluster that is as the design says, with some changes. */
function cluster(changes: Readonly<Record<string, Partial<TopicThere>>> = {}, acls?: readonly PlannedAcl[]): ClusterThere {
  const topics = system.topics.map(({ name, partitions, replicationFactor, settings }): [string, TopicThere] => [
    name,
    { partitions, replicationFactor, configs: new Map(settings.map((setting) => [setting.name, setting.value])), ...changes[name] },
  ]);
  return { brokers: 3, topics: new Map(topics), acls: acls ?? designed };
}

const designed: readonly PlannedAcl[] = ["a.b.keyed", "a.b.loose"].map((resourceName) => ({
  principal: "User:p",
  resourceType: "topic",
  resourceName,
  patternType: "literal",
  operation: "write",
  host: "*",
  permission: "allow",
}));

function drift(there: ClusterThere): readonly string[] {
  return designDrift(domain, system, there)
    .filter(({ change }) => !(change.kind === "config" && change.target.type === "brokers"))
    .map(({ change }) => {
      if (change.kind === "config") return `config ${JSON.stringify(change.settings)}`;
      if (change.kind === "addAcls" || change.kind === "removeAcls")
        return `${change.kind} ${change.acls.map(({ principal, operation, resourceName }) => `${principal} ${operation} ${resourceName}`).join()}`;
      return change.kind === "addPartitions" ? `${change.topic} to ${change.partitionCount}` : change.kind;
    });
}

test("a cluster that is as the design says needs nothing", () => {
  assert.deepEqual(drift(cluster()), []);
});

test("what is missing is made, what differs is set, and what breaks keys is for a human", () => {
  assert.deepEqual(drift({ brokers: 3, topics: new Map(), acls: [] }), [
    "createTopic",
    "createTopic",
    "addAcls User:p write a.b.keyed",
    "addAcls User:p write a.b.loose",
  ]);
  assert.deepEqual(drift(cluster({ "a.b.loose": { partitions: 1 } })), ["a.b.loose to 3"]);
  assert.deepEqual(drift(cluster({ "a.b.keyed": { partitions: 1 } })), ["manual"]);
  assert.deepEqual(drift(cluster({ "a.b.keyed": { partitions: 30 } })), []);
  assert.deepEqual(drift(cluster({ "a.b.loose": { replicationFactor: 1 } })), ["manual"]);
  const other = new Map([...cluster().topics.get("a.b.loose")!.configs, ["retention.ms", "5"]]);
  assert.deepEqual(drift(cluster({ "a.b.loose": { configs: other } })), ['config {"retention.ms":"604800000"}']);
});

test("fewer brokers hold fewer copies, and that is no difference", () => {
  assert.deepEqual(drift({ ...cluster({ "a.b.loose": { replicationFactor: 1 }, "a.b.keyed": { replicationFactor: 1 } }), brokers: 1 }), []);
});

test("what one of the design's principals may do beyond it goes; others are left alone", () => {
  const more: readonly PlannedAcl[] = [
    { ...designed[0]!, operation: "all" },
    { ...designed[0]!, principal: "User:other" },
    { ...designed[0]!, operation: "read", permission: "deny" },
  ];
  assert.deepEqual(drift(cluster({}, [...designed, ...more])), ["removeAcls User:p all a.b.keyed"]);
});
