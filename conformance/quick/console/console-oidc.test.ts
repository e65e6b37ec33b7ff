import assert from "node:assert/strict";
import { test } from "node:test";
import { readConsoleUsers } from "@ottla/console";
import { ConsoleFixture } from "./console-fixture.ts";
import { IdentityProvider } from "./identity-provider.ts";

const nowS = (): number => Math.floor(Date.now() / 1_000);
const anna = { preferred_username: "anna", groups: ["staff", "kafka-admins"] };

async function start(more: object = {}) {
  const provider = await IdentityProvider.start();
  const oidc = {
    issuer: provider.issuer,
    clientId: "console",
    roles: { viewer: ["staff"], admin: ["kafka-admins"] },
    clockToleranceS: 30,
    ...more,
  };
  const ottla = await ConsoleFixture.start({}, { users: readConsoleUsers({ oidc }) });
  return {
    provider,
    ottla,
    async [Symbol.asyncDispose]() {
      await ottla[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

const cookiesOf = (response: Response): readonly string[] => response.headers.getSetCookie();
const kept = (cookies: readonly string[]): string => cookies.map((each) => each.split(";")[0]).join("; ");
const step = (url: string, cookie = ""): Promise<Response> =>
  fetch(url, { redirect: "manual", headers: { cookie, "sec-fetch-site": "cross-site" } });

/** As a browser goes there and back. */
async function logIn(
  ottla: ConsoleFixture,
  to = "/topics",
): Promise<{ readonly back: Response; readonly callback: string; readonly begun: string }> {
  const away = await step(`${ottla.url}/login/oidc?to=${encodeURIComponent(to)}`);
  const begun = kept(cookiesOf(away));
  const there = await step(away.headers.get("location") ?? "");
  const callback = there.headers.get("location") ?? "";
  return { back: await step(callback, begun), callback, begun };
}

test("somebody logs in by an identity provider: code flow with PKCE, state and nonce, a role by a claim, and out again", async () => {
  await using scene = await start();
  const { provider, ottla } = scene;
  provider.wish = { claims: anna };
  const { back, callback, begun } = await logIn(ottla);
  assert.deepEqual([back.status, back.headers.get("location")], [303, "/topics"]);
  const { asked } = provider;
  assert.deepEqual(
    [
      asked.get("code_challenge_method"),
      asked.get("response_type"),
      (asked.get("state")?.length ?? 0) > 20,
      (asked.get("nonce")?.length ?? 0) > 20,
    ],
    ["S256", "code", true, true],
  );
  const session = cookiesOf(back).find((each) => each.startsWith("ottla_session")) ?? "";
  assert.match(session, /HttpOnly; SameSite=Strict$/);
  const headers = { cookie: kept([session]), "x-ottla-console": "1" };
  assert.deepEqual((await ottla.get("/session", headers)).body.user, { name: "anna", role: "admin", how: "oidc" });
  assert.equal((await ottla.get("/about", headers)).status, 200);
  const replayed = await step(callback, begun);
  assert.match(replayed.headers.get("location") ?? "", /^\/\?login=OIDC_/, "a code is good for once");
  const out = await ottla.post("/logout", {}, headers);
  const goTo = new URL(out.body.goTo);
  assert.deepEqual(
    [goTo.origin + goTo.pathname, goTo.searchParams.get("post_logout_redirect_uri")],
    [`${provider.issuer}/logout`, `${ottla.url}/`],
  );
  assert.equal((await ottla.get("/about", headers)).status, 401);
});

test("what an identity provider says is checked, and who has no role gets none", async () => {
  const cases: readonly (readonly [name: string, wish: IdentityProvider["wish"], code: string | undefined])[] = [
    ["good", { claims: anna }, undefined],
    ["a little late", { claims: { ...anna, exp: nowS() - 10 } }, undefined],
    ["a clock that goes ahead", { claims: { ...anna, iat: nowS() + 20, nbf: nowS() + 20 } }, undefined],
    ["one group as a text", { claims: { ...anna, groups: "staff" } }, undefined],
    ["expired", { claims: { ...anna, exp: nowS() - 120 } }, "OIDC_FAILED"],
    ["not yet", { claims: { ...anna, nbf: nowS() + 120 } }, "OIDC_FAILED"],
    ["for somebody else", { claims: { ...anna, aud: "other" } }, "OIDC_FAILED"],
    ["of another issuer", { claims: { ...anna, iss: "http://127.0.0.1:1" } }, "OIDC_FAILED"],
    ["another nonce", { claims: { ...anna, nonce: "x" } }, "OIDC_FAILED"],
    ["no nonce", { claims: { ...anna, nonce: undefined } }, "OIDC_FAILED"],
    ["signed by another", { claims: anna, isForged: true }, "OIDC_FAILED"],
    ["not signed", { claims: anna, isUnsigned: true }, "OIDC_FAILED"],
    ["no groups", { claims: { preferred_username: "anna" } }, "OIDC_NO_ROLE"],
    ["other groups", { claims: { ...anna, groups: ["guests", { admin: true }] } }, "OIDC_NO_ROLE"],
    ["refused over there", { isDenied: true }, "OIDC_REFUSED"],
    ["tokens without an end", { claims: anna, endless: "/token" }, "OIDC_FAILED"],
    ["keys without an end", { claims: anna, endless: "/keys" }, "OIDC_FAILED"],
  ];
  for (const [name, wish, code] of cases) {
    // Each from its own: who is wrong too often waits.
    await using scene = await start();
    const { provider, ottla } = scene;
    provider.wish = wish;
    const { back } = await logIn(ottla);
    const place = back.headers.get("location");
    assert.equal(place, code === undefined ? "/topics" : `/?login=${code}`, name);
    assert.equal(
      cookiesOf(back).some((each) => each.startsWith("ottla_session")),
      code === undefined,
      name,
    );
  }
});

test("a login that was begun in another browser is none; nobody is sent elsewhere after one; who is wrong too often waits", async () => {
  await using scene = await start();
  const { provider, ottla } = scene;
  provider.wish = { claims: anna };
  const { callback } = await logIn(ottla);
  for (const cookie of ["", "ottla_login=AAAA", `ottla_login=${"A".repeat(200)}`])
    assert.equal((await step(callback, cookie)).headers.get("location"), "/?login=OIDC_STALE", cookie);
  const [mine, other] = [await logIn(ottla), await step(`${ottla.url}/login/oidc`)];
  assert.equal(
    (await step(mine.callback, kept(cookiesOf(other)))).headers.get("location"),
    "/?login=OIDC_FAILED",
    "the state is another one",
  );
  for (const to of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"]) {
    const place = (await logIn(ottla, to)).back.headers.get("location") ?? "";
    assert.equal(new URL(place, "http://here").origin, "http://here", to);
  }
  const places = new Set<string>();
  for (let i = 0; i < 12; i++) places.add((await step(callback, "")).headers.get("location") ?? "");
  assert.ok(places.has("/?login=LOGIN_LIMITED"));
});

test("a provider that is away is said to be, and asked again; changed roles end what it let in", async () => {
  await using scene = await start();
  const { provider, ottla } = scene;
  provider.wish = { claims: { ...anna, realm_access: { roles: ["ops"] } } };
  const settings = { issuer: "http://127.0.0.1:9", clientId: "console", roles: { admin: ["ops"] }, rolesClaim: "realm_access.roles" };
  const { back } = await logIn(ottla);
  const headers = { cookie: kept(cookiesOf(back)) };
  ottla.server.renewUsers(readConsoleUsers({ oidc: settings }));
  assert.equal((await ottla.get("/about", headers)).status, 401);
  assert.equal((await step(`${ottla.url}/login/oidc`)).headers.get("location"), "/?login=OIDC_AWAY");
  ottla.server.renewUsers(readConsoleUsers({ oidc: { ...settings, issuer: provider.issuer } }));
  assert.equal((await logIn(ottla)).back.headers.get("location"), "/topics", "a claim inside another gives the role");
});
