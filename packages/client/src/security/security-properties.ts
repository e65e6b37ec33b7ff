import { ConfigError, type JaasEntry, parseJaasConfig, type TlsVersion } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import { nearestName } from "../options/argument-checks.ts";
import { fileTokenProvider, unsecuredTokenProvider } from "./sasl/simple-providers.ts";
import type { SaslOptions, StoreFile, TlsOptions } from "./security-types.ts";

/** The properties of Kafka that say how connections are encrypted and who the client is, each with the option that it is part of. */
export const securityProperties = {
  "security.protocol": "tls",
  "ssl.truststore.type": "tls",
  "ssl.truststore.location": "tls",
  "ssl.truststore.certificates": "tls",
  "ssl.truststore.password": "tls",
  "ssl.keystore.type": "tls",
  "ssl.keystore.location": "tls",
  "ssl.keystore.password": "tls",
  "ssl.keystore.key": "tls",
  "ssl.keystore.certificate.chain": "tls",
  "ssl.key.password": "tls",
  "ssl.endpoint.identification.algorithm": "tls",
  "ssl.protocol": "tls",
  "ssl.enabled.protocols": "tls",
  "ssl.cipher.suites": "tls",
  "sasl.mechanism": "sasl",
  "sasl.jaas.config": "sasl",
  "sasl.login.callback.handler.class": "sasl",
  "sasl.oauthbearer.token.endpoint.url": "sasl",
  "sasl.oauthbearer.client.credentials.client.id": "sasl",
  "sasl.oauthbearer.client.credentials.client.secret": "sasl",
  "sasl.oauthbearer.scope": "sasl",
  "sasl.oauthbearer.header.urlencode": "sasl",
} as const satisfies Readonly<Record<string, "tls" | "sasl">>;

export type SecurityPropertyName = keyof typeof securityProperties;

const PROTOCOLS = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] as const;
/** Classes of Java that stand for what is built in here. */
const BUILT_IN_CALLBACKS = /(^|\.)(OAuthBearerLoginCallbackHandler|OAuthBearerUnsecuredLoginCallbackHandler)$/;
/** Code of Java's that would change who the client is, or whom it trusts. */
const CODE_PROPERTIES = [
  "sasl.client.callback.handler.class",
  "sasl.login.class",
  "ssl.engine.factory.class",
  "security.providers",
  "sasl.oauthbearer.jwt.retriever.class",
];

/** The two options of a client. */
export interface SecurityOptions {
  readonly tls?: TlsOptions;
  readonly sasl?: SaslOptions;
}

type Entries = ReadonlyMap<string, string>;

/** Reads them as Java's clients do. Throws `ClientError` INVALID_OPTION, UNSUPPORTED_OPTION, in sentences that hold no secret. */
export function securityFromProperties(entries: Entries): SecurityOptions {
  for (const name of CODE_PROPERTIES)
    if ((entries.get(name) ?? "") !== "")
      throw unsupported(name, `${name} names code of Java's, which this client cannot run; leave it out.`);
  const protocol = (entries.get("security.protocol") ?? "PLAINTEXT").toUpperCase();
  if (!PROTOCOLS.includes(protocol as (typeof PROTOCOLS)[number])) {
    const near = nearestName(protocol, PROTOCOLS);
    throw invalid(
      "security.protocol",
      `security.protocol is "${protocol}"; it must be one of ${PROTOCOLS.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}.`,
    );
  }
  const isEncrypted = protocol.endsWith("SSL");
  const isSasl = protocol.startsWith("SASL");
  refuseUnused(entries, isEncrypted, isSasl);
  return { ...(isEncrypted && { tls: tlsFrom(entries) }), ...(isSasl && { sasl: saslFrom(entries) }) };
}

/** Java passes over what the protocol does not use; here a login that is not made, or a trust that is not asked for, is a mistake. */
function refuseUnused(entries: Entries, isEncrypted: boolean, isSasl: boolean): void {
  const given = entries.get("security.protocol") ?? "not given";
  if (!isSasl && entries.has("sasl.jaas.config"))
    throw invalid(
      "security.protocol",
      `sasl.jaas.config is given and security.protocol is ${given}, so nobody would log in; set it to SASL_SSL (or SASL_PLAINTEXT).`,
    );
  const store = ["ssl.keystore.location", "ssl.truststore.location", "ssl.keystore.key", "ssl.truststore.certificates"].find((name) =>
    entries.has(name),
  );
  if (!isEncrypted && store !== undefined)
    throw invalid(
      "security.protocol",
      `${store} is given and security.protocol is ${given}, so nothing would be encrypted; set it to ${isSasl ? "SASL_SSL" : "SSL"}.`,
    );
}

function tlsFrom(entries: Entries): TlsOptions {
  const keystore = storeOf("ssl.keystore", entries);
  const truststore = storeOf("ssl.truststore", entries);
  const ca = entries.get("ssl.truststore.certificates");
  const key = entries.get("ssl.keystore.key");
  const cert = entries.get("ssl.keystore.certificate.chain");
  // A PKCS#12 store has one password for all that is in it.
  const passphrase = keystore !== undefined && "store" in keystore ? undefined : entries.get("ssl.key.password");
  const suites = listOf(entries.get("ssl.cipher.suites"));
  return {
    ...(truststore !== undefined && ("store" in truststore ? { truststore: truststore.store } : { caFile: truststore.pemFile })),
    ...(ca !== undefined && { ca }),
    ...(keystore !== undefined &&
      ("store" in keystore ? { keystore: keystore.store } : { certFile: keystore.pemFile, keyFile: keystore.pemFile })),
    ...(key !== undefined && { key }),
    ...(cert !== undefined && { cert }),
    ...(passphrase !== undefined && { passphrase }),
    ...(suites.length > 0 && { cipherSuites: suites }),
    // An empty text is how Java's users switch it off.
    ...(entries.get("ssl.endpoint.identification.algorithm")?.trim() === "" && { verifyHost: false }),
    ...versionsOf(entries),
  };
}

/** Java opens PKCS#12 under the name JKS as well, which is Kafka's default; what is really in Java's own format is told when it is read. */
function storeOf(prefix: string, entries: Entries): { readonly pemFile: string } | { readonly store: StoreFile } | undefined {
  const file = entries.get(`${prefix}.location`);
  const password = entries.get(`${prefix}.password`);
  const type = (entries.get(`${prefix}.type`) ?? "JKS").toUpperCase();
  if (!["PEM", "PKCS12", "JKS"].includes(type))
    throw unsupported(
      `${prefix}.type`,
      `${prefix}.type is ${type}; this client reads PEM and PKCS12. Convert the store and set ${prefix}.type.`,
    );
  if (file === undefined || file === "") return undefined;
  if (type !== "PEM") return { store: { file, ...(password !== undefined && { password }) } };
  if (password !== undefined)
    throw invalid(`${prefix}.password`, `A PEM file has no password; leave ${prefix}.password out (the key's own is ssl.key.password).`);
  return { pemFile: file };
}

function versionsOf(entries: Entries): Pick<TlsOptions, "minVersion" | "maxVersion"> {
  const enabled = listOf(entries.get("ssl.enabled.protocols"));
  const known = enabled.filter((version): version is TlsVersion => version === "TLSv1.2" || version === "TLSv1.3").sort();
  if (enabled.length > 0 && known.length === 0)
    throw invalid("ssl.enabled.protocols", `ssl.enabled.protocols is "${enabled.join(",")}"; TLSv1.2 and TLSv1.3 are there.`);
  return known.length === 0 ? {} : { minVersion: known[0]!, maxVersion: known.at(-1)! };
}

function saslFrom(entries: Entries): SaslOptions {
  const mechanism = entries.get("sasl.mechanism");
  switch (mechanism) {
    case "PLAIN":
      return { mechanism, ...namedLogin(loginModule(entries, "PlainLoginModule")) };
    case "SCRAM-SHA-256":
    case "SCRAM-SHA-512": {
      const entry = loginModule(entries, "ScramLoginModule");
      const { username, password } = namedLogin(entry);
      return entry.options.get("tokenauth")?.toLowerCase() === "true"
        ? { mechanism, tokenId: username, tokenHmac: password }
        : { mechanism, username, password };
    }
    case "OAUTHBEARER":
      return oauthFrom(entries);
    case "AWS_MSK_IAM":
      throw unsupported(
        "sasl.mechanism",
        "AWS_MSK_IAM is a class of Java's; here MSK's IAM goes by sasl.mechanism=OAUTHBEARER and a token provider: sasl: { mechanism: \"OAUTHBEARER\", token } with the signer of AWS.",
      );
    case undefined:
    case "GSSAPI":
      throw unsupported(
        "sasl.mechanism",
        `sasl.mechanism is ${mechanism ?? "not given, which means GSSAPI (Kerberos)"}; this client has PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER.`,
      );
    default: {
      const near = nearestName(mechanism, ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]);
      throw invalid(
        "sasl.mechanism",
        `sasl.mechanism is "${mechanism}"; it must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER${near === undefined ? "" : `; did you mean ${near}?`}.`,
      );
    }
  }
}

function oauthFrom(entries: Entries): SaslOptions {
  const callback = entries.get("sasl.login.callback.handler.class") ?? "";
  if (callback !== "" && !BUILT_IN_CALLBACKS.test(callback))
    throw unsupported(
      "sasl.login.callback.handler.class",
      `sasl.login.callback.handler.class names ${callback}, code of Java's that this client cannot run; give a token provider instead: sasl: { mechanism: "OAUTHBEARER", token }.`,
    );
  const options = entries.has("sasl.jaas.config") ? loginModule(entries, "OAuthBearerLoginModule").options : new Map<string, string>();
  const extensions = Object.fromEntries(
    [...options].filter(([name]) => name.startsWith("extension_")).map(([name, value]) => [name.slice("extension_".length), value]),
  );
  const common = { mechanism: "OAUTHBEARER", ...(Object.keys(extensions).length > 0 && { extensions }) } as const;
  const url = entries.get("sasl.oauthbearer.token.endpoint.url");
  if (url === undefined) {
    const subject = options.get("unsecuredLoginStringClaim_sub");
    if (subject === undefined)
      throw invalid(
        "sasl.oauthbearer.token.endpoint.url",
        'OAUTHBEARER needs tokens: set sasl.oauthbearer.token.endpoint.url with the client\'s id and secret, or give sasl: { mechanism: "OAUTHBEARER", token } in code.',
      );
    return { ...common, token: unsecuredTokenProvider(options) };
  }
  if (url.startsWith("file:")) return { ...common, token: fileTokenProvider(url) };
  const clientId = entries.get("sasl.oauthbearer.client.credentials.client.id") ?? options.get("clientId");
  const clientSecret = entries.get("sasl.oauthbearer.client.credentials.client.secret") ?? options.get("clientSecret");
  if (clientId === undefined || clientSecret === undefined)
    throw invalid(
      "sasl.jaas.config",
      `The ${clientId === undefined ? "id" : "secret"} of the client is missing; set sasl.oauthbearer.client.credentials.client.id and .client.secret, or clientId and clientSecret in sasl.jaas.config.`,
    );
  const scope = entries.get("sasl.oauthbearer.scope") ?? options.get("scope");
  const encodesHeader = entries.get("sasl.oauthbearer.header.urlencode")?.toLowerCase() === "true";
  return {
    ...common,
    tokenEndpointUrl: url,
    clientId,
    clientSecret,
    ...(scope !== undefined && { scope }),
    ...(encodesHeader && { encodesHeader }),
  };
}

function loginModule(entries: Entries, name: string): JaasEntry {
  const text = entries.get("sasl.jaas.config");
  const className = `org.apache.kafka.common.security.${name === "PlainLoginModule" ? "plain" : name === "ScramLoginModule" ? "scram" : "oauthbearer"}.${name}`;
  if (text === undefined || text.trim() === "")
    throw invalid("sasl.jaas.config", `${entries.get("sasl.mechanism")} needs sasl.jaas.config: ${className} required …;`);
  let modules: readonly JaasEntry[];
  try {
    modules = parseJaasConfig("sasl.jaas.config", text);
  } catch (cause) {
    if (cause instanceof ConfigError) throw invalid("sasl.jaas.config", cause.message);
    throw cause;
  }
  const [entry] = modules;
  // Java takes exactly one in this property.
  if (entry === undefined || modules.length > 1)
    throw invalid("sasl.jaas.config", `sasl.jaas.config has ${modules.length} login modules; it must have one.`);
  if (entry.loginModule !== className && !entry.loginModule.endsWith(`.${name}`))
    throw invalid("sasl.jaas.config", `sasl.jaas.config names ${entry.loginModule}; ${entries.get("sasl.mechanism")} needs ${className}.`);
  return entry;
}

function namedLogin({ loginModule: name, options }: JaasEntry): { username: string; password: string } {
  const username = options.get("username");
  const password = options.get("password");
  if (username === undefined || password === undefined)
    throw invalid("sasl.jaas.config", `sasl.jaas.config gives ${name} no ${username === undefined ? "username" : "password"}.`);
  return { username, password };
}

function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function invalid(subject: string, message: string): ClientError {
  return new ClientError("INVALID_OPTION", message, { subject });
}

function unsupported(subject: string, message: string): ClientError {
  return new ClientError("UNSUPPORTED_OPTION", message, { subject });
}
