import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { before, test } from "node:test";
import { runWords } from "../testing/command-line-fixture.ts";
import { readyLine, useProcesses } from "../testing/command-line-processes.ts";

interface Security {
  readonly username: string;
  readonly password: string;
  readonly caLocation: string;
  readonly mechanism: string;
}

const { processes, folder } = useProcesses();
let bootstrap = "";
let security: Security;
let admin = "";
const loginFile = (name: string, username: string, password: string): string => {
  const file = join(folder(), name);
  writeFileSync(
    file,
    `security.protocol=SASL_SSL
sasl.mechanism=${security.mechanism}
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";
ssl.truststore.type=PEM
ssl.truststore.location=${security.caLocation}
`,
  );
  return file;
};
const asAdmin = async (words: readonly string[], env: Record<string, string> = {}): Promise<void> => {
  const { status, stderr } = await runWords([...words, "-b", bootstrap, "--command-config", admin], { env });
  assert.equal(status, 0, stderr);
};

before(async () => {
  const dev = processes.start("dev", "--secure", "--only", "broker", "--port", "0", "--data-dir", join(folder(), "data"), "--json");
  const ready = (await readyLine(dev)) as unknown as { readonly bootstrap: string; readonly security: Security };
  ({ bootstrap, security } = ready);
  admin = loginFile("admin.properties", security.username, security.password);
  for (const user of ["registry", "nobody"]) await asAdmin(["users", "add", user, "--password-env", "PW"], { PW: `${user}-pw` });
});

test("up logs in at a secured cluster with the rights that the guide names; instances forward over HTTPS with the caller's rights", async () => {
  // As docs/guides/registry-access.md has them.
  const topic = ["create", "describe", "describe-configs", "read", "write"].flatMap((operation) => ["-o", operation]);
  await asAdmin(["acls", "add", "--principal", "User:registry", ...topic, "-r", "topic:_schemas"]);
  await asAdmin([
    "acls",
    "add",
    "--principal",
    "User:registry",
    "-o",
    "describe",
    "-o",
    "write",
    "-r",
    "transactional-id:ottla-registry-_schemas",
  ]);
  const certificate = async (...words: string[]): Promise<Record<string, string>> =>
    JSON.parse((await runWords(["certs", ...words, "--ca", join(folder(), "ca"), "--json"])).stdout) as Record<string, string>;
  const { certificate: ca = "" } = await certificate("ca");
  const { keystore = "" } = await certificate("issue", "registry", "--host", "127.0.0.1");
  const hash = (await runWords(["registry", "password", "--password-env", "PW"], { env: { PW: "pw" } })).stdout.trim();
  const users = join(folder(), "users.yaml");
  writeFileSync(users, `users: [{ name: a, password: "${hash}", rules: [{ allow: write, subjects: ["a-"] }] }]\n`);
  const login = loginFile("registry.properties", "registry", "registry-pw");
  const door = ["--registry-users", users, "--registry-certificate", keystore, "--registry-key", keystore, "--registry-ca", ca];
  const up = () => processes.start("up", "-b", bootstrap, "--command-config", login, "--registry-port", "0", "--json", ...door);
  const urls = (await Promise.all([readyLine(up()), readyLine(up())])).map(({ registry = "" }) => registry);
  for (const url of urls) assert.match(url, /^https:/);
  const caText = readFileSync(ca, "utf8");
  const ask = async (url: string, method: string, path: string, auth: string | undefined, body?: object): Promise<[number, unknown]> => {
    const headers = { "content-type": "application/json" };
    const asked = request(`${url}${path}`, { method, ca: caText, headers, ...(auth !== undefined && { auth }) });
    asked.end(body && JSON.stringify(body));
    const [response] = (await once(asked, "response")) as [AsyncIterable<Buffer> & { statusCode: number }];
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece);
    return [response.statusCode, JSON.parse(Buffer.concat(pieces).toString())];
  };
  const register = (url: string, subject: string, auth?: string) =>
    ask(url, "POST", `/subjects/${subject}/versions`, auth, { schema: '"int"' });
  // One of the two does not lead, whichever it is.
  for (const [index, url] of urls.entries()) {
    const [status, answer] = await register(url, `a-${index}`, "a:pw");
    assert.deepEqual([status, (answer as { id?: number }).id], [200, 1], JSON.stringify(answer));
    assert.deepEqual(
      await ask(url, "GET", `/subjects/a-${index}/versions`, "a:pw"),
      [200, [1]],
      "who was answered reads there what it wrote",
    );
    assert.deepEqual(
      [(await register(url, "b", "a:pw"))[0], (await register(url, "a-x"))[0], (await register(url, "a-x", "a:no"))[0]],
      [403, 401, 401],
    );
  }
  for (const url of urls) {
    while (((await ask(url, "GET", "/subjects", "a:pw"))[1] as string[]).length < 2);
    assert.deepEqual(await ask(url, "GET", "/subjects", "a:pw"), [200, ["a-0", "a-1"]]);
  }
});

test("a login without the rights is told so in every answer", async () => {
  const login = loginFile("nobody.properties", "nobody", "nobody-pw");
  const { registry = "" } = await readyLine(
    processes.start("up", "-b", bootstrap, "--command-config", login, "--registry-port", "0", "--json"),
  );
  const response = await fetch(`${registry}/subjects`);
  const answer = (await response.json()) as { error_code: number; message: string };
  assert.equal(response.status, 500, JSON.stringify(answer));
  assert.equal(
    answer.message,
    'The registry\'s login at the cluster lacks a right (TOPIC_AUTHORIZATION_FAILED): it needs Create, Describe, DescribeConfigs, Read and Write on the topic "_schemas", Describe and Write on the transactional id "ottla-registry-_schemas".',
  );
});
