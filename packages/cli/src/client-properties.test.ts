import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture, runWords } from "./testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
let folder: string;
before(async () => {
  ottla = await CommandLineFixture.start();
  folder = mkdtempSync(join(tmpdir(), "ottla-properties-"));
  await ottla.run(["topics", "create", "t"]);
});
after(async () => {
  await ottla.stop();
  rmSync(folder, { recursive: true });
});

test("a property that does nothing is warned of once, with the name that was meant, and the command goes on", async () => {
  const property = (...settings: string[]) => settings.flatMap((setting) => ["--property", setting]);
  for (const [words, stderr] of [
    [
      ["produce", "t", ...property("linger.sm=5", "linger.ms=5")],
      '--property: "linger.sm" is no property of a Kafka client; did you mean "linger.ms"?',
    ],
    [["consume", "t", "-e", ...property("linger.ms=5")], '--property: "linger.ms" has no effect on this command.'],
    [
      ["perf", "consume", "t", "-n", "1", "--timeout-ms", "1", ...property("my.own=5")],
      '--property: "my.own" is no property of a Kafka client; it is passed over.',
    ],
    [["perf", "produce", "t", "-n", "1", ...property("key.serializer=X")], '--property: "key.serializer" has no effect on this client.'],
  ] as const) {
    const ran = await ottla.run(words);
    assert.equal(ran.stderr.split("\n")[0], `ottla: ${stderr}`);
    assert.equal(ran.stderr.match(/--property/g)?.length, 1, "once");
  }
});

test("a file of properties may be shared by all kinds of clients, and unknown names in it are warned of by every command", async () => {
  const file = join(folder, "client.properties");
  writeFileSync(file, "linger.ms=1\nfetch.min.bytes=1\nkey.serializer=X\nrequest.timeuot.ms=5\n");
  for (const words of [
    ["topics", "list"],
    ["groups", "list"],
    ["perf", "latency", "t", "-n", "1"],
    ["consume", "t", "-e"],
  ]) {
    const { status, stderr } = await ottla.run([...words, "--command-config", file]);
    assert.equal(status, 0, stderr);
    assert.equal(
      stderr,
      `ottla: ${file} (--command-config): "request.timeuot.ms" is no property of a Kafka client; did you mean "request.timeout.ms"?\n`,
    );
  }
});

test("a file that is no properties file is refused, and nothing of what it holds is shown", async () => {
  const secret = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSo2bj5iItKN49HQU";
  for (const [name, content, why] of [
    ["key.pem", `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`, /holds a key or certificate in PEM/],
    ["both.properties", `acks=all\n-----BEGIN PRIVATE KEY-----\n${secret}\n`, /holds a key or certificate in PEM/],
    ["store.p12", Buffer.concat([Buffer.from([0x30, 0x82, 0, 7]), Buffer.from(secret)]), /it is binary/],
    ["escape.properties", `password=${secret}\\uZZZZ\n`, /cannot be read/],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, content);
    for (const words of [
      ["topics", "list", "--command-config", file],
      ["broker", "--config", file],
    ]) {
      const { status, stdout, stderr } = await runWords(words);
      assert.equal(status, 2, stderr);
      assert.match(stderr, why);
      assert.ok(!(stdout + stderr).includes(secret.slice(0, 20)), stderr);
    }
  }
});

test("a message names an option as it was typed: on the command line, in the environment, as a property", async () => {
  const bad = /"nowhere" is no host:port/;
  for (const [words, env, name] of [
    [["topics", "list", "-b", "nowhere"], {}, /^ottla: --bootstrap-server: /],
    [["topics", "list"], { OTTLA_BOOTSTRAP_SERVER: "nowhere" }, /^ottla: OTTLA_BOOTSTRAP_SERVER: /],
    [["produce", "t", "--property", "bootstrap.servers=nowhere"], {}, /^ottla: bootstrap\.servers: /],
  ] as const) {
    const { status, stderr } = await runWords(words, { env });
    assert.equal(status, 1);
    assert.match(stderr, name);
    assert.match(stderr, bad);
  }
  const { stderr } = await ottla.run(["perf", "produce", "t", "--property", "batch.size=-4"]);
  assert.match(stderr, /^ottla: batch\.size is -4; /);
  assert.match((await runWords(["dev", "--memory", "--host", "a,b"])).stderr, /^ottla: --host is "a,b"; /);
});

test("what is not there is said in one wording by every command", async () => {
  const topic = /^ottla: There is no topic "nope"; "ottla topics list" shows those there are\./;
  for (const words of [
    ["topics", "describe", "nope"],
    ["topics", "delete", "nope"],
    ["topics", "alter", "nope", "-p", "9"],
    ["consume", "nope"],
    ["perf", "consume", "nope"],
    ["offsets", "list", "nope"],
    ["offsets", "reset", "g", "-t", "nope", "--to", "earliest"],
    ["configs", "describe", "topic", "nope"],
    ["configs", "set", "topic", "nope", "retention.ms=1"],
  ]) {
    const { status, stderr } = await ottla.run(words);
    assert.equal(status, 1);
    assert.match(stderr, topic, words.join(" "));
  }
  for (const words of [
    ["groups", "describe", "nope"],
    ["groups", "delete", "nope"],
  ])
    assert.match((await ottla.run(words)).stderr, /^ottla: There is no group "nope"; "ottla groups list" shows those there are\./);
});

test("a consumer whose cluster goes away says once that it reconnects, and the signal ends it in order", async () => {
  const dying = await CommandLineFixture.start();
  await dying.run(["topics", "create", "t"]);
  await dying.run(["produce", "t"], { stdin: "x\n" });
  const stop = new AbortController();
  const lost = Promise.withResolvers<void>();
  const isReading = Promise.withResolvers<void>();
  const consuming = dying.run(["consume", "t", "--from-beginning"], {
    signal: stop.signal,
    onOutput: () => isReading.resolve(),
    onError: () => lost.resolve(),
  });
  await isReading.promise;
  await dying.stop();
  await lost.promise;
  stop.abort();
  const { status, stdout, stderr } = await consuming;
  assert.deepEqual([status, stdout], [0, "x\n"]);
  assert.match(
    stderr,
    /^ottla: The cluster does not answer any more; reconnecting until it does\. \(No broker could be reached[^\n]*\)\n$/,
  );
});
