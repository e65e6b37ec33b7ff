import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { judgeAccess } from "@ottla/broker/acls";
import type { Acl } from "@ottla/client";
import { whoMay } from "../../../packages/console/src/security/who-may.ts";
import { ConsoleFixture } from "./console-fixture.ts";

const SECURE = {
  settings: { "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users": "User:ANONYMOUS" },
};
const acl = (principal: string, operation: Acl["operation"], more: Partial<Acl> = {}): Acl => ({
  resourceType: "topic",
  resourceName: "orders",
  patternType: "literal",
  principal,
  host: "*",
  operation,
  permission: "allow",
  ...more,
});

test("an ACL is added and taken away by plans, and who may is told with the ACL that decides", async () => {
  await using ottla = await ConsoleFixture.start({ ...SECURE, topics: { orders: 1 } });
  const acls = [
    acl("User:alice", "read"),
    acl("User:bob", "all", { resourceName: "ord", patternType: "prefixed" }),
    acl("User:bob", "read", { permission: "deny" }),
  ];
  const plan = await ottla.post("/plans", { changes: [{ kind: "addAcls", acls }] });
  const { planId, digest } = plan.body;
  assert.equal((await ottla.post(`/plans/${planId}/apply`, { digest })).body.code, "NOT_AGREED");
  const done = await ottla.post(`/plans/${planId}/apply`, { digest, agreed: [plan.body.steps[0].subject] });
  assert.equal(done.body.state, "done", JSON.stringify(done.body));
  const may = async (operation: string): Promise<readonly string[]> => {
    const { body } = await ottla.get(`/security/who?resourceType=topic&resourceName=orders&operation=${operation}`);
    return body.verdicts.map(
      (each: { principal: string; isAllowed: boolean; reason: string }) => `${each.principal} ${each.isAllowed} ${each.reason}`,
    );
  };
  assert.deepEqual(await may("read"), [
    "User:* false none-matches",
    "User:ANONYMOUS true super-user",
    "User:alice true acl",
    "User:bob false acl",
  ]);
  assert.deepEqual(await may("describe"), [
    "User:* false none-matches",
    "User:ANONYMOUS true super-user",
    "User:alice true acl",
    "User:bob true acl",
  ]);
  const found = (await ottla.get("/security?search=prefixed")).body.acls.value;
  assert.deepEqual([found.found, found.total, found.acls[0].principal], [1, 3, "User:bob"]);
  const undone = await ottla.post(`/plans/${planId}/undo`, { digest });
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.equal((await ottla.get("/security")).body.acls.value.total, 0);
});

test("a quota is set and shown; a user's password is set, and taken away by who types the name", async () => {
  await using ottla = await ConsoleFixture.start();
  const plan = await ottla.post("/plans", {
    changes: [{ kind: "setQuota", entity: { user: "alice" }, quotas: { producer_byte_rate: 1_024 } }],
  });
  const agreed = plan.body.steps.map(({ subject }: { subject: string }) => subject);
  assert.equal((await ottla.post(`/plans/${plan.body.planId}/apply`, { digest: plan.body.digest, agreed })).body.state, "done");
  assert.deepEqual((await ottla.get("/security")).body.quotas.value, [
    { entity: { user: "alice" }, quotas: [{ name: "producer_byte_rate", value: 1_024 }] },
  ]);
  const user = { user: "alice", mechanism: "SCRAM-SHA-512" };
  assert.equal((await ottla.post("/security/users", { ...user, password: "of alice" })).status, 200);
  assert.deepEqual((await ottla.get("/security")).body.users.value, [{ name: "alice", mechanisms: ["SCRAM-SHA-512"] }]);
  assert.equal((await ottla.post("/security/users", { ...user, password: null })).body.code, "NOT_AGREED");
  const another = { ...user, password: null, agreed: `${user.user}x` };
  assert.equal((await ottla.post("/security/users", another)).body.code, "NOT_AGREED");
  assert.equal((await ottla.post("/security/users", { ...user, password: null, agreed: "alice" })).status, 200);
  assert.deepEqual((await ottla.get("/security")).body.users.value, []);
  const told = JSON.stringify((await ottla.get("/timeline")).body) + JSON.stringify((await ottla.get("/plans")).body);
  assert.ok(told.includes("password of user alice was set") && !told.includes('of alice"'), told);
  assert.equal((await ottla.get("/security/certificates")).body.certificates.length, 0);
});

test("a console that only reads sets no password", async () => {
  await using ottla = await ConsoleFixture.start({}, { readOnly: true });
  const refused = await ottla.post("/security/users", { user: "a", mechanism: "SCRAM-SHA-256", password: "b" });
  assert.deepEqual([refused.status, refused.body.code], [403, "READ_ONLY"]);
});

const TYPES = { topic: 2 } as const;
const OPERATIONS = { all: 2, read: 3, write: 4, delete: 6, alter: 7, describe: 8, describeConfigs: 10, alterConfigs: 11 } as const;
type Operation = keyof typeof OPERATIONS;

test("who may is what the broker's own authorizer says", (context) => {
  const seed = testSeed();
  context.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  const oneOf = <Item>(items: readonly Item[]): Item => items[random.nextInt(items.length)]!;
  for (let run = 0; run < 500; run++) {
    const acls = Array.from({ length: random.nextInt(6) }, () =>
      acl(oneOf(["User:a", "User:b", "User:*"]), oneOf(Object.keys(OPERATIONS) as Operation[]), {
        host: oneOf(["*", "*", "10.0.0.1", "10.0.0.2"]),
        permission: oneOf(["allow", "allow", "deny"]),
        ...oneOf([{}, { resourceName: "ord", patternType: "prefixed" as const }, { resourceName: "*" }]),
      }),
    );
    const operation = oneOf(Object.keys(OPERATIONS).filter((name) => name !== "all") as Operation[]);
    const settings = { superUsers: oneOf([[], ["User:b"]]), allowsEveryoneIfNoAcl: oneOf([true, false]) };
    const verdicts = whoMay(acls, operation, settings);
    const numbers = acls.map((each) => ({
      ...each,
      resourceType: TYPES.topic,
      patternType: each.patternType === "literal" ? 3 : 4,
      operation: OPERATIONS[each.operation as Operation],
      permissionType: each.permission === "deny" ? 2 : 3,
    }));
    for (const principal of ["User:a", "User:b", "User:c"])
      for (const host of ["10.0.0.1", "10.0.0.2", "10.0.0.3"]) {
        const own = verdicts.filter((each) => each.principal === principal);
        const those = own.length > 0 ? own : verdicts.filter((each) => each.principal === "User:*");
        const ours = (those.find((each) => each.host === host) ?? those.find((each) => each.host === "*"))!.isAllowed;
        const asked = { principal, host, operation: OPERATIONS[operation], resourceType: TYPES.topic, resourceName: "orders" };
        const theirs = judgeAccess(numbers, asked, { ...settings, superUsers: new Set(settings.superUsers) }).isAllowed;
        assert.equal(ours, theirs, JSON.stringify({ run, acls, asked, settings }));
      }
  }
});
