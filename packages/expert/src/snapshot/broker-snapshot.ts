import type { Configs } from "./config-snapshot.ts";
import type { Observed } from "./observed.ts";

/** `missing`: replicas or voters name it, but the cluster does not list it among its live brokers: it is down, fenced, or was never removed. */
export type BrokerState = "alive" | "fenced" | "missing";

/** A directory with logs. */
export interface LogDirSnapshot {
  readonly path: string;
  /** Of the whole volume; undefined from brokers before Kafka 3.3. */
  readonly totalBytes: number | undefined;
  readonly usableBytes: number | undefined;
  readonly replicas: number;
  readonly replicaBytes: number;
  /** Why the broker cannot use it; undefined when it can. */
  readonly offline: string | undefined;
}

export interface ApiRange {
  readonly apiKey: number;
  readonly name: string | undefined;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** One level of one feature: what the broker can do, and what the cluster has agreed on. */
export interface FeatureSnapshot {
  readonly name: string;
  readonly minLevel: number;
  readonly maxLevel: number;
  /** Undefined when the cluster does not use it. */
  readonly finalizedLevel: number | undefined;
}

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** The common name; empty where it has none. */
  readonly subject: string;
  /** Host names and addresses that it is for. */
  readonly names: readonly string[];
  /** Since 1970. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** The certificate that a broker presents at one of the TLS listeners that it advertises. */
export interface CertificateSnapshot {
  readonly listener: string;
  readonly host: string;
  readonly port: number;
  readonly certificate: Observed<CertificateFacts>;
}

export interface BrokerSnapshot {
  readonly nodeId: number;
  readonly state: BrokerState;
  /** As it advertises itself on the listener that was asked. */
  readonly endpoint: { readonly host: string; readonly port: number } | undefined;
  readonly rack: string | undefined;
  readonly apis: Observed<readonly ApiRange[]>;
  readonly features: Observed<readonly FeatureSnapshot[]>;
  /** Effective: the file, what was changed at run time, and defaults. */
  readonly configs: Observed<Configs>;
  readonly logDirs: Observed<readonly LogDirSnapshot[]>;
  /** Who answers at its endpoint, where that is another broker; what was asked of it is unreachable then. */
  readonly answeredBy?: number;
  /** Of each TLS listener that it advertises. */
  readonly certificates: Observed<readonly CertificateSnapshot[]>;
}
