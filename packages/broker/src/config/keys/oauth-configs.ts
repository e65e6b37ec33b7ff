import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, between, oneOfAnyCase } from "../validators.ts";

/** Broker settings: oauth. Facts: Apache Kafka 4.4.0. */
export const oauthConfigKeys: readonly ConfigKey[] = [
  configKey(
    "sasl.oauthbearer.allow.unverified.audience",
    "boolean",
    "false",
    "Whether tokens are taken whatever audience they name, where keys come from an endpoint; unsafe.",
  ),
  configKey(
    "sasl.oauthbearer.allow.unverified.issuer",
    "boolean",
    "false",
    "Whether tokens are taken whoever issued them, where keys come from an endpoint; unsafe.",
  ),
  configKey(
    "sasl.oauthbearer.assertion.algorithm",
    "string",
    "RS256",
    "The algorithm that signs the assertion a login sends to the identity provider.",
    {
      validator: oneOfAnyCase("ES256", "RS256"),
      effect: "none",
    },
  ),
  configKey("sasl.oauthbearer.assertion.claim.aud", "string", null, "The audience named in that assertion.", { effect: "none" }),
  configKey("sasl.oauthbearer.assertion.claim.exp.seconds", "int", "300", "For how long that assertion is valid.", {
    validator: between(0, 86400),
    importance: "low",
    effect: "none",
  }),
  configKey("sasl.oauthbearer.assertion.claim.iss", "string", null, "The issuer named in that assertion.", { effect: "none" }),
  configKey("sasl.oauthbearer.assertion.claim.jti.include", "boolean", "false", "Whether that assertion carries a unique id.", {
    effect: "none",
  }),
  configKey("sasl.oauthbearer.assertion.claim.nbf.seconds", "int", "60", "From how long before its making that assertion is valid.", {
    validator: between(0, 3600),
    importance: "low",
    effect: "none",
  }),
  configKey("sasl.oauthbearer.assertion.claim.sub", "string", null, "The subject named in that assertion.", { effect: "none" }),
  configKey("sasl.oauthbearer.assertion.file", "string", null, "A file with a ready-made assertion, used in place of one made here.", {
    effect: "none",
  }),
  configKey("sasl.oauthbearer.assertion.private.key.file", "string", null, "The PEM file of the key that signs the assertion.", {
    effect: "none",
  }),
  configKey("sasl.oauthbearer.assertion.private.key.passphrase", "password", null, "The passphrase of that key.", { effect: "none" }),
  configKey(
    "sasl.oauthbearer.assertion.template.file",
    "string",
    null,
    "A file with headers and claims that every assertion starts from.",
    { effect: "none" },
  ),
  configKey("sasl.oauthbearer.client.credentials.client.id", "string", null, "The client id with which the broker asks for tokens.", {
    effect: "none",
  }),
  configKey("sasl.oauthbearer.client.credentials.client.secret", "password", null, "The secret that goes with that client id.", {
    effect: "none",
  }),
  configKey("sasl.oauthbearer.clock.skew.seconds", "int", "30", "By how much the identity provider's clock may differ.", {
    importance: "low",
  }),
  configKey("sasl.oauthbearer.expected.audience", "list", "", "A token must be meant for one of these audiences.", {
    validator: anyList(),
    importance: "high",
  }),
  configKey("sasl.oauthbearer.expected.issuer", "string", null, "A token must come from this issuer.", {
    importance: "high",
  }),
  configKey(
    "sasl.oauthbearer.jwks.endpoint.refresh.ms",
    "long",
    "3600000",
    "How often the identity provider's public keys are fetched again.",
    {
      importance: "low",
    },
  ),
  configKey("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", "long", "10000", "The longest wait between two tries to fetch them.", {
    importance: "low",
  }),
  configKey("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", "long", "100", "The first wait between two tries to fetch them.", {
    importance: "low",
  }),
  configKey(
    "sasl.oauthbearer.jwks.endpoint.url",
    "string",
    null,
    "Where the identity provider's public keys are found: an HTTP or file URL. It cannot be changed over the wire, so that Kafka's list of allowed URLs, a property of the Java process, has nothing to guard.",
  ),
  configKey(
    "sasl.oauthbearer.jwt.retriever.class",
    "class",
    "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever",
    "A Java class that fetches tokens.",
    { effect: "none" },
  ),
  configKey(
    "sasl.oauthbearer.jwt.validator.class",
    "class",
    "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator",
    "What checks tokens: one of Kafka's own two classes, which both stand for Ottla's.",
  ),
  configKey("sasl.oauthbearer.scope", "string", null, "The scope asked for when the broker fetches a token.", { effect: "none" }),
  configKey("sasl.oauthbearer.scope.claim.name", "string", "scope", "The name of the claim that holds a token's scopes.", {
    importance: "low",
  }),
  configKey("sasl.oauthbearer.sub.claim.name", "string", "sub", "The name of the claim that holds a token's subject.", {
    importance: "low",
  }),
  configKey("sasl.oauthbearer.token.endpoint.url", "string", null, "Where tokens are fetched from.", { effect: "none" }),
];
