import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, oneOf } from "../validators.ts";

/** Broker settings: ssl. Facts: Apache Kafka 4.4.0. */
export const sslConfigKeys: readonly ConfigKey[] = [
  configKey("ssl.allow.dn.changes", "boolean", "false", "Whether a new certificate set at run time may name another subject.", {
    importance: "low",
  }),
  configKey("ssl.allow.san.changes", "boolean", "false", "Whether a new certificate set at run time may drop alternative names.", {
    importance: "low",
  }),
  configKey("ssl.cipher.suites", "list", "", "The cipher suites allowed; empty takes the library's own.", {
    validator: anyList(),
    dynamic: "per-broker",
  }),
  configKey(
    "ssl.client.auth",
    "string",
    "none",
    "Whether clients must (`required`), may (`requested`) or need not (`none`) show a certificate.",
    {
      validator: oneOf("required", "requested", "none"),
      dynamic: "per-broker",
    },
  ),
  configKey("ssl.enabled.protocols", "list", "TLSv1.2,TLSv1.3", "The TLS versions allowed.", {
    validator: anyList(),
    dynamic: "per-broker",
  }),
  configKey(
    "ssl.endpoint.identification.algorithm",
    "string",
    "https",
    "How the name in a server's certificate is checked; empty does not check it.",
    {
      importance: "low",
      dynamic: "per-broker",
      effect: "none",
    },
  ),
  configKey(
    "ssl.engine.factory.class",
    "class",
    null,
    "A Java class that makes TLS engines; there is no Java here, so that it is refused.",
    {
      importance: "low",
      dynamic: "per-broker",
    },
  ),
  configKey("ssl.key.password", "password", null, "The password of the private key.", { dynamic: "per-broker" }),
  configKey("ssl.keymanager.algorithm", "string", "SunX509", "The Java key manager's algorithm.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("ssl.keystore.certificate.chain", "password", null, "The broker's certificate chain as PEM text.", {
    dynamic: "per-broker",
  }),
  configKey("ssl.keystore.key", "password", null, "The broker's private key as PEM text.", { dynamic: "per-broker" }),
  configKey("ssl.keystore.location", "string", null, "The file with the broker's key and certificate.", {
    dynamic: "per-broker",
  }),
  configKey("ssl.keystore.password", "password", null, "The password of that file.", { dynamic: "per-broker" }),
  configKey("ssl.keystore.type", "string", "JKS", "The format of that file: PKCS12 or PEM. Java's own JKS is not read.", {
    dynamic: "per-broker",
  }),
  configKey(
    "ssl.principal.mapping.rules",
    "string",
    "DEFAULT",
    "Rules that shorten the subject of a client's certificate to a user name; the first that matches counts.",
    { importance: "low" },
  ),
  configKey("ssl.protocol", "string", "TLSv1.3", "The TLS version the engine is made for.", { dynamic: "per-broker" }),
  configKey("ssl.provider", "string", null, "The Java security provider for TLS.", { dynamic: "per-broker", effect: "none" }),
  configKey("ssl.secure.random.implementation", "string", null, "The Java random source for TLS.", {
    importance: "low",
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("ssl.trustmanager.algorithm", "string", "PKIX", "The Java trust manager's algorithm.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("ssl.truststore.certificates", "password", null, "The certificates trusted, as PEM text.", {
    dynamic: "per-broker",
  }),
  configKey("ssl.truststore.location", "string", null, "The file with the certificates trusted.", {
    dynamic: "per-broker",
  }),
  configKey("ssl.truststore.password", "password", null, "The password of that file.", { dynamic: "per-broker" }),
  configKey("ssl.truststore.type", "string", "JKS", "The format of that file: PKCS12 or PEM. Java's own JKS is not read.", {
    dynamic: "per-broker",
  }),
];
