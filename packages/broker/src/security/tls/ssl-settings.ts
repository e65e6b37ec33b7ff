import { OttlaError, type TlsClientAuth, type TlsVersion } from "@ottla/base";
import type { EffectiveConfig } from "../../config/effective-config.ts";

/** Where key or certificates come from: in the setting itself, or in a file. */
export interface StoreSettings {
  /** PEM, PKCS12 or JKS, in capitals. */
  readonly type: string;
  readonly location: string | null;
  readonly password: string | null;
}

/** The `ssl.*` settings of one listener as they count now. */
export interface SslSettings {
  readonly keystore: StoreSettings & { readonly key: string | null; readonly certificateChain: string | null };
  readonly keyPassword: string | null;
  readonly truststore: StoreSettings & { readonly certificates: string | null };
  /** Of the file with lists of revoked certificates. */
  readonly crlLocation: string | null;
  readonly clientAuth: TlsClientAuth;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  readonly cipherSuites: readonly string[];
  readonly principalMappingRules: string;
  readonly allowDnChanges: boolean;
  readonly allowSanChanges: boolean;
}

const VERSIONS: readonly TlsVersion[] = ["TLSv1.2", "TLSv1.3"];

/**
 * Reads a listener's settings, its own before the broker's. Where clients log in by SASL, the broker's `ssl.client.auth` does not count, and the listener's own does, as in Kafka.
 * Throws `INVALID_CONFIG`.
 */
export function readSslSettings(config: EffectiveConfig, listenerName: string, nodeId: number, hasSasl: boolean): SslSettings {
  const value = (name: string) => config.listener(listenerName, name, { nodeId }).value;
  const text = (name: string): string | null => (value(name) as string | null) || null;
  const list = (name: string): readonly string[] => (value(name) as readonly string[] | null) ?? [];
  const versions = versionsOf(list("ssl.enabled.protocols"), text("ssl.protocol"));
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

/** What is below TLS 1.2 is broken, and is not served whatever is asked for. `ssl.protocol` is the engine's own highest version. */
function versionsOf(enabled: readonly string[], protocol: string | null): Pick<SslSettings, "minVersion" | "maxVersion"> {
  const highest = protocol === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3";
  const served = VERSIONS.filter((version) => (enabled.length === 0 || enabled.includes(version)) && version <= highest);
  const [minVersion] = served;
  const maxVersion = served.at(-1);
  if (minVersion === undefined || maxVersion === undefined)
    throw new OttlaError(
      "INVALID_CONFIG",
      `ssl.enabled.protocols (${enabled.join(", ")}) and ssl.protocol leave no version of TLS that is safe; name TLSv1.2 or TLSv1.3.`,
    );
  return { minVersion, maxVersion };
}
