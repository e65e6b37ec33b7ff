import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword, isPassword, readPasswordHash } from "./password-hash.ts";

test("a password is known by its hash, and a hash that would cost too much is none", async () => {
  const hash = await hashPassword("käse");
  assert.match(hash, /^scrypt\$16384\$8\$1\$/);
  const read = readPasswordHash(hash);
  assert.ok(read !== undefined);
  assert.deepEqual([await isPassword("käse", read), await isPassword("kase", read)], [true, false]);
  const salt = Buffer.alloc(16).toString("base64");
  const key = Buffer.alloc(32).toString("base64");
  for (const wrong of [
    "",
    "plain",
    `scrypt$16384$8$1$${salt}`,
    `scrypt$16385$8$1$${salt}$${key}`,
    `scrypt$1048576$8$1$${salt}$${key}`,
    `scrypt$0$8$1$${salt}$${key}`,
    `scrypt$16384$99$1$${salt}$${key}`,
    `scrypt$16384$8$1$$${key}`,
    `bcrypt$16384$8$1$${salt}$${key}`,
  ]) {
    assert.equal(readPasswordHash(wrong), undefined, wrong);
  }
  for (const cost of ["2$1$1", "2$16$4", "4$1$4"]) {
    const cheap = readPasswordHash(`scrypt$${cost}$${salt}$${key}`);
    assert.ok(cheap !== undefined);
    assert.equal(await isPassword("p", cheap), false, `what is read can be compared with: ${cost}`);
  }
});
