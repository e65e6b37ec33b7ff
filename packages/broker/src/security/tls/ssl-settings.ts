import { type KeySettings, OttlaError, type TlsClientAuth, tlsVersionsOf } from "@ottla/base";
import type { EffectiveConfig } from "../../config/effective-config.ts";

/** The `ssl.*` settings of one listener as they count now. */
export interface SslSettings extends KeySettings {
  readonly principalMappingRules: string;
  readonly allowDnChanges: boolean;
  readonly allowSanChanges: boolean;
}

/**
 * Reads a listener's settings, its own before the broker's. Where clients log in by SASL, the broker's `ssl.client.auth` does not count, and the listener's own does, as in Kafka.
 * Throws `INVALID_CONFIG`.
 */
export function readSslSettings(config: EffectiveConfig, listenerName: string, nodeId: number, hasSasl: boolean): SslSettings {
  const value = (name: string) => config.listener(listenerName, name, { nodeId }).value;
  const text = (name: string): string | null => (value(name) as string | null) || null;
  const list = (name: string): readonly string[] => (value(name) as readonly string[] | null) ?? [];
  const versions = tlsVersionsOf(list("ssl.enabled.protocols"), text("ssl.protocol"));
  if (text("ssl.engine.factory.class") !== null)
    throw new OttlaError(
      "INVALID_CONFIG",
      "ssl.engine.factory.class names a Java class, and there is no Java here; leave it out and give ssl.keystore.*.",
    );
  return {
    keystore: {
      type: (text("ssl.keystore.type") ?? "JKS").toUpperCase(),
      location: text("ssl.keystore.location"),
      password: text("ssl.keystore.password"),
      key: text("ssl.keystore.key"),
      certificateChain: text("ssl.keystore.certificate.chain"),
    },
    keyPassword: text("ssl.key.password"),
    truststore: {
      type: (text("ssl.truststore.type") ?? "JKS").toUpperCase(),
      location: text("ssl.truststore.location"),
      password: text("ssl.truststore.password"),
      certificates: text("ssl.truststore.certificates"),
    },
    crlLocation: text("ottla.ssl.crl.location"),
    clientAuth: (hasSasl && !config.isSetForListener(listenerName, "ssl.client.auth", nodeId)
      ? "none"
      : text("ssl.client.auth")) as TlsClientAuth,
    ...versions,
    cipherSuites: list("ssl.cipher.suites"),
    principalMappingRules: text("ssl.principal.mapping.rules") ?? "DEFAULT",
    allowDnChanges: value("ssl.allow.dn.changes") === true,
    allowSanChanges: value("ssl.allow.san.changes") === true,
  };
}
