import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runWords } from "../../testing/command-line-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "ottla-tune-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const tune = (...words: readonly string[]) => runWords(["tune", ...words]);

test("a file gets a patch with reasons and costs, and is changed on request", async () => {
  const file = join(folder, "producer.properties");
  writeFileSync(file, "# ours\nacks=1\nlinger.ms=0\n");
  const { status, stdout } = await tune("balanced", file);
  assert.equal(status, 0);
  assert.match(stdout, /\n # ours\n-acks=1\n-linger\.ms=0\n\+acks=all\n\+linger\.ms=5\n\+batch\.size=65536\n/);
  assert.match(stdout, /\nproducer +acks +1 +all +a record counts when every replica in sync has it.* a round trip between brokers/);
  assert.equal((await tune("balanced", file, "--write")).status, 0);
  assert.match(readFileSync(file, "utf8"), /^# ours\nacks=all\nlinger\.ms=5\nbatch\.size=65536\n/);
  assert.match((await tune("balanced", file)).stdout, /^Nothing to change for balanced: 5 settings are as it wants them\.\n$/);
});

test("without a file the defaults of a version are looked at", async () => {
  const { changes } = JSON.parse((await tune("throughput", "--role", "producer", "--kafka-version", "3.9", "--json")).stdout) as {
    changes: { role: string; key: string; from: string; isDefault: boolean }[];
  };
  assert.deepEqual(changes.find(({ key }) => key === "linger.ms")?.from, "0");
  assert.ok(changes.every(({ role, isDefault }) => role === "producer" && isDefault));
});

test("what cannot be meant is refused with what can", async () => {
  assert.match(
    (await tune("speed")).stderr,
    /"speed" is no preset; there are throughput, latency, durability, exactly-once, balanced, consumer\./,
  );
  assert.equal((await tune("latency", "--write")).status, 2);
  assert.match((await tune("latency", join(folder, "none.properties"))).stderr, /none\.properties: /);
  const binary = join(folder, "binary.properties");
  writeFileSync(binary, "acks=1\n\0\n");
  assert.match((await tune("latency", binary, "--write")).stderr, /binary\.properties: .*It is no text/);
  const file = join(folder, "other.properties");
  writeFileSync(file, "a=b\n");
  assert.match((await tune("latency", file)).stderr, /holds no settings of a producer/);
  assert.match(
    (await tune("durability", "--role", "topic", "--measure")).stderr,
    /changes no setting of a producer or consumer here that can be measured/,
  );
});
