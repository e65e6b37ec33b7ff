import { writeFileSync } from "node:fs";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";
import type { ClusterKind, RunningCluster } from "@ottla/conformance/cluster";
import { findFreePorts } from "@ottla/conformance/process/free-port";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { startCluster } from "@ottla/conformance/target";
import type { BenchOptions } from "../part.ts";

/** A broker with a plain listener and the same behind TLS, behind SCRAM, and behind both. */
export interface SecuredCluster {
  readonly cluster: RunningCluster;
  readonly plain: string;
  readonly ssl: string;
  readonly saslPlaintext: string;
  readonly saslSsl: string;
  /** The authority's certificate, for clients. */
  readonly caFile: string;
}

const DAY_MS = 86_400_000;
const SCRAM_JAAS = "org.apache.kafka.common.security.scram.ScramLoginModule required;";

interface Ports {
  readonly plain: number;
  readonly ssl: number;
  readonly saslPlaintext: number;
  readonly saslSsl: number;
  readonly controller: number;
}

async function freePorts(): Promise<Ports> {
  const [plain = 0, ssl = 0, saslPlaintext = 0, saslSsl = 0, controller = 0] = await findFreePorts(5);
  return { plain, ssl, saslPlaintext, saslSsl, controller };
}

function configOf(kind: ClusterKind, ports: Ports, keystoreFile: string): Record<string, string> {
  const clients = [
    `PLAINTEXT://127.0.0.1:${ports.plain}`,
    `SSL://127.0.0.1:${ports.ssl}`,
    `SASL_PLAINTEXT://127.0.0.1:${ports.saslPlaintext}`,
    `SASL_SSL://127.0.0.1:${ports.saslSsl}`,
  ].join(",");
  return {
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "1",
    listeners: kind === "kafka" ? `${clients},CONTROLLER://127.0.0.1:${ports.controller}` : clients,
    ...(kind === "kafka" && {
      "advertised.listeners": clients,
      "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
      "controller.quorum.voters": `1@127.0.0.1:${ports.controller}`,
      "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": SCRAM_JAAS,
      "listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config": SCRAM_JAAS,
    }),
    "sasl.enabled.mechanisms": "SCRAM-SHA-256",
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": keystoreFile,
  };
}

/** As `withClusters`, with an authority and certificates of its own (P-256). */
export async function withSecuredClusters<T>(options: BenchOptions, body: (clusters: readonly SecuredCluster[]) => Promise<T>): Promise<T> {
  const folder = makeTemporaryFolder("secured");
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS) };
  const authority = await createAuthority({ subject: "CN=bench CA", ...validity });
  const { certificate, privateKey } = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });
  const keystoreFile = `${folder}/broker.pem`;
  const caFile = `${folder}/ca.pem`;
  writeFileSync(keystoreFile, privateKey + certificate);
  writeFileSync(caFile, authority.certificate);
  const clusters: SecuredCluster[] = [];
  try {
    for (const kind of options.contestants) {
      const ports = await freePorts();
      const config = configOf(kind, ports, keystoreFile);
      const cluster = await startCluster(kind, { config, port: ports.plain, production: true });
      clusters.push({
        cluster,
        plain: `127.0.0.1:${ports.plain}`,
        ssl: `127.0.0.1:${ports.ssl}`,
        saslPlaintext: `127.0.0.1:${ports.saslPlaintext}`,
        saslSsl: `127.0.0.1:${ports.saslSsl}`,
        caFile,
      });
    }
    return await body(clusters);
  } finally {
    await Promise.all(clusters.map(({ cluster }) => cluster.stop()));
    removeTemporaryFolder(folder);
  }
}
