import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runWords } from "../../../testing/command-line-fixture.ts";
import { RegistryFixture } from "../../../testing/registry-fixture.ts";

let registry: RegistryFixture;
const folder = mkdtempSync(join(tmpdir(), "ottla-lost-"));
before(async () => {
  registry = await RegistryFixture.start();
});
after(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true });
});

const order = (...fields: object[]): object => ({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }, ...fields] });

test("check tells of a file of the lock file that was deleted, and compares a renamed one with its subject", async () => {
  await registry.register("orders-value", order());
  await registry.register("notes-value", { type: "record", name: "Note", fields: [] });
  const lock = join(folder, "schemas.lock.json");
  assert.equal((await registry.run(["schemas", "pull", "orders-value", "notes-value", "--lock", lock])).status, 0);
  const schemas = join(folder, "schemas");
  const check = (...words: string[]) => registry.run(["schemas", "check", "--lock", lock, ...words]);
  assert.equal((await check(schemas)).status, 0);
  rmSync(join(schemas, "notes-value.avsc"));
  for (const against of ["lock", "registry"]) {
    const deleted = await check(schemas, "--against", against);
    assert.equal(deleted.status, 1, `${against}: ${deleted.stdout}`);
    assert.match(
      deleted.stdout,
      /notes-value\.avsc is there no more\.\n.*error SCH-02: .*notes-value\.avsc of the subject notes-value was deleted/,
    );
    assert.match(deleted.stdout, /\n1 schema against .*; 1 deleted\.\n$|No consumer would break: 1 schema against .*; 1 deleted\.\n$/);
  }
  assert.equal((await check(join(schemas, "orders-value.avsc"))).status, 0, "a file that nobody asked about is not missed");
  assert.equal((await registry.run(["schemas", "pull", "--lock", lock])).status, 0, "pull writes it again");
  renameSync(join(schemas, "orders-value.avsc"), join(schemas, "order.avsc"));
  const renamed = await check(schemas);
  assert.equal(renamed.status, 0, "a warning: nothing breaks");
  assert.match(
    renamed.stdout,
    /order\.avsc fits orders-value under BACKWARD\.\n.*warning SCH-02: .*orders-value\.avsc of the subject orders-value seems to be .*order\.avsc now/,
  );
  writeFileSync(join(schemas, "order.avsc"), JSON.stringify(order({ name: "amount", type: "long" })));
  const broken = await check(schemas);
  assert.equal(broken.status, 1, "under its new name it must still fit");
  assert.match(broken.stdout, /order\.avsc does not fit orders-value under BACKWARD/);
});

test("of a commit a deleted file is a warning, and a renamed one is compared with what it was", async () => {
  const repository = mkdtempSync(join(tmpdir(), "ottla-lost-git-"));
  const here = process.cwd();
  const git = (...line: string[]): void =>
    void execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...line], { cwd: repository, stdio: "pipe" });
  try {
    git("init", "-q");
    mkdirSync(join(repository, "s"));
    writeFileSync(join(repository, "s/order.avsc"), JSON.stringify(order()));
    writeFileSync(join(repository, "s/note.avsc"), JSON.stringify({ type: "record", name: "Note", fields: [] }));
    git("add", "-A");
    git("commit", "-qm", "schemas");
    process.chdir(repository);
    rmSync("s/note.avsc");
    rmSync("s/order.avsc");
    writeFileSync("s/purchase.avsc", JSON.stringify(order({ name: "amount", type: "long" })));
    const { status, stdout } = await runWords(["schemas", "check", "s", "--against", "git"]);
    assert.equal(status, 1);
    assert.match(stdout, /s\/purchase\.avsc does not fit order under BACKWARD/);
    assert.match(stdout, /s\/note\.avsc is there no more\.\n {2}s\/note\.avsc:1 warning SCH-02: /);
    for (const [path, why] of [
      ["x".repeat(40_000), "It cannot be read (ENAMETOOLONG)."],
      ["s/purchase.avsc/x", "It cannot be read (ENOTDIR)."],
    ] as const) {
      const none = await runWords(["schemas", "check", path, "--against", "git"]);
      assert.deepEqual([none.status, none.stdout.includes(why), none.stderr], [1, true, ""], none.stdout.slice(-300));
    }
  } finally {
    process.chdir(here);
    rmSync(repository, { recursive: true });
  }
});
