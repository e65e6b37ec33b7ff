import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { runWords } from "../testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "../testing/command-line-processes.ts";

const { processes, folder } = useProcesses();
let bootstrap = "";
before(async () => {
  ({ bootstrap } = await readyLine(processes.start("dev", "--memory", "--only", "broker", "--port", "0", "--json")));
});
const up = (...words: string[]) => processes.start("up", "-b", bootstrap, "--registry-port", "0", "--json", ...words);
const register = async (url: string, subject: string, schema: string): Promise<{ readonly id?: number }> => {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ schema: JSON.stringify(schema) });
  return (await (await fetch(`${url}/subjects/${subject}/versions`, { method: "POST", headers, body })).json()) as { readonly id?: number };
};

test("up serves a registry over a cluster; of several, each takes writes, also when the one that leads is killed; SIGTERM ends it with 0", async () => {
  const [first, second] = [up("--only", "registry"), up()];
  const [one, two] = await Promise.all([readyLine(first), readyLine(second)]);
  assert.deepEqual([one.bootstrap, two.ready, one.pid], [bootstrap, true, first.pid]);
  const [a, b] = [one.registry ?? "", two.registry ?? ""];
  assert.equal((await register(a, "s", "int")).id, 1);
  assert.equal((await register(b, "t", "long")).id, 2);
  const racing = Promise.allSettled(Array.from({ length: 8 }, (_each, index) => register(a, `r${index}`, "string")));
  first.kill("SIGKILL");
  await racing;
  const after = await Promise.all([register(b, "u", "int"), register(b, "v", "string"), register(b, "w", "bytes")]);
  assert.deepEqual(new Set(after.map(({ id }) => id)), new Set([1, 3, 4]));
  const ended = outcome(second);
  second.kill("SIGTERM");
  assert.equal((await ended).status, 0);
});

test("logins and HTTPS: users and certificates are read again when their files change", async () => {
  const json = async (...words: string[]): Promise<Record<string, string>> =>
    JSON.parse((await runWords(["certs", ...words, "--ca", join(folder(), "ca"), "--json"])).stdout) as Record<string, string>;
  const { certificate: ca = "" } = await json("ca");
  const { keystore = "" } = await json("issue", "registry", "--host", "127.0.0.1");
  const caText = readFileSync(ca, "utf8");
  const users = join(folder(), "users.yaml");
  const write = async (password: string): Promise<void> => {
    const hash = await runWords(["registry", "password", "--password-env", "PW"], { env: { PW: password } });
    assert.equal(hash.status, 0);
    writeFileSync(`${users}.new`, `users: [{ name: a, password: "${hash.stdout.trim()}", rules: [{ allow: write, subjects: ["s"] }] }]\n`);
    renameSync(`${users}.new`, users);
  };
  await write("one");
  const tls = ["--registry-certificate", keystore, "--registry-key", keystore, "--registry-ca", ca];
  const served = up("--only", "registry", "--registry-users", users, ...tls, "--log-level", "info");
  const { registry = "" } = await readyLine(served);
  assert.match(registry, /^https:\/\/127\.0\.0\.1:\d+$/);
  const status = async (password: string | undefined): Promise<number | undefined> => {
    const asked = request(`${registry}/subjects`, { ca: caText, ...(password !== undefined && { auth: `a:${password}` }) }).end();
    const [response] = (await once(asked, "response")) as [{ statusCode?: number; resume(): void }];
    response.resume();
    return response.statusCode;
  };
  assert.deepEqual([await status(undefined), await status("two"), await status("one")], [401, 401, 200]);
  await write("two");
  // Each wrong login costs a password's hash.
  while ((await status("two")) !== 200) await setTimeout(50);
  assert.equal(await status("one"), 401);
  let told = "";
  served.stderr.on("data", (piece: Buffer) => (told += piece));
  writeFileSync(users, "users: [{ name: a, password: plain-secret }]\n");
  while (!told.includes("what held before goes on")) await once(served.stderr, "data");
  assert.equal(await status("two"), 200);
  assert.doesNotMatch(told, /plain-secret|scrypt/);
  served.kill("SIGINT");
});

test("what cannot be meant is refused before anything is started", async () => {
  const bad = join(folder(), "bad.yaml");
  writeFileSync(bad, "users: [{ name: a, password: plain-secret }]\n");
  const refusals: [string[], number, RegExp][] = [
    [["--only", "sql"], 2, /--only names "sql"; the parts are registry/],
    [["--host", "0.0.0.0"], 2, /--registry-url/],
    [["--registry-url", "here"], 2, /--registry-url is an address/],
    [["--registry-key", "k"], 2, /belong together/],
    [["--registry-ca", "k"], 2, /--registry-ca is for a registry that is served by HTTPS/],
    [["--registry-users", "nowhere.yaml"], 2, /nowhere\.yaml cannot be read \(ENOENT\); check --registry-users/],
    [["--registry-users", bad], 2, /users\[0\]\.password is no hash/],
    [["--registry-certificate", bad, "--registry-key", bad], 2, /cannot be served with/],
  ];
  for (const [words, status, message] of refusals) {
    const ended = await runWords(["up", "-b", bootstrap, "--registry-port", "0", ...words]);
    assert.equal(ended.status, status, words.join(" "));
    assert.match(ended.stderr, message);
    assert.doesNotMatch(ended.stderr, /plain-secret/);
  }
});
