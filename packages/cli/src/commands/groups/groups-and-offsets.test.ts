import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { printable } from "@ottla/base";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "orders", "-p", "2"]);
  await ottla.run(["produce", "orders", "-p", "0"], { stdin: "1\n2\n3\n" });
  await ottla.run(["produce", "orders", "-p", "1"], { stdin: "4\n" });
});
after(() => ottla.stop());

const read = (group: string, ...words: string[]) => ottla.run(["consume", "orders", "-g", group, "--from-beginning", "-e", ...words]);
async function committed(group: string): Promise<[number, number | undefined, number | undefined][]> {
  const { offsets } = (await ottla.json("offsets", "show", group)) as {
    offsets: { partition: number; committed?: number; lag?: number }[];
  };
  return offsets.map((offset) => [offset.partition, offset.committed, offset.lag]);
}

test("a group is listed, described with its lag, and deleted", async () => {
  await read("billing");
  await ottla.run(["produce", "orders", "-p", "1"], { stdin: "5\n" });
  assert.match((await ottla.run(["groups", "list"])).stdout, /^GROUP .*\nbilling {2}Empty {2}classic {2}consumer/);
  assert.deepEqual(await ottla.json("groups", "list", "--state", "Stable"), []);
  const page = await ottla.run(["groups", "describe", "billing"]);
  assert.match(
    page.stdout,
    /^billing {2}Empty, 0 members, coordinator 1 at .*, lag 1\nTOPIC .*\norders +0 +3 +3 +0 +- +-\norders +1 +1 +2 +1 +- +-\n$/,
  );
  assert.equal((await ottla.run(["groups", "delete", "billing"])).stdout, "Deleted billing.\n");
  const gone = await ottla.run(["groups", "describe", "billing"]);
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /\(GROUP_ID_NOT_FOUND\)/);
  assert.equal((await ottla.run(["groups", "delete", "billing"])).status, 1);
  assert.equal((await ottla.run(["groups", "delete", "billing", "--if-exists"])).status, 0);
});

test("offsets are moved by place, number, time and shift, within what there is", async () => {
  await read("mover");
  const reset = async (...words: string[]): Promise<void> => {
    const { status, stderr } = await ottla.run(["offsets", "reset", "mover", ...words]);
    assert.equal(status, 0, stderr);
  };
  const ends = (await ottla.json("offsets", "list", "orders")) as { end: number }[];
  const [end0 = 0, end1 = 0] = ends.map(({ end }) => end);
  await reset("--to", "earliest");
  assert.deepEqual(await committed("mover"), [
    [0, 0, end0],
    [1, 0, end1],
  ]);
  await reset("--shift-by", "2", "-t", "orders:0");
  assert.deepEqual(await committed("mover"), [
    [0, 2, end0 - 2],
    [1, 0, end1],
  ]);
  await reset("--shift-by", "-99");
  await reset("--to", "-1", "-t", "orders:0");
  assert.deepEqual(await committed("mover"), [
    [0, end0 - 1, 1],
    [1, 0, end1],
  ]);
  await reset("--to", "99999");
  assert.deepEqual(await committed("mover"), [
    [0, end0, 0],
    [1, end1, 0],
  ]);
  await reset("--to", "@0");
  assert.deepEqual(await committed("mover"), [
    [0, 0, end0],
    [1, 0, end1],
  ]);
  const dry = await ottla.run(["offsets", "reset", "mover", "--to", "latest", "--dry-run"]);
  assert.match(dry.stdout, /Nothing was changed/);
  assert.deepEqual(await committed("mover"), [
    [0, 0, end0],
    [1, 0, end1],
  ]);
  assert.equal((await ottla.run(["offsets", "delete", "mover", "-t", "orders:0"])).status, 0);
  assert.deepEqual(
    (await committed("mover")).map(([partition]) => partition),
    [1],
  );
});

test("a group can be given offsets before it ever read", async () => {
  assert.equal((await ottla.run(["offsets", "reset", "fresh", "-t", "orders:0", "--to", "1"])).status, 0);
  assert.deepEqual(
    (await committed("fresh")).map(([partition, offset]) => [partition, offset]),
    [[0, 1]],
  );
  const empty = await ottla.run(["offsets", "reset", "never", "--to", "earliest"]);
  assert.equal(empty.status, 1);
  assert.match(empty.stderr, /has committed nothing; say with --topic/);
});

test("offsets of a group with members stay where they are", async () => {
  const stop = new AbortController();
  const seen = Promise.withResolvers<void>();
  const reading = ottla.run(["consume", "orders", "-g", "busy", "--from-beginning"], {
    signal: stop.signal,
    onOutput: () => seen.resolve(),
  });
  await seen.promise;
  const { status, stderr } = await ottla.run(["offsets", "reset", "busy", "--to", "earliest"]);
  stop.abort();
  await reading;
  assert.equal(status, 1);
  assert.match(stderr, /^ottla: The group busy has 1 member, .*; stop them first\.\n$/);
});

test("wrong words are wrong usage", async () => {
  for (const words of [
    ["reset", "g"],
    ["reset", "g", "--to", "1", "--shift-by", "1"],
    ["delete", "g"],
    ["list", "orders", "--at", "noon"],
    ["list", "orders:x"],
  ])
    assert.equal((await ottla.run(["offsets", ...words])).status, 2, words.join(" "));
  assert.equal((await ottla.run(["offsets", "list", "orders:9"])).status, 1);
});

test("control and direction characters of a client's names reach no output raw, in tables, sentences and JSON", async () => {
  const hostile = "g\x1b[2J\x9b1m\u202e\u2066\u2028x\r";
  await read(hostile);
  for (const words of [
    ["groups", "list"],
    ["groups", "describe", hostile],
    ["offsets", "show", hostile],
    ["offsets", "show", hostile, "-t", "none"],
    ["offsets", "reset", hostile, "--to", "earliest"],
    ["offsets", "delete", hostile, "-t", "orders:0"],
    ["groups", "delete", hostile],
    ["groups", "describe", hostile],
    ["topics", "describe", hostile],
    ["topics", "create", hostile],
    ["produce", hostile],
    ["consume", hostile],
    ["configs", "set", "topic", hostile, `${hostile}=${hostile}`],
    [hostile],
  ]) {
    for (const format of words.length > 1 && words[0] !== "consume" ? [[], ["--json"]] : [[]]) {
      const { stdout, stderr } = await ottla.run([...words, ...format], { stdin: "x\n" });
      const printed = stdout + stderr;
      assert.notEqual(printed, "", words.join(" "));
      assert.doesNotMatch(printed.replaceAll("\n", ""), /[\p{Cc}\u2028\u202e\u2066]/u, printable(words.join(" ")));
    }
  }
});
