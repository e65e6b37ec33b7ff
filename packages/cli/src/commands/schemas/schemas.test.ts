import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runWords } from "../../testing/command-line-fixture.ts";
import { RegistryFixture } from "../../testing/registry-fixture.ts";

let registry: RegistryFixture;
const folder = mkdtempSync(join(tmpdir(), "ottla-schemas-"));
before(async () => {
  registry = await RegistryFixture.start();
});
after(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true });
});

const order = (...fields: object[]): object => ({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }, ...fields] });
const inFile = (name: string, schema: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof schema === "string" ? schema : JSON.stringify(schema));
  return path;
};

test("schemas are registered, listed, shown and deleted", async () => {
  const first = inFile("order-1.avsc", order());
  const made = await registry.run(["schemas", "register", "a-orders", first]);
  assert.deepEqual([made.status, made.stdout, made.stderr], [0, "a-orders version 1, id 1.\n", ""]);
  assert.equal((await registry.run(["schemas", "register", "a-orders", first])).stdout, "a-orders version 1, id 1.\n");
  const second = inFile("order-2.avsc", order({ name: "note", type: ["null", "string"], default: null }));
  assert.deepEqual(await registry.json("schemas", "register", "a-orders", second), { subject: "a-orders", id: 2, version: 2 });
  const listed = await registry.run(["schemas", "list", "--prefix", "a-"]);
  assert.equal(listed.stdout, "SUBJECT   TYPE  LATEST  ID\na-orders  AVRO       2   2\n");
  const versions = (await registry.json("schemas", "list", "a-orders")) as { version: number; id: number; deleted: boolean }[];
  assert.deepEqual(
    versions.map(({ version, id, deleted }) => [version, id, deleted]),
    [
      [1, 1, false],
      [2, 2, false],
    ],
  );
  const shown = await registry.run(["schemas", "get", "a-orders", "--version", "1"]);
  assert.equal(
    shown.stdout,
    `a-orders version 1, id 1, AVRO\n${JSON.stringify({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }] }, undefined, 2)}\n`,
  );
  const raw = await registry.run(["schemas", "get", "a-orders", "--version", "1", "--raw"]);
  assert.equal(raw.stdout, '{"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}');
  assert.equal(((await registry.json("schemas", "get", "--id", "2")) as { schemaType: string }).schemaType, "AVRO");
  assert.equal((await registry.run(["schemas", "delete", "a-orders", "--version", "2"])).stdout, "Deleted a-orders version 2.\n");
  assert.match((await registry.run(["schemas", "list", "a-orders", "--deleted"])).stdout, /2 {3}2 .*deleted\n$/);
  assert.deepEqual(await registry.json("schemas", "delete", "a-orders", "--permanent"), {
    subject: "a-orders",
    deleted: [1, 2],
    permanent: true,
  });
  const gone = await registry.run(["schemas", "get", "a-orders"]);
  assert.deepEqual(
    [gone.status, gone.stderr],
    [1, 'ottla: There is no subject "a-orders"; "ottla schemas list" shows those that are there.\n'],
  );
  assert.equal((await registry.run(["schemas", "delete", "a-orders", "--if-exists"])).status, 0);
});

test("a schema that does not fit is refused with every reason and what would pass", async () => {
  await registry.register("b-orders", order());
  const bad = inFile("bad.avsc", order({ name: "amount", type: "long" }, { name: "currency", type: "string" }));
  const refused = await registry.run(["schemas", "register", "b-orders", bad]);
  assert.equal(refused.status, 1);
  assert.equal(refused.stdout, "");
  assert.match(
    refused.stderr,
    /^Against version 1:\n {2}READER_FIELD_MISSING_DEFAULT_VALUE at \/fields\/1: The field "amount" has no default.*\n.*"currency".*\nIt would pass under NONE, FORWARD/,
  );
  assert.match(refused.stderr, /\nottla: The schema is incompatible with those of the subject "b-orders" under BACKWARD\..*\n$/);
  const asked = await registry.run(["schemas", "compat", "b-orders", bad]);
  assert.equal(asked.status, 1);
  assert.match(asked.stdout, /does not fit b-orders under BACKWARD\.\nAgainst version 1:\n/);
  assert.equal((await registry.run(["schemas", "compat", "b-orders", "--set", "FORWARD"])).stdout, "b-orders: FORWARD from now on.\n");
  assert.equal((await registry.run(["schemas", "compat", "b-orders"])).stdout, "b-orders: FORWARD.\n");
  assert.deepEqual(await registry.json("schemas", "compat"), { level: "BACKWARD", own: true });
  assert.equal((await registry.run(["schemas", "compat", "b-orders", bad])).status, 0);
});

test("diff lists differences with both pieces, what no level notices, and the levels under which the change passes", async () => {
  await registry.register("c-orders", order({ name: "total", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } }));
  await registry.run(["schemas", "compat", "c-orders", "--set", "NONE"]);
  await registry.register(
    "c-orders",
    order({ name: "total", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 4 } }, { name: "amount", type: "long" }),
  );
  const under = await registry.run(["schemas", "diff", "c-orders"]);
  assert.equal(under.status, 0);
  const diff = await registry.run(["schemas", "diff", "c-orders", "--level", "FULL"]);
  assert.equal(diff.status, 1);
  assert.equal(
    diff.stdout,
    [
      "c-orders@1 → c-orders@2",
      "  READER_FIELD_MISSING_DEFAULT_VALUE at /fields/2, breaks BACKWARD, FULL",
      '    The field "amount" has no default, and the data of record Order does not have it; give it a default.',
      '    + "long"',
      "  error SCH-22 at /fields/1/type, which no level notices",
      "    Order.total was decimal(9, 2) and is decimal(9, 4): records that hold 12345 at scale 2 are read at scale 4, a power of ten off. Decimals keep their scale; add a field for the new one.",
      "    - decimal(9, 2)",
      "    + decimal(9, 4)",
      "Does not pass under FULL. Passes under: NONE, FORWARD.",
      "",
    ].join("\n"),
  );
  const json = JSON.parse(
    (await registry.run(["schemas", "diff", "c-orders@2", "c-orders@1", "--level", "BACKWARD", "--json"])).stdout,
  ) as {
    compatible: boolean;
    passesUnder: string[];
  };
  assert.deepEqual([json.compatible, json.passesUnder], [true, ["NONE", "BACKWARD"]]);
});

test("diff of two files asks no registry, and explains the open content model", async () => {
  const object = (properties: object): object => ({ type: "object", properties });
  const [old, now] = [
    inFile("old.json", object({ a: { type: "string" } })),
    inFile("new.json", object({ a: { type: "string" }, b: { type: "string" } })),
  ];
  const diff = await runWords(["schemas", "diff", old, now, "--registry-url", "http://127.0.0.1:1"]);
  assert.equal(diff.status, 1);
  assert.match(diff.stdout, /PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL at \/properties\/b, breaks BACKWARD, FULL/);
  assert.match(diff.stdout, /Why: without "additionalProperties": false a JSON Schema is open/);
});

test("references are named, and resolved where schemas are compared", async () => {
  const money = 'syntax = "proto3"; package shop; message Money { int64 minor = 1; }';
  const priced = (body: string): string =>
    `syntax = "proto3"; package shop; import "money.proto"; message Item { Money price = 1; ${body} }`;
  await registry.register("money", money, "--type", "protobuf");
  const item = await registry.register("item", priced(""), "--type", "protobuf", "--reference", "money.proto=money@1");
  assert.equal(item.stdout, "item version 1, id 2.\n".replace("2", /id (\d+)/.exec(item.stdout)?.[1] ?? ""));
  const again = await registry.register("item", priced("string name = 2;"), "--type", "protobuf", "--reference", "money.proto=money");
  assert.equal(again.status, 0, again.stderr);
  assert.match((await registry.run(["schemas", "get", "item"])).stdout, /\nuses money\.proto: money version 1\n/);
  assert.match((await registry.run(["schemas", "diff", "item"])).stdout, /Passes under BACKWARD\./);
  const missing = await registry.register("item", priced(""), "--type", "protobuf");
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /money\.proto.*is not there; register it/);
});

test("wrong usage is status 2, a registry that does not answer or is none is one sentence", async () => {
  for (const words of [
    ["get"],
    ["get", "a", "--id", "1"],
    ["get", "a", "--version", "0"],
    ["register", "a", inFile("order.txt", "{}")],
    ["compat", "a", inFile("x.avsc", '"int"'), "--set", "FULL"],
    ["register", "a", inFile("x.avsc", '"int"'), "--reference", "money"],
    ["list", "--registry-url", "127.0.0.1:8081"],
    ["list", "--registry-user", "me"],
    ["diff", inFile("x.avsc", '"int"')],
  ]) {
    const { status, stderr } = await registry.run(["schemas", ...words]);
    assert.equal(status, 2, `${words.join(" ")}: ${stderr}`);
    assert.match(stderr, /^ottla: .*\.\n$/);
  }
  const nobody = await registry.run(["schemas", "list", "--registry-url", "http://127.0.0.1:1"]);
  assert.equal(nobody.status, 1);
  assert.match(
    nobody.stderr,
    /^ottla: No registry answers at http:\/\/127\.0\.0\.1:1 \(.*ECONNREFUSED.*\); start one with "ottla dev", or name yours with --registry-url\.\n$/,
  );
});

test("the next address is asked where the first does not answer; logins and addresses come from the properties file", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const isNames = request.url?.startsWith("/base/subjects") === true;
    // As registries without a list of schemas answer.
    response.statusCode = request.headers.authorization === undefined ? 401 : isNames ? 200 : 404;
    response.end(isNames ? '["x"]' : '{"error_code":404,"message":"HTTP 404 Not Found"}');
  }).listen(0, "127.0.0.1");
  const { port } = await new Promise<{ port: number }>((resolve) =>
    server.once("listening", () => resolve(server.address() as { port: number })),
  );
  try {
    const url = `http://127.0.0.1:1,http://127.0.0.1:${port}/base/`;
    const refused = await runWords(["schemas", "list", "--registry-url", url]);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /asks for a login; give --registry-user, or basic\.auth\.user\.info in --command-config\.\n$/);
    const file = inFile(
      "client.properties",
      `schema.registry.url=${url}\nbasic.auth.credentials.source=USER_INFO\nbasic.auth.user.info=me:secret\n`,
    );
    const found = await runWords(["schemas", "list", "--command-config", file, "--json"]);
    assert.deepEqual([found.status, found.stderr], [0, ""]);
    const named = await runWords(["schemas", "list", "--registry-url", url, "--registry-user", "you"], {
      env: { OTTLA_REGISTRY_PASSWORD: "p" },
    });
    assert.equal(named.status, 0, named.stderr);
    assert.deepEqual(new Set(asked), new Set([undefined, `Basic ${btoa("me:secret")}`, `Basic ${btoa("you:p")}`]));
  } finally {
    server.close();
  }
});

test("what answers and is no registry is said", async () => {
  const server = createServer((_request, response) => response.end("<html>")).listen(0, "127.0.0.1");
  const { port } = await new Promise<{ port: number }>((resolve) =>
    server.once("listening", () => resolve(server.address() as { port: number })),
  );
  try {
    const { status, stderr } = await runWords(["schemas", "list", "--registry-url", `http://127.0.0.1:${port}`]);
    assert.equal(status, 1);
    assert.match(stderr, /is no Schema Registry: status 200, and its answer is no JSON; check --registry-url\.\n$/);
  } finally {
    server.close();
  }
});
