import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { SimulatedClock } from "@ottla/base/simulated";
import { type ConsoleUsers, readConsoleUsers } from "@ottla/console";
import { ConsoleFixture } from "./console-fixture.ts";

const hash = await hashPassword("right");
const people = { vera: "viewer", otto: "operator", anna: "admin" } as const;

function usersOf(given: Readonly<Record<string, string>> = people, password = hash): ConsoleUsers {
  return readConsoleUsers({ users: Object.entries(given).map(([name, role]) => ({ name, role, password })) });
}

test("what is in a plan may need more than the operator's role, and taking it back the same", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { users: usersOf() });
  const [otto, anna] = [await ottla.loggedIn("otto", "right"), await ottla.loggedIn("anna", "right")];
  const remove = await ottla.post("/plans", { changes: [{ kind: "deleteTopic", topic: "orders", onlyIfEmpty: true }] }, otto);
  assert.equal(remove.body.steps[0].needs, "admin");
  const body = { digest: remove.body.digest, agreed: ["orders"] };
  const refused = await ottla.post(`/plans/${remove.body.planId}/apply`, body, otto);
  assert.deepEqual([refused.status, refused.body.code], [403, "ROLE_NEEDED"]);
  assert.match(refused.body.message, /needs the role admin; yours is operator/);
  const create = await ottla.post("/plans", { changes: [{ kind: "createTopic", topic: "new", partitionCount: 1 }] }, otto);
  assert.equal((await ottla.post(`/plans/${create.body.planId}/apply`, { digest: create.body.digest }, otto)).body.state, "done");
  assert.equal((await ottla.post(`/plans/${remove.body.planId}/apply`, body, anna)).body.state, "done");
  assert.equal((await ottla.post(`/plans/${remove.body.planId}/undo`, { digest: body.digest }, otto)).body.code, "ROLE_NEEDED");
  const timeline = await ottla.get("/timeline", otto);
  assert.ok(timeline.body.events.some(({ what }: { what: string }) => what.startsWith("anna: A plan was carried out")));
});

test("a login gives a cookie that scripts and other sites do not get, and a new one each time", async () => {
  await using ottla = await ConsoleFixture.start({}, { users: usersOf() });
  const { setCookie, cookie } = await ottla.post("/login", { name: "anna", password: "right" });
  assert.match(setCookie, /^ottla_session_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const planted = `${cookie.split("=")[0]}=${"A".repeat(43)}`;
  const again = await ottla.post("/login", { name: "anna", password: "right" }, { cookie: planted });
  assert.notEqual(again.cookie, planted, "a token that was there before the login is none after it");
  assert.equal((await ottla.get("/about", { cookie: planted })).status, 401);
  const third = await ottla.post("/login", { name: "anna", password: "right" }, { cookie, "x-ottla-console": "1" });
  assert.equal((await ottla.get("/about", { cookie })).status, 401, "the login before on the same browser is over");
  const foreign = await ottla.post("/logout", {}, { cookie: third.cookie });
  assert.deepEqual([foreign.status, foreign.body.code], [403, "FOREIGN_PAGE"]);
  const crossSite = await ottla.post("/logout", {}, { cookie: third.cookie, "x-ottla-console": "1", origin: "https://evil.example" });
  assert.deepEqual([crossSite.status, crossSite.body.code], [403, "STRANGER"]);
  assert.equal((await ottla.get("/about", { cookie: third.cookie })).status, 200);
  const out = await ottla.post("/logout", {}, { cookie: third.cookie, "x-ottla-console": "1" });
  assert.deepEqual([out.status, out.body.goTo, /Max-Age=0/.test(out.setCookie)], [200, null, true]);
  assert.equal((await ottla.get("/about", { cookie: third.cookie })).status, 401);
});

test("nobody is told who exists, and who is wrong too often is not looked at", async () => {
  await using ottla = await ConsoleFixture.start({}, { users: usersOf() });
  const [wrong, nobody] = await Promise.all([
    ottla.post("/login", { name: "anna", password: "wrong" }),
    ottla.post("/login", { name: "nobody", password: "wrong" }),
  ]);
  assert.deepEqual([wrong.status, wrong.body], [401, nobody.body]);
  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => ottla.post("/login", { name: `n${i}`, password: "wrong" })));
  const statuses = many.map(({ status }) => status);
  assert.deepEqual([statuses.filter((status) => status === 401).length, statuses.filter((status) => status === 429).length], [8, 12]);
  const basic = { authorization: `Basic ${Buffer.from("anna:wrong").toString("base64")}` };
  assert.equal((await ottla.get("/about", basic)).status, 429, "the other way in has no tries of its own");
});

test("a program may show its password with each request", async () => {
  await using ottla = await ConsoleFixture.start({}, { users: usersOf() });
  const basic = { authorization: `Basic ${Buffer.from("vera:right").toString("base64")}` };
  const { body } = await ottla.get("/session", basic);
  assert.deepEqual(body.user, { name: "vera", role: "viewer", how: "password" });
  assert.equal((await ottla.post("/topics/t/messages", { key: { text: null }, value: { text: "" } }, basic)).body.code, "ROLE_NEEDED");
});

test("a login ends when nobody uses it, in any case after its time, and with it what it still watches", async () => {
  const clock = new SimulatedClock();
  const limits = { idleMinutes: 10, lifeMinutes: 25 };
  const users = readConsoleUsers({ users: [{ name: "anna", role: "admin", password: hash }], sessions: limits });
  await using ottla = await ConsoleFixture.start({}, { users, clock });
  const status = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await ottla.get("/session", headers)).body.user === null ? 401 : 200;
  const anna = await ottla.loggedIn("anna", "right");
  clock.advance(9 * 60_000);
  assert.equal(await status(anna), 200);
  clock.advance(9 * 60_000);
  assert.equal(await status(anna), 200, "it was used meanwhile");
  clock.advance(8 * 60_000);
  assert.equal(await status(anna), 401, "its time is over");
  const again = await ottla.loggedIn("anna", "right");
  clock.advance(10 * 60_000);
  assert.equal(await status(again), 401, "nobody used it");
});

test("changed users are in force at once: who is gone, has another password or role is out", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { users: usersOf() });
  const headers = await Promise.all(["vera", "otto", "anna"].map((name) => ottla.loggedIn(name, "right")));
  const watching = ottla.events("/topics/orders/messages?from=tail", headers[0]);
  const otherHash = await hashPassword("other");
  ottla.server.renewUsers(
    readConsoleUsers({
      users: [
        { name: "otto", role: "operator", password: otherHash },
        { name: "anna", role: "admin", password: hash },
      ],
    }),
  );
  const statuses = await Promise.all(headers.map(async (each) => (await ottla.get("/plans", each)).status));
  assert.deepEqual(statuses, [401, 401, 200]);
  const last = (await watching).at(-1);
  assert.deepEqual([last?.event, last?.data.code], ["failed", "LOGIN_NEEDED"], "a live view ends with the login");
  await ottla.loggedIn("otto", "other");
});

test("a users file is read whole or refused with the place, and nothing secret is told", () => {
  const user = { name: "a", role: "admin", password: hash };
  const oidc = { issuer: "https://id.example", clientId: "console", roles: { admin: ["x"] } };
  const refusals: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /the file/],
    [{}, /names nobody/],
    [{ users: [{ ...user, password: "secret" }] }, /users\.0\.password: is no hash/],
    [{ users: [{ ...user, role: "root" }] }, /users\.0\.role/],
    [{ users: [user, user] }, /is the second "a"/],
    [{ users: [{ ...user, name: "a:b" }] }, /without ":"/],
    [{ user: [] }, /user/],
    [{ users: [{ ...user, roles: [] }] }, /users\.0/],
    [{ oidc: { ...oidc, issuer: "http://id.example" } }, /oidc\.issuer/],
    [{ oidc: { ...oidc, issuer: "javascript:1" } }, /oidc\.issuer/],
    [{ oidc: { ...oidc, roles: {} } }, /gives nobody a role/],
    [{ users: [user], sessions: { idleMinutes: 0 } }, /sessions\.idleMinutes/],
  ];
  for (const [value, message] of refusals)
    assert.throws(
      () => readConsoleUsers(value),
      (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
});
