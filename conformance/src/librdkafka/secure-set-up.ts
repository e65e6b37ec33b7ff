import { readFileSync } from "node:fs";
import { createClient } from "@ottla/client";
import type { ClusterKind, RunningCluster, StartOptions } from "../cluster.ts";
import { runCommand } from "../process/child.ts";
import { findFreePorts } from "../process/free-port.ts";
import { startSlowRelay } from "../process/slow-relay.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { startCluster } from "../target.ts";

/** What a test needs of its cluster beside plaintext. */
export type SecureNeed = "tls" | "scram" | "oauthbearer";

/** Such a cluster, and what the suite's own set-up would tell its tests of it. */
export interface SecuredCluster extends AsyncDisposable {
  readonly cluster: RunningCluster;
  /** Of the listener that the test is for. */
  readonly bootstrap: string;
  /** Further lines of `test.conf`. */
  readonly clientConfig: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

const PASSWORD = "librdkafka secret";
const USER = "librdkafka";
const REAUTHENTICATION_MS = 10_000;
/** librdkafka tells a handshake that fails as one only where it did not fail within the call that began it: the broker answers no sooner than this. */
const HANDSHAKE_DELAY_MS = 3;
const MODULES = "org.apache.kafka.common.security";

/** Starts one. */
export async function startSecured(kind: ClusterKind, need: SecureNeed, config: Readonly<Record<string, string>>): Promise<SecuredCluster> {
  const folder = makeTemporaryFolder("librdkafka-secure");
  const protocol = need === "tls" ? "SSL" : "SASL_PLAINTEXT";
  try {
    const tls = need === "tls" ? await makeTlsFiles(folder) : undefined;
    const [port] = await findFreePorts(1);
    const options: StartOptions =
      kind === "kafka"
        ? { brokers: 3, listeners: [protocol] }
        : { config: { listeners: `PLAINTEXT://127.0.0.1:0,${protocol}://127.0.0.1:${port}`, "ottla.replication.factor.clamp": "true" } };
    const cluster = await startCluster(kind, {
      ...options,
      config: {
        ...config,
        "listener.security.protocol.map": `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,${protocol}:${protocol}`,
        ...(need === "scram" && scramConfig),
        ...(need === "oauthbearer" && oauthConfig),
        ...tls?.config,
        ...options.config,
      },
    });
    if (need === "scram") await addUser(cluster);
    const listener = cluster.bootstraps?.[protocol] ?? `127.0.0.1:${port}`;
    const relay = need === "tls" ? await startSlowRelay(Number(listener.split(",")[0]!.split(":").at(-1)), HANDSHAKE_DELAY_MS) : undefined;
    return {
      cluster,
      bootstrap: relay === undefined ? listener : `127.0.0.1:${relay.port}`,
      clientConfig: tls?.clientConfig ?? (need === "scram" ? scramClient : oauthClient),
      env: tls?.env ?? {},
      [Symbol.asyncDispose]: async () => {
        await relay?.[Symbol.asyncDispose]();
        await cluster.stop();
        removeTemporaryFolder(folder);
      },
    };
  } catch (error) {
    removeTemporaryFolder(folder);
    throw error;
  }
}

const PREFIX = "listener.name.sasl_plaintext";
const scramConfig = {
  "sasl.enabled.mechanisms": "SCRAM-SHA-256",
  [`${PREFIX}.scram-sha-256.sasl.jaas.config`]: `${MODULES}.scram.ScramLoginModule required;`,
  "connections.max.reauth.ms": String(REAUTHENTICATION_MS),
};
const scramClient = {
  "security.protocol": "SASL_PLAINTEXT",
  "sasl.mechanism": "SCRAM-SHA-256",
  "sasl.username": USER,
  "sasl.password": PASSWORD,
};
const oauthConfig = {
  "sasl.enabled.mechanisms": "OAUTHBEARER",
  [`${PREFIX}.oauthbearer.sasl.jaas.config`]: `${MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="${USER}";`,
  [`${PREFIX}.oauthbearer.sasl.server.callback.handler.class`]: `${MODULES}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`,
  "connections.max.reauth.ms": String(REAUTHENTICATION_MS),
};
const oauthClient = {
  "security.protocol": "SASL_PLAINTEXT",
  "sasl.mechanism": "OAUTHBEARER",
  "enable.sasl.oauthbearer.unsecure.jwt": "true",
  "sasl.oauthbearer.config": `principal=${USER}`,
};

async function addUser({ bootstrap }: RunningCluster): Promise<void> {
  await using client = createClient({ bootstrapServers: bootstrap, clientId: "set-up" });
  const [outcome] = await client.admin().alterUserScramCredentials([{ user: USER, mechanism: "SCRAM-SHA-256", password: PASSWORD }]);
  if (outcome?.error) throw outcome.error;
}

/** An authority, a broker's certificate and a client's, in every form that the suite reads. */
async function makeTlsFiles(folder: string) {
  const openssl = async (line: string): Promise<void> => {
    const { status, stderr } = await runCommand("openssl", line.split(" "), {
      cwd: folder,
      timeoutMs: 60_000,
      env: { ...process.env, PASS: PASSWORD },
    });
    if (status !== 0) throw new Error(`openssl ${line}: ${stderr.slice(-500)}`);
  };
  await openssl(
    "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=CA -addext basicConstraints=critical,CA:TRUE",
  );
  for (const name of ["broker", "client"]) {
    await openssl(
      `req -new -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1`,
    );
    await openssl(`x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ${name}.pem -days 2 -copy_extensions copy`);
  }
  await openssl("pkcs8 -topk8 -in client.key -out client-encrypted.key -passout env:PASS");
  await openssl("pkcs8 -topk8 -in client.key -outform DER -out client-key.der -passout env:PASS");
  await openssl("x509 -in client.pem -outform DER -out client.der");
  await openssl("x509 -in ca.pem -outform DER -out ca.der");
  await openssl("pkcs12 -export -in client.pem -inkey client.key -certfile ca.pem -name client -out client.p12 -passout env:PASS");
  const text = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");
  return {
    config: {
      "ssl.client.auth": "required",
      // As the suite's own set-up has it: from TLS 1.3 on a client is done before the broker looks at its certificate, and 0097 waits for a handshake that fails.
      "ssl.enabled.protocols": "TLSv1.2",
      "ssl.keystore.type": "PEM",
      "ssl.keystore.certificate.chain": text("broker.pem").trim().replaceAll("\n", " "),
      "ssl.keystore.key": text("broker.key").trim().replaceAll("\n", " "),
      "ssl.truststore.type": "PEM",
      "ssl.truststore.certificates": text("ca.pem").trim().replaceAll("\n", " "),
    },
    clientConfig: {
      "security.protocol": "SSL",
      "ssl.ca.location": `${folder}/ca.pem`,
      "ssl.certificate.location": `${folder}/client.pem`,
      "ssl.key.location": `${folder}/client-encrypted.key`,
      "ssl.key.password": PASSWORD,
    },
    env: {
      SSL_pkcs: `${folder}/client.p12`,
      SSL_pub_der: `${folder}/client.der`,
      SSL_pub_pem: `${folder}/client.pem`,
      SSL_priv_der: `${folder}/client-key.der`,
      SSL_priv_pem: `${folder}/client-encrypted.key`,
      SSL_ca_der: `${folder}/ca.der`,
      SSL_ca_pem: `${folder}/ca.pem`,
      SSL_all_cas_pem: `${folder}/ca.pem`,
      SSL_password: PASSWORD,
      SSL_client_auth: "required",
    },
  };
}
