import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { ruleById } from "@ottla/expert";
import { schemaAdviceRules } from "@ottla/registry/lint";
import type { Ran } from "../../../testing/command-line-fixture.ts";
import { RegistryFixture } from "../../../testing/registry-fixture.ts";

let registry: RegistryFixture;
const folder = mkdtempSync(join(tmpdir(), "ottla-check-"));
before(async () => {
  registry = await RegistryFixture.start();
});
after(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true });
});

const write = (path: string, schema: unknown): string => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof schema === "string" ? schema : JSON.stringify(schema, undefined, 2));
  return file;
};
const order = (...fields: object[]): object => ({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }, ...fields] });
const words = (...line: string[]): Promise<Ran> => registry.run(["schemas", ...line]);

test("pull writes files and a lock file; check against it is offline and names file, line and reason", async () => {
  await registry.register("orders-value", order());
  const lock = join(folder, "pulled", "schemas.lock.json");
  mkdirSync(dirname(lock));
  const pulled = await words("pull", "orders-value", "--lock", lock);
  assert.deepEqual([pulled.status, pulled.stderr], [0, ""]);
  assert.match(
    pulled.stdout,
    /^new {7}schemas\/orders-value\.avsc {2}orders-value version 1, id \d+\n.*schemas\.lock\.json has 1 subject\.\n$/,
  );
  const file = join(folder, "pulled", "schemas", "orders-value.avsc");
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), order());
  const offline = (...line: string[]): Promise<Ran> =>
    words("check", file, "--lock", lock, "--registry-url", "http://127.0.0.1:1", ...line);
  assert.match((await offline()).stdout, /^No consumer would break: 1 schema against .*schemas\.lock\.json\.\n$/);
  write("pulled/schemas/orders-value.avsc", order({ name: "amount", type: "long" }));
  const broken = await offline();
  assert.equal(broken.status, 1);
  assert.match(broken.stdout, /orders-value\.avsc does not fit orders-value under BACKWARD; it would pass under NONE, FORWARD/);
  assert.match(broken.stdout, /orders-value\.avsc:9 error SCH-02: The field "amount" has no default/);
  const github = await offline("--format", "github");
  assert.match(github.stdout, /^::error file=.*orders-value\.avsc,line=9,title=SCH-02::The field "amount" has no default/);
  const json = JSON.parse((await offline("--json")).stdout) as { files: { outcome: string; subject: string }[] };
  assert.deepEqual(
    json.files.map(({ outcome, subject }) => [outcome, subject]),
    [["breaks", "orders-value"]],
  );
  assert.equal((await offline("--level", "FORWARD")).status, 0);
  // The change is somebody's: it is not written over.
  await registry.register("orders-value", order({ name: "note", type: "string", default: "" }));
  const kept = await words("pull", "--lock", lock);
  assert.equal(kept.status, 1);
  assert.match(kept.stderr, /was changed here and is left as it is; --force writes over it/);
  assert.equal((await words("pull", "--lock", lock, "--force")).status, 0);
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), order({ name: "note", type: "string", default: "" }));
});

test("a change that every level lets through and readers misread fails the check", async () => {
  const decimal = (scale: number): object => order({ name: "total", type: { type: "bytes", logicalType: "decimal", precision: 9, scale } });
  await registry.register("totals", decimal(2));
  const file = write("misread/totals.avsc", decimal(4));
  const { status, stdout } = await words("check", file, "--against", "registry");
  assert.equal(status, 1);
  assert.match(
    stdout,
    /totals\.avsc fits totals under BACKWARD\.\n.*error SCH-22: Order\.total was decimal\(9, 2\) and is decimal\(9, 4\)/,
  );
});

test("schemas that use each other's files are read with them, in all three formats", async () => {
  const names = [
    write("linked/a/order.avsc", { type: "record", name: "Order", namespace: "shop", fields: [{ name: "price", type: "Money" }] }),
    write("linked/z/money.avsc", { type: "record", name: "Money", namespace: "shop", fields: [{ name: "minor", type: "long" }] }),
    write(
      "linked/proto/shop/item.proto",
      'syntax = "proto3"; package shop; import "shop/common/money.proto"; message Item { Money price = 1; }',
    ),
    write("linked/proto/shop/common/money.proto", 'syntax = "proto3"; package shop; message Money { int64 minor = 1; }'),
    write("linked/person.schema.json", {
      type: "object",
      properties: { home: { $ref: "./address.schema.json#/$defs/home" } },
      additionalProperties: false,
    }),
    write("linked/address.schema.json", { $defs: { home: { type: "string" } } }),
  ];
  const { status, stdout } = await words("check", join(folder, "linked"), "--against", "registry", "--json");
  assert.equal(status, 0, stdout);
  const { files } = JSON.parse(stdout) as { files: { file: string; outcome: string }[] };
  assert.deepEqual([files.length, new Set(files.map(({ outcome }) => outcome))], [names.length, new Set(["new"])]);
  write("round/a.avsc", { type: "record", name: "A", fields: [{ name: "b", type: ["null", "B"] }] });
  write("round/b.avsc", { type: "record", name: "B", fields: [{ name: "a", type: ["null", "A"] }] });
  const round = await words("check", join(folder, "round"), "--against", "registry");
  assert.equal(round.status, 1);
  assert.match(round.stdout, /a\.avsc cannot be read\.\n.*uses itself through others/);
});

test("what is no schema is told with its line, and folders' other JSON is left alone", async () => {
  write("bad/broken.avsc", '{\n  "type": "record",\n  "name": "A",\n  "fields": [{ "name": "a", "type": "nope" }]\n}');
  write("bad/broken.proto", 'syntax = "proto3";\nmessage A { nope a = 1; }');
  write("bad/package.json", { name: "x" });
  const { status, stdout } = await words("check", join(folder, "bad"), "--against", "registry");
  assert.equal(status, 1);
  assert.match(stdout, /broken\.avsc:4 error SCH-02: .*"nope" is no type of Avro/);
  assert.match(stdout, /broken\.proto:2 error SCH-02: /);
  assert.doesNotMatch(stdout, /package\.json/);
  assert.equal((await words("check", join(folder, "none"))).status, 1);
});

test("check against git compares with a commit, also from a folder below", async () => {
  const repository = mkdtempSync(join(tmpdir(), "ottla-git-"));
  const git = (...line: string[]): void =>
    void execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...line], { cwd: repository, stdio: "pipe" });
  const inside = join(repository, "sub");
  const inRepository = (path: string, schema: object): void => writeFileSync(join(inside, path), JSON.stringify(schema, undefined, 2));
  const here = process.cwd();
  try {
    git("init", "-q");
    mkdirSync(inside);
    inRepository("order.avsc", { type: "record", name: "Order", fields: [{ name: "money", type: "Money" }] });
    inRepository("money.avsc", { type: "record", name: "Money", fields: [{ name: "minor", type: "long" }] });
    git("add", "-A");
    // A registry took such names before protoc refused them.
    const clash = 'syntax = "proto3"; message M { int32 foo_bar = 1; int32 fooBar = 2; }';
    mkdirSync(join(repository, "proto"));
    writeFileSync(join(repository, "proto", "old.proto"), clash);
    git("add", "-A");
    git("commit", "-qm", "schemas");
    process.chdir(join(repository, "proto"));
    writeFileSync("old.proto", clash.replace("fooBar", "foo_two"));
    assert.match((await words("check", ".", "--against", "git")).stdout, /No consumer would break: 1 schema against git HEAD\.\n$/);
    process.chdir(inside);
    assert.match((await words("check", ".", "--against", "git")).stdout, /^No consumer would break: 2 schemas against git HEAD\.\n$/);
    // The type that the other file uses.
    inRepository("money.avsc", { type: "record", name: "Money", fields: [{ name: "minor", type: "string" }] });
    const broken = await words("check", ".", "--against", "git:HEAD");
    assert.equal(broken.status, 1);
    assert.match(broken.stdout, /money\.avsc:7 error SCH-02: /);
    assert.match(broken.stdout, /order\.avsc does not fit order under BACKWARD/);
    const nowhere = await words("check", ".", "--against", "git:nowhere");
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.stderr, /^ottla: git ls-tree failed: .*Name a commit that is there with --against git:COMMIT/);
    assert.equal((await words("check", ".", "--against", "git:--output=x")).status, 1);
  } finally {
    process.chdir(here);
    rmSync(repository, { recursive: true });
  }
});

test("lint names what readers misread, in a schema and in its change; ottla.yaml and comments hold", async () => {
  const file = write("lint/payment.avsc", {
    type: "record",
    name: "Payment",
    namespace: "shop",
    doc: "A payment.",
    fields: [
      { name: "at", type: { type: "int", logicalType: "timestamp-millis" } },
      { name: "Id", type: "string" },
      { name: "id", type: "string" },
    ],
  });
  const { status, stdout } = await words("lint", file);
  assert.equal(status, 1);
  assert.match(stdout, /payment\.avsc:9/);
  assert.match(stdout, /error SCH-20: shop\.Payment\.at is read as plain int/);
  assert.match(stdout, /warning SCH-21: "Id" and "id" differ in case alone/);
  await registry.register("times", order({ name: "at", type: { type: "long", logicalType: "timestamp-millis" } }));
  const changed = write("lint/times.avsc", order({ name: "at", type: { type: "long", logicalType: "timestamp-micros" } }));
  assert.match(
    (await words("lint", changed, "--against", "registry")).stdout,
    /error SCH-23: Order\.at was timestamp-millis and is timestamp-micros/,
  );
});

test("every rule over schemas is in the catalogue that explain reads", () => {
  for (const rule of schemaAdviceRules) assert.ok(ruleById(rule), rule);
});

test("files with a byte order mark are read as those without; what has no end is refused", async () => {
  const marked = (text: string): string => `\uFEFF${text}`;
  assert.equal((await words("register", "marked", write("marked.avsc", marked(JSON.stringify(order()))))).status, 0);
  const json = write("other.schema.json", marked('{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"}'));
  for (const path of [join(folder, "marked.avsc"), json]) {
    const checked = await words("check", path);
    assert.deepEqual([checked.status, checked.stderr], [0, ""], checked.stdout);
    assert.doesNotMatch((await words("lint", path)).stdout, /no JSON/);
  }
  write("money/Money.avsc", marked('{"type":"record","name":"Money","fields":[{"name":"minor","type":"long"}]}'));
  const item = '{"type":"record","name":"Item","fields":[{"name":"price","type":"Money"}]}';
  const registered = await words("register", "item", write("item.avsc", item), "--with", join(folder, "money", "Money.avsc"));
  assert.deepEqual([registered.status, registered.stderr], [0, ""]);
  const endless = await words("register", "endless", "/dev/zero", "--type", "avro");
  assert.deepEqual([endless.status, endless.stderr], [1, "ottla: /dev/zero is larger than 16777216 bytes, which no registry takes.\n"]);
});

test("a damaged lock file is told with what mends it, and subjects may be called as what every object has", async () => {
  const lock = join(folder, "names", "schemas.lock.json");
  await registry.register("constructor", order());
  await registry.register("plain", order());
  mkdirSync(dirname(lock));
  assert.equal((await words("pull", "plain", "--lock", lock)).status, 0);
  const pulled = await words("pull", "constructor", "--lock", lock);
  assert.deepEqual([pulled.status, pulled.stderr], [0, ""]);
  await registry.register("__proto__", order());
  assert.equal((await words("pull", "__proto__", "--lock", lock)).status, 0);
  assert.equal((await words("pull", "plain", "--lock", lock)).status, 0, "what is read again is what was written");
  const text = readFileSync(lock, "utf8");
  assert.deepEqual(
    [...text.matchAll(/^ {4}"(\w+)": \{$/gm)].map(([, subject]) => subject),
    ["__proto__", "constructor", "plain"],
  );
  writeFileSync(lock, text.replace('"type": "AVRO"', '"type": "AVRIL"'));
  assert.match((await words("pull", "--lock", lock)).stderr, /cannot be used: subjects\.__proto__\.type: /);
  writeFileSync(lock, `<<<<<<< HEAD\n${text}`);
  const damaged = await words("pull", "--lock", lock);
  assert.equal(damaged.status, 1);
  assert.match(damaged.stderr, /cannot be used: .*\. Put back the one before, or remove it and run "ottla schemas pull SUBJECT…"\.\n$/);
  writeFileSync(lock, `\uFEFF${text}`);
  assert.equal((await words("pull", "--lock", lock)).status, 0);
});
