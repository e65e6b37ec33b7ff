import type { ClusterKind, RunningCluster, StartOptions } from "./cluster.ts";
import { startKafka } from "./kafka/cluster.ts";
import { startOttla } from "./ottla/broker.ts";
import type { SecureAccess } from "./secure/secure-listeners.ts";

/** The running cluster that a test file is to talk to, as the runner hands it down. */
export interface Target {
  readonly kind: ClusterKind;
  readonly brokers: number;
  readonly bootstrap: string;
  /** Undefined where the cluster has a plaintext listener only. */
  readonly secure?: SecureAccess;
}

const TARGET_VARIABLE = "OTTLA_CONFORMANCE_TARGET";

/** The cluster of this run; undefined when the file was not started by one of the conformance runners. */
export function findTarget(): Target | undefined {
  const text = process.env[TARGET_VARIABLE];
  return text === undefined ? undefined : (JSON.parse(text) as Target);
}

/** As {@link findTarget}, for files that make no sense alone. */
export function requireTarget(): Target {
  const target = findTarget();
  if (target === undefined) throw new Error("No cluster to talk to: run this file by `npm run test:clients` or `npm run test:kafka`.");
  return target;
}

/** The environment that hands `target` down to a test file. */
export function targetEnvironment(target: Target): Record<string, string> {
  const { kind, brokers, bootstrap, secure } = target;
  return { [TARGET_VARIABLE]: JSON.stringify({ kind, brokers, bootstrap, secure }) };
}

/** Starts a cluster of either kind. */
export function startCluster(kind: ClusterKind, options: StartOptions): Promise<RunningCluster> {
  return kind === "kafka" ? startKafka(options) : startOttla(options);
}

/** What suits all the client suites: quick groups, automatic topics of four partitions. */
export const testProfile: Readonly<Record<string, string>> = {
  "auto.create.topics.enable": "true",
  "num.partitions": "4",
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "6000",
  "group.consumer.min.heartbeat.interval.ms": "100",
  "group.consumer.heartbeat.interval.ms": "200",
  "offsets.topic.num.partitions": "4",
  // Ours takes too high a replication factor unless told to be as strict as Kafka, which does not know this name.
  "ottla.replication.factor.clamp": "false",
};
