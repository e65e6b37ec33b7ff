import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { readConsoleUsers } from "@ottla/console";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { type ApiAnswer, ConsoleFixture } from "./console-fixture.ts";

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
): Promise<{ readonly looks: number; readonly answers: Readonly<Record<string, ApiAnswer["body"]>> } | undefined> {
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
    "/findings": ["/api/findings/known"],
    "/nowhere": [],
    "/topics/%zz": [],
  };
  for (const [path, questions] of Object.entries(asked)) {
    const expected = ["/api/about", ...questions, "/api/session"].sort();
    let carried: readonly string[] = [];
    // What a busy machine answers late is left out.
    await ottla.kafka
      .until(path, async () => {
        carried = Object.keys((await carriedBy(ottla.url + path))!.answers).sort();
        return carried.join() === expected.join();
      })
      .catch(() => {});
    assert.deepEqual(carried, expected, path);
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
  let own: Awaited<ReturnType<typeof carriedBy>>;
  // What a busy machine answers late is left out.
  await ottla.kafka.until("the topic is told in time", async () => {
    own = await carriedBy(`${ottla.url}/topics/orders`, { ...VISIT, ...visitor });
    return own!.answers["/api/topics/orders"] !== undefined;
  });
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

test("a page begins with its frame for who may see pages, in the theme that was chosen", async () => {
  const users = readConsoleUsers({ users: [{ name: "vera", role: "viewer", password: await hashPassword("right") }] });
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { users });
  const { cookie } = await ottla.loggedIn("vera", "right");
  const frameOf = (page: string) => /<div id="first-frame".*?<\/div>/s.exec(page)?.[0];
  const page = await pageAt(`${ottla.url}/topics?search=x`, { ...VISIT, cookie: `a=b; ottla-theme=dark; ${cookie ?? ""}` });
  assert.match(page, /<html lang="en" data-theme="dark">/);
  const links = [...frameOf(page)!.matchAll(/<a href="(.*?)"(.*?)>(.*?)<\/a>/g)].map(([, href, current, name]) => [href, current, name]);
  assert.deepEqual(links, [
    ["/", "", "Overview"],
    ["/topics", ' aria-current="page"', "Topics"],
    ["/groups", "", "Groups"],
    ["/dead-letters", "", "Dead letters"],
    ["/findings", "", "Findings"],
    ["/timeline", "", "Timeline"],
    ["/security", "", "Security"],
    ["/changes", "", "Changes"],
  ]);
  const stranger = await pageAt(`${ottla.url}/topics`, { ...VISIT, cookie: 'ottla-theme="><script>' });
  assert.match(stranger, /<html lang="en" data-theme="auto">/);
  assert.equal(frameOf(stranger), undefined);
  // Of the address it is only held against names.
  assert.ok(!frameOf(await pageAt(`${ottla.url}/%22%3E%3Cb%3E`, { ...VISIT, cookie: cookie ?? "" }))!.includes("<b>"));
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

test("a page that carries answers has the policy of every page, and nobody keeps it", async () => {
  await using ottla = await ConsoleFixture.start();
  const [response] = (await once(get(`${ottla.url}/`, { headers: VISIT }), "response")) as [IncomingMessage];
  response.resume();
  const plain = await fetch(`${ottla.url}/`);
  await plain.text();
  for (const name of ["content-security-policy", "x-content-type-options", "x-frame-options", "cross-origin-resource-policy"])
    assert.equal(response.headers[name], plain.headers.get(name), name);
  assert.equal(response.headers["cache-control"], "no-store");
});

test("who knows the newest look is told of the next; who does not is told at once", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { watchRate: 0.001 });
  await ottla.kafka.until("the first looks are over", async () => {
    const [before, { body }] = [await carriedBy(`${ottla.url}/`), await ottla.get("/overview")];
    const after = await carriedBy(`${ottla.url}/`);
    return body.counts.groups !== null && body.counts.bytes !== null && before!.looks >= 8 && before!.looks === after!.looks;
  });
  const { looks } = (await carriedBy(`${ottla.url}/`))!;
  const told: string[] = [];
  const follow = async (name: string, known: number): Promise<IncomingMessage> => {
    const [response] = (await once(get(`${ottla.url}/api/changes?looks=${known}`), "response")) as [IncomingMessage];
    response.on("data", () => told.push(name)).once("error", () => {});
    return response;
  };
  const asked = get(`${ottla.url}/api/changes?looks=${looks}`).once("error", () => {});
  asked.on("response", (response) => response.on("data", () => told.push("knows")).once("error", () => {}));
  const late = await follow("does not", looks - 1);
  await ottla.kafka.until("somebody is told", async () => told.length > 0);
  assert.deepEqual(told, ["does not"]);
  late.destroy();
  asked.destroy();
});
