import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serdes, streams, StreamsBuilder, type StreamsApplication } from "@ottla/streams";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
let app: StreamsApplication;
let url: string;
const folder = mkdtempSync(join(tmpdir(), "ottla-reset-"));

before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "lines", "-p", "2"]);
  await ottla.run(["topics", "create", "words"]);
  await ottla.run(["produce", "lines", "-p", "0"], { stdin: "a b\nb c\nc\n" });
  await ottla.run(["produce", "lines", "-p", "1"], { stdin: "d\n" });
  const b = new StreamsBuilder();
  b.stream("lines", { key: serdes.string, value: serdes.string })
    .flatMapValues((line) => line.split(" "))
    .groupBy((word) => word, { key: serdes.string, value: serdes.string, name: "by-word" })
    .count({ store: "counts" })
    .toStream()
    .to("words");
  app = streams(b.build(), { applicationId: "counting", bootstrapServers: ottla.broker.bootstrap, commitIntervalMs: 20, cacheMaxBytes: 0 });
  ({ url } = await app.serve());
  await app.start();
  while (!(await app.whyNothing()).some(({ code, topic }) => code === "INPUT_AT_END" && topic === "lines")) await new Promise(setImmediate);
});
after(async () => {
  await app.close();
  await ottla.stop();
  rmSync(folder, { recursive: true, force: true });
});

const offsets = async (): Promise<(number | undefined)[]> => {
  const shown = (await ottla.json("offsets", "show", "counting", "-t", "lines")) as { offsets: { committed?: number }[] };
  return shown.offsets.map(({ committed }) => committed);
};

test("doctor reads what a running instance says of itself", async () => {
  const rules = async (...words: string[]): Promise<readonly string[]> => {
    const { stdout } = await ottla.run(["doctor", "--only", "STR", "--json", ...words]);
    return (JSON.parse(stdout) as { notChecked: { subject: string }[] }).notChecked.map(({ subject }) => subject);
  };
  assert.ok((await rules()).includes("STR-17, STR-18, STR-19, STR-20"));
  assert.deepEqual(await rules("--metrics", url), ["PRD, CNS, STR"]);
});

test("a running application is listed and described with what its members tell each other", async () => {
  await ottla.run(["consume", "lines", "-g", "no-streams", "-e", "--from-beginning"]);
  const { stdout } = await ottla.run(["streams", "list"]);
  assert.match(stdout, /^APPLICATION .*\ncounting {5}ottla {2}Stable +1 +1 +1\n$/);
  const described = (await ottla.json("streams", "describe", "counting")) as {
    kind: string;
    totalLag: number;
    instances: { processId: string; applicationServer: string; active: string[]; standbys: string[] }[];
    ownTopics: string[];
  };
  const [instance] = described.instances;
  assert.deepEqual([described.kind, described.totalLag, described.instances.length], ["ottla", 0, 1]);
  assert.deepEqual([instance?.processId, `http://${instance?.applicationServer}`], [(await app.describe()).processId, url]);
  assert.deepEqual(instance?.active.toSorted(), ["counting-by-word-repartition-0", "counting-by-word-repartition-1", "lines-0", "lines-1"]);
  assert.deepEqual(described.ownTopics, ["counting-counts-changelog", "counting-by-word-repartition"]);
  const page = await ottla.run(["streams", "describe", "counting"]);
  assert.match(
    page.stdout,
    /^counting {2}Stable, ottla, 1 member, lag 0\nMEMBER [^]*Its own topics: counting-counts-changelog, counting-by-word-repartition\n$/,
  );
  const none = await ottla.run(["streams", "describe", "nobody"]);
  assert.match(none.stderr, /There is no application "nobody"; "ottla streams list" shows/);
  assert.equal(none.status, 1);
});

test("lag is told by topic", async () => {
  const { topics } = (await ottla.json("streams", "lag", "counting")) as {
    topics: { topic: string; isRepartition: boolean; lag: number; drainS: number }[];
  };
  assert.deepEqual(
    topics
      .toSorted((a, b) => (a.topic < b.topic ? -1 : 1))
      .map(({ topic, isRepartition, lag, drainS }) => [topic, isRepartition, lag, drainS]),
    [
      ["counting-by-word-repartition", true, 0, 0],
      ["lines", false, 0, 0],
    ],
  );
  assert.match((await ottla.run(["streams", "lag", "counting", "-p"])).stdout, /TOPIC +PARTITIONS +LAG[^]*lines[^]*lines:1/);
});

test("an instance says why, and where none is asked the cluster does", async () => {
  const own = await ottla.run(["streams", "why", url]);
  assert.equal(own.status, 0, own.stderr);
  assert.match(
    own.stdout,
    /^INPUT_AT_END: Group counting has processed all of lines:.*\n[^]*RECORDS_WRITTEN: 6 records were written to words/m,
  );
  assert.match(
    (await ottla.run(["streams", "why", "counting"])).stdout,
    /^INPUT_AT_END: .* all of counting-by-word-repartition.*\nINPUT_AT_END: .* all of lines/,
  );
  assert.match((await ottla.run(["streams", "why", "nobody"])).stderr, /no application "nobody"/);
  const silent = await ottla.run(["streams", "why", "http://127.0.0.1:9"]);
  assert.match(silent.stderr, /No instance answers at http:\/\/127\.0\.0\.1:9: bad port/);
  assert.equal(silent.status, 1);
});

test("a running topology is drawn with what goes through it and what waits, of all instances", async () => {
  const { status, stdout, stderr } = await ottla.run(["streams", "topology", url, "--for", "0.1"]);
  assert.equal(status, 0, stderr);
  assert.equal(
    stdout,
    `Sub-topology 0, 2 tasks
  lines → KSTREAM-SOURCE-0000000000  0/s, lag 0
  └─ KSTREAM-FLATMAPVALUES-0000000001
     └─ by-word
        └─ by-word-repartition-filter
           └─ by-word-repartition-sink → by-word-repartition  0/s

Sub-topology 1, 2 tasks
  by-word-repartition → by-word-repartition-source  0/s, lag 0
  └─ KSTREAM-AGGREGATE-0000000003  [counts: keyValue, changelog]
     └─ KTABLE-TOSTREAM-0000000007
        └─ KSTREAM-SINK-0000000008 → words  0/s
`,
  );
  const wrong = await ottla.run(["streams", "topology", url, "--format", "dot"]);
  assert.deepEqual([wrong.status, /drawn as a tree/.test(wrong.stderr)], [2, true]);
});

test("a reset is refused while members are active, and changes nothing in a dry run", async () => {
  const refused = await ottla.run(["streams", "reset", "counting", "--input-topics", "lines"]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /has 1 active member: .*--force takes them out/);
  await app.close();
  assert.deepEqual(await offsets(), [3, 1]);
  const dry = await ottla.run(["streams", "reset", "counting", "--input-topics", "lines", "--dry-run"]);
  assert.match(
    dry.stdout,
    /^TOPIC .*\nlines +0 +3 +0\nlines +1 +1 +0\nWould delete topic counting-counts-changelog\.\nWould delete topic counting-by-word-repartition\.\nNothing was changed;/,
  );
  assert.deepEqual(await offsets(), [3, 1]);
  assert.match((await ottla.run(["streams", "list"])).stdout, /counting {5}topics {2}Empty/);
  assert.match((await ottla.run(["streams", "why", "counting"])).stdout, /^NOT_RUNNING: Group counting has no members/);
});

test("what cannot be meant is refused with what to do", async () => {
  for (const [words, said] of [
    [["--to-earliest", "--to-latest"], /Give one of --to-earliest and --to-latest/],
    [["--input-topics", "nothing"], /There is no topic "nothing"/],
    [["--internal-topics", "lines"], /lines is none of the topics that counting made/],
    [["--input-topics", "lines", "--intermediate-topics", "lines"], /lines cannot be an input and an intermediate/],
    [["--input-topics", "counting-by-word-repartition"], /is the application's own/],
    [["--input-topics", "lines", "--by-duration", "5 minutes"], /write a duration such as P1DT2H30M5S/],
    [["--input-topics", "lines", "--to-datetime", "noon"], /write a time such as/],
    [["--to-offset", "-3", "--input-topics", "lines"], /must be a whole number from 0 up/],
  ] as const) {
    const { status, stderr } = await ottla.run(["streams", "reset", "counting", ...words]);
    assert.notEqual(status, 0);
    assert.match(stderr, said);
  }
});

test("its own topics are deleted, and output stays", async () => {
  const { stdout, status } = await ottla.run(["streams", "reset", "counting", "--input-topics", "lines"]);
  assert.equal(status, 0);
  assert.match(stdout, /Deleted topic counting-counts-changelog\.\nDeleted topic counting-by-word-repartition\.\nState on the disks/);
  const topics = (await ottla.json("topics", "list")) as { name: string }[];
  assert.deepEqual(
    topics.map(({ name }) => name),
    ["lines", "words"],
  );
});

test("offsets go where they are told, within what there is", async () => {
  const reset = async (...words: readonly string[]): Promise<(number | undefined)[]> => {
    const { status, stderr } = await ottla.run([
      "streams",
      "reset",
      "counting",
      "--input-topics",
      "lines",

      ...words,
    ]);
    assert.equal(status, 0, stderr);
    return offsets();
  };
  const file = join(folder, "plan.csv");
  writeFileSync(file, "lines,0,2\n");
  assert.deepEqual(await reset("--to-offset", "1"), [1, 1]);
  assert.deepEqual(await reset("--shift-by", "1"), [2, 1]);
  assert.deepEqual(await reset("--shift-by", "-99"), [0, 0]);
  assert.deepEqual(await reset("--to-latest"), [3, 1]);
  assert.deepEqual(await reset("--to-datetime", "2020-01-31T12:00:00.000"), [0, 0]);
  assert.deepEqual(await reset("--to-datetime", "2200-01-31T12:00:00.000"), [3, 1]);
  assert.deepEqual(await reset("--by-duration", "P1D"), [0, 0]);
  assert.deepEqual(await reset("--from-file", file), [2, 0]);
  assert.deepEqual(await reset(), [0, 0]);
});

test("rates of a running topology are those of the time that was looked at", async () => {
  await ottla.run(["topics", "create", "ticks"]);
  await ottla.run(["topics", "create", "ticked"]);
  const b = new StreamsBuilder();
  b.stream("ticks", { key: serdes.string, value: serdes.string, name: "read" }).to("ticked");
  await using ticking = streams(b.build(), { applicationId: "ticking", bootstrapServers: ottla.broker.bootstrap });
  const server = await ticking.serve();
  await ticking.start();
  let isOver = false;
  const writing = (async () => {
    while (!isOver) await ottla.run(["produce", "ticks"], { stdin: "x\n" });
  })();
  // By another name of the same instance, which is not counted twice.
  const place = server.url.replace("127.0.0.1", "localhost");
  const { instances, recordsPerSecond } = (await ottla.json("streams", "topology", place, "--for", "0.5")) as {
    readonly instances: readonly string[];
    readonly recordsPerSecond: Readonly<Record<string, number>>;
  };
  isOver = true;
  await writing;
  assert.equal(instances.length, 1);
  assert.ok(Number(recordsPerSecond["read ticks"]) > 0, JSON.stringify(recordsPerSecond));
});
