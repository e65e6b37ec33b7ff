import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start(undefined, {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
  });
});
after(() => ottla.stop());

test("ACLs are added, listed, explained and removed", async () => {
  assert.equal((await ottla.run(["acls", "list"])).stdout, "There are no such ACLs.\n");
  const added = await ottla.run([
    "acls",
    "add",
    "--principal",
    "User:alice",
    "-o",
    "read",
    "-o",
    "describe-configs",
    "-r",
    "topic:orders",
    "-r",
    "group:billing",
  ]);
  assert.equal(added.status, 0, added.stderr);
  assert.equal(added.stdout.split("\n")[0], "allow User:alice read topic:orders");
  await ottla.run([
    "acls",
    "add",
    "--principal",
    "User:*",
    "-o",
    "write",
    "-r",
    "topic:ord",
    "--prefixed",
    "--deny",
    "--host",
    "10.0.0.0/8",
  ]);
  const listed = (await ottla.json("acls", "list", "--resource", "topic:orders", "--concerning")) as { operation: string; host: string }[];
  assert.deepEqual(
    listed.map(({ operation, host }) => [operation, host]),
    [
      ["write", "10.0.0.0/8"],
      ["describeConfigs", "*"],
      ["read", "*"],
    ],
  );
  const may = await ottla.run(["acls", "explain", "--principal", "User:alice", "-o", "describe", "-r", "topic:orders"]);
  assert.deepEqual(
    [may.status, may.stdout],
    [0, "User:alice may describe topic:orders from 127.0.0.1.\nBecause of this ACL: allow User:alice read topic:orders.\n"],
  );
  const denied = await ottla.run(["acls", "explain", "--principal", "User:bob", "-o", "write", "-r", "topic:orders", "--host", "10.1.2.3"]);
  assert.equal(denied.status, 1);
  assert.match(
    denied.stdout,
    /Because of this ACL: deny User:\* write topic:ord \(prefix\) from 10\.0\.0\.0\/8\.\nAn ACL that denies counts more/,
  );
  const missing = await ottla.run(["acls", "explain", "--principal", "User:bob", "-o", "read", "-r", "topic:orders"]);
  assert.match(
    missing.stdout,
    /none of the ACLs.*\n(.*\n)+It would be allowed by: ottla acls add --principal User:bob --operation read --resource topic:orders\n$/,
  );
  const open = await ottla.run(["acls", "explain", "--principal", "User:bob", "-o", "read", "-r", "topic:free", "--open-without-acls"]);
  assert.equal(open.status, 0);
  // The broker tells who its super users are.
  const mighty = await ottla.run(["acls", "explain", "--principal", "User:ANONYMOUS", "-o", "delete", "-r", "topic:orders"]);
  assert.match(mighty.stdout, /^User:ANONYMOUS may delete topic:orders .*\nBecause the principal is one of super\.users\.\n$/);
  const spaced = await ottla.run(["acls", "explain", "--principal", "User:CN=it's me,O=x", "-o", "read", "-r", "group:a b"]);
  assert.match(spaced.stdout, /ottla acls add --principal 'User:CN=it'\\''s me,O=x' --operation read --resource 'group:a b'\n$/);
  assert.equal((await ottla.run(["acls", "explain", "--principal", "User:ANONYMOUS", "-o", "all", "-r", "group:g"])).status, 0);
  const removed = await ottla.run(["acls", "remove", "--principal", "User:alice"]);
  assert.equal(removed.stdout.split("\n").length, 5);
  assert.equal(((await ottla.json("acls", "list")) as unknown[]).length, 1);
});

test("what cannot be meant is told before anything is asked", async () => {
  for (const [args, reason] of [
    [["remove"], /That would remove every ACL/],
    [["add", "--principal", "alice", "-o", "read", "-r", "topic:t"], /"alice" is no principal/],
    [["add", "--principal", "User:a", "-o", "reed", "-r", "topic:t"], /--operation is "reed"/],
    [["add", "--principal", "User:a", "-o", "read", "-r", "topic"], /names no topic/],
    [["add", "--principal", "User:a", "-o", "read", "-r", "cluster:mine"], /There is one cluster/],
    [["add", "--principal", "User:a", "-o", "read"], /--resource is missing/],
    [["add", "--principal", "User:a", "-o", "read", "-r", "constructor:t"], /"constructor:t" is no resource/],
    [
      ["add", "--principal", "User:a", "-o", "read", "-r", "topic:ord*"],
      /No topic can be named so: topic:ord\*; .* -r topic:ord --prefixed\./,
    ],
    [["add", "--principal", "User:a", "-o", "read", "-r", "topic:a b"], /No topic can be named so: topic:a b; topics have letters/],
    [["add", "--principal", "User:a", "-o", "read", "-r", "topic:ord*", "--prefixed"], /No topic can be named so/],
    [["add", "--principal", "User:a", "-o", "read", "-r", "group:*", "--prefixed"], /begin with an asterisk; without --prefixed/],
    [
      ["add", "--principal", "User:a", "-o", "write", "-r", "topic:t", "-r", "group:g"],
      /No request needs write on a group; .* read, delete/,
    ],
    [["explain", "--principal", "User:a", "-o", "write", "-r", "group:g"], /No request needs write on a group/],
  ] as const) {
    const { status, stderr } = await ottla.run(["acls", ...args]);
    assert.equal(status, 2);
    assert.match(stderr, reason);
  }
});

test("operations and resources are taken as Kafka's own tools spell them", async () => {
  for (const [operation, resource] of [
    ["DESCRIBE_CONFIGS", "TOPIC:spelt"],
    ["DescribeConfigs", "Topic:spelt"],
    ["TwoPhaseCommit", "TransactionalId:spelt"],
  ] as const) {
    const { status, stdout } = await ottla.run(["acls", "explain", "--principal", "User:s", "-o", operation, "-r", resource]);
    assert.notEqual(status, 2);
    assert.match(stdout, /(topic|transactional-id):spelt/);
  }
});
