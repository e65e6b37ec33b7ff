// kcat 1.7.1 on librdkafka 2.0.2: first contact and the old-client row.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Finished, type RunOptions, runCommand, startChild } from "../process/child.ts";
import { requireProgram } from "../process/system-package.ts";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { codecs } from "./codecs.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();

async function kcat(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const result = await runCommand("kcat", ["-b", target.bootstrap, ...args], { timeoutMs: 30_000, ...options });
  assert.equal(result.status, 0, `kcat ${args.join(" ")} failed: ${result.stderr}`);
  return result;
}

function lines(count: number, prefix = "value"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

async function produce(topic: string, values: readonly string[], args: readonly string[] = []): Promise<void> {
  await kcat(["-P", "-t", topic, ...args], { input: `${values.join("\n")}\n` });
}

async function consume(topic: string, args: readonly string[] = []): Promise<string[]> {
  const { stdout } = await kcat(["-C", "-t", topic, "-e", "-q", ...args]);
  return stdout.split("\n").filter((line) => line !== "");
}

describe(`kcat against ${target.kind} with ${target.brokers} broker(s)`, () => {
  before(() => requireProgram("kcat", "kcat"));

  test("lists every broker and a topic that exists", async () => {
    const topic = uniqueName("kcat-list");
    await produce(topic, ["one"]);
    const { stdout } = await kcat(["-L", "-J"]);
    const listing = JSON.parse(stdout) as { brokers: { id: number }[]; topics: { topic: string; partitions: unknown[] }[] };
    assert.equal(listing.brokers.length, target.brokers);
    assert.equal(listing.topics.find((each) => each.topic === topic)?.partitions.length, 4);
  });

  for (const codec of codecs) {
    test(`reads back in order what it wrote with ${codec}`, async () => {
      const topic = uniqueName(`kcat-${codec}`);
      const values = lines(2_000, "the same words again and again");
      await produce(topic, values, ["-p", "0", "-z", codec]);
      assert.deepEqual(await consume(topic, ["-p", "0"]), values);
    });
  }

  for (const acks of ["0", "1", "all"]) {
    test(`produces with acks=${acks}`, async () => {
      const topic = uniqueName("kcat-acks");
      await produce(topic, lines(100), ["-p", "1", "-X", `acks=${acks}`]);
      const read = await waitUntil("all records are readable", async () => {
        const found = await consume(topic, ["-p", "1"]);
        return found.length === 100 ? found : undefined;
      });
      assert.deepEqual(read, lines(100));
    });
  }

  test("produces idempotently", async () => {
    const topic = uniqueName("kcat-idempotent");
    await produce(topic, lines(500), ["-p", "2", "-X", "enable.idempotence=true", "-X", "batch.num.messages=10"]);
    assert.deepEqual(await consume(topic, ["-p", "2"]), lines(500));
  });

  test("keeps keys, headers, empty and null values", async () => {
    const topic = uniqueName("kcat-parts");
    await kcat(["-P", "-t", topic, "-p", "0", "-K:", "-Z", "-H", "trace=7", "-H", "empty="], { input: "k1:v1\nk2:\n" });
    const { stdout } = await kcat(["-C", "-t", topic, "-p", "0", "-e", "-q", "-J"]);
    const records = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { key: string; payload: string | null; headers: string[]; offset: number });
    assert.deepEqual(
      records.map(({ key, payload, headers, offset }) => ({ key, payload, headers, offset })),
      [
        { key: "k1", payload: "v1", headers: ["trace", "7", "empty", ""], offset: 0 },
        { key: "k2", payload: null, headers: ["trace", "7", "empty", ""], offset: 1 },
      ],
    );
  });

  test("starts at an offset, at the end less some, and at a time", async () => {
    const topic = uniqueName("kcat-offsets");
    await produce(topic, lines(50), ["-p", "0"]);
    assert.deepEqual(await consume(topic, ["-p", "0", "-o", "45"]), lines(50).slice(45));
    assert.deepEqual(await consume(topic, ["-p", "0", "-o", "-3"]), lines(50).slice(47));
    assert.deepEqual(await consume(topic, ["-p", "0", "-o", "s@1000"]), lines(50));
    const offsetFor = async (time: number): Promise<string> => (await kcat(["-Q", "-t", `${topic}:0:${time}`])).stdout.trim();
    assert.equal(await offsetFor(-1), `${topic} [0] offset 50`);
    assert.equal(await offsetFor(-2), `${topic} [0] offset 0`);
    assert.equal(await offsetFor(1), `${topic} [0] offset 0`);
    assert.equal(await offsetFor(Date.now() + 3_600_000), `${topic} [0] offset -1`);
  });

  test("reads a record of 900 kB, whole", async () => {
    const topic = uniqueName("kcat-large");
    const value = "x".repeat(900_000);
    await produce(topic, [value], ["-p", "0", "-X", "message.max.bytes=1000000"]);
    assert.deepEqual(await consume(topic, ["-p", "0"]), [value]);
  });

  test("two members of a group share the partitions and a third one takes over when they leave", async () => {
    const topic = uniqueName("kcat-group");
    const group = uniqueName("kcat-group");
    await produce(topic, ["seed"], ["-p", "0"]);
    const member = () =>
      startChild("kcat", [
        "-b",
        target.bootstrap,
        "-G",
        group,
        "-u",
        "-X",
        "auto.offset.reset=earliest",
        "-X",
        "session.timeout.ms=6000",
        "-f",
        "%p:%s\n",
        topic,
      ]);
    const first = member();
    const second = member();
    await waitUntil("both members have two partitions each", () => {
      const assigned = [first, second].map((each) => [...each.outputTail().matchAll(/assigned: (.*)/g)].at(-1)?.[1]?.split(",").length);
      return assigned[0] === 2 && assigned[1] === 2;
    });
    for (const partition of ["0", "1", "2", "3"]) await produce(topic, [`late-${partition}`], ["-p", partition]);
    await waitUntil("both together read all", () => {
      const text = first.outputTail() + second.outputTail();
      return ["0", "1", "2", "3"].every((partition) => text.includes(`${partition}:late-${partition}`));
    });
    await Promise.all([first.stop(), second.stop()]);
    const third = member();
    await waitUntil("the third member has all partitions", () =>
      /assigned: [^\n]*\[0\][^\n]*\[1\][^\n]*\[2\][^\n]*\[3\]/.test(third.outputTail()),
    );
    await produce(topic, ["last"], ["-p", "3"]);
    await waitUntil("the third member reads on", () => third.outputTail().includes("3:last"));
    assert.ok(!third.outputTail().includes("late-"), "committed records are not read again");
    await third.stop();
  });

  test("an unknown topic and a bad partition are errors, not hangs", async () => {
    const topic = uniqueName("kcat-bad");
    await produce(topic, ["one"]);
    const result = await runCommand("kcat", ["-b", target.bootstrap, "-C", "-t", topic, "-p", "99", "-e"], { timeoutMs: 30_000 });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /partition/i);
  });
});
