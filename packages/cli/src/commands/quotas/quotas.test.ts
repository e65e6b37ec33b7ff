import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
});
after(() => ottla.stop());

test("quotas are set, listed and removed, of exactly whom is named", async () => {
  assert.equal((await ottla.run(["quotas", "list"])).stdout, "There are no such quotas.\n");
  const set = await ottla.run(["quotas", "set", "--user", "alice", "--producer-byte-rate", "10MiB", "--request-percentage", "12.5"]);
  assert.deepEqual([set.status, set.stderr], [0, ""]);
  assert.equal(set.stdout, "user alice: producer_byte_rate is 10485760 a second\nuser alice: request_percentage is 12.5 a second\n");
  await ottla.run(["quotas", "set", "--user", "alice", "--default-client-id", "--consumer-byte-rate", "5MB"]);
  await ottla.run(["quotas", "set", "--default-ip", "--connection-creation-rate", "20"]);
  assert.deepEqual(await ottla.json("quotas", "list", "--user", "alice"), [
    { entity: { user: "alice" }, quotas: { producer_byte_rate: 10_485_760, request_percentage: 12.5 } },
    { entity: { user: "alice", clientId: null }, quotas: { consumer_byte_rate: 5_000_000 } },
  ]);
  const table = await ottla.run(["quotas", "list"]);
  assert.match(table.stdout, /^every address +connection_creation_rate +20$/m);
  assert.deepEqual(await ottla.json("quotas", "remove", "--user", "alice", "--only", "request-percentage"), {
    entity: { user: "alice" },
    quotas: { producer_byte_rate: 10_485_760 },
  });
  assert.equal((await ottla.run(["quotas", "remove", "--user", "alice"])).stdout, "user alice: producer_byte_rate is removed\n");
  assert.equal((await ottla.run(["quotas", "remove", "--user", "alice"])).stdout, "There were no such quotas of user alice.\n");
  assert.equal(((await ottla.json("quotas", "list")) as unknown[]).length, 2);
});

test("what cannot be meant is told before anything is asked", async () => {
  for (const [words, reason] of [
    [["set", "--producer-byte-rate", "1"], /Name whom it is for/],
    [["set", "--user", "a"], /Name a limit/],
    [["set", "--user", "a", "--default-user", "--producer-byte-rate", "1"], /exclude each other/],
    [["set", "--user", "a", "--ip", "1.2.3.4", "--producer-byte-rate", "1"], /An address stands alone/],
    [["set", "--user", "a", "--connection-creation-rate", "1"], /a limit of addresses/],
    [["set", "--ip", "1.2.3.4", "--producer-byte-rate", "1"], /a limit of users and client ids/],
    [["set", "--user", "a", "--producer-byte-rate", "-1"], /--producer-byte-rate/],
    [["set", "--user", "a", "--producer-byte-rate", "0"], /above 0/],
    [["set", "--user", "a", "--producer-byte-rate", "1.5"], /whole number/],
    [["set", "--user", "a", "--request-percentage", "5MB"], /above 0/],
    [["remove"], /Name whom it is for/],
  ] as const) {
    const { status, stderr } = await ottla.run(["quotas", ...words]);
    assert.equal(status, 2, `${words.join(" ")}: ${stderr}`);
    assert.match(stderr, reason);
  }
});
