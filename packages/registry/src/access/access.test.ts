import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import { test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { SimulatedClock } from "@ottla/base/simulated";
import { readAccessList } from "./access-list.ts";
import { Access } from "./access-rules.ts";
import { Logins } from "./logins.ts";

const basic = (name: string, password: string): string => `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;

test("rules reach what begins so, in their context; each right includes those before it", () => {
  const access = new Access([
    { allow: "write", subjects: ["orders-", ":.team:"] },
    { allow: "read", subjects: ["*"] },
  ]);
  const asked: [Parameters<Access["may"]>, boolean][] = [
    [["write", "orders-value"], true],
    [["write", ":.:orders-value"], true],
    [["write", "order"], false],
    [["write", ":.other:orders-value"], false],
    [["write", ":.team:anything"], true],
    [["admin", "orders-value"], false],
    [["read", ":.other:x"], true],
    [["read", null], true],
    [["write", null], false],
  ];
  for (const [[action, subject], may] of asked) assert.equal(access.may(action, subject), may, `${action} ${subject}`);
});

test("a users file is read whole or refused with the place, and nothing of a password is told", async () => {
  const password = await hashPassword("p");
  const list = readAccessList({ users: [{ name: "a", password, rules: [{ allow: "read", subjects: ["*"] }] }], anonymous: [] });
  assert.deepEqual([...list.users.keys()], ["a"]);
  const user = { name: "a", password, rules: [] };
  const refusals: [unknown, RegExp][] = [
    [undefined, /the file is no object/],
    [{ user: [] }, /the file has "user"/],
    [{ users: {} }, /users is no list/],
    [{ users: [{ ...user, name: "a:b" }] }, /users\[0\]\.name is a text without ":"/],
    [{ users: [user, user] }, /users\[1\]\.name is the second "a"/],
    [{ users: [{ ...user, password: "secret" }] }, /users\[0\]\.password is no hash/],
    [{ users: [{ ...user, role: "x" }] }, /users\[0\] has "role"/],
    [{ users: [{ ...user, rules: [{ allow: "all", subjects: [] }] }] }, /users\[0\]\.rules\[0\]\.allow is one of read, write, admin/],
    [{ users: [{ ...user, rules: [{ allow: "read", subjects: [1] }] }] }, /rules\[0\]\.subjects are beginnings/],
    [{ anonymous: [{ allow: "read", subject: "*" }] }, /anonymous\[0\] has "subject"/],
  ];
  for (const [value, message] of refusals) {
    assert.throws(
      () => readAccessList(value),
      (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  }
});

test("who is wrong waits longer each time, who is right does not; what changed is in force at once", async () => {
  const clock = new SimulatedClock();
  const all = [{ allow: "read" as const, subjects: ["*"] }];
  const listOf = async (password: string): Promise<ReturnType<typeof readAccessList>> =>
    readAccessList({ users: [{ name: "a", password: await hashPassword(password), rules: all }] });
  const logins = new Logins(await listOf("right"), clock);
  assert.ok((await logins.login(basic("a", "right"))) instanceof Access);
  for (const pauseMs of [100, 200, 400, 800]) {
    let outcome: unknown;
    const refused = logins.login(basic("a", "wrong")).then((each) => (outcome = each));
    while (clock.pendingTimers === 0) await new Promise(setImmediate);
    await clock.advanceAsync(pauseMs - 1);
    assert.equal(outcome, undefined, `waits ${pauseMs} ms`);
    assert.ok((await logins.login(basic("a", "right"))) instanceof Access);
    await clock.advanceAsync(1);
    assert.equal(await refused, "refused");
  }
  for (const nonsense of ["Bearer x", "Basic", "Basic !", `Basic ${Buffer.from("nothing").toString("base64")}`]) {
    assert.equal(await logins.login(nonsense), "refused");
  }
  assert.equal(await logins.login(undefined), "refused");
  logins.replace(await listOf("other"));
  const refused = logins.login(basic("a", "right"));
  while (clock.pendingTimers === 0) await new Promise(setImmediate);
  await clock.advanceAsync(10_000);
  assert.equal(await refused, "refused");
  assert.ok((await logins.login(basic("a", "other"))) instanceof Access);
});

test("a login that is being looked at while the list changes is judged by the new one", async () => {
  const user = { name: "a", password: await hashPassword("right"), rules: [{ allow: "read" as const, subjects: ["*"] }] };
  const logins = new Logins(readAccessList({ users: [user] }), new SimulatedClock());
  const outcome = logins.login(basic("a", "right"));
  logins.replace(readAccessList({ users: [{ ...user, rules: [] }] }));
  for (const each of [await outcome, await logins.login(basic("a", "right"))])
    assert.ok(each instanceof Access && !each.may("read", "orders"));
});

test("as many are compared at a time behind a flood as before it", async () => {
  const [salt, cost] = [Buffer.alloc(16), { N: 2, r: 1, p: 1 }];
  const password = `scrypt$2$1$1$${salt.toString("base64")}$${scryptSync("x", salt, 32, cost).toString("base64")}`;
  const users = Array.from({ length: 200 }, (_each, index) => ({ name: `u${index}`, password, rules: [] }));
  const logins = new Logins(readAccessList({ users }), new SimulatedClock());
  const outcomesOf = (from: number, to: number): Promise<readonly unknown[]> =>
    Promise.all(users.slice(from, to).map(({ name }) => logins.login(basic(name, "x"))));
  assert.ok((await outcomesOf(0, 50)).every((each) => each instanceof Access));
  // Two are compared, and a hundred wait.
  assert.equal((await outcomesOf(50, 200)).filter((each) => each === "busy").length, 48);
});

test("a flood of logins is sent away, and few are compared at a time", async () => {
  const clock = new SimulatedClock();
  // Hashes that cost next to nothing: what is bounded is how many are compared and how many wait.
  const password = `scrypt$2$1$1$${Buffer.alloc(16).toString("base64")}$${Buffer.alloc(32).toString("base64")}`;
  const users = Array.from({ length: 150 }, (_each, index) => ({ name: `u${index}`, password, rules: [] }));
  const logins = new Logins(readAccessList({ users }), clock);
  const outcomes = users.map(({ name }) => logins.login(basic(name, "x")));
  const busy = (await Promise.race([
    Promise.all(outcomes.slice(110)),
    new Promise((resolve) => setTimeout(resolve, 10_000, []).unref()),
  ])) as string[];
  assert.deepEqual(new Set(busy), new Set(["busy"]));
  let isDone = false;
  const all = Promise.all(outcomes).then(() => (isDone = true));
  while (!isDone as boolean) {
    await new Promise(setImmediate);
    await clock.advanceAsync(100);
  }
  await all;
});
