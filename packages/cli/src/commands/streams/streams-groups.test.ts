import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClient } from "@ottla/client";
import { serdes, type StreamsApplication, streams, StreamsBuilder } from "@ottla/streams";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
let app: StreamsApplication;

before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "lines", "-p", "2"]);
  await ottla.run(["topics", "create", "words"]);
  await ottla.run(["produce", "lines", "-p", "0"], { stdin: "a\nb\nc\n" });
  await ottla.run(["produce", "lines", "-p", "1"], { stdin: "d\n" });
  const bootstrapServers = ottla.broker.bootstrap;
  const client = createClient({ bootstrapServers });
  await client
    .admin()
    .alterConfigs([{ type: "group", name: "counting", changes: [{ op: "set", name: "streams.initial.rebalance.delay.ms", value: "0" }] }]);
  await client.close();
  const b = new StreamsBuilder();
  b.stream("lines", { key: serdes.string, value: serdes.string })
    .groupBy((word) => word, { key: serdes.string, value: serdes.string, name: "by-word" })
    .count({ store: "counts" })
    .toStream()
    .to("words");
  app = streams(b.build(), {
    applicationId: "counting",
    bootstrapServers,
    groupProtocol: "streams",
    commitIntervalMs: 20,
    cacheMaxBytes: 0,
  });
  await app.start();
  while (!(await app.whyNothing()).some(({ code, topic }) => code === "INPUT_AT_END" && topic === "lines")) await new Promise(setImmediate);
});
after(async () => {
  await app.close();
  await ottla.stop();
});

test("a streams group is listed, described with its lag and who reads what, and deleted when it is empty", async () => {
  assert.match((await ottla.run(["groups", "list"])).stdout, /\ncounting {2}Stable {2}streams {2}streams /);
  // What it wrote to its own topic is read, and committed, a moment after its input.
  let stdout = "";
  do ({ stdout } = await ottla.run(["groups", "describe", "counting"]));
  while (!/, lag 0\n/.test(stdout) || !/^counting-by-word-repartition +1 /m.test(stdout));
  const [first = "", ...rows] = stdout.trimEnd().split("\n");
  assert.match(first, /^counting {2}Stable, 1 member, streams group, coordinator 1 at .*, lag \d+$/);
  for (const place of ["lines +0 +3 +3 +0", "lines +1 +1 +1 +0", "counting-by-word-repartition +0", "counting-by-word-repartition +1"])
    assert.ok(
      rows.some((row) => new RegExp(`^${place} .*127\\.0\\.0\\.1$`).test(row)),
      `${place} in\n${stdout}`,
    );
  const described = (await ottla.json("streams", "describe", "counting")) as {
    kind: string;
    instances: { active: string[] }[];
    ownTopics: string[];
  };
  assert.deepEqual([described.kind, described.instances.length], ["streams group", 1]);
  assert.deepEqual(described.instances[0]?.active.length, 4);
  const page = (await ottla.run(["streams", "describe", "counting"])).stdout;
  assert.match(page, /^counting {2}Stable, streams group, 1 member, lag 0\n/);
  assert.match((await ottla.run(["streams", "list"])).stdout, /^counting +streams group +Stable +1 +1 +1$/m);
  const lag = await ottla.run(["streams", "lag", "counting"]);
  assert.match(lag.stdout, /^lines +2 +0 /m);
  assert.match(lag.stdout, /^counting-by-word-repartition +2 +0 /m);
  for (const force of [[], ["--force"]]) {
    const reset = await ottla.run(["streams", "reset", "counting", ...force]);
    assert.match(reset.stderr, /counting has 1 active member, of a group that its coordinator divides/);
    assert.match((await ottla.run(["topics", "list"])).stdout, /counting-counts-changelog/);
  }
  assert.match((await ottla.run(["groups", "delete", "counting"])).stderr, /NON_EMPTY_GROUP/);
  await app.close({ leaveGroup: true });
  assert.match((await ottla.run(["groups", "describe", "counting"])).stdout, /^counting {2}Empty, 0 members, streams group/);
  const reset = await ottla.run(["streams", "reset", "counting", "--input-topics", "lines"]);
  assert.match(reset.stdout, /^lines +0 +3 +0\nlines +1 +1 +0$/m);
  assert.match(reset.stdout, /Deleted topic counting-counts-changelog/);
  assert.equal((await ottla.run(["groups", "delete", "counting"])).stdout, "Deleted counting.\n");
  assert.match((await ottla.run(["groups", "describe", "counting"])).stderr, /\(GROUP_ID_NOT_FOUND\)/);
});
