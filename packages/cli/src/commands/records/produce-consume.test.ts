import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
});
after(() => ottla.stop());

/** What `consume` prints of a topic from its beginning. */
async function consumed(topic: string, ...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await ottla.run(["consume", topic, "-e", ...words]);
  assert.equal(status, 0, stderr);
  return stdout;
}

test("lines become values, come back as lines, in order", async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `line ${i}\n`).join("");
  const produced = await ottla.run(["produce", "lines", "-z", "lz4"], { stdin: lines });
  assert.deepEqual([produced.status, produced.stdout], [0, "3,000 records written to lines.\n"]);
  assert.equal(await consumed("lines"), lines);
  assert.equal(await consumed("lines", "-o", "-2"), "line 2998\nline 2999\n");
  assert.equal(await consumed("lines", "-o", "2999"), "line 2999\n");
  assert.equal(await consumed("lines", "-n", "1"), "line 0\n");
});

test("keys, headers and tombstones are written and seen", async () => {
  const produced = await ottla.run(["produce", "keyed", "-K", "\\t", "--null-marker", "NULL", "-H", "from=test", "-H", "a=b=c"], {
    stdin: "k1\tv1\nk2\tNULL\n",
  });
  assert.equal(produced.status, 0, produced.stderr);
  assert.equal(await consumed("keyed", "--format", "%o %k=%v {%h}"), "0 k1=v1 {from=test,a=b=c}\n1 k2=null {from=test,a=b=c}\n");
  assert.equal(await consumed("keyed"), "v1\nnull\n");
});

test("bytes that are no text go through unchanged, and as base64 in JSON", async () => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  await ottla.run(["produce", "bytes"], { stdin: bytes });
  assert.deepEqual((await ottla.run(["consume", "bytes", "-e"])).bytes, Buffer.concat([bytes, Buffer.from("\n")]));
  assert.equal(JSON.parse(await consumed("bytes", "--json")).valueBase64, bytes.toString("base64"));
});

test("what consume --json prints, produce --input json reads", async () => {
  const line = { key: "k", value: "v", headers: [{ key: "h", value: null }], timestamp: 1_000_000_000_000 };
  await ottla.run(["produce", "original", "--input", "json"], { stdin: `${JSON.stringify(line)}\n` });
  const copy = await consumed("original", "--json");
  await ottla.run(["produce", "copy", "--input", "json"], { stdin: copy });
  assert.deepEqual(JSON.parse(await consumed("copy", "--json")), { topic: "copy", partition: 0, offset: 0, ...line });
});

test("lines that fail are named with their number; the others are written", async () => {
  const { status, stdout, stderr } = await ottla.run(["produce", "mixed", "-K", ":"], { stdin: "a:1\nbad\nb:2\n" });
  assert.equal(status, 1);
  assert.equal(stdout, "2 records written to mixed.\n");
  assert.equal(stderr, 'ottla: line 2: The line cannot be read: it has no key separator ":". (BAD_LINE)\n');
  const report = await ottla.run(["produce", "mixed", "--json", "--property", "max.request.size=100"], {
    stdin: `${"x".repeat(200)}\nok\n`,
  });
  assert.equal(report.status, 1);
  const { acknowledged, failed, failures } = JSON.parse(report.stdout);
  assert.deepEqual([acknowledged, failed, failures[0].line, failures[0].error], [1, 1, 1, "RECORD_TOO_LARGE"]);
});

test("after a failure that every line would meet, the rest is not read", async () => {
  await ottla.run(["topics", "create", "single", "-p", "1"]);
  const { status, stderr } = await ottla.run(["produce", "single", "-p", "7"], { stdin: "a\n".repeat(1000) });
  assert.equal(status, 1);
  assert.match(stderr, /^ottla: line 1: .* not 7\. \(UNKNOWN_PARTITION\)\n(ottla: line .*\n)*ottla: Later lines were not read/);
});

test("a file is read like standard input, and one that is not there is said", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-produce-"));
  try {
    writeFileSync(join(folder, "lines.txt"), "from a file");
    assert.equal((await ottla.run(["produce", "filed", "-f", join(folder, "lines.txt"), "-k", "key"])).status, 0);
    assert.equal(await consumed("filed", "--format", "%k %v"), "key from a file\n");
    const missing = await ottla.run(["produce", "filed", "-f", join(folder, "none")]);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^ottla: The input cannot be read: .*; check --file\.\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a group commits what was printed and no more", async () => {
  await ottla.run(["produce", "grouped"], { stdin: "1\n2\n3\n4\n5\n" });
  const first = await ottla.run(["consume", "grouped", "-g", "readers", "--from-beginning", "-n", "2"]);
  assert.deepEqual([first.status, first.stdout], [0, "1\n2\n"]);
  const second = await ottla.run(["consume", "grouped", "-g", "readers", "-e"]);
  assert.deepEqual([second.status, second.stdout], [0, "3\n4\n5\n"]);
  const short = await ottla.run(["consume", "grouped", "-g", "readers", "-n", "1", "--timeout-ms", "50"]);
  assert.equal(short.status, 1);
  assert.match(short.stderr, /^ottla: Only 0 of 1 records came, then none for 50 ms; raise --timeout-ms/);
});

test("a signal ends consuming with status 0, and the group has no member left", async () => {
  await ottla.run(["produce", "endless"], { stdin: "1\n" });
  const stop = new AbortController();
  const ended = await ottla.run(["consume", "endless", "-g", "stopped", "--from-beginning"], {
    signal: stop.signal,
    onOutput: () => stop.abort(),
  });
  assert.deepEqual([ended.status, ended.stdout, ended.stderr], [0, "1\n", ""]);
  const [group] = (await ottla.json("groups", "describe", "stopped")) as { state: string; members: []; totalLag: number }[];
  assert.deepEqual([group?.state, group?.members.length, group?.totalLag], ["Empty", 0, 0]);
});

test("what cannot be read is one sentence", async () => {
  await ottla.run(["produce", "some"], { stdin: "1\n" });
  for (const [words, status, message] of [
    [["nope"], 1, /There is no topic "nope"; "ottla topics list" shows/],
    [["some", "-p", "9"], 1, /has partitions 0 to 0, not 9/],
    [["some", "-o", "99", "-e"], 1, /offset 99 is not in some-0: its first is 0, and the next record gets 1; "ottla offsets list some"/],
    [["some", "-o", "noon"], 2, /The offset "noon" is none/],
    [["some", "-o", "1", "--from-beginning"], 2, /both say where to start/],
    [["some", "-g", "g", "-p", "0"], 2, /exclude each other/],
    [["some", "--format", "%x"], 2, /--format holds "%x"/],
  ] as const) {
    const ran = await ottla.run(["consume", ...words]);
    assert.equal(ran.status, status, words.join(" "));
    assert.match(ran.stderr, message);
    assert.equal(ran.stderr.split("\n").length, 2, ran.stderr);
  }
});

test("a time as offset starts at the first record since", async () => {
  const lines = [1000, 2000, 3000].map((timestamp) => `${JSON.stringify({ value: String(timestamp), timestamp })}\n`).join("");
  await ottla.run(["produce", "timed", "--input", "json"], { stdin: lines });
  assert.equal(await consumed("timed", "-o", "@1500"), "2000\n3000\n");
  assert.equal(await consumed("timed", "-o", "1970-01-01T00:00:03Z"), "3000\n");
  assert.equal(await consumed("timed", "-o", "2030-01-01T00:00Z"), "");
});
