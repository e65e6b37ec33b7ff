import { writeFileSync } from "node:fs";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";

const DAY_MS = 86_400_000;

/** A good cluster, and one in which what takes minutes takes seconds. */
const common: Readonly<Record<string, string>> = {
  "default.replication.factor": "3",
  "min.insync.replicas": "2",
  "transaction.state.log.min.isr": "2",
  "share.coordinator.state.topic.min.isr": "2",
  "offsets.topic.num.partitions": "3",
  "transaction.state.log.num.partitions": "3",
  "auto.create.topics.enable": "false",
  "broker.session.timeout.ms": "3000",
  "broker.heartbeat.interval.ms": "500",
  "replica.lag.time.max.ms": "3000",
  "log.retention.check.interval.ms": "500",
  "log.segment.delete.delay.ms": "100",
  "group.initial.rebalance.delay.ms": "0",
};
const authorizer: Readonly<Record<string, string>> = {
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "super.users": "User:ANONYMOUS",
};

/** What the clusters that are broken have in common. */
export const faultyConfig = {
  common: { ...common, ...authorizer },
  authorizer,
  ofNode: (id: number): Readonly<Record<string, string>> => ({ "broker.rack": `rack-${id}` }),
};

/** A TLS listener by the name SECURE, with a certificate of a year in the folder. */
export async function secureListener(folder: string): Promise<Readonly<Record<string, string>>> {
  const valid = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 365 * DAY_MS) };
  const authority = await createAuthority({ subject: "CN=The cluster's own CA", ...valid });
  const { certificate, privateKey } = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...valid });
  writeFileSync(`${folder}/server.pem`, privateKey + certificate);
  return {
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,OUTSIDE:PLAINTEXT,SECURE:SSL",
    "listener.name.secure.ssl.keystore.type": "PEM",
    "listener.name.secure.ssl.keystore.location": `${folder}/server.pem`,
    "ssl.allow.san.changes": "true",
    "ssl.allow.dn.changes": "true",
  };
}
