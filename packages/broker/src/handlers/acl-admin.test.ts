import assert from "node:assert/strict";
import { test } from "node:test";
import { type AclBinding, AclOperation, AclPermissionType, ErrorCode, PatternType, ResourceType } from "@ottla/protocol";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { deleteAclsApi, makeDeleteAclsFilter, makeDeleteAclsRequest } from "@ottla/protocol/apis/delete-acls";
import { describeAclsApi, makeDescribeAclsRequest } from "@ottla/protocol/apis/describe-acls";
import { ACLS_PER_REQUEST_MAX } from "../security/acls/acl-rules.ts";
import { TestBroker, type TestBrokerOptions } from "../testing/test-broker.ts";

const STANDARD_AUTHORIZER = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
const ANY = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};

function start(options: TestBrokerOptions = {}): Promise<TestBroker> {
  return TestBroker.start({
    ...options,
    settings: { "authorizer.class.name": STANDARD_AUTHORIZER, "super.users": "User:admin; User:ANONYMOUS", ...options.settings },
  });
}

function creation(over: Partial<AclBinding> = {}) {
  return makeAclCreation({
    resourceType: ResourceType.TOPIC,
    resourceName: "orders",
    resourcePatternType: over.patternType ?? PatternType.LITERAL,
    principal: "User:alice",
    host: "*",
    operation: AclOperation.READ,
    permissionType: AclPermissionType.ALLOW,
    ...over,
  });
}

async function create(broker: TestBroker, creations: ReturnType<typeof creation>[]) {
  const { results } = await broker.send(createAclsApi, 3, makeCreateAclsRequest({ creations }));
  return results.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
}

async function list(broker: TestBroker, filter: Partial<ReturnType<typeof makeDescribeAclsRequest>> = {}) {
  const { errorCode, resources } = await broker.send(describeAclsApi, 3, makeDescribeAclsRequest({ ...ANY, ...filter }));
  assert.equal(errorCode, ErrorCode.NONE);
  return resources.flatMap(({ resourceName, acls }) => acls.map(({ principal, operation }) => `${principal} ${operation} ${resourceName}`));
}

test("ACLs are made once, told by filter, kept over a restart, and removed by filter", async () => {
  const broker = await start();
  const made = [
    creation(),
    creation(),
    creation({ resourceName: "ord", patternType: PatternType.PREFIXED, operation: AclOperation.WRITE }),
    creation({ resourceName: "*", principal: "User:bob" }),
  ];
  assert.deepEqual(
    await create(broker, made),
    made.map(() => [ErrorCode.NONE, null]),
  );
  assert.deepEqual(await create(broker, [creation()]), [[ErrorCode.NONE, null]]);
  const all = ["User:alice 3 orders", "User:alice 4 ord", "User:bob 3 *"];
  assert.deepEqual(await list(broker), all);
  await broker.stop();
  await using again = await start({ disk: broker.disk });
  assert.deepEqual(await list(again), all);
  const matched = { resourceTypeFilter: ResourceType.TOPIC, resourceNameFilter: "orders", patternTypeFilter: PatternType.MATCH };
  assert.deepEqual(await list(again, matched), all, "a filter that matches finds every ACL of the resource");
  assert.deepEqual(await list(again, { ...matched, patternTypeFilter: PatternType.ANY }), ["User:alice 3 orders"]);
  assert.deepEqual(await list(again, { principalFilter: "User:bob" }), ["User:bob 3 *"]);
  const filters = [
    makeDeleteAclsFilter({ ...ANY, principalFilter: "User:alice" }),
    makeDeleteAclsFilter({ ...ANY, resourceNameFilter: "ord" }),
  ];
  const { filterResults } = await again.send(deleteAclsApi, 3, makeDeleteAclsRequest({ filters }));
  assert.deepEqual(
    filterResults.map(({ matchingAcls }) => matchingAcls.map(({ resourceName }) => resourceName)),
    [["orders", "ord"], ["ord"]],
  );
  assert.deepEqual(await list(again), ["User:bob 3 *"]);
});

test("what is no ACL is refused with its reason, and the others of its request are made", async () => {
  await using broker = await start();
  const bad: [Partial<AclBinding>, string][] = [
    [{ resourceType: ResourceType.CLUSTER }, "The only valid name for the CLUSTER resource is kafka-cluster"],
    [{ resourceName: "" }, "Invalid empty resource name"],
    [{ resourceType: ResourceType.ANY }, "Invalid resourceType ANY"],
    [{ patternType: PatternType.MATCH }, "Invalid patternType MATCH"],
    [{ operation: AclOperation.ANY }, "Invalid operation ANY"],
    [{ permissionType: AclPermissionType.ANY }, "Invalid permissionType ANY"],
    [
      { principal: "alice" },
      "Could not parse principal from `alice` (no colon is present separating the principal type from the principal name)",
    ],
    [{ host: "" }, "Host pattern cannot be null or empty"],
    [{ host: "10.0.0.0/40" }, "Invalid CIDR notation '10.0.0.0/40'; write an address and a length, such as 10.0.0.0/8 or fd00::/8."],
  ];
  const results = await create(broker, [...bad.map(([over]) => creation(over)), creation({ host: "10.0.0.0/8" })]);
  assert.deepEqual(results, [...bad.map(([, reason]) => [ErrorCode.INVALID_REQUEST, reason]), [ErrorCode.NONE, null]]);
  assert.deepEqual(await list(broker), ["User:alice 3 orders"]);
});

test("numbers that nobody knows are refused, alone where there are several", async () => {
  await using broker = await start();
  const unknown = { ...ANY, operation: 99 };
  const described = await broker.send(describeAclsApi, 3, makeDescribeAclsRequest(unknown));
  const filters = [makeDeleteAclsFilter(unknown), makeDeleteAclsFilter(ANY)];
  const { filterResults } = await broker.send(deleteAclsApi, 3, makeDeleteAclsRequest({ filters }));
  const created = await create(broker, [creation({ operation: 0 }), creation()]);
  const codes = [described.errorCode, ...filterResults.map(({ errorCode }) => errorCode), ...created.map(([errorCode]) => errorCode)];
  const { INVALID_REQUEST, NONE } = ErrorCode;
  assert.deepEqual(codes, [INVALID_REQUEST, INVALID_REQUEST, NONE, INVALID_REQUEST, NONE]);
});

test("so many ACLs at a time, and no more", async () => {
  await using broker = await start();
  const many = Array.from({ length: ACLS_PER_REQUEST_MAX + 1 }, (_, i) => creation({ resourceName: `t${i}` }));
  const refused = await create(broker, many);
  assert.equal(refused.length, many.length);
  assert.equal(refused[0]?.[0], ErrorCode.INVALID_REQUEST);
  assert.equal((await create(broker, many.slice(1)))[0]?.[0], ErrorCode.NONE);
  await create(broker, many.slice(0, 1));
  const deletion = makeDeleteAclsRequest({ filters: [makeDeleteAclsFilter(ANY)] });
  const [tooMuch] = (await broker.send(deleteAclsApi, 3, deletion)).filterResults;
  assert.equal(tooMuch?.errorCode, ErrorCode.INVALID_REQUEST);
  assert.equal((await list(broker)).length, many.length, "and none is gone");
});

test("without an authorizer there are no ACLs", async () => {
  await using broker = await TestBroker.start();
  const { errorCode } = await broker.send(describeAclsApi, 3, makeDescribeAclsRequest(ANY));
  assert.equal(errorCode, ErrorCode.SECURITY_DISABLED);
  assert.equal((await create(broker, [creation()]))[0]?.[0], ErrorCode.SECURITY_DISABLED);
});

test("settings that name no authorizer or no principal are refused with a sentence", async () => {
  await assert.rejects(start({ settings: { "authorizer.class.name": "kafka.security.authorizer.AclAuthorizer" } }), {
    code: "INVALID_CONFIG",
    message: /a Java class that Ottla cannot run/,
  });
  await assert.rejects(start({ settings: { "super.users": "alice" } }), { code: "INVALID_CONFIG", message: /super\.users names "alice"/ });
});
