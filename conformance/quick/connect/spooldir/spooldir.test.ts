import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import type { SourceItem } from "@ottla/connect";
import { spooldirSource } from "@ottla/connect/spooldir";
import { configValues } from "../../../src/connect/postgres/source-config.ts";
import { SourceRuns } from "../../../src/connect/source-run.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../../src/process/temporary-folder.ts";

const root = makeTemporaryFolder("spooldir");
after(() => removeTemporaryFolder(root));
let count = 0;
const folders = () => {
  const [input, finished, failed] = ["in", "finished", "failed"].map((name) => `${root}/${count}-${name}`) as [string, string, string];
  count++;
  for (const folder of [input, finished, failed]) mkdirSync(folder);
  const settings = {
    topic: "rows",
    "input.path": input,
    "finished.path": finished,
    "error.path": failed,
    "input.file.pattern": ".*\\.txt",
    "empty.poll.wait.ms": "5",
  };
  return { input, finished, failed, settings };
};
const csv = spooldirSource("csv");
const values = ({ events }: SourceRuns): unknown[] => events.map(({ value }) => value);

test("each line comes once over stops anywhere, in the files' order, and files leave when their last one is durable", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  const random = new SeededRandom(seed);
  const { input, finished, settings } = folders();
  const expected: string[] = [];
  for (let file = 0; file < 6; file++) {
    const lines = Array.from({ length: random.nextInt(60) }, (_, n) => `f${file} line ${n} ${"ä".repeat(random.nextInt(40))}`);
    expected.push(...lines);
    const text = lines.map((line) => `${line}${random.nextInt(2) === 0 ? "\r\n" : "\n"}`).join("");
    writeFileSync(`${input}/f${file}.txt`, random.nextInt(2) === 0 ? text : text.replace(/\r?\n$/, ""));
  }
  writeFileSync(`${input}/other.csv`, "not ours\n");
  const runs = new SourceRuns(spooldirSource("lines"), { ...settings, "batch.size": "7" });
  while (runs.events.length < expected.length)
    await runs.run({ items: Math.min(expected.length - runs.events.length, 1 + random.nextInt(20)) });
  await runs.run({ signal: AbortSignal.timeout(60) });
  assert.deepEqual(values(runs), expected);
  assert.deepEqual(
    [readdirSync(input), readdirSync(finished)],
    [["other.csv"], ["f0.txt", "f1.txt", "f2.txt", "f3.txt", "f4.txt", "f5.txt"]],
  );
  assert.equal(runs.events[0]?.headers?.[0]?.value, expected[0]?.startsWith("f0") ? "f0.txt" : runs.events[0]?.headers?.[0]?.value);
});

test("a row has the header's fields, typed, with quotes, ends of lines and nulls as they are meant", async () => {
  const { input, settings } = folders();
  writeFileSync(
    `${input}/a.txt`,
    '\uFEFFid,name,price,day,at,ok\n9007199254740993,"a, ""b""\nc",12.5,2026-01-02,2026-01-02 03:04:05.006,yes\n\n,,,,,\n1,"",0.10,2026-01-03,2026-01-02T03:04:05Z,false\n',
  );
  const runs = new SourceRuns(csv, {
    ...settings,
    "ottla.csv.types": "id:int64,price:decimal(2),day:date,at:timestamp,ok:boolean",
    "csv.null.field.indicator": "EMPTY_SEPARATORS",
  });
  await runs.run({ items: 1 });
  await runs.run({ items: 2 });
  assert.deepEqual(values(runs), [
    {
      id: 9007199254740993n,
      name: 'a, "b"\nc',
      price: { unscaled: 1250n, scale: 2 },
      day: new Date("2026-01-02"),
      at: new Date("2026-01-02T03:04:05.006Z"),
      ok: true,
    },
    { id: null, name: null, price: null, day: null, at: null, ok: null },
    { id: 1n, name: "", price: { unscaled: 10n, scale: 2 }, day: new Date("2026-01-03"), at: new Date("2026-01-02T03:04:05Z"), ok: false },
  ]);
  assert.equal(runs.events[1]?.valueSchema, runs.events[2]?.valueSchema);
});

test("a file that is not to be read stops the task with its line, or goes aside behind what was read of it", async () => {
  for (const [text, expected, more] of [
    ["a,b\n1,2\n1\n", /line 3: The row has 1 fields, and there are 2 names\..*halt\.on\.error=false/, {}],
    ["a,b\n1,x\n", /line 2: At b: the text "x" is no int32/, { "ottla.csv.types": "b:int32" }],
    ['a,b\n1,"2"3\n', /line 2: Behind the quotes of field 2 stands the text "3"/, {}],
    ['a,b\n1,"2\n3,4\n', /line 2: A quote is not ended/, {}],
    [`a,b\n1,"${"x".repeat(3000)}`, /a row has more than 1000 bytes; is a quote missing\?/, { "ottla.record.max.bytes": "1000" }],
    ["a,,c\n", /empty name/, {}],
    ["a\n", /ottla\.csv\.types names b, and the file has a/, { "ottla.csv.types": "b:int32" }],
  ] as const) {
    const { input, failed, settings } = folders();
    writeFileSync(`${input}/bad.txt`, text);
    await assert.rejects(new SourceRuns(csv, { ...settings, ...more }).run({}), expected);
    writeFileSync(`${input}/good.txt`, "a,b\n7,8\n");
    const runs = new SourceRuns(csv, { ...settings, ...more, "halt.on.error": "false" });
    if (!("ottla.csv.types" in more)) {
      await runs.run({ when: () => (runs.events.at(-1)?.value as { a?: string } | undefined)?.a === "7" });
      assert.deepEqual(readdirSync(failed), ["bad.txt"]);
    }
  }
});

test("a file that grows, is replaced, or comes again under the same name loses no line", async () => {
  const { input, finished, settings } = folders();
  const path = `${input}/a.txt`;
  const runs = new SourceRuns(spooldirSource("json"), settings);
  writeFileSync(path, '{"n":1}\n{"n":9007199254740993}\n{"n":3}\n');
  await runs.run({ items: 2 });
  appendFileSync(path, '{"n":4}\n');
  await runs.run({ items: 2 });
  assert.deepEqual([values(runs), readdirSync(finished)], [[{ n: 1 }, { n: 9007199254740993n }, { n: 3 }, { n: 4 }], ["a.txt"]]);
  writeFileSync(path, '{"n":1}\n{"n":9007199254740993}\n{"n":3}\n{"n":4}\n');
  utimesSync(path, 1_000, 1_000);
  await runs.run({ items: 4 });
  assert.deepEqual([runs.events.length, readdirSync(finished)], [8, ["a.txt", "a.txt.1"]]);
  writeFileSync(path, '{"n":1}\n{"n":2}\n');
  await runs.run({ items: 1 });
  writeFileSync(path, '{"n":5}\n');
  await runs.run({ items: 1 });
  assert.deepEqual(runs.events.at(-1)?.value, { n: 5 });
  writeFileSync(`${input}/.part`, "");
  writeFileSync(`${input}/young.txt`, '{"n":6}\n');
  const patient = new SourceRuns(spooldirSource("json"), { ...settings, "file.minimum.age.ms": "3600000" });
  await patient.run({ signal: AbortSignal.timeout(30) });
  assert.equal(patient.events.length, 0);
  utimesSync(`${input}/young.txt`, 1_000, 1_000);
  await patient.run({ items: 1 });
  assert.deepEqual(patient.events.length, 1);
});

test("a file does not leave before its last record is durable, nor when it changed until then", async () => {
  const { input, settings } = folders();
  writeFileSync(`${input}/a.txt`, "1\n2\n");
  const source = spooldirSource("lines");
  const stopping = new AbortController();
  const context = {
    connector: "lines",
    task: {},
    signal: stopping.signal,
    log: silentLogger,
    offsets: { get: () => Promise.resolve(undefined) },
  };
  const config = configValues(source.config, settings);
  const until = async (count: number): Promise<SourceItem> => {
    let last: SourceItem | undefined;
    for await (const batch of source.read(config, context)) {
      for (const item of Array.isArray(batch) ? (batch as readonly SourceItem[]) : [batch as SourceItem]) {
        last = item;
        if (--count === 0) return item;
      }
    }
    return last!;
  };
  const { partition, offset } = await until(2);
  assert.deepEqual(readdirSync(input), ["a.txt"]);
  appendFileSync(`${input}/a.txt`, "3\n");
  await source.acked?.(partition, offset, context);
  assert.deepEqual(readdirSync(input), ["a.txt"]);
  const last = await until(3);
  await source.acked?.(last.partition, last.offset, context);
  assert.deepEqual(readdirSync(input), []);
  stopping.abort();
});

test("a whole file is a record; empty files leave; DELETE removes; what settings lack is told", async () => {
  const { input, settings } = folders();
  writeFileSync(`${input}/a.txt`, Buffer.from([0, 10, 255]));
  writeFileSync(`${input}/b.txt`, "");
  const whole = new SourceRuns(spooldirSource("binary"), { ...settings, "cleanup.policy": "DELETE" });
  await whole.run({ items: 2 });
  assert.deepEqual([whole.events.map(({ value }) => [...(value as Buffer)]), readdirSync(input)], [[[0, 10, 255], []], []]);
  writeFileSync(`${input}/large.txt`, "x".repeat(100));
  await assert.rejects(
    new SourceRuns(spooldirSource("binary"), { ...settings, "ottla.record.max.bytes": "99" }).run({}),
    /it has 100 bytes/,
  );
  renameSync(`${input}/large.txt`, `${input}/large`);
  writeFileSync(`${input}/empty.txt`, "");
  const lines = new SourceRuns(spooldirSource("lines"), settings);
  await lines.run({ items: 1 });
  assert.deepEqual([lines.events.length, existsSync(`${input}/empty.txt`)], [0, false]);
  const context = { signal: new AbortController().signal, log: silentLogger };
  for (const more of [
    { "finished.path": "" },
    { "input.path": "/nowhere" },
    { "input.file.pattern": "(" },
    { "error.path": "", "halt.on.error": "false" },
    { "ottla.csv.types": "a" },
  ]) {
    const findings = await csv.check!(configValues(csv.config, { ...settings, ...more }), context);
    assert.equal(findings.length, 1, JSON.stringify(more));
  }
});
