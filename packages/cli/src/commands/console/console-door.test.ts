import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { parseAuditLine } from "@ottla/base";
import { runWords } from "../../testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "../../testing/command-line-processes.ts";

const { processes, folder } = useProcesses();

async function writeUsers(password: string): Promise<string> {
  const users = join(folder(), "console-users.yaml");
  const hash = await runWords(["console", "password", "--password-env", "PW"], { env: { PW: password } });
  assert.equal(hash.status, 0, hash.stderr);
  writeFileSync(`${users}.new`, `users: [{ name: anna, role: admin, password: "${hash.stdout.trim()}" }]\n`);
  renameSync(`${users}.new`, users);
  return users;
}

test("the console beside a secure broker, by HTTPS, with logins and an audit that knows where who came from", async () => {
  const json = async (...words: string[]): Promise<Record<string, string>> =>
    JSON.parse((await runWords(["certs", ...words, "--ca", join(folder(), "ca"), "--json"])).stdout) as Record<string, string>;
  const { certificate: authority = "" } = await json("ca");
  const { keystore = "" } = await json("issue", "console", "--host", "127.0.0.1");
  const ca = readFileSync(authority, "utf8");
  const users = await writeUsers("one");
  const audit = join(folder(), "console-audit.jsonl");
  const door = ["--console-users", users, "--console-certificate", keystore, "--console-key", keystore, "--console-audit", audit];
  const dev = processes.start(
    ...[
      "dev",
      "--secure",
      "--only",
      "broker,console",
      "--port",
      "0",
      "--data-dir",
      join(folder(), "data"),
      "--json",
      "--log-level",
      "info",
    ],
    ...[...door, "--console-audit-required", "--host", "127.0.0.1"],
  );
  const { console: url = "" } = await readyLine(dev);
  assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const ask = async (method: string, path: string, body?: object, headers: object = {}) => {
    const asked = request(`${url}/api${path}`, { ca, method, headers: { ...headers, "content-type": "application/json" } });
    const [response] = (await once(asked.end(body && JSON.stringify(body)), "response")) as [IncomingMessage];
    let text = "";
    for await (const piece of response) text += String(piece);
    return { status: response.statusCode, body: JSON.parse(text) as Record<string, unknown>, cookie: response.headers["set-cookie"]?.[0] };
  };
  const login = (password: string) => ask("POST", "/login", { name: "anna", password });
  assert.equal((await ask("GET", "/topics")).status, 401);
  assert.equal((await login("wrong")).status, 401);
  const { status, cookie } = await login("one");
  assert.equal(status, 200);
  assert.match(cookie ?? "", /^__Host-ottla_session_\d+=.*; HttpOnly; Secure; SameSite=Strict$/);
  const plan = await ask(
    "POST",
    "/plans",
    { changes: [{ kind: "createTopic", topic: "t", partitionCount: 1 }] },
    { cookie, "x-ottla-console": "1" },
  );
  assert.equal(plan.status, 201, JSON.stringify(plan.body));
  await writeUsers("two");
  // The file is looked at every second.
  while ((await ask("GET", "/plans", undefined, { cookie })).status !== 401) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await login("two")).status, 200);
  const ended = outcome(dev);
  dev.kill("SIGTERM");
  assert.equal((await ended).status, 0);
  const events = readFileSync(audit, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const read = parseAuditLine(line);
      assert.equal(read.kind, "event");
      return read.kind === "event" ? read.event : undefined;
    });
  const told = events.map((event) => {
    if (event?.kind === "login") return `login ${event.outcome} ${event.client.principal ?? "nobody"} ${event.client.host}`;
    if (event?.kind === "action") return `${event.action} ${event.outcome} ${event.client.principal ?? "nobody"} ${event.client.host}`;
    return event?.kind;
  });
  assert.deepEqual(told, [
    "started",
    "login failed nobody 127.0.0.1",
    "login succeeded User:anna 127.0.0.1",
    "plan.preview began User:anna 127.0.0.1",
    "plan.preview succeeded User:anna 127.0.0.1",
    "login succeeded User:anna 127.0.0.1",
    "stopped",
  ]);
});

test("users, certificates and options that cannot be used end the start with a sentence", async () => {
  const bad = join(folder(), "bad.yaml");
  writeFileSync(bad, "users: [{ name: a, role: root, password: secret }]\n");
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [["--console-users", bad], /bad\.yaml: The console's users cannot be read: users\.0\.role/],
    [["--console-users", join(folder(), "none.yaml")], /none\.yaml cannot be read \(ENOENT\); check --console-users/],
    [["--console-certificate", bad], /--console-certificate and --console-key belong together/],
    [["--console-certificate", bad, "--console-key", bad], /cannot be served with/],
    [["--console-url", "console.example"], /--console-url is an address/],
    [["--console-audit-required"], /needs --console-audit FILE/],
    [["--console-audit-kept-files", "3"], /needs --console-audit FILE/],
    [["--console-audit-topic", "told", "--console-audit-max-bytes", "100000"], /needs --console-audit FILE/],
    [["--console-audit-topic", "no topic"], /--console-audit-topic is "no topic"; a topic's name has/],
    [["--console-audit", bad, "--console-audit-max-bytes", "10"], /audit-max-bytes is 10; it is 65536 at least/],
    [["--console-audit", bad, "--console-audit-kept-files", "-1"], /audit-kept-files is -1; it is 0 to 10000/],
  ];
  for (const [words, message] of refusals) {
    const { status, stderr } = await runWords(["dev", "--memory", "--port", "0", "--only", "broker,console", ...words]);
    assert.equal(status, 2, words.join(" "));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /secret/);
  }
});
