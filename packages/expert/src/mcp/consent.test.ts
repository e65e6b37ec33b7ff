import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleCluster, exampleTopic, settings as settingsOf } from "../doctor/example-cluster.ts";
import { observed } from "../snapshot/observed.ts";
import type { AclEntry } from "../snapshot/security-snapshot.ts";
import { CALLS_AT_ONCE, RunningCalls } from "./running-calls.ts";
import { StillCluster, withAgent } from "./testing/scripted-agent.ts";

const LOW = { type: "topic", name: "orders", settings: { "segment.ms": "3600000" } };
const limits = { allowWrites: true };

test("the same call sent twice carries a plan out once, however often somebody agrees", async () => {
  const cluster = new StillCluster();
  let asked = 0;
  const bothAreAsked = Promise.withResolvers<void>();
  const answer = async () => {
    if (++asked === 2) bothAreAsked.resolve();
    await bothAreAsked.promise;
    return { consent: true };
  };
  await withAgent({ cluster, limits, answer }, async (call) => {
    const { data } = await call("plan_config", LOW);
    const named = { planId: data["planId"], digest: data["digest"] };
    const texts = (await Promise.all([call("apply_plan", named), call("apply_plan", named)])).map(({ text }) => text).sort();
    assert.match(texts[0]!, /^PLAN_USED: /);
    assert.match(texts[1]!, /"state":"done"/);
  });
  assert.deepEqual(cluster.applied, ["1"]);
});

test("who is asked sees every step on a line of its own, with its whole command; what no dialog holds goes to a terminal", async () => {
  const messages: string[] = [];
  const answer = (message: string) => {
    messages.push(message);
    return { names: "x" };
  };
  const cluster = new StillCluster();
  const acls = Array.from({ length: 5 }, (_, i) => ({
    principal: "User:bob",
    operation: i === 4 ? "all" : "read",
    resourceType: i === 4 ? "cluster" : "topic",
    resourceName: i === 4 ? "kafka-cluster" : `t${i}`,
  }));
  await withAgent({ cluster, limits, answer }, async (call) => {
    const apply = async (tool: string, input: object) => {
      const { data } = await call(tool, input);
      return call("apply_plan", { planId: data["planId"], digest: data["digest"] });
    };
    await apply("plan_acl", { verb: "add", acls });
    assert.match(messages[0]!, /^ {3}ottla acls add --principal User:bob --operation all --resource cluster$/m);
    const offsets = [{ topic: "orders", partition: 0, offset: 1 }];
    await apply("plan_offset_reset", { group: "a\n2. Nothing else. $(date)", offsets });
    assert.match(messages[1]!, /^1\. Let group a\\x0a2\. Nothing else\./m);
    assert.match(messages[1]!, /^ {3}ottla offsets reset 'a\\x0a2\. Nothing else\. \$\(date\)' --topic orders:0 --to 1$/m);
    const settings = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`some.setting.${i}`, "x".repeat(100)]));
    const long = await apply("plan_config", { ...LOW, settings });
    assert.match(String(long.data["needsApproval"]), /^ottla approve plan-/);
    assert.equal(messages.length, 2);
  });
  assert.deepEqual(cluster.applied, []);
});

test("commands of a plan are lines of a shell, whatever the names are", async () => {
  await withAgent({ cluster: new StillCluster() }, async (call) => {
    const { data } = await call("plan_offset_reset", { group: "a; rm -rf ~", offsets: [{ topic: "orders", partition: 0, offset: 1 }] });
    const [step] = data["steps"] as { ottla: string[] }[];
    assert.deepEqual(step!.ottla, ["ottla offsets reset 'a; rm -rf ~' --topic orders:0 --to 1"]);
  });
});

test("so many calls run at once, over all connections of a server", async () => {
  const calls = new RunningCalls();
  const ends = Array.from({ length: CALLS_AT_ONCE }, () => calls.begin());
  assert.throws(() => calls.begin(), { code: "TOO_MANY_CALLS" });
  await withAgent({ cluster: undefined, calls }, async (call) => {
    assert.match((await call("explain_rule", { id: "TOP-14" })).text, /^TOO_MANY_CALLS: /);
    ends[0]!();
    for (let i = 0; i < 3; i++) assert.equal((await call("explain_rule", { id: "TOP-14" })).isError, false);
  });
});

const acl = (entry: Partial<AclEntry>): AclEntry => ({
  resourceType: "topic",
  resourceName: "orders",
  patternType: "literal",
  principal: "User:bob",
  host: "*",
  operation: "read",
  permission: "allow",
  ...entry,
});

test("who can is answered as Kafka's authorizer would: implied operations, denials, and what no ACL is about", async () => {
  const cluster = (acls: readonly AclEntry[], open: boolean) => {
    const snapshot = exampleCluster({ only: [exampleTopic("orders", 3, {})] });
    return new StillCluster({
      snapshot: {
        ...snapshot,
        acls: observed({ authorizer: "enabled", acls }),
        brokers: snapshot.brokers.map((broker) => ({
          ...broker,
          configs: observed(settingsOf({ "allow.everyone.if.no.acl.found": String(open) })),
        })),
      },
    });
  };
  const ask = async (acls: readonly AclEntry[], operation: string, open = false) =>
    withAgent({ cluster: cluster(acls, open) }, async (call) => {
      const { data } = await call("who_can", { operation, resourceType: "topic", resourceName: "orders" });
      return [(data["allowedBy"] as AclEntry[]).length, data["principals"] !== undefined];
    });
  assert.deepEqual(await ask([acl({})], "describe"), [1, false]);
  assert.deepEqual(await ask([acl({})], "write"), [0, false]);
  assert.deepEqual(await ask([acl({ operation: "alterConfigs" })], "describeConfigs"), [1, false]);
  assert.deepEqual(await ask([acl({ operation: "create" })], "describe"), [0, false]);
  assert.deepEqual(await ask([acl({}), acl({ permission: "deny" })], "read"), [0, false]);
  assert.deepEqual(await ask([acl({}), acl({ permission: "deny" })], "describe"), [1, false]);
  assert.deepEqual(await ask([acl({ patternType: "prefixed", resourceName: "ord" })], "read"), [1, false]);
  assert.deepEqual(await ask([acl({ resourceName: "other" })], "read", true), [0, true]);
  assert.deepEqual(await ask([acl({})], "write", true), [0, false]);
});
