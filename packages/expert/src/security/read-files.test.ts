import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthorizerLogReader } from "./read-authorizer-log.ts";
import { readCredentials } from "./read-credentials.ts";

test("the authorizer's log tells what was allowed, and how far it reaches", () => {
  const reader = new AuthorizerLogReader();
  for (const line of [
    "[2026-10-01 08:00:00,123] DEBUG Principal = User:alice is Allowed operation = READ from host = 10.0.0.1 on resource = Topic:LITERAL:orders for request = Fetch with resourceRefCount = 1 based on rule MatchingAcl(acl=StandardAcl(resourceType=TOPIC)) (kafka.authorizer.logger)",
    "[2026-10-01 08:00:00,124] DEBUG Principal = User:alice is Allowed operation = READ from host = 10.0.0.1 on resource = Topic:LITERAL:orders for request = Fetch with resourceRefCount = 1 based on rule DefaultAllow (kafka.authorizer.logger)",
    "[2026-11-02 08:00:00,000] INFO Principal = User:CN=a, O=b is Denied operation = DESCRIBE_CONFIGS from host = 10.0.0.2 on resource = TransactionalId:LITERAL:t for request = DescribeConfigs with resourceRefCount = 1 based on rule DefaultDeny (kafka.authorizer.logger)",
    "[2026-11-01 08:00:00,000] DEBUG Principal = User:CN=a, O=b is Allowed operation = DESCRIBE_CONFIGS from host = 10.0.0.2 on resource = TransactionalId:LITERAL:t for request = DescribeConfigs with resourceRefCount = 1 based on rule DefaultDeny (kafka.authorizer.logger)",
    "java.lang.NullPointerException",
    "",
  ])
    reader.takeLine(line);
  assert.deepEqual(reader.log(), {
    fromMs: Date.UTC(2026, 9, 1, 8, 0, 0, 123),
    toMs: Date.UTC(2026, 10, 2, 8),
    allowed: [
      { principal: "User:alice", operation: "read", resourceType: "topic", resourceName: "orders" },
      { principal: "User:CN=a, O=b", operation: "describeConfigs", resourceType: "transactionalId", resourceName: "t" },
    ],
  });
  assert.equal(new AuthorizerLogReader().log(), undefined);
});

test("an inventory of credentials is read by line, and a line that is none is named", () => {
  assert.deepEqual(readCredentials("principal,mechanism,made\n# ours\n\nUser:billing, SCRAM-SHA-512, 2026-03-01\r\n"), [
    { principal: "User:billing", mechanism: "SCRAM-SHA-512", madeAtMs: Date.UTC(2026, 2, 1) },
  ]);
  for (const line of [
    "billing,SCRAM,2026-03-01",
    "User:a,,2026-03-01",
    "User:a,SCRAM,yesterday",
    "User:a,SCRAM,2026-13-01",
    "User:a,b,2026-01-01,x",
  ])
    assert.match(readCredentials(`User:x,SCRAM,2026-01-01\n${line}`) as string, /^Line 2 is no credential/);
});
