import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
});
after(() => ottla.stop());

test("users are added, listed, given another password and removed; no password is shown", async () => {
  assert.equal((await ottla.run(["users", "list"])).stdout, "There are no users who log in by SCRAM.\n");
  const added = await ottla.run(["users", "add", "alice", "--iterations", "4096"], { stdin: "wonder land\nnot this\n" });
  assert.deepEqual([added.status, added.stdout, added.stderr], [0, "added: alice (SCRAM-SHA-512)\n", ""]);
  const both = ["--mechanism", "SCRAM-SHA-256", "--mechanism", "SCRAM-SHA-512", "--password-env", "PW"];
  assert.equal((await ottla.run(["users", "add", "bob", ...both], { env: { PW: "builder" } })).status, 0);
  assert.deepEqual(await ottla.json("users", "list"), [
    { user: "alice", credentials: [{ mechanism: "SCRAM-SHA-512", iterations: 4096 }] },
    {
      user: "bob",
      credentials: [
        { mechanism: "SCRAM-SHA-256", iterations: 8192 },
        { mechanism: "SCRAM-SHA-512", iterations: 8192 },
      ],
    },
  ]);
  const again = await ottla.run(["users", "add", "alice"], { stdin: "x\n" });
  assert.equal(again.status, 1);
  assert.match(again.stderr, /There is a user "alice" already/);
  const changed = await ottla.run(["users", "password", "bob", "--iterations", "5000"], { stdin: "new\n" });
  assert.equal(changed.stdout, "changed: bob (SCRAM-SHA-256, SCRAM-SHA-512)\n");
  const removed = await ottla.run(["users", "remove", "alice", "carol", "bob"]);
  assert.equal(removed.stdout, "removed: alice (SCRAM-SHA-512)\nremoved: bob (SCRAM-SHA-256)\nremoved: bob (SCRAM-SHA-512)\n");
  assert.equal(removed.status, 1);
  assert.match(removed.stderr, /There is no user "carol"/);
  assert.deepEqual(await ottla.json("users", "list"), []);
});

test("what cannot be meant is told, and changes nothing", async () => {
  for (const [words, stdin, reason] of [
    [["add", "User:alice"], "x\n", /"User:alice" is a principal; write the name alone: alice/],
    [["add", "alice"], "", /There is no password for alice/],
    [["add", "alice"], "\n", /first line of standard input is empty/],
    [["add", "alice", "--password-env", "NOPE"], "", /NOPE is empty or not set/],
    [["add", "alice", "--iterations", "10"], "x\n", /--iterations is 10/],
    [["add", "alice", "--mechanism", "PLAIN"], "x\n", /--mechanism is "PLAIN"/],
  ] as const) {
    const { status, stderr } = await ottla.run(["users", ...words], { stdin });
    assert.equal(status, 2, stderr);
    assert.match(stderr, reason);
  }
  assert.deepEqual(await ottla.json("users", "list"), []);
});
