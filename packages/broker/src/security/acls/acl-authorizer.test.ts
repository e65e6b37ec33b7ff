import assert from "node:assert/strict";
import { test } from "node:test";
import { type AclBinding, AclOperation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";
import { AclAuthorizer } from "./acl-authorizer.ts";
import { hostOf, rangeFault } from "./acl-host.ts";
import { AclIndex } from "./acl-index.ts";

const { READ, WRITE, DESCRIBE, ALL } = AclOperation;
const { TOPIC } = ResourceType;

function acl(over: Partial<AclBinding> = {}): AclBinding {
  return {
    resourceType: TOPIC,
    resourceName: "orders",
    patternType: PatternType.LITERAL,
    principal: "User:alice",
    host: "*",
    operation: READ,
    permissionType: AclPermissionType.ALLOW,
    ...over,
  };
}

function authorizer(acls: readonly AclBinding[], allowsEveryoneIfNoAcl = false) {
  const index = new AclIndex();
  for (const each of acls) index.add(each);
  return new AclAuthorizer(index, { superUsers: new Set(["User:root"]), allowsEveryoneIfNoAcl });
}

const alice = { principal: "User:alice", host: "10.1.2.3" };

test("a verdict names the ACL that decided, and a denying one goes before all that allow", () => {
  const allowed = acl({ operation: ALL });
  const denied = acl({
    resourceName: "ord",
    patternType: PatternType.PREFIXED,
    principal: "User:*",
    operation: WRITE,
    permissionType: AclPermissionType.DENY,
  });
  const both = authorizer([allowed, denied]);
  assert.deepEqual(both.authorize(alice, READ, TOPIC, "orders"), { isAllowed: true, rule: { kind: "acl", acl: allowed } });
  assert.deepEqual(both.authorize(alice, WRITE, TOPIC, "orders"), { isAllowed: false, rule: { kind: "acl", acl: denied } });
  assert.equal(both.authorize({ ...alice, principal: "User:root" }, WRITE, TOPIC, "orders").rule.kind, "super-user");
  assert.deepEqual(both.authorize(alice, READ, TOPIC, "other"), { isAllowed: false, rule: { kind: "no-acl" } });
});

test("a resource that any ACL concerns is closed to those it does not name, even where resources without ACLs are open", () => {
  const open = authorizer([acl()], true);
  assert.equal(open.authorize(alice, READ, TOPIC, "free").isAllowed, true);
  assert.deepEqual(open.authorize({ ...alice, principal: "User:bob" }, READ, TOPIC, "orders"), {
    isAllowed: false,
    rule: { kind: "none-matches" },
  });
});

test("whoever may read may describe, but whoever may not read may describe all the same", () => {
  assert.equal(authorizer([acl()]).authorize(alice, DESCRIBE, TOPIC, "orders").isAllowed, true);
  const denied = authorizer([acl({ permissionType: AclPermissionType.DENY }), acl({ operation: WRITE })]);
  assert.equal(denied.authorize(alice, READ, TOPIC, "orders").isAllowed, false);
  assert.equal(denied.authorize(alice, DESCRIBE, TOPIC, "orders").isAllowed, true);
});

test("some topic may be written to unless all that are allowed are denied: by their own name, by a prefix of it, or all at once", () => {
  const [{ LITERAL, PREFIXED }, { DENY }] = [PatternType, AclPermissionType];
  const allowed = acl({ operation: WRITE });
  const denied = (resourceName: string, patternType: number, over: Partial<AclBinding> = {}) =>
    acl({ operation: WRITE, permissionType: DENY, resourceName, patternType, ...over });
  for (const [others, isAllowed] of [
    [[], true],
    [[denied("orders", LITERAL)], false],
    [[denied("order", LITERAL)], true],
    [[denied("ord", PREFIXED)], false],
    [[denied("orders", PREFIXED)], false],
    [[denied("orders2", PREFIXED)], true],
    [[denied("r", PREFIXED)], true],
    [[denied("*", LITERAL)], false],
    [[denied("ord", PREFIXED, { operation: READ })], true],
    [[denied("ord", PREFIXED, { operation: ALL })], false],
    [[denied("ord", PREFIXED, { principal: "User:bob" })], true],
    [[denied("ord", PREFIXED, { principal: "User:*" })], false],
    [[denied("ord", PREFIXED, { host: "10.9.9.9" })], true],
    [[denied("ord", PREFIXED, { host: "10.0.0.0/8" })], false],
    [[denied("ord", PREFIXED), acl({ operation: ALL, resourceName: "other" })], true],
    [[denied("ord", PREFIXED), acl({ operation: ALL, resourceName: "*" })], true],
  ] as const)
    assert.equal(authorizer([allowed, ...others]).authorizeSome(alice, WRITE, TOPIC), isAllowed, JSON.stringify(others));
  // An allowed prefix is not what a denied name of the same letters takes away.
  const prefix = acl({ operation: WRITE, patternType: PREFIXED });
  assert.equal(authorizer([prefix, denied("orders", LITERAL)]).authorizeSome(alice, WRITE, TOPIC), true);
  assert.equal(authorizer([acl()]).authorizeSome(alice, DESCRIBE, TOPIC), false, "what an operation implies does not count");
});

test("a host may be a range of addresses of either family", () => {
  const from = (host: string, client: string) =>
    authorizer([acl({ host })]).authorize({ ...alice, host: hostOf(client) }, READ, TOPIC, "orders").isAllowed;
  assert.equal(from("10.1.0.0/16", "/10.1.2.3"), true);
  assert.equal(from("10.1.0.0/16", "/10.2.2.3"), false);
  assert.equal(from("10.1.2.3/32", "/10.1.2.3"), true);
  assert.equal(from("10.1.2.0/24", "/::ffff:10.1.2.3"), true, "an address of version 4 that came through a socket of version 6");
  assert.equal(from("fd00::/8", "/fd12::1"), true);
  assert.equal(from("fd00::/8", "/10.1.2.3"), false);
  assert.equal(from("10.1.2.300/24", "/10.1.2.3"), false, "no range at all lets nobody in");
  assert.equal(from("0:0:0:0:0:0:0:1", "/::1"), true);
  for (const range of ["10.0.0.0/33", "10.0.0/8", "a/8", "/8", "10.0.0.0/", "fd00::/129"]) assert.notEqual(rangeFault(range), undefined);
  for (const range of ["10.0.0.0/0", "10.0.0.7/32", "fd00::/128"]) assert.equal(rangeFault(range), undefined);
});
