import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
let folder: string;
let asAlice: readonly string[];

function propertiesFile(name: string, text: string): string {
  const file = join(folder, `${name}.properties`);
  writeFileSync(file, `security.protocol=SASL_PLAINTEXT\n${text}`);
  return file;
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ottla-tokens-"));
  ottla = await CommandLineFixture.start(undefined, {
    listeners: "SASL_PLAINTEXT://127.0.0.1:0",
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config":
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="pw";',
    "delegation.token.secret.key": "for the test",
  });
  asAlice = [
    "--command-config",
    propertiesFile(
      "alice",
      'sasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="pw";\n',
    ),
  ];
});
after(async () => {
  await ottla.stop();
  rmSync(folder, { recursive: true });
});

interface Token {
  readonly tokenId: string;
  readonly hmac?: string;
  readonly owner: string;
  readonly renewers: readonly string[];
  readonly expiresAtMs: number;
  readonly maxTimestampMs: number;
}

test("a token is made, listed without its secret, renewed and ended", async () => {
  assert.equal((await ottla.run(["tokens", "list", ...asAlice])).stdout, "There are no such tokens, or none that you may see.\n");
  const made = (await ottla.json("tokens", "create", "--renewer", "User:bob", "--max-lifetime-ms", "3600000", ...asAlice)) as Token;
  assert.equal(Buffer.from(made.hmac!, "base64").length, 64);
  const { hmac, ...shown } = made;
  assert.deepEqual(await ottla.json("tokens", "list", "--owner", "User:alice", ...asAlice), [shown]);
  const table = (await ottla.run(["tokens", "list", ...asAlice])).stdout;
  assert.ok(table.includes(made.tokenId) && table.includes("User:bob") && !table.includes(hmac!));
  const renewed = (await ottla.json("tokens", "renew", made.tokenId, "--period-ms", "60000", ...asAlice)) as Token;
  assert.ok(renewed.expiresAtMs < made.expiresAtMs);
  const ended = await ottla.run(["tokens", "expire", made.tokenId, ...asAlice]);
  assert.match(ended.stdout, new RegExp(`^${made.tokenId} ended at 20`));
  const gone = await ottla.run(["tokens", "renew", made.tokenId, ...asAlice]);
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /There is no token .*; see ottla tokens list/);
});

test("the properties that create prints log in with the token, which may ask for no other", async () => {
  const { stdout, status } = await ottla.run(["tokens", "create", "--properties", ...asAlice]);
  assert.equal(status, 0);
  const asToken = ["--command-config", propertiesFile("token", stdout)];
  assert.equal((await ottla.run(["topics", "create", "by-token", ...asToken])).status, 0);
  const refused = await ottla.run(["tokens", "create", ...asToken]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /Nobody may ask about tokens without having logged in, or with a token; log in as a user/);
});

test("nonsense is refused before anything is asked", async () => {
  for (const words of [
    ["tokens", "create", "--owner", "alice"],
    ["tokens", "create", "--renewer", "x"],
    ["tokens", "create", "--max-lifetime-ms", "0"],
    ["tokens", "renew"],
    ["tokens", "renew", "x", "--period-ms", "-1"],
    ["tokens", "expire", "x", "--after-ms", "1.5"],
  ])
    assert.equal((await ottla.run([...words, ...asAlice])).status, 2, words.join(" "));
});
