// Our client with tokens of an identity provider, and with delegation tokens, at our broker.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { createClient } from "@ottla/client";
import {
  AUDIENCE,
  IdentityProvider,
  ISSUER,
  makeSigningKey,
  signToken,
} from "../../packages/broker/src/security/testing/identity-provider.ts";
import { serveTokenSession } from "../src/oauth/token-session.ts";

describe("a client with tokens", () => {
  test("tokens that live a second serve a session of three, whose keys change, and the principal never does", async () => {
    const { tokens, logins, principals, closed, keyChanges, produced, consumed } = await serveTokenSession({
      tokenMs: 1300,
      sessionMs: 3200,
      keyMs: 1700,
      pauseMs: 20,
    });
    assert.deepEqual([principals, closed, consumed], [["User:alice"], [], produced]);
    assert.ok(tokens >= 3 && logins > tokens && keyChanges === 1, JSON.stringify({ tokens, logins, keyChanges }));
  });

  test("a program's own provider of tokens logs in; a token that the broker does not take is told as such", async () => {
    const key = await makeSigningKey("one");
    await using provider = await IdentityProvider.start([key]);
    await using broker = await startBroker({
      logger: silentLogger,
      settings: {
        listeners: "SASL_PLAINTEXT://127.0.0.1:0",
        "sasl.enabled.mechanisms": "OAUTHBEARER,SCRAM-SHA-512",
        "sasl.oauthbearer.jwks.endpoint.url": provider.url,
        "sasl.oauthbearer.expected.audience": AUDIENCE,
        "sasl.oauthbearer.expected.issuer": ISSUER,
        "connection.failed.authentication.delay.ms": "0",
        "delegation.token.secret.key": "for the test",
      },
    });
    const bootstrapServers = broker.bootstrap;
    const by = (claims: object) => ({
      mechanism: "OAUTHBEARER" as const,
      token: async () => ({ value: await signToken(key, { ...claims }) }),
    });
    {
      await using client = createClient({ bootstrapServers, sasl: by({ aud: "others" }) });
      await assert.rejects(client.admin().describeCluster(), { code: "SASL_AUTHENTICATION_FAILED", message: /invalid_token/ });
    }
    await using alice = createClient({ bootstrapServers, sasl: by({}) });
    const { tokenId, hmac, owner } = await alice.admin().createDelegationToken();
    assert.equal(owner, "User:alice");
    await using byToken = createClient({ bootstrapServers, sasl: { mechanism: "SCRAM-SHA-512", tokenId, tokenHmac: hmac } });
    await byToken.admin().createTopics([{ name: "t" }]);
    await assert.rejects(byToken.admin().createDelegationToken(), { code: "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED" });
    await alice.admin().expireDelegationToken(hmac);
    await using tooLate = createClient({ bootstrapServers, sasl: { mechanism: "SCRAM-SHA-512", tokenId, tokenHmac: hmac } });
    await assert.rejects(tooLate.admin().describeCluster(), { code: "SASL_AUTHENTICATION_FAILED" });
  });
});
