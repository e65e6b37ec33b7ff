import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { UsageError } from "../../command.ts";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";
import { parseChange } from "./alter-configs.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "orders"]);
});
after(() => ottla.stop());

test("settings are set, shown with their source, and given back", async () => {
  assert.match(
    (await ottla.run(["configs", "describe", "topic", "orders"])).stdout,
    /^\d+ settings have their default; --all shows them\.\n$/,
  );
  const changed = await ottla.run(["configs", "set", "topic", "orders", "retention.ms=5000", "cleanup.policy+=compact"]);
  assert.equal(changed.stdout, "Changed retention.ms, cleanup.policy of topic orders.\n");
  const page = await ottla.run(["configs", "describe", "topic", "orders"]);
  assert.match(page.stdout, /\ncleanup\.policy {2}delete,compact {2}the topic\nretention\.ms +5000 +the topic\n/);
  await ottla.run(["configs", "unset", "topic", "orders", "retention.ms", "cleanup.policy"]);
  assert.deepEqual(await ottla.json("configs", "describe", "topic", "orders"), { type: "topic", name: "orders", configs: [] });
});

test("a change for all brokers is seen on each", async () => {
  assert.equal((await ottla.run(["configs", "set", "brokers", "log.retention.ms=777"])).status, 0);
  const { configs } = (await ottla.json("configs", "describe", "broker", "1", "-n", "log.retention.ms")) as {
    configs: { value: string; source: string }[];
  };
  assert.deepEqual(
    configs.map(({ value, source }) => [value, source]),
    [["777", "dynamicDefaultBroker"]],
  );
  assert.equal((await ottla.run(["configs", "unset", "brokers", "log.retention.ms"])).status, 0);
});

test("a value that is refused changes nothing and is one sentence", async () => {
  const { status, stderr } = await ottla.run(["configs", "set", "topic", "orders", "segment.ms=70000", "retention.ms=soon"]);
  assert.equal(status, 1);
  assert.match(stderr, /^ottla: topic orders: .*retention\.ms.*\(INVALID_CONFIG\)\n$/);
  assert.deepEqual(await ottla.json("configs", "describe", "topic", "orders"), { type: "topic", name: "orders", configs: [] });
  assert.equal((await ottla.run(["configs", "describe", "topic", "nope"])).status, 1);
  assert.equal((await ottla.run(["configs", "describe", "topic", "orders", "-n", "no.such"])).status, 1);
});

test("documentation comes with --documentation", async () => {
  assert.match(
    (await ottla.run(["configs", "describe", "topic", "orders", "-n", "retention.ms", "-d"])).stdout,
    /^retention\.ms=604800000 {2}default\n {2}\S.*\n$/,
  );
});

test("wrong words are wrong usage", async () => {
  for (const words of [
    ["describe", "thing", "x"],
    ["describe", "topic"],
    ["describe", "broker", "one"],
    ["set", "topic", "orders"],
    ["set", "brokers", "x"],
  ])
    assert.equal((await ottla.run(["configs", ...words])).status, 2, words.join(" "));
  assert.throws(() => parseChange("=x"), UsageError);
  assert.deepEqual(parseChange("a-="), { op: "subtract", name: "a", value: "" });
  assert.deepEqual(parseChange("a=b=c"), { op: "set", name: "a", value: "b=c" });
});
