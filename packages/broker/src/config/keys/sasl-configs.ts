import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, oneOf } from "../validators.ts";

/** Broker settings: sasl. Facts: Apache Kafka 4.4.0. */
export const saslConfigKeys: readonly ConfigKey[] = [
  configKey(
    "connections.max.reauth.ms",
    "long",
    "0",
    "How long a SASL login lasts before the client must log in again on the same connection; 0 is for ever.",
  ),
  configKey("sasl.client.callback.handler.class", "class", null, "A Java class that supplies the broker's own credentials as a client.", {
    effect: "none",
  }),
  configKey("sasl.enabled.mechanisms", "list", "GSSAPI", "The SASL mechanisms that clients may use.", {
    validator: anyList(),
    dynamic: "per-broker",
  }),
  configKey(
    "sasl.jaas.config",
    "password",
    null,
    "The login of a listener and mechanism in JAAS form; on brokers the name carries the prefix `listener.name.{name}.{mechanism}.`.",
    { dynamic: "per-broker" },
  ),
  configKey("sasl.login.callback.handler.class", "class", null, "A Java class that supplies tokens to the broker's own logins.", {
    effect: "none",
  }),
  configKey("sasl.login.class", "class", null, "A Java class that performs the broker's own logins.", { effect: "none" }),
  configKey("sasl.login.connect.timeout.ms", "int", null, "How long connecting to an outside login service may take.", {
    importance: "low",
    effect: "none",
  }),
  configKey("sasl.login.read.timeout.ms", "int", null, "How long an outside login service may take to answer.", {
    importance: "low",
    effect: "none",
  }),
  configKey("sasl.login.refresh.buffer.seconds", "short", "300", "How long before its expiry a login is refreshed at the latest.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("sasl.login.refresh.min.period.seconds", "short", "60", "How long a login is kept before it is refreshed at the earliest.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("sasl.login.refresh.window.factor", "double", "0.8", "The share of a login's lifetime after which it is refreshed.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey(
    "sasl.login.refresh.window.jitter",
    "double",
    "0.05",
    "The share of a login's lifetime by which its refresh varies at random.",
    {
      dynamic: "per-broker",
      effect: "none",
    },
  ),
  configKey("sasl.login.retry.backoff.max.ms", "long", "10000", "The longest wait between two tries at an outside login service.", {
    importance: "low",
    effect: "none",
  }),
  configKey("sasl.login.retry.backoff.ms", "long", "100", "The first wait between two tries at an outside login service.", {
    importance: "low",
    effect: "none",
  }),
  configKey("sasl.mechanism.controller.protocol", "string", "GSSAPI", "The SASL mechanism towards controllers.", {
    importance: "high",
    effect: "none",
  }),
  configKey("sasl.mechanism.inter.broker.protocol", "string", "GSSAPI", "The SASL mechanism between brokers.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey(
    "sasl.server.callback.handler.class",
    "class",
    null,
    "What checks clients' credentials, set per listener and mechanism; Ottla knows Kafka's two of OAUTHBEARER.",
  ),
  configKey(
    "sasl.server.max.receive.size",
    "int",
    "524288",
    "The largest message read before the login is complete, in bytes; never more than 48 KiB.",
  ),
  configKey(
    "security.inter.broker.protocol",
    "string",
    "PLAINTEXT",
    "The security protocol between brokers; not together with inter.broker.listener.name.",
    {
      validator: oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
      effect: "none",
    },
  ),
];
