import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { RegistryFixture } from "../../../testing/registry-fixture.ts";
import { fileNameOf } from "./file-names.ts";

let source: RegistryFixture;
let target: RegistryFixture;
const folder = mkdtempSync(join(tmpdir(), "ottla-export-"));
const record = (name: string, ...fields: object[]): object => ({ type: "record", name, fields });

before(async () => {
  source = await RegistryFixture.start();
  await source.register("first", '"int"');
  await source.register("money", 'syntax = "proto3"; package shop; message Money { int64 minor = 1; }', "--type", "protobuf");
  const item = 'syntax = "proto3"; package shop; import "money.proto"; message Item { Money price = 1; }';
  await source.register("a-item", item, "--type", "protobuf", "--reference", "money.proto=money@1");
  await source.register("Orders/Value", record("Order", { name: "id", type: "string" }));
  await source.register("Orders/Value", record("Order", { name: "id", type: "string" }, { name: "n", type: "int", default: 0 }));
  await source.register("orders/value", record("Other"));
  await source.register(":.eu:orders", record("Order"));
  await source.run(["schemas", "compat", "money", "--set", "FULL"]);
  await source.run(["schemas", "delete", "Orders/Value", "--version", "1"]);
});
beforeEach(async () => {
  target = await RegistryFixture.start();
});
afterEach(() => target.stop());
after(async () => {
  await source.stop();
  rmSync(folder, { recursive: true });
});

const everything = async (registry: RegistryFixture): Promise<unknown> => {
  const subjects = (await registry.json("schemas", "list", "--prefix", ":*:", "--deleted")) as { subject: string }[];
  const found: unknown[] = [];
  for (const { subject } of subjects)
    found.push(await registry.json("schemas", "list", subject, "--deleted"), await registry.json("schemas", "compat", subject));
  return found;
};

test("an export is imported elsewhere with its ids, references, levels, deletions and contexts; again changes nothing", async () => {
  const path = join(folder, "one");
  const exported = await source.run(["schemas", "export", path, "--deleted"]);
  assert.deepEqual([exported.status, exported.stdout], [0, `7 versions of 6 subjects are in ${path}.\n`]);
  const dry = await target.run(["schemas", "import", path, "--dry-run"]);
  assert.equal(dry.stdout, "Would import 7 versions; 0 were there already.\n");
  const imported = await target.run(["schemas", "import", path]);
  assert.deepEqual([imported.status, imported.stdout, imported.stderr], [0, "Imported 7 versions; 0 were there already.\n", ""]);
  assert.deepEqual(await everything(target), await everything(source));
  assert.equal((await target.run(["schemas", "import", path])).stdout, "Imported 0 versions; 7 were there already.\n");
  const mode = await (await fetch(`${target.url}/mode/money`)).json();
  assert.equal((mode as { error_code: number }).error_code, 40409);
  // What comes next there takes an id of its own.
  assert.match((await target.register("next", '"string"')).stdout, /^next version 1, id [678]\.\n$/);
});

test("an id that means another schema there is told, and nothing is imported", async () => {
  const path = join(folder, "conflict");
  await source.run(["schemas", "export", path]);
  await target.register("mine", '"string"');
  const refused = await target.run(["schemas", "import", path]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^ottla: the id 1 of first version 1 means another schema there\.\nottla: Nothing was imported; /);
  assert.deepEqual(
    ((await target.json("schemas", "list")) as { subject: string }[]).map(({ subject }) => subject),
    ["mine"],
  );
});

test("an import that fails in the middle says how far it came, puts modes back, and goes on when it is run again", async () => {
  const path = join(folder, "middle");
  await source.run(["schemas", "export", path]);
  const manifestFile = join(path, "manifest.json");
  const manifest = readFileSync(manifestFile, "utf8");
  // A reference to what is not there is refused by the registry alone.
  writeFileSync(
    manifestFile,
    manifest.replace('"subject": "money",\n              "version": 1', '"subject": "money",\n              "version": 9'),
  );
  assert.notEqual(readFileSync(manifestFile, "utf8"), manifest);
  const failed = await target.run(["schemas", "import", path]);
  assert.equal(failed.status, 1);
  assert.match(
    failed.stderr,
    /^ottla: \d of 6 versions were imported, then at a-item version 1: .*Modes are as they were; run it again and it goes on\.\n$/,
  );
  for (const subject of ["first", "a-item", "money"]) {
    const answer = (await (await fetch(`${target.url}/mode/${subject}`)).json()) as { error_code?: number };
    assert.equal(answer.error_code, 40409, subject);
  }
  assert.ok(!existsSync(join(path, "import-in-progress.json")));
  writeFileSync(manifestFile, manifest);
  assert.equal((await target.run(["schemas", "import", path])).status, 0);
});

test("what is softly deleted is imported with what refers to it, and deleted where an import ended before it was", async (t) => {
  const path = join(folder, "deleted");
  const item = 'syntax = "proto3"; package shop; import "money.proto"; message Item { Money price = 1; }';
  const [origin, killed] = [await RegistryFixture.start(), await RegistryFixture.start()];
  t.after(() => Promise.all([origin.stop(), killed.stop()]));
  await origin.register("money", 'syntax = "proto3"; package shop; message Money { int64 minor = 1; }', "--type", "protobuf");
  await origin.register("a-item", item, "--type", "protobuf", "--reference", "money.proto=money@1");
  for (const subject of ["a-item", "money"]) await origin.run(["schemas", "delete", subject]);
  await origin.run(["schemas", "export", path, "--deleted"]);
  const imported = await target.run(["schemas", "import", path]);
  assert.deepEqual([imported.status, imported.stderr], [0, ""]);
  assert.deepEqual(await everything(target), await everything(origin));
  assert.equal((await target.run(["schemas", "list"])).stdout, "There are no subjects.\n");
  await killed.register("money", 'syntax = "proto3"; package shop; message Money { int64 minor = 1; }', "--type", "protobuf");
  const again = await killed.run(["schemas", "import", path]);
  assert.deepEqual([again.status, again.stdout], [0, "Imported 2 versions; 0 were there already.\n"]);
  assert.deepEqual(await everything(killed), await everything(origin));
  assert.equal((await killed.run(["schemas", "import", path])).stdout, "Imported 0 versions; 2 were there already.\n");
});

test("an import that was killed at another registry is told before anything is imported here", async () => {
  const path = join(folder, "elsewhere");
  await source.run(["schemas", "export", path]);
  const journal = join(path, "import-in-progress.json");
  writeFileSync(journal, JSON.stringify({ registry: "http://elsewhere:8081", modes: { money: null } }));
  const refused = await target.run(["schemas", "import", path]);
  assert.deepEqual([refused.status, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /into http:\/\/elsewhere:8081 was ended in its middle.*Run it there again.*or remove .*progress\.json/);
  assert.ok(existsSync(journal));
});

test("modes that a killed import left are put back by the next one", async () => {
  const path = join(folder, "killed");
  await source.run(["schemas", "export", path]);
  await fetch(`${target.url}/mode/money?force=true`, {
    method: "PUT",
    body: '{"mode":"IMPORT"}',
    headers: { "content-type": "application/json" },
  });
  writeFileSync(join(path, "import-in-progress.json"), JSON.stringify({ registry: target.url, modes: { money: null } }));
  const next = await target.run(["schemas", "import", path]);
  assert.deepEqual(
    [next.status, next.stderr],
    [0, "ottla: An earlier import was ended in its middle; the modes of its subjects are back.\n"],
  );
  assert.equal(((await (await fetch(`${target.url}/mode/money`)).json()) as { error_code?: number }).error_code, 40409);
});

test("a text that was changed, a manifest that is none and a folder of somebody else's are refused", async () => {
  const path = join(folder, "damaged");
  await source.run(["schemas", "export", path]);
  writeFileSync(join(path, "subjects", "first", "v1.avsc"), '"long"');
  const changed = await target.run(["schemas", "import", path]);
  assert.equal(changed.status, 1);
  assert.match(changed.stderr, /v1\.avsc is not what the manifest says of it: it was changed; export again/);
  writeFileSync(
    join(path, "manifest.json"),
    '{"format":"ottla-schemas-export/1","global":{},"subjects":[{"subject":"a","versions":[{"version":1,"id":1,"type":"AVRO","file":"subjects/../../x.avsc","sha256":"","references":[]}]}]}',
  );
  assert.match(
    (await target.run(["schemas", "import", path])).stderr,
    /manifest\.json is no manifest of an export: subjects\.0\.versions\.0\.file/,
  );
  assert.match((await target.run(["schemas", "import", folder])).stderr, /has no manifest\.json/);
  assert.match((await target.run(["schemas", "export", folder])).stderr, /holds other files and no manifest\.json; name an empty folder/);
});

test("an export is brought up to date: what is gone has no file any more", async () => {
  const path = join(folder, "again");
  await target.register("one", '"int"');
  await target.register("two", '"int"');
  await target.run(["schemas", "export", path]);
  assert.deepEqual(readdirSync(join(path, "subjects", "two")), ["v1.avsc"]);
  await target.run(["schemas", "delete", "two"]);
  assert.deepEqual(await target.json("schemas", "export", path), { folder: path, subjects: 1, versions: 1, removed: 1 });
  assert.deepEqual(readdirSync(join(path, "subjects", "two")), []);
});

test("subjects' files have names that every file system takes, each its own", () => {
  const subjects = ["orders", "Orders", "a/b", "a:b", "..", ".", "con", "x".repeat(400), "x".repeat(401), "é", "a ", "a."];
  const names = subjects.map(fileNameOf);
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, subjects.length);
  for (const name of names) assert.match(name, /^[A-Za-z0-9_][A-Za-z0-9._-]{0,119}$/);
  assert.equal(names[0], "orders");
});
