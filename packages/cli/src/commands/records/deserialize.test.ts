import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture, type Ran, type RunOptions } from "../../testing/command-line-fixture.ts";
import { RegistryFixture } from "../../testing/registry-fixture.ts";

let ottla: CommandLineFixture;
let registry: RegistryFixture;
const folder = mkdtempSync(join(tmpdir(), "ottla-deserialize-"));
before(async () => {
  [ottla, registry] = await Promise.all([CommandLineFixture.start(), RegistryFixture.start()]);
});
after(async () => {
  await Promise.all([ottla.stop(), registry.stop()]);
  rmSync(folder, { recursive: true });
});

const run = (words: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  ottla.run(words, { ...options, env: { OTTLA_REGISTRY_URL: registry.url } });
const produce = (topic: string, subject: string, ...lines: string[]): Promise<Ran> =>
  run(["produce", topic, "--schema-subject", subject], { stdin: `${lines.join("\n")}\n` });
const consume = (topic: string, ...words: string[]): Promise<Ran> =>
  run(["consume", topic, "-e", "--from-beginning", "--deserialize", ...words]);

test("JSON lines are written by a subject's schema and shown again, in each format, no digit lost", async () => {
  const fields = [
    { name: "id", type: "long" },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "note", type: ["null", "string"], default: null },
  ];
  await registry.register("orders-value", { type: "record", name: "Order", fields });
  for (const topic of ["orders", "people", "items"]) await run(["topics", "create", topic]);
  const written = await produce("orders", "orders-value", '{"id":9007199254740993,"at":5}', '{"id":2,"at":0,"note":"x\\u001b"}');
  assert.deepEqual([written.status, written.stdout, written.stderr], [0, "2 records written to orders.\n", ""]);
  const shown = await consume("orders");
  assert.deepEqual(
    [shown.status, shown.stdout, shown.stderr],
    [
      0,
      '{"id":9007199254740993,"at":"1970-01-01T00:00:00.005Z","note":null}\n{"id":2,"at":"1970-01-01T00:00:00.000Z","note":"x\\u001b"}\n',
      "",
    ],
  );
  await registry.register("people-value", { type: "object", properties: { name: { type: "string" } } }, "--type", "json");
  assert.equal((await produce("people", "people-value", '{"name":"a"}')).status, 0);
  assert.equal((await consume("people")).stdout, '{"name":"a"}\n');
  const proto = 'syntax = "proto3"; message Item { int64 minor = 1; string item_name = 2; }';
  await registry.register("items-value", proto, "--type", "protobuf");
  assert.equal((await produce("items", "items-value", '{"minor":9007199254740993,"itemName":"a"}')).status, 0);
  assert.equal((await consume("items")).stdout, '{"minor":9007199254740993,"itemName":"a"}\n');
});

test("a record that cannot be read is shown with the reason, the rest goes on, and the status is 1", async () => {
  await registry.register("mixed-value", { type: "record", name: "M", fields: [{ name: "a", type: "int" }] });
  await run(["topics", "create", "mixed", "-p", "1"]);
  await produce("mixed", "mixed-value", '{"a":1}');
  await run(["produce", "mixed"], { stdin: '{"plain":true}\n' });
  await run(["produce", "mixed", "--input", "json"], {
    stdin: `{"valueBase64":"${Buffer.from([0, 0, 0, 3, 231, 2]).toString("base64")}"}\n{"value":null}\n`,
  });
  await produce("mixed", "mixed-value", '{"a":2}');
  const { status, stdout, stderr } = await consume("mixed", "--format", "%o %v");
  const lines = stdout.trimEnd().split("\n");
  assert.equal(status, 1);
  assert.equal(lines[0], '0 {"a":1}');
  assert.match(lines[1] ?? "", /^1 <unreadable: .*>$/);
  assert.match(lines[2] ?? "", /^2 <unreadable: .*999.*>$/);
  assert.deepEqual(lines.slice(3), ["3 null", '4 {"a":2}']);
  assert.equal(stderr, "ottla: 2 records could not be read by a schema; the reason stands in their places.\n");
  const json = (await consume("mixed", "--json")).stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    json.map(({ value }) => value),
    [{ a: 1 }, '{"plain":true}', undefined, null, { a: 2 }],
  );
  assert.equal(typeof json[1]?.["valueError"], "string");
  assert.equal(typeof json[2]?.["valueBase64"], "string");
});

test("a value that is none of the schema is a line that failed, the others are written", async () => {
  await registry.register("bad-value", { type: "record", name: "M", fields: [{ name: "a", type: "int" }] });
  await run(["topics", "create", "bad"]);
  const { status, stdout, stderr } = await produce("bad", "bad-value", '{"a":"x"}', "nope", '{"a":3}');
  assert.deepEqual([status, stdout], [1, "1 record written to bad.\n"]);
  assert.match(stderr, /^ottla: line 1: .*\/a.*\(SERDE_BAD_VALUE\)\nottla: line 2: The line's value is no JSON: .*\(BAD_LINE\)\n$/);
  const unknown = await produce("bad", "no-such-subject", "{}");
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /^ottla: .*no-such-subject/);
});

test("a registry that does not answer ends it in one sentence; properties of serialisers are no unknown ones", async () => {
  const nobody = await run(["consume", "bad", "-e", "--deserialize", "--registry-url", "http://127.0.0.1:1"]);
  assert.equal(nobody.status, 1);
  assert.match(nobody.stderr, /^ottla: .*127\.0\.0\.1:1.*\n$/);
  const file = join(folder, "client.properties");
  writeFileSync(file, `schema.registry.url=${registry.url}\nbasic.auth.credentials.source=USER_INFO\nbasic.auth.user.info=a:b\n`);
  const read = await ottla.run(["consume", "bad", "-e", "--deserialize", "--command-config", file]);
  assert.deepEqual([read.status, read.stdout, read.stderr], [0, '{"a":3}\n', ""]);
});
