import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { after, before, test } from "node:test";
import { createClient } from "@ottla/client";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";
import { withOwnTopic } from "./own-topic.ts";

let ottla: CommandLineFixture;
before(async () => {
  ottla = await CommandLineFixture.start();
});
after(() => ottla.stop());

interface Figures {
  readonly records: number;
  readonly bytes: number;
  readonly recordsPerSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p999: number; readonly max: number };
}

test("what perf produce wrote, perf consume finds", async () => {
  const produced = (await ottla.json("perf", "produce", "load", "-n", "5000", "-s", "100", "-z", "lz4")) as Figures;
  assert.deepEqual([produced.records, produced.bytes], [5000, 500_000]);
  assert.ok(
    produced.latencyMs.p50 > 0 && produced.latencyMs.p50 <= produced.latencyMs.p999 && produced.latencyMs.p999 <= produced.latencyMs.max,
  );
  const consumed = (await ottla.json("perf", "consume", "load")) as Figures;
  assert.deepEqual([consumed.records, consumed.bytes], [5000, 500_000]);
  assert.equal(((await ottla.json("perf", "consume", "load", "-n", "10", "-g", "perf")) as Figures).records, 10);
});

test("a throughput is kept", async () => {
  const { records, recordsPerSecond } = (await ottla.json("perf", "produce", "slow", "-n", "100", "-s", "10", "-t", "500")) as Figures;
  assert.equal(records, 100);
  assert.ok(recordsPerSecond <= 550, `${recordsPerSecond}`);
});

test("perf latency sends one record after the other", async () => {
  const { records, latencyMs } = (await ottla.json("perf", "latency", "ping", "-n", "20", "--warmup-records", "2")) as Figures;
  assert.equal(records, 20);
  assert.ok(latencyMs.p50 > 0);
  assert.match(
    (await ottla.run(["perf", "latency", "ping", "-n", "1"])).stdout,
    /^1 records, one at a time: mean .* ms, p50 .*, p95 .*, p99 .*, p99\.9 .*, max /,
  );
});

test("fewer records than asked for are status 1", async () => {
  await ottla.run(["perf", "produce", "few", "-n", "3"]);
  // More time where a busy machine left too little for those that are there.
  for (let timeoutMs = 50; ; timeoutMs *= 10) {
    const { status, stderr } = await ottla.run(["perf", "consume", "few", "-n", "9", "--timeout-ms", String(timeoutMs)]);
    assert.equal(status, 1);
    if (timeoutMs < 5000 && /^ottla: Only [0-2] of 9 records came/.test(stderr)) continue;
    assert.match(stderr, /^ottla: Only 3 of 9 records came/);
    break;
  }
  assert.equal((await ottla.run(["perf", "consume", "nope"])).status, 1);
  assert.equal((await ottla.run(["perf", "produce", "few", "-t", "0"])).status, 2);
  assert.equal((await ottla.run(["perf", "produce", "few", "--payload-file", "no-such-file"])).status, 2);
});

test("a sweep goes up, says what is borne, and leaves no topic", async () => {
  const words = ["perf", "sweep", "--from", "100", "--to", "200", "--step-ms", "100", "-s", "10"];
  // How many steps there are is up to the machine: one that is busy may not bear the first.
  const { stdout } = await ottla.run([...words, "--p99-ms", "5000", "--json"]);
  const { knee, isFound, steps } = JSON.parse(stdout) as {
    knee: { goodPerS?: number; badPerS?: number };
    isFound: boolean;
    steps: { targetPerS: number; records: number; clientLoop: number; batchBytes: number }[];
  };
  assert.deepEqual([steps[0]!.targetPerS, steps[0]!.records], [100, 10]);
  assert.equal(isFound, knee.goodPerS !== undefined && knee.badPerS !== undefined);
  assert.ok(steps.every(({ clientLoop, batchBytes }) => clientLoop > 0 && batchBytes > 0));
  const tooMuch = await ottla.run([...words, "--p99-ms", "0.000001", "--network", "10Gb/s"]);
  assert.deepEqual([tooMuch.status, tooMuch.stdout.split("\n").at(-2)], [1, "Already 100 records/s are too much: begin lower (--from)."]);
  assert.equal((await ottla.run(["perf", "sweep", "--from", "9", "--to", "3"])).status, 2);
  assert.equal((await ottla.run(["perf", "sweep", "--network", "fast"])).status, 2);
  const topics = (await ottla.json("topics", "list")) as { name: string }[];
  assert.deepEqual(
    topics.filter(({ name }) => name.startsWith("ottla-")),
    [],
  );
});

test("tuning is measured by turns on a topic that goes again", async () => {
  const words = ["tune", "balanced", "--role", "producer", "--measure", "--runs", "2", "--run-ms", "100", "-t", "200", "-s", "10"];
  const { measured } = (await ottla.json(...words)) as {
    measured: { runs: number; producer: { recordsPerS: { before: { median: number } }; p99Ms: { verdict: string } } };
  };
  assert.equal(measured.runs, 2);
  const verdicts = ["better", "worse", "unchanged"];
  const { producer } = measured;
  assert.ok(producer.recordsPerS.before.median > 0 && verdicts.includes(producer.p99Ms.verdict));
  const { measured: reading } = (await ottla.json(
    "tune",
    "throughput",
    "--role",
    "consumer",
    "--measure",
    "--runs",
    "2",
    "--run-ms",
    "100",
    "-s",
    "10",
  )) as {
    measured: { producer?: object; consumer: { recordsPerS: { before: { median: number } }; p99Ms?: object }; notShown: string[] };
  };
  assert.ok(reading.consumer.recordsPerS.before.median > 0);
  assert.deepEqual([reading.producer, reading.consumer.p99Ms], [undefined, undefined]);
  const topics = (await ottla.json("topics", "list")) as { name: string }[];
  assert.deepEqual(
    topics.filter(({ name }) => name.startsWith("ottla-")),
    [],
  );
});

test("a topic of a measurement's own goes once: at its end, at a failure, and after a signal", async () => {
  const end = new AbortController();
  const stderr = new PassThrough();
  const client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  const isThere = async (topic: string): Promise<boolean> => (await client.admin().listTopics()).some(({ name }) => name === topic);
  const own = <Result>(use: (topic: string) => Promise<Result>): Promise<Result> =>
    withOwnTopic({ signal: end.signal, stderr }, client, { prefix: "ottla-own", partitions: 1 }, use);
  try {
    const name = await own(async (topic) => ((await isThere(topic)) ? topic : ""));
    assert.match(name, new RegExp(`^ottla-own-[0-9a-f]{8}-${process.pid}-[0-9a-f]{8}$`));
    assert.equal(await isThere(name), false);
    assert.match(String(stderr.read()), new RegExp(`measuring on the topic ${name} `));
    await assert.rejects(
      own(() => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    let last = "";
    const stopped = own(async (topic) => {
      last = topic;
      end.abort();
      throw new Error("This broker has no such topic or partition.");
    });
    await assert.rejects(stopped, { name: "AbortError" });
    assert.equal(await isThere(last), false);

    // What a killed process left is removed; what a running one has, another machine, or a person, is not.
    const of = (pid: number): string => name.replace(`-${process.pid}-`, `-${pid}-`);
    const gone = spawnSync(process.execPath, ["--version"]).pid;
    const kept = [of(process.pid), `${of(gone)}-mine`, of(gone).replace(/own-[0-9a-f]{8}/, "own-00000000")];
    await client.admin().createTopics([of(gone), ...kept].map((each) => ({ name: each, partitionCount: 1 })));
    await own((topic) => Promise.resolve(topic));
    assert.deepEqual([await isThere(of(gone)), ...(await Promise.all(kept.map(isThere)))], [false, true, true, true]);
    assert.match(String(stderr.read()), new RegExp(`removed the topic ${of(gone)}, which a measurement that was killed had left`));
  } finally {
    await client.close();
  }
});
