import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Ran } from "../../../testing/command-line-fixture.ts";
import { RegistryFixture } from "../../../testing/registry-fixture.ts";

let registry: RegistryFixture;
const folder = mkdtempSync(join(tmpdir(), "ottla-imports-"));
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
  writeFileSync(file, typeof schema === "string" ? schema : JSON.stringify(schema));
  return file;
};
const words = (...line: string[]): Promise<Ran> => registry.run(["schemas", ...line]);
const record = (name: string, ...fields: object[]): object => ({ type: "record", name, namespace: "shop", fields });
const subjects = (): readonly string[] => [...registry.registry.state.sortedSubjects()];
const referencesOf = async (subject: string): Promise<unknown> =>
  ((await registry.json("schemas", "get", subject)) as { references?: unknown }).references;

test("what an Avro schema names is registered before it, deepest first, and each reference has its version", async () => {
  write("avro/currency.avsc", { type: "enum", name: "Currency", namespace: "shop", symbols: ["EUR"] });
  write("avro/money.avsc", record("Money", { name: "minor", type: "long" }, { name: "currency", type: "Currency" }));
  write("avro/unused.avsc", record("Unused"));
  const order = write("avro/order.avsc", record("Order", { name: "price", type: "Money" }, { name: "in", type: "Currency" }));
  const before = subjects();
  const dry = await words("register", "a-value", order, "--dry-run");
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(
    dry.stdout,
    /^currency \(.*currency\.avsc\) would be registered\.\nmoney \(.*\) would be registered\.\na-value \(.*\) would be registered\.\n$/,
  );
  assert.deepEqual(subjects(), before, "a dry run registers nothing");
  const made = await words("register", "a-value", order);
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /^currency version 1, id \d+\.\nmoney version 1, id \d+\.\na-value version 1, id \d+\.\n$/);
  assert.deepEqual(await referencesOf("a-value"), [
    { name: "shop.Money", subject: "money", version: 1 },
    { name: "shop.Currency", subject: "currency", version: 1 },
  ]);
  assert.equal((await words("register", "a-value", order)).stdout, made.stdout, "a second time nothing is new");
  assert.match(
    (await words("register", "a-value", order, "--dry-run")).stdout,
    /a-value \(.*\) is registered already: version 1, id \d+\.\n$/,
  );
});

test("imports of Protobuf are found below a folder above, and $refs at their paths", async () => {
  write("proto/shop/common/money.proto", 'syntax = "proto3"; package shop; message Money { int64 minor = 1; }');
  const item = write(
    "proto/shop/item.proto",
    'syntax = "proto3"; package shop; import "shop/common/money.proto"; import "google/protobuf/timestamp.proto"; message Item { Money price = 1; google.protobuf.Timestamp at = 2; }',
  );
  const made = await words("register", "p-item", item);
  assert.equal(made.status, 1, "the subject money holds Avro: Protobuf does not fit it");
  assert.match(made.stderr, /money \(.*money\.proto\):\n/);
  assert.match(made.stderr, /ottla: Nothing was registered: money would be refused\.\n$/);
  assert.ok(!subjects().includes("p-item"));
  write("json/parts/address.schema.json", { type: "object", properties: { street: { type: "string" } } });
  const person = write("json/person.schema.json", { type: "object", properties: { home: { $ref: "parts/address.schema.json#" } } });
  const json = await registry.json("schemas", "register", "person", person);
  assert.deepEqual(
    (json as { imports: { subject: string }[] }).imports.map(({ subject }) => subject),
    ["address"],
  );
  assert.deepEqual(await referencesOf("person"), [{ name: "parts/address.schema.json", subject: "address", version: 1 }]);
});

test("--with names other folders, --reference stands before files, and both are enough for a Protobuf import", async () => {
  write("elsewhere/lib/coin.proto", 'syntax = "proto3"; package shop; message Coin { int64 minor = 1; }');
  const purse = write("purse/purse.proto", 'syntax = "proto3"; package shop; import "lib/coin.proto"; message Purse { Coin coin = 1; }');
  const alone = await words("register", "purse", purse);
  assert.equal(alone.status, 1);
  assert.match(alone.stderr, /lib\/coin\.proto/);
  assert.equal((await words("register", "purse", purse, "--with", join(folder, "elsewhere"))).status, 0);
  assert.deepEqual(await referencesOf("purse"), [{ name: "lib/coin.proto", subject: "coin", version: 1 }]);
  const named = await words("register", "purse-2", purse, "--with", join(folder, "elsewhere"), "--reference", "lib/coin.proto=coin@1");
  assert.match(named.stdout, /^purse-2 version 1, id \d+\.\n$/);
  const missing = await words("register", "purse", purse, "--with", join(folder, "nowhere"));
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /nowhere \(--with\) cannot be used/);
});

test("circles, a name in two files and a subject of two files are refused before anything is registered", async () => {
  const a = write("round/a.avsc", record("A", { name: "b", type: ["null", "B"] }));
  write("round/b.avsc", record("B", { name: "a", type: ["null", "A"] }));
  const round = await words("register", "round", a);
  assert.deepEqual([round.status, /uses itself through others/.test(round.stderr)], [1, true], round.stderr);
  const user = write("twice/user.avsc", record("User", { name: "t", type: "Twice" }));
  write("twice/one.avsc", record("Twice", { name: "x", type: "int" }));
  write("twice/two.avsc", record("Twice", { name: "x", type: "long" }));
  assert.match(
    (await words("register", "user", user)).stderr,
    /which .*one\.avsc and .*two\.avsc both define; say which one with --reference/,
  );
  const both = write("same/both.avsc", record("Both", { name: "t", type: "Inner" }));
  write("same/x/inner.avsc", record("Inner"));
  assert.match((await words("register", "inner", both, "--with", join(folder, "same/x"))).stderr, /both mean the subject "inner"/);
  assert.ok(!subjects().some((name) => ["round", "user", "inner", "b"].includes(name)));
});

test("one import that does not fit keeps all from being registered, with its reasons", async () => {
  const unit = write("half/unit.avsc", record("Unit", { name: "a", type: "string" }));
  const holder = write("half/holder.avsc", record("Holder", { name: "unit", type: "Unit" }));
  assert.equal((await words("register", "holder", holder)).status, 0);
  write("half/unit.avsc", record("Unit", { name: "a", type: "string" }, { name: "b", type: "long" }));
  write("half/holder.avsc", record("Holder", { name: "unit", type: "Unit" }, { name: "c", type: "int", default: 0 }));
  for (const line of [[], ["--dry-run"]]) {
    const { status, stderr } = await words("register", "holder", holder, ...line);
    assert.equal(status, 1);
    assert.match(stderr, /^unit \(.*unit\.avsc\):\n {2}READER_FIELD_MISSING_DEFAULT_VALUE at \/fields\/1, against version 1: /);
  }
  for (const subject of ["unit", "holder"])
    assert.equal(((await registry.json("schemas", "list", subject)) as unknown[]).length, 1, `${subject}: ${unit}`);
});

test("the lock file says whose a used file is, and what stands for one that was not pulled", async () => {
  await registry.register("coins-value", record("Coin", { name: "minor", type: "long" }));
  await registry.register("wallet-value", record("Wallet", { name: "coin", type: "Coin" }), "--reference", "shop.Coin=coins-value@1");
  const lock = join(folder, "locked", "schemas.lock.json");
  mkdirSync(dirname(lock));
  assert.equal((await words("pull", "wallet-value", "--lock", lock)).status, 0);
  const wallet = join(folder, "locked/schemas/wallet-value.avsc");
  const checked = await words("check", wallet, "--lock", lock);
  assert.equal(checked.status, 0, checked.stdout);
  write("locked/schemas/wallet-value.avsc", record("Wallet", { name: "coin", type: "Coin" }, { name: "n", type: "int", default: 0 }));
  const pinned = await words("register", "wallet-value", wallet, "--lock", lock);
  assert.match(pinned.stdout, /^wallet-value version 2, id \d+\.\n$/, pinned.stderr);
  assert.deepEqual(await referencesOf("wallet-value"), [{ name: "shop.Coin", subject: "coins-value", version: 1 }]);
  assert.equal((await words("pull", "wallet-value", "coins-value", "--force", "--lock", lock)).status, 0);
  write("locked/schemas/coins-value.avsc", record("Coin", { name: "minor", type: "long" }, { name: "m", type: "int", default: 0 }));
  const brought = await words("register", "wallet-value", wallet, "--lock", lock);
  assert.match(brought.stdout, /^coins-value version 2, id \d+\.\nwallet-value version 3, id \d+\.\n$/, brought.stderr);
  assert.deepEqual(await referencesOf("wallet-value"), [{ name: "shop.Coin", subject: "coins-value", version: 2 }]);
});

test("compat brings what a file uses along, registered or not, and registers nothing", async () => {
  const part = write("compat/part.avsc", record("Part", { name: "a", type: "string" }));
  const whole = write("compat/whole.avsc", record("Whole", { name: "part", type: "Part" }));
  const before = subjects();
  const { status, stdout, stderr } = await words("compat", "whole", whole);
  assert.deepEqual([status, stdout, stderr], [0, `${whole} fits whole under BACKWARD.\n`, ""]);
  assert.deepEqual(subjects(), before);
  assert.equal((await words("register", "whole", whole)).status, 0);
  write("compat/whole.avsc", record("Whole", { name: "part", type: "Part" }, { name: "b", type: "long" }));
  const asked = await words("compat", "whole", whole);
  assert.equal(asked.status, 1, "the registry has what it uses, and is asked");
  assert.match(asked.stdout, /^.* does not fit whole under BACKWARD\.\n(?:.*\n)*? {2}READER_FIELD_MISSING_DEFAULT_VALUE at \/fields\/1: /);
  assert.equal((await words("compat", "whole", whole, "--version", "1")).status, 1);
  write("compat/part.avsc", record("Part", { name: "a", type: "string" }, { name: "c", type: "int" }));
  const here = await words("compat", "whole", whole);
  assert.equal(here.status, 1);
  assert.match(here.stdout, /\n {2}part \(.*part\.avsc\): READER_FIELD_MISSING_DEFAULT_VALUE at \/fields\/1, against version 1: /);
  assert.match(here.stdout, /\n {2}READER_FIELD_MISSING_DEFAULT_VALUE at \/fields\/1, against version 1: /);
  const one = await words("compat", "whole", whole, "--version", "1");
  assert.match(one.stderr, /uses files that are not registered as they are/, part);
  assert.equal((await words("compat", "whole", whole, "--reference", "shop.Part=part@1")).status, 1);
});
