// Foreign clients with tokens at `ottla dev --secure`: OAUTHBEARER with client credentials, and Java's tool for delegation tokens.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { AUDIENCE, IdentityProvider, ISSUER, makeSigningKey } from "../../../packages/broker/src/security/testing/identity-provider.ts";
import { type JavaTool, runJavaTool } from "../kafka/java-tool.ts";
import { type SecureBroker, startSecureOttla } from "../ottla/secure-broker.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { requireTarget } from "../target.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();

describe("foreign clients with tokens at ottla dev --secure", {
  skip: target.kind === "kafka" ? "it is about Ottla's own set-up" : false,
}, () => {
  let broker: SecureBroker;
  let provider: IdentityProvider;
  const folder = makeTemporaryFolder("secure-tokens");
  before(async () => {
    provider = await IdentityProvider.start([await makeSigningKey("one", "RS256")]);
    broker = await startSecureOttla({
      "auto.create.topics.enable": "true",
      "sasl.enabled.mechanisms": "SCRAM-SHA-512,SCRAM-SHA-256,OAUTHBEARER",
      "sasl.oauthbearer.jwks.endpoint.url": provider.url,
      "sasl.oauthbearer.expected.audience": AUDIENCE,
      "sasl.oauthbearer.expected.issuer": ISSUER,
      "delegation.token.secret.key": "for these tests",
    });
    provider.clients.set(broker.security.username, "client-secret");
  });
  after(async () => {
    await broker[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
    removeTemporaryFolder(folder);
  });

  const run = async (tool: JavaTool, args: readonly string[], input = ""): Promise<string> => {
    const result = await runJavaTool(tool, ["--bootstrap-server", broker.bootstrap, ...args], {
      input,
      timeoutMs: 60_000,
      systemProperties: { "org.apache.kafka.sasl.oauthbearer.allowed.urls": provider.tokenUrl },
    });
    assert.equal(result.status, 0, `${tool} ${args.join(" ")}: ${result.stdout}${result.stderr}`.slice(0, 2_000));
    return result.stdout;
  };

  /** The administrator's properties with another login in them. */
  const propertiesFile = (name: string, login: readonly string[]): string => {
    const file = `${folder}/${name}.properties`;
    const others = readFileSync(broker.clientProperties, "utf8").replace(/^sasl\..*$/gm, "");
    writeFileSync(file, `${others}\n${login.join("\n")}\n`);
    return file;
  };

  test("OAUTHBEARER: Java's console producer writes with a token that it asked for by its credentials", async () => {
    const topic = uniqueName("oauth");
    const { username } = broker.security;
    const login = propertiesFile("oauth", [
      "sasl.mechanism=OAUTHBEARER",
      "sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
      `sasl.oauthbearer.token.endpoint.url=${provider.tokenUrl}`,
      `sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="${username}" clientSecret="client-secret";`,
    ]);
    await run("console-producer", ["--topic", topic, "--command-config", login], "one\ntwo\n");
    assert.equal(provider.tokensGiven, 1);
  });

  test("kafka-delegation-tokens makes, shows, renews and ends a token, with which Java's tools log in meanwhile", async () => {
    const admin = ["--command-config", broker.clientProperties];
    const owner = `User:${broker.security.username}`;
    const made = await run("delegation-tokens", [
      ...admin,
      "--create",
      "--max-life-time-period",
      "3600000",
      "--renewer-principal",
      "User:bob",
    ]);
    const [, tokenId, hmac] = /^(\S+)\s+(\S+==)\s+User:/m.exec(made) ?? [];
    assert.ok(tokenId !== undefined && hmac !== undefined, made);
    const shown = await run("delegation-tokens", [...admin, "--describe", "--owner-principal", owner]);
    assert.match(shown, new RegExp(`${tokenId}\\s+${hmac.replaceAll("+", "\\+")}\\s+${owner}\\s+${owner}\\s+\\[User:bob\\]`));
    const topic = uniqueName("by-token");
    const byToken = propertiesFile("token", [
      "sasl.mechanism=SCRAM-SHA-512",
      `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${tokenId}" password="${hmac}" tokenauth="true";`,
    ]);
    await run("topics", ["--create", "--topic", topic, "--command-config", byToken]);
    await run("delegation-tokens", [...admin, "--renew", "--renew-time-period", "-1", "--hmac", hmac]);
    await run("delegation-tokens", [...admin, "--expire", "--expiry-time-period", "-1", "--hmac", hmac]);
    assert.doesNotMatch(await run("delegation-tokens", [...admin, "--describe"]), new RegExp(tokenId));
  });
});
