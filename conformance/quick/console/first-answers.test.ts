import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { readConsoleUsers } from "@ottla/console";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { ConsoleFixture } from "./console-fixture.ts";

const VISIT = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "accept-encoding": "identity" };

/** The page at an address, asked for as a browser does: `fetch` says by itself that it is no browser. */
function pageAt(url: string, headers: Readonly<Record<string, string>> = VISIT): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => resolve(text(response))).once("error", reject);
  });
}

/** What a page carries; undefined where it carries nothing. */
async function carriedBy(
  url: string,
  headers: Readonly<Record<string, string>> = VISIT,
): Promise<{ readonly looks: number; readonly answers: Readonly<Record<string, any>> } | undefined> {
  // oxlint-disable-line typescript/no-explicit-any -- answers of many kinds
  const page = await pageAt(url, headers);
  const data = /<script type="application\/json" id="first-answers">(.*?)<\/script>/s.exec(page)?.[1];
  return data === undefined ? undefined : JSON.parse(data);
}

test("a page carries what its scripts would ask for first, the same as the API answers", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 2, "a.b-c_d": 1 } });
  await ottla.kafka
    .client()
    .admin()
    .alterGroupOffsets("über / group", [{ topic: "orders", partition: 0, offset: 0 }]);
  await ottla.kafka.until("the group is seen", async () => (await ottla.get("/groups")).body.rows.length === 1);
  const group = encodeURIComponent("über / group");
  const asked: Readonly<Record<string, readonly string[]>> = {
    "/": ["/api/overview"],
    "/topics": ["/api/topics?order=ascending&page=0&sort=name"],
    "/topics?search=ord&sort=bytes&order=descending&page=0&internal=true": [
      "/api/topics?internal=true&order=descending&page=0&search=ord&sort=bytes",
    ],
    "/topics?view=tree": [],
    "/topics/orders": ["/api/topics/orders"],
    "/topics/a.b-c_d?tab=settings": ["/api/topics/a.b-c_d", "/api/topics/a.b-c_d/settings"],
    "/groups?search=x": ["/api/groups?order=ascending&page=0&search=x&sort=name"],
    [`/groups/${group}`]: [`/api/group?id=${group.replaceAll("%20", "+")}`],
    "/timeline": ["/api/timeline"],
    "/security": ["/api/security"],
    "/security?tab=users": [],
    "/changes": ["/api/plans"],
    "/nowhere": [],
    "/topics/%zz": [],
  };
  for (const [path, questions] of Object.entries(asked)) {
    const carried = await carriedBy(ottla.url + path);
    assert.deepEqual(Object.keys(carried!.answers).sort(), ["/api/about", ...questions, "/api/session"].sort(), path);
  }
  const page = await carriedBy(`${ottla.url}/topics/orders`);
  assert.deepEqual(page!.answers["/api/topics/orders"].topic.name, "orders");
  assert.ok(page!.looks > 0);
  assert.deepEqual(page!.answers["/api/session"], (await ottla.get("/session")).body);
});

test("an element of another page, a script and a program get the page alone; who is to log in gets no answers", async () => {
  const users = readConsoleUsers({ users: [{ name: "vera", role: "viewer", password: await hashPassword("right") }] });
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { users });
  const visitor = await ottla.loggedIn("vera", "right");
  const own = await carriedBy(`${ottla.url}/topics/orders`, { ...VISIT, ...visitor });
  assert.deepEqual([own!.answers["/api/session"].user.name, own!.answers["/api/topics/orders"].topic.name], ["vera", "orders"]);
  assert.deepEqual((await carriedBy(`${ottla.url}/topics/orders`))!.answers, {});
  const basic = `Basic ${Buffer.from("vera:right").toString("base64")}`;
  assert.deepEqual((await carriedBy(`${ottla.url}/topics/orders`, { ...VISIT, authorization: basic }))!.answers, {});
  for (const headers of [
    {},
    { ...VISIT, "sec-fetch-dest": "iframe" },
    { ...VISIT, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" },
  ])
    assert.equal(await carriedBy(`${ottla.url}/topics`, { ...visitor, ...headers }), undefined);
});

test("what is carried cannot end its element, whatever is in the cluster's names", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  const name = `</script><script>alert(1)</script><!--`;
  await ottla.kafka
    .client()
    .admin()
    .alterGroupOffsets(name, [{ topic: "orders", partition: 0, offset: 0 }]);
  await ottla.kafka.until("the group is seen", async () => (await ottla.get("/groups")).body.rows.length === 1);
  const page = await pageAt(`${ottla.url}/groups`);
  assert.ok(page.includes("alert(1)"));
  assert.equal(page.match(/<script/g)?.length, 1);
  const carried = await carriedBy(`${ottla.url}/groups`);
  assert.equal(carried!.answers["/api/groups?order=ascending&page=0&sort=name"].rows[0].groupId, name);
});
