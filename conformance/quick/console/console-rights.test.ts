import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { after, before, test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { readConsoleUsers } from "@ottla/console";
import { consoleApi } from "../../../packages/console/src/api/console-api.ts";
import type { ConsoleContext } from "../../../packages/console/src/api/console-context.ts";
import { ConsoleFixture } from "./console-fixture.ts";

const ROLES = ["nobody", "viewer", "operator", "admin"] as const;
type Role = (typeof ROLES)[number];

interface Asked {
  /** The least role that may. */
  readonly may: Role;
  /** Where it differs from the route's own path. */
  readonly path?: string;
  readonly body?: object;
  /** Of what changes something: what `--read-only` says of it; `allowed` where it changes nothing of the cluster. */
  readonly readOnly?: "allowed" | "refused";
}

const MESSAGE = { key: { text: null }, value: { text: "x" } };
const DRAFT = { subject: "s", schemaType: "AVRO", schema: '"string"' };
const CONFIG = { config: { "connector.class": "x" } };
const USER = { user: "zoe", mechanism: "SCRAM-SHA-256", password: "secret" };

/** Every route of the API with what is asked of it here. A route that is not in it fails the test. */
const ROUTES: Readonly<Record<string, Asked>> = {
  "GET /session": { may: "nobody" },
  "POST /login": { may: "nobody", body: { name: "nobody", password: "wrong" }, readOnly: "allowed" },
  "POST /logout": { may: "nobody", body: {}, readOnly: "allowed" },
  "GET /about": { may: "viewer" },
  "GET /overview": { may: "viewer" },
  "GET /timeline": { may: "viewer" },
  "GET /changes": { may: "viewer" },
  "GET /topics": { may: "viewer" },
  "GET /topic-tree": { may: "viewer" },
  "GET /topics/:topic": { may: "viewer" },
  "GET /topics/:topic/settings": { may: "viewer" },
  "GET /topics/:topic/groups": { may: "viewer" },
  "GET /topics/:topic/messages": { may: "viewer", path: "/topics/orders/messages?from=earliest" },
  "GET /topics/:topic/record": { may: "viewer", path: "/topics/orders/record?partition=0&offset=0" },
  "POST /topics/:topic/messages": { may: "operator", body: MESSAGE, readOnly: "refused" },
  "POST /topics/:topic/exports": { may: "viewer", body: { format: "csv", records: 1 }, readOnly: "allowed" },
  "GET /groups": { may: "viewer" },
  "GET /group": { may: "viewer", path: "/group?id=none" },
  "GET /group/offsets-at": { may: "viewer", path: "/group/offsets-at?id=none&timestampMs=1" },
  "GET /findings": { may: "viewer" },
  "GET /findings/known": { may: "viewer" },
  "GET /security": { may: "viewer" },
  "GET /security/who": { may: "viewer", path: "/security/who?resourceType=topic&resourceName=orders&operation=read" },
  "GET /security/certificates": { may: "viewer" },
  "POST /security/users": { may: "admin", body: USER, readOnly: "refused" },
  "GET /dead-letters": { may: "viewer" },
  "GET /dead-letters/causes": { may: "viewer", path: "/dead-letters/causes?topic=orders" },
  "GET /streams": { may: "viewer" },
  "GET /streams/application": { may: "viewer", path: "/streams/application?id=none" },
  "GET /streams/rows": { may: "viewer", path: "/streams/rows?id=none&store=s" },
  "GET /schemas": { may: "viewer" },
  "GET /schema": { may: "viewer", path: "/schema?subject=s" },
  "GET /schema/version": { may: "viewer", path: "/schema/version?subject=s&version=1" },
  "POST /schema/check": { may: "viewer", body: DRAFT, readOnly: "allowed" },
  "GET /connect/connectors": { may: "viewer" },
  "GET /connect/connector": { may: "viewer", path: "/connect/connector?name=c" },
  "GET /connect/logs": { may: "viewer", path: "/connect/logs?name=c" },
  "GET /connect/metrics": { may: "viewer", path: "/connect/metrics?name=c" },
  "GET /connect/plugins": { may: "viewer" },
  "POST /connect/validate": { may: "admin", body: CONFIG, readOnly: "allowed" },
  "POST /connect/preview": { may: "admin", body: CONFIG, readOnly: "refused" },
  "GET /plans": { may: "viewer" },
  "POST /plans": {
    may: "viewer",
    body: { changes: [{ kind: "deleteTopic", topic: "orders", onlyIfEmpty: true }] },
    readOnly: "allowed",
  },
  "POST /plans/:plan/apply": { may: "operator", body: { digest: "x" }, readOnly: "refused" },
  "POST /plans/:plan/stop": { may: "operator", body: {}, readOnly: "refused" },
  "POST /plans/:plan/undo": { may: "operator", body: { digest: "x" }, readOnly: "refused" },
};

const password = await hashPassword("right");
const users = readConsoleUsers({ users: (["viewer", "operator", "admin"] as const).map((role) => ({ name: role, role, password })) });
const changing = Object.entries(ROUTES).filter(([route]) => !route.startsWith("GET "));

let ottla: ConsoleFixture;
const headersOf = new Map<Role, Readonly<Record<string, string>>>([["nobody", {}]]);
before(async () => {
  ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { users });
  for (const role of ROLES.slice(1)) headersOf.set(role, await ottla.loggedIn(role, "right"));
});
after(() => ottla[Symbol.asyncDispose]());

/** The API's own routes, without what goes before all of them. */
function routesOfTheApi(): readonly string[] {
  const { routes } = consoleApi({ access: {}, watch: {} } as ConsoleContext);
  const own = routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path.replace(/^\/api/, "")}`);
  return [...new Set(own)].sort();
}

interface Answer {
  readonly status: number;
  /** Of a refusal. */
  readonly code: string | undefined;
}

/** Asks a route and gives what it said; a stream is not read. */
async function ask(
  console: ConsoleFixture,
  route: string,
  { path, body }: Asked,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const [method, pattern] = route.split(" ") as [string, string];
  const place = path ?? pattern.replace(":topic", "orders").replace(":plan", "none");
  const asked = request(`${console.url}/api${place}`, { method, headers: { "content-type": "application/json", ...headers } });
  const [response] = (await once(asked.end(body && JSON.stringify(body)), "response")) as [IncomingMessage];
  const status = response.statusCode ?? 0;
  if (status < 400) {
    response.destroy();
    return { status, code: undefined };
  }
  let text = "";
  for await (const piece of response) text += String(piece);
  return { status, code: (JSON.parse(text) as { readonly code: string }).code };
}

test("every route that the API has answers each role as the table says", async () => {
  assert.deepEqual(Object.keys(ROUTES).sort(), routesOfTheApi(), "a route is missing in this table, or is gone");
  const wrong: string[] = [];
  for (const [route, asked] of Object.entries(ROUTES))
    for (const role of ROLES) {
      // Who logs out is out: the answer to somebody who is in is another test's.
      if (route === "POST /logout" && role !== "nobody") continue;
      const { status, code } = await ask(ottla, route, asked, headersOf.get(role)!);
      const refusal = role === "nobody" ? "401 LOGIN_NEEDED" : "403 ROLE_NEEDED";
      const isRefused = `${status} ${code}` === refusal;
      const shallBeRefused = ROLES.indexOf(role) < ROLES.indexOf(asked.may);
      if (isRefused !== shallBeRefused || status === 500) wrong.push(`${role}: ${route} is ${status} ${code ?? ""}`);
    }
  assert.deepEqual(wrong, []);
});

test("what is no route is the administrators' alone", async () => {
  const codes = await Promise.all(ROLES.map((role) => ask(ottla, "GET /what-is-not-there", { may: "admin" }, headersOf.get(role)!)));
  assert.deepEqual(
    codes.map(({ code }) => code),
    ["LOGIN_NEEDED", "ROLE_NEEDED", "ROLE_NEEDED", "NOT_FOUND"],
  );
});

test("a plan of a connector, whose settings Connect tries out for it, is drawn up for administrators alone", async () => {
  const plans = (changes: readonly object[]): Asked => ({ may: "viewer", body: { changes } });
  const connector = { kind: "putConnector", connector: "c", config: { "connector.class": "X" } };
  const topic = { kind: "createTopic", topic: "new", partitionCount: 1 };
  for (const role of ROLES.slice(1)) {
    const headers = headersOf.get(role)!;
    for (const changes of [[connector], [connector, connector]]) {
      const { status, code } = await ask(ottla, "POST /plans", plans(changes), headers);
      assert.equal(`${status} ${code}` === "403 ROLE_NEEDED", role !== "admin", `${role}: ${status} ${code}`);
    }
    assert.equal((await ask(ottla, "POST /plans", plans([topic]), headers)).status, 201, role);
  }
});

test("no route that changes something is reached from another site, by another name of this machine, or by a form", async () => {
  await using open = await ConsoleFixture.start({ topics: { orders: 1 } });
  const admin = headersOf.get("admin")!;
  const { "x-ottla-console": _, ...withoutHeader } = admin;
  const wrong: string[] = [];
  for (const [route, asked] of changing) {
    const tries: readonly (readonly [string, ConsoleFixture, Readonly<Record<string, string>>, string])[] = [
      ["another site's page", ottla, { ...admin, origin: "https://evil.example" }, "STRANGER"],
      ["a page of no origin", ottla, { ...admin, origin: "null" }, "STRANGER"],
      ["a cross-site fetch", ottla, { ...admin, "sec-fetch-site": "cross-site" }, "STRANGER"],
      ["another site's page where nobody logs in", open, { origin: "https://evil.example" }, "STRANGER"],
      ["a cross-site fetch where nobody logs in", open, { "sec-fetch-site": "cross-site" }, "STRANGER"],
      ["a name that was made to lead here", open, { host: "evil.example" }, "STRANGER"],
      ["a name that was made to lead here, and its origin", open, { host: "evil.example:80", origin: "http://evil.example" }, "STRANGER"],
      ...(asked.may === "nobody" && route !== "POST /logout"
        ? []
        : [["a form with the session's cookie", ottla, withoutHeader, "FOREIGN_PAGE"] as const]),
    ];
    for (const [what, console, headers, refusal] of tries) {
      const { status, code } = await ask(console, route, asked, headers);
      if (status !== 403 || code !== refusal) wrong.push(`${what}: ${route} is ${status} ${code ?? ""}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.equal((await ask(ottla, "GET /about", { may: "viewer" }, admin)).status, 200, "the session goes on");
});

test("a console that only reads refuses an administrator every route that changes the cluster", async () => {
  await using console = await ConsoleFixture.start({ topics: { orders: 1 } }, { users, readOnly: true });
  const admin = await console.loggedIn("admin", "right");
  const wrong: string[] = [];
  for (const [route, asked] of changing) {
    if (route === "POST /logout") continue;
    const { status, code } = await ask(console, route, asked, admin);
    if ((code === "READ_ONLY" && status === 403) !== (asked.readOnly === "refused")) wrong.push(`${route} is ${status} ${code ?? ""}`);
  }
  assert.deepEqual(wrong, []);
  const undecided = changing.filter(([, { readOnly }]) => readOnly === undefined).map(([route]) => route);
  assert.deepEqual(undecided, [], "what changes something says what --read-only makes of it");
});
