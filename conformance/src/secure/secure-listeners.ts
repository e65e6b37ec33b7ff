import { readFileSync, writeFileSync } from "node:fs";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { AUDIENCE, IdentityProvider, ISSUER, makeSigningKey } from "../../../packages/broker/src/security/testing/identity-provider.ts";

/** A listener beside the plaintext one. */
export interface ExtraListener {
  readonly name: string;
  readonly protocol: string;
}

/** What a test needs to know of a secured cluster; it goes through the environment. */
export interface SecureAccess {
  /** With `ca.pem` and `ca-key.pem`, the authority that the cluster trusts and that issued its certificate. */
  readonly folder: string;
  /** Where tokens are to be had; with `/SECONDS/AUDIENCE` behind it, such that live so long and are for that audience. */
  readonly tokenUrl: string;
  /** `bootstrap.servers` by the names of {@link secureListeners}. */
  readonly bootstraps: Readonly<Record<string, string>>;
}

/** How a cluster is secured. */
export interface SecureSetUp extends AsyncDisposable {
  readonly config: Readonly<Record<string, string>>;
  /** Of the JVM. */
  readonly javaProperties: Readonly<Record<string, string>>;
  access(bootstraps: Readonly<Record<string, string>>): SecureAccess;
}

/** Logins over TLS; certificates of clients; a certificate that has expired. Whoever comes in plaintext may do all, as the brokers themselves. */
export const secureListeners: readonly ExtraListener[] = [
  { name: "SASL_SSL", protocol: "SASL_SSL" },
  { name: "SSL", protocol: "SSL" },
  { name: "EXPIRED", protocol: "SSL" },
];

const HOUR_MS = 3_600_000;
export const PLAIN_USER = { username: "plain-alice", password: 'of "alice"' } as const;
/** How certificates of clients become users. */
export const certificateUser = (commonName: string): string => `User:cert-${commonName}`;

const validity = (fromMs: number, untilMs: number) => ({
  notBefore: new Date(Date.now() + fromMs),
  notAfter: new Date(Date.now() + untilMs),
});
/** Long enough that the doctor has nothing to say of it. */
const valid = validity(-HOUR_MS, 90 * 24 * HOUR_MS);

/** The certificate and key of a client, in one PEM file of the folder; its path. */
export async function issueClientFile({ folder }: SecureAccess, commonName: string, isExpired = false): Promise<string> {
  const authority = {
    certificate: readFileSync(`${folder}/ca.pem`, "utf8"),
    privateKey: readFileSync(`${folder}/ca-key.pem`, "utf8"),
  };
  const dates = isExpired ? validity(-2 * HOUR_MS, -HOUR_MS) : valid;
  const { certificate, privateKey } = await issueCertificate(authority, { subject: `CN=${commonName},O=Tests`, hosts: [], ...dates });
  const file = `${folder}/client-${commonName}${isExpired ? "-expired" : ""}.pem`;
  writeFileSync(file, privateKey + certificate);
  return file;
}

/** Certificates, an issuer of tokens, and the settings that use them. Sessions by SCRAM-SHA-512 last `sessionMs`; within a second of its last renewal brokers renew none. */
export async function setUpSecurity(sessionMs: number): Promise<SecureSetUp> {
  const folder = makeTemporaryFolder("secure-cluster");
  const authority = await createAuthority({ subject: "CN=Cluster's own CA", ...valid });
  writeFileSync(`${folder}/ca.pem`, authority.certificate);
  writeFileSync(`${folder}/ca-key.pem`, authority.privateKey);
  const stranger = await createAuthority({ subject: "CN=Somebody else's CA", ...valid });
  writeFileSync(`${folder}/stranger.pem`, stranger.certificate);
  for (const [name, dates] of [
    ["server", valid],
    ["expired", validity(-2 * HOUR_MS, -HOUR_MS)],
  ] as const) {
    const { certificate, privateKey } = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...dates });
    writeFileSync(`${folder}/${name}.pem`, privateKey + certificate);
  }
  const provider = await IdentityProvider.start([await makeSigningKey("first", "RS256")]);
  provider.clients.set("robot", "robot secret").set("clerk", "clerk secret");
  const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];
  const jaas = (mechanism: string): string => `listener.name.sasl_ssl.${mechanism.toLowerCase()}.sasl.jaas.config`;
  const security = "org.apache.kafka.common.security";
  const { username, password } = PLAIN_USER;
  return {
    config: {
      "listener.security.protocol.map": [
        "PLAINTEXT:PLAINTEXT",
        "CONTROLLER:PLAINTEXT",
        ...secureListeners.map(({ name, protocol }) => `${name}:${protocol}`),
      ].join(","),
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": "User:ANONYMOUS",
      "ssl.keystore.type": "PEM",
      "ssl.keystore.location": `${folder}/server.pem`,
      "ssl.truststore.type": "PEM",
      "ssl.truststore.location": `${folder}/ca.pem`,
      "listener.name.expired.ssl.keystore.location": `${folder}/expired.pem`,
      "listener.name.ssl.ssl.client.auth": "required",
      "listener.name.ssl.ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/cert-$1/",
      "sasl.enabled.mechanisms": mechanisms.join(","),
      [jaas("PLAIN")]: `${security}.plain.PlainLoginModule required user_${username}=${JSON.stringify(password)};`,
      [jaas("SCRAM-SHA-256")]: `${security}.scram.ScramLoginModule required;`,
      [jaas("SCRAM-SHA-512")]: `${security}.scram.ScramLoginModule required;`,
      "listener.name.sasl_ssl.scram-sha-512.connections.max.reauth.ms": String(sessionMs),
      "connection.failed.authentication.delay.ms": "10",
      [jaas("OAUTHBEARER")]: `${security}.oauthbearer.OAuthBearerLoginModule required;`,
      "listener.name.sasl_ssl.oauthbearer.sasl.server.callback.handler.class": `${security}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
      "sasl.oauthbearer.jwks.endpoint.url": provider.url,
      "sasl.oauthbearer.expected.audience": AUDIENCE,
      "sasl.oauthbearer.expected.issuer": ISSUER,
      "delegation.token.secret.key": "a secret of the tests",
    },
    javaProperties: { "org.apache.kafka.sasl.oauthbearer.allowed.urls": provider.url },
    access: (bootstraps) => ({ folder, tokenUrl: provider.tokenUrl, bootstraps }),
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]();
      removeTemporaryFolder(folder);
    },
  };
}
