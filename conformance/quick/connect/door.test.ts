import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { type AuditEvent, parseAuditLine, silentLogger, type TlsServerMaterial } from "@ottla/base";
import { hashPassword, httpExchange, type HttpsTrust, nodeDisk, OpenPort, systemClock } from "@ottla/base/node";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";
import { readConnectUsers, signedHeaders, SIGNATURE_HEADER } from "@ottla/connect/access";
import { ConnectRest } from "@ottla/connect/rest-client";
import {
  builtinPlugins,
  connectApi,
  ConnectLoggers,
  type ConnectServer,
  type ConnectWorker,
  PluginCatalogue,
  serveConnect,
  startInProcessWorker,
  startWorker,
} from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

const CONFIG = { "connector.class": "datagen", "kafka.topic": "t", iterations: "0" };
const PASSWORD = "of-everybody";
const USERS = {
  users: [
    { name: "anna", role: "admin" },
    { name: "olga", role: "operator" },
    { name: "vera", role: "viewer" },
    {
      name: "team",
      rules: [
        { role: "admin", connectors: ["team-*"] },
        { role: "viewer", connectors: ["shared"] },
      ],
    },
    { name: "none", role: "viewer", connectors: ["nothing"] },
  ] as const,
};

const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };

function basic(name: string, password = PASSWORD): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` };
}

async function ask(
  url: string,
  method: string,
  path: string,
  { body, headers = {}, tls }: { readonly body?: unknown; readonly headers?: Record<string, string>; readonly tls?: HttpsTrust } = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown>; readonly text: string }> {
  const { status, text } = await httpExchange({
    method,
    url: new URL(`${url}${path}`),
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    tls,
    timeoutMs: 20_000,
  });
  return { status, text, body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

/** With a path as it is, which nobody has put into order before. */
async function rawly(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const socket = connectTcp(port, "127.0.0.1");
  const lines = Object.entries({ host: `127.0.0.1:${port}`, connection: "close", ...headers }).map(([name, value]) => `${name}: ${value}`);
  const about = body === "" ? [] : ["content-type: application/json", `content-length: ${body.length}`];
  socket.write(`${[`${method} ${path} HTTP/1.1`, ...lines, ...about].join("\r\n")}\r\n\r\n${body}`);
  let text = "";
  for await (const piece of socket) text += String(piece);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}

async function served(
  worker: ConnectWorker,
  options: Partial<Parameters<typeof serveConnect>[0]> = {},
): Promise<ConnectServer & { readonly port: number }> {
  const port = await OpenPort.open({ what: "Connect", host: "127.0.0.1", port: 0 });
  const door = { boundHost: "127.0.0.1", names: [], origins: [] };
  const server = await serveConnect({ worker: () => Promise.resolve(worker), port, door, ...options });
  return Object.assign(server, { port: Number(new URL(server.url).port) });
}

async function usersWith(users: readonly object[]): Promise<ReturnType<typeof readConnectUsers>> {
  const password = await hashPassword(PASSWORD);
  return readConnectUsers({ users: users.map((user) => ("certificate" in user ? user : { ...user, password })) });
}

describe("the door of Connect", () => {
  let kafka: Kafka;
  let worker: ConnectWorker;
  let folder: string;
  before(async () => {
    kafka = await startKafka();
    worker = await startInProcessWorker({ client: kafka.client() });
    folder = mkdtempSync(join(tmpdir(), "ottla-door-"));
    for (const name of ["team-a", "shared", "other"]) await worker.putConfig(name, CONFIG);
  });
  after(async () => {
    await worker.stop();
    await kafka.stop();
    rmSync(folder, { recursive: true });
  });

  const eventsOf = (file: string): readonly AuditEvent[] =>
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .flatMap((line) => {
        const event = parseAuditLine(line);
        return event.kind === "event" ? [event.event] : [];
      });

  test("each route asks for its role, and there is no route that nobody wrote down", async () => {
    const server = await served(worker, { users: await usersWith(USERS.users) });
    const admins = [
      "POST /connectors",
      "DELETE /connectors/:name",
      "PUT /connectors/:name/config",
      "PATCH /connectors/:name/config",
      "PATCH /connectors/:name/offsets",
      "DELETE /connectors/:name/offsets",
      "PUT /connector-plugins/:plugin/config/validate",
      "PUT /ottla/preview",
      "PUT /admin/loggers/:logger",
    ];
    const operators = ["pause", "resume", "stop", "restart", "tasks/:task{[0-9]+}/restart", "topics/reset"].map(
      (verb) => `/connectors/:name/${verb}`,
    );
    const routes = connectApi({ worker }).routes.filter(({ method }) => method !== "ALL");
    assert.ok(routes.length >= 29, String(routes.length));
    try {
      for (const { method, path } of routes) {
        const isAdmins = admins.includes(`${method} ${path}`);
        const isOperators = method !== "GET" && operators.includes(path);
        assert.equal(method === "GET", !isAdmins && !isOperators, `${method} ${path} is of somebody`);
        // What is asked for is not there, so that who may do it changes nothing.
        const at = path.replace(":name", "gone").replace(":task{[0-9]+}", "0").replace(":plugin", "gone").replace(":logger", "root");
        for (const [name, level] of [
          ["", -1],
          ["none", -1],
          ["vera", 0],
          ["olga", 1],
          ["anna", 2],
        ] as const) {
          const { status, body } = await ask(server.url, method, at, {
            headers: name === "" ? {} : basic(name),
            ...(method !== "GET" && method !== "DELETE" && { body: {} }),
          });
          const needed = isAdmins ? 2 : isOperators ? 1 : 0;
          const isOpen = path === "/health" || (name === "none" && needed === 0 && !path.includes(":name"));
          const expected = isOpen || level >= needed ? "let in" : name === "" ? 401 : 403;
          const found = status === 401 || status === 403 ? status : "let in";
          // A list of loggers knows those of all.
          assert.equal(found, expected, `${method} ${at} of ${name || "nobody"}: ${status} ${JSON.stringify(body)}`);
        }
      }
      assert.equal((await ask(server.url, "GET", "/nowhere", { headers: basic("vera") })).status, 404);
      assert.equal((await ask(server.url, "GET", "/nowhere")).status, 401);
      assert.equal((await ask(server.url, "GET", "/connectors/%ff/config", { headers: basic("anna") })).status, 400);
    } finally {
      await server.close();
    }
  });

  test("a role holds for connectors of a pattern: lists, metrics, logs and loggers show no others", async () => {
    const loggers = new ConnectLoggers(silentLogger, systemClock);
    const own = await startInProcessWorker({ client: kafka.client(), logger: loggers });
    const server = await served(own, { users: await usersWith(USERS.users) });
    const team = (method: string, path: string, body?: unknown) => ask(server.url, method, path, { headers: basic("team"), body });
    try {
      for (const name of ["team-a", "shared", "other"]) await own.putConfig(name, CONFIG);
      loggers.info("of the other", { connector: "other" });
      loggers.info("of the team", { connector: "team-a" });
      loggers.info("of nobody");
      assert.deepEqual(JSON.parse((await team("GET", "/connectors")).text), ["shared", "team-a"]);
      assert.deepEqual(Object.keys((await team("GET", "/connectors?expand=info&expand=status")).body), ["shared", "team-a"]);
      assert.doesNotMatch((await team("GET", "/metrics")).text, /"other"/);
      assert.match((await team("GET", "/metrics")).text, /"team-a"/);
      assert.match((await team("GET", "/ottla/logs")).text, /of the team/);
      assert.doesNotMatch((await team("GET", "/ottla/logs")).text, /of the other|of nobody/);
      for (const path of [
        "/connectors/other",
        "/connectors/other/config",
        "/connectors/other/status",
        "/connectors/nothere",
        "/admin/loggers/connector.other",
      ])
        assert.equal((await team("GET", path)).status, 403, path);
      assert.equal((await team("PUT", "/connectors/shared/pause", {})).status, 403);
      assert.equal((await team("PUT", "/connectors/team-a/pause", {})).status, 202);
      assert.equal((await team("POST", "/connectors", { name: "other-2", config: CONFIG })).status, 403);
      assert.equal((await team("POST", "/connectors", { config: { ...CONFIG, name: " other-3 " } })).status, 403);
      assert.equal((await team("POST", "/connectors", { name: "team-b", config: CONFIG })).status, 201);
      assert.equal((await team("PUT", "/connectors/team-c/config", CONFIG)).status, 201);
      // The dots lead to the other, and are read as that.
      assert.equal((await team("PUT", "/connectors/team-a/../other/config", CONFIG)).status, 403);
      assert.equal((await team("PUT", "/connectors/team-a%2f..%2fother/pause", {})).status, 404);
      assert.equal((await team("PUT", "/admin/loggers/connector.team-a", { level: "DEBUG" })).status, 200);
      assert.equal((await team("PUT", "/admin/loggers/connector.other", { level: "DEBUG" })).status, 403);
      assert.equal((await team("PUT", "/admin/loggers/root", { level: "DEBUG" })).status, 403);
      assert.deepEqual(own.state.names(), ["other", "shared", "team-a", "team-b", "team-c"]);
      // Blanks around a name are none of it, and what is left may be another's.
      server.renewUsers(await usersWith([{ name: "edge", rules: [{ role: "admin", connectors: ["?ther", "team-?"] }] }]));
      for (const path of ["/connectors/%20ther/config", "/connectors/team-%20/config"])
        assert.equal((await ask(server.url, "PUT", path, { headers: basic("edge"), body: CONFIG })).status, 403, path);
      assert.deepEqual(own.state.names(), ["other", "shared", "team-a", "team-b", "team-c"]);
    } finally {
      await server.close();
      await own.stop();
    }
  });

  test("no way of writing a path leads to a connector that a login may not see or touch", async () => {
    const server = await served(worker, { users: await usersWith(USERS.users) });
    const names = [
      "other",
      "%6fther",
      "%256fther",
      "team-a/../other",
      "team-a/%2e%2e/other",
      "team-a%2f..%2fother",
      "./other",
      "other/.",
      "/other",
    ];
    const odd = [
      "team-a/..%2fother",
      "team-a\\..\\other",
      "team-a%5c..%5cother",
      "other;team-a",
      "other%00",
      "other%20",
      "%20other",
      "other%0d%0a",
      "Other",
      "other?team-a",
      "other#team-a",
    ];
    const places = [
      "//connectors/other/pause",
      "/connectors//other/pause",
      "/./connectors/other/pause",
      "/x/../connectors/other/pause",
      "/CONNECTORS/other/pause",
      "/connectors/other/pause/",
      "/connectors/other/pause/.",
      `http://127.0.0.1:${server.port}/connectors/other/pause`,
      "/connectors/other/tasks/0/restart",
      "/admin/loggers/connector.other",
      "/admin/loggers/connector%2eother",
      "/admin/loggers/%63onnector.other",
      "/connectors/other/topics/reset",
    ];
    const asked = [
      ...[...names, ...odd].flatMap(
        (name) =>
          [
            ["GET", `/connectors/${name}/config`],
            ["PUT", `/connectors/${name}/pause`],
            ["DELETE", `/connectors/${name}`],
          ] as const,
      ),
      ...places.flatMap(
        (path) =>
          [
            ["PUT", path],
            ["POST", path],
          ] as const,
      ),
    ];
    try {
      for (const [method, path] of asked) {
        const { status, text } = await rawly(server.port, method, path, basic("team"), method === "GET" ? "" : '{"level":"DEBUG"}');
        assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status} ${text}`);
        assert.doesNotMatch(text, /datagen/, `${method} ${path}`);
      }
      assert.deepEqual(worker.state.names(), ["other", "shared", "team-a"]);
      assert.equal(worker.state.get("other")?.target, "STARTED");
      assert.equal(worker.loggers.settings.has("connector.other"), false);
    } finally {
      await server.close();
    }
  });

  test("what is changed and what is denied is told: who, what, from where; wrong passwords wait, and are few", async () => {
    const file = join(folder, "audit.jsonl");
    const logged: unknown[] = [];
    const log = (message: string, fields?: unknown): void => void logged.push([message, fields]);
    const logger = { error: log, warn: log, info: log, debug: log };
    const server = await served(worker, { users: await usersWith(USERS.users), audit: { path: file }, logger });
    try {
      await ask(server.url, "PUT", "/connectors/team-a/pause", { headers: basic("olga"), body: {} });
      await ask(server.url, "PUT", "/connectors/team-a/resume", { headers: basic("vera"), body: {} });
      await ask(server.url, "GET", "/connectors/other/config?token=marker-of-a-url", { headers: basic("team") });
      await ask(server.url, "POST", "/connectors", {
        headers: basic("team"),
        body: { name: "x", config: { ...CONFIG, password: "marker-of-a-config" } },
      });
      await ask(server.url, "PATCH", "/connectors/team-a/config", { headers: basic("anna"), body: { description: "x" } });
      // Twenty at once with the right password are one try; guesses are ten, and the rest is not looked at.
      const right = await Promise.all(Array.from({ length: 20 }, () => ask(server.url, "GET", "/", { headers: basic("anna") })));
      assert.deepEqual(new Set(right.map(({ status }) => status)), new Set([200]));
      const startedMs = performance.now();
      const guesses = await Promise.all(
        Array.from({ length: 14 }, (_, at) => ask(server.url, "GET", "/", { headers: basic(`guess-${at}`, "marker-of-a-guess") })),
      );
      assert.ok(performance.now() - startedMs >= 90, "a wrong one waits");
      assert.deepEqual(
        guesses.map(({ status }) => status).toSorted((one, other) => one - other),
        [...Array<number>(10).fill(401), ...Array<number>(4).fill(429)],
      );
      assert.equal((await ask(server.url, "GET", "/", { headers: basic("anna") })).status, 200, "who was right before is let in");
      assert.equal((await ask(server.url, "GET", "/", { headers: { authorization: "Bearer marker-of-a-token" } })).status, 401);
    } finally {
      await server.close();
    }
    const events = eventsOf(file);
    const told = events.flatMap((event) =>
      event.kind === "action"
        ? [[event.client.principal, event.client.host, event.client.listener, event.action, event.resource.name, event.outcome]]
        : [],
    );
    assert.deepEqual(told, [
      ["User:olga", "127.0.0.1", "connect", "connector.pause", "team-a", "succeeded"],
      ["User:vera", "127.0.0.1", "connect", "connector.resume", "team-a", "denied"],
      ["User:team", "127.0.0.1", "connect", "GET /connectors/:name/config", "other", "denied"],
      ["User:team", "127.0.0.1", "connect", "connector.create", "x", "denied"],
      ["User:anna", "127.0.0.1", "connect", "connector.configure", "team-a", "succeeded"],
    ]);
    const reasons = events.flatMap((event) => (event.kind === "login" ? [event.reason] : []));
    assert.deepEqual([reasons.filter((reason) => reason === "invalid-credentials").length, reasons.includes("rate-limited")], [10, true]);
    assert.doesNotMatch(readFileSync(file, "utf8") + JSON.stringify(logged), /marker-of/);
  });

  test("nothing is done that the audit cannot tell, where it must", async () => {
    writeFileSync(join(folder, "no-folder"), "");
    const file = join(folder, "no-folder", "audit.jsonl");
    const server = await served(worker, { users: await usersWith(USERS.users), audit: { path: file, isRequired: true } });
    try {
      const { status, body } = await ask(server.url, "PUT", "/connectors/shared/pause", { headers: basic("anna"), body: {} });
      assert.equal(status, 503);
      assert.match(String(body["message"]), /^The audit cannot be written to its file, and nothing may be done that it does not tell/);
      assert.equal(worker.state.get("shared")?.target, "STARTED");
      assert.equal((await ask(server.url, "GET", "/connectors/shared", { headers: basic("anna") })).status, 200);
    } finally {
      await server.close();
    }
  });

  test("by HTTPS: certificates log in, strangers and half handshakes harm nobody, and another certificate takes over", async () => {
    const authority = await createAuthority({ subject: "CN=CA", ...validity });
    const stranger = await createAuthority({ subject: "CN=CA", ...validity });
    const issue = (by: typeof authority, subject: string, hosts: readonly string[]) =>
      issueCertificate(by, { subject, hosts, ...validity });
    const [own, other, ci, fake] = await Promise.all([
      issue(authority, "CN=connect", ["127.0.0.1"]),
      issue(authority, "CN=connect-2", ["127.0.0.1"]),
      issue(authority, "CN=ci,O=Example", []),
      issue(stranger, "CN=ci,O=Example", []),
    ]);
    const materialOf = ({ certificate, privateKey }: typeof own): TlsServerMaterial => ({
      certificateChain: certificate,
      privateKey,
      trustedCertificates: [authority.certificate],
      clientAuth: "requested",
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      cipherSuites: [],
    });
    const users = await usersWith([...USERS.users, { name: "ci", certificate: "CN=ci,O=Example", role: "operator" }]);
    const server = await served(worker, { users, tls: materialOf(own) });
    const ca = authority.certificate;
    const shown = ({ certificate: cert, privateKey: key }: typeof own): HttpsTrust => ({ ca, cert, key });
    const status = async (tls: HttpsTrust, headers = {}): Promise<number> =>
      (await ask(server.url, "PUT", "/connectors/shared/resume", { tls, headers, body: {} })).status;
    try {
      assert.match(server.url, /^https:/);
      assert.equal(await status({ ca }), 401);
      assert.equal(await status({ ca }, basic("olga")), 202);
      assert.equal(await status(shown(ci)), 202);
      assert.equal(await status(shown(ci), basic("vera")), 403, "a password goes before a certificate");
      await assert.rejects(
        status(shown(fake)),
        "one that nobody trusted has issued is refused in the handshake, as at a broker's listener",
      );
      await assert.rejects(status({ ca: stranger.certificate }), { code: /CERT|UNABLE/ });
      await assert.rejects(status({}), { code: /CERT|UNABLE/ });
      await assert.rejects(httpExchange({ method: "GET", url: new URL(`http://127.0.0.1:${server.port}/`), timeoutMs: 5_000 }));
      // Bytes of no handshake, half of one, and one that ends behind it.
      for (const bytes of [Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.from("160301", "hex"), Buffer.alloc(0)]) {
        const socket = connectTcp(server.port, "127.0.0.1");
        socket.on("error", () => {});
        await once(socket, "connect");
        socket.resume().end(bytes);
        await once(socket, "close");
      }
      const cut = connectTls({ port: server.port, host: "127.0.0.1", ca });
      await once(cut, "secureConnect");
      cut.destroy();
      assert.equal(await status({ ca }, basic("olga")), 202);
      assert.throws(() => server.renewTls({ ...materialOf(own), privateKey: other.privateKey }), { code: "TLS_MATERIAL" });
      server.renewTls(materialOf(other));
      const after = connectTls({ port: server.port, host: "127.0.0.1", ca });
      await once(after, "secureConnect");
      assert.equal(after.getPeerCertificate().subject.CN, "connect-2");
      after.destroy();
      server.renewUsers(await usersWith([{ name: "olga", role: "viewer" }]));
      assert.deepEqual([await status({ ca }, basic("olga")), await status(shown(ci))], [403, 401]);
      const rest = new ConnectRest({ url: server.url, tls: { ca }, login: { user: "olga", password: PASSWORD } });
      assert.ok((await rest.get<readonly string[]>("/connectors")).includes("shared"));
      await assert.rejects(rest.send("DELETE", "/connectors/shared"), { code: "CONNECT_FORBIDDEN" });
      await assert.rejects(new ConnectRest({ url: server.url, tls: { ca } }).get("/connectors"), { code: "CONNECT_LOGIN_REFUSED" });
      await assert.rejects(new ConnectRest({ url: server.url }).get("/connectors"), {
        code: "CONNECT_UNREACHABLE",
        message: /certificate/,
      });
    } finally {
      await server.close();
    }
  });

  test("a worker passes on who asked, signed with the group's key, and never a password", async () => {
    const file = join(folder, "passed-on.jsonl");
    const users = await usersWith(USERS.users);
    const own = await startKafka();
    const doors: ConnectServer[] = [];
    const workers: ConnectWorker[] = [];
    try {
      for (const [audit] of [[undefined], [{ path: file }]] as const) {
        const port = await OpenPort.open({ what: "Connect", host: "127.0.0.1", port: 0 });
        const each = await startWorker({
          client: own.client(),
          catalogue: new PluginCatalogue(builtinPlugins),
          properties: { "group.id": "cluster", "heartbeat.interval.ms": "200" },
          workerId: port.authority,
          environment: {},
          disk: nodeDisk,
          clock: systemClock,
          logger: silentLogger,
        });
        workers.push(each);
        const door = { boundHost: "127.0.0.1", names: [], origins: [] };
        doors.push(await serveConnect({ worker: () => Promise.resolve(each), port, door, users, audit }));
      }
      const [one, two] = workers as [ConnectWorker, ConnectWorker];
      const [first, second] = doors as [ConnectServer, ConnectServer];
      const names = Array.from({ length: 8 }, (_, at) => `c${at}`);
      for (const name of names) await one.putConfig(name, { ...CONFIG, iterations: "1000000", "max.interval": "1000" });
      const elsewhere = (): string | undefined => names.find((name) => one.taskElsewhere(name, 0) === two.workerId);
      await own.until("the second runs one", () => elsewhere() !== undefined);
      const path = `/connectors/${elsewhere()}/tasks/0/restart`;
      assert.equal((await ask(first.url, "POST", path, { headers: basic("vera"), body: {} })).status, 403);
      const passed = await ask(first.url, "POST", path, { headers: basic("olga"), body: {} });
      assert.equal(passed.status, 204, passed.text);
      // Nobody else can say that they pass something on.
      const forged = {
        "x-connect-authorization": "AAAA",
        "x-ottla-asker": Buffer.from('{"name":"anna","host":"h","atMs":0,"keyMs":0}').toString("base64url"),
      };
      assert.equal((await ask(second.url, "POST", path, { headers: forged, body: {} })).status, 403);
      assert.equal((await ask(second.url, "DELETE", "/connectors/c0", { headers: forged })).status, 401);
      // Nor can who overhears it say it once more, whichever way the same is written, nor of something else.
      const request = { method: "POST", path: `${path}?forward=false`, workerId: two.workerId };
      const signed = signedHeaders(request, { name: "olga", host: "h" }, await two.sessionKey(), Date.now());
      const other = path.replace("/tasks/0/", "/tasks/1/");
      assert.equal((await ask(second.url, "POST", `${other}?forward=false`, { headers: signed, body: {} })).status, 403);
      assert.equal((await ask(first.url, "POST", request.path, { headers: signed, body: {} })).status, 403);
      assert.equal((await ask(second.url, "POST", request.path, { headers: signed, body: {} })).status, 204);
      const respelled = { ...signed, [SIGNATURE_HEADER]: `${signed[SIGNATURE_HEADER]}==` };
      for (const headers of [signed, respelled])
        assert.equal((await ask(second.url, "POST", request.path, { headers, body: {} })).status, 403);
    } finally {
      await Promise.all(doors.map((each) => each.close()));
      await Promise.all(workers.map((each) => each.stop()));
      await own.stop();
    }
    const told = eventsOf(file).flatMap((event) =>
      event.kind === "action" ? [[event.client.principal, event.client.host, event.outcome, event.detail]] : [],
    );
    const passedOn = { passedOnBy: "a worker" };
    const wrong = [undefined, "127.0.0.1", "denied", { signature: "wrong" }];
    const again = [undefined, "127.0.0.1", "denied", { signature: "used before" }];
    assert.deepEqual(told, [
      ["User:olga", "127.0.0.1", "succeeded", passedOn],
      wrong,
      wrong,
      ["User:olga", "h", "succeeded", passedOn],
      again,
      again,
    ]);
  });
});
