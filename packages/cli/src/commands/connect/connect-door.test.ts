import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { runWords } from "../../testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "../../testing/command-line-processes.ts";

const { processes, folder } = useProcesses();

test("beside a secure broker Connect is as secure: HTTPS, the printed login, users that are added while it runs, an audit", async () => {
  const data = join(folder(), "data");
  const dev = processes.start("dev", "--secure", "--only", "broker,connect", "--port", "0", "--data-dir", data, "--json");
  const ready = (await readyLine(dev)) as { readonly connect?: string; readonly security?: { readonly password: string } };
  const { connect: url = "", security } = ready;
  assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const password = join(folder(), "password.txt");
  writeFileSync(password, `${security?.password}\n`);
  const place = ["--connect-url", url, "--ca", `${data}-security/ca.pem`];
  const as = (user: string, ...words: string[]) => runWords(["connect", ...words, ...place, "--user", user, "--password-file", password]);
  const listed = await as("admin", "list");
  assert.deepEqual([listed.status, listed.stdout], [0, "There are no connectors.\n"], listed.stderr);
  assert.match((await runWords(["connect", "list", ...place])).stderr, /asks for a login; give --user with --password-file/);
  assert.match((await runWords(["connect", "list", "--connect-url", url])).stderr, /No Connect answers at .* certificate/);
  assert.match((await runWords(["connect", "list", ...place, "--password-file", password])).stderr, /--password-file needs --user/);
  assert.match((await as("vera", "list")).stderr, /refuses this login/);
  const hash = await hashPassword(security?.password ?? "");
  appendFileSync(`${data}-security/connect-users.yaml`, `  - { name: vera, role: viewer, password: "${hash}" }\n`);
  // The file is looked at every second.
  while ((await as("vera", "list")).status !== 0) await new Promise((resolve) => setTimeout(resolve, 700));
  assert.match((await as("vera", "delete", "orders")).stderr, /has not the role admin for the connector "orders"/);
  const ended = outcome(dev);
  dev.kill("SIGTERM");
  assert.equal((await ended).status, 0);
  const audit = readFileSync(`${data}-security/connect-audit.jsonl`, "utf8");
  assert.match(audit, /"outcome":"denied","client":\{"principal":"User:vera","host":"127\.0\.0\.1","listener":"connect"/);
  assert.match(audit, /"reason":"invalid-credentials"/);
  assert.doesNotMatch(audit + readFileSync(`${data}-security/connect-users.yaml`, "utf8"), new RegExp(security?.password ?? "x"));
});

test("what is wrong with Connect's door ends the start with a sentence", async () => {
  const properties = join(folder(), "worker.properties");
  const refused = async (text: string, ...words: string[]): Promise<string> => {
    writeFileSync(properties, text);
    const { status, stderr } = await runWords([
      "dev",
      "--memory",
      "--port",
      "0",
      "--only",
      "broker,connect",
      "--connect-config",
      properties,
      ...words,
    ]);
    assert.equal(status, 2, stderr);
    return stderr;
  };
  assert.match(await refused("listeners=https://:0,http://:0"), /listeners names 2 addresses/);
  assert.match(await refused("listeners=ftp://x:1"), /no address such as https/);
  assert.match(await refused("listeners=https://127.0.0.1:0"), /needs a certificate/);
  assert.match(
    await refused(`listeners=https://127.0.0.1:0\nlisteners.https.ssl.keystore.type=PEM\nlisteners.https.ssl.keystore.location=/dev/zero`),
    /\/dev\/zero, which cannot be read/,
  );
  assert.match(await refused("admin.listeners=http://127.0.0.1:9999"), /admin\.listeners names an address of its own/);
  assert.match(await refused("rest.extension.classes=com.example.Mine"), /Java code and cannot run here/);
  const basic = "rest.extension.classes=org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension";
  assert.match(await refused(basic), /name who may log in by --connect-users FILE/);
  assert.match(await refused("", "--connect-certificate", "x.pem"), /belong together/);
  assert.match(await refused("", "--connect-users", "/dev/zero"), /it is no file; check --connect-users/);
  const users = join(folder(), "users.yaml");
  for (const [text, reason] of [
    ["users: []", /names nobody/],
    ["users: [{ name: a, role: admin, password: plain }]", /users\[0\]\.password is no hash; make one with "ottla connect password"/],
    ["users: [{ name: a, role: root, certificate: CN=a }]", /users\[0\]\.role is one of viewer, operator, admin/],
    ["users: [{ name: a, certificate: CN=a, connectors: [x] }]", /connectors without a role/],
    ["users: [{ name: a, certificate: CN=a, rule: [] }]", /has "rule", which means nothing there/],
  ] as const) {
    writeFileSync(users, text);
    assert.match(await refused("", "--connect-users", users), reason);
  }
});

test("a connector's file that is a pipe is not waited for", async () => {
  const pipe = join(folder(), "pipe.json");
  execFileSync("mkfifo", [pipe]);
  for (const command of ["validate", "apply", "diff"]) {
    const { status, stderr } = await runWords(["connect", command, pipe, "--connect-url", "http://127.0.0.1:1"]);
    assert.deepEqual([status, /pipe\.json cannot be read: it is no file/.test(stderr)], [2, true], stderr);
  }
});
