import type { AclBinding } from "@ottla/protocol";
import type { QuotaEntity, QuotaLimits } from "./client-quotas.ts";
import type { DelegationTokenRecord } from "./delegation-tokens.ts";
import type { ScramRecord } from "./scram-credentials.ts";

/**
 * The records of the metadata journal: everything the broker knows beside the logs. Each is one JSON object, so that a person
 * can read the journal; unknown kinds come from a newer version and are refused at start.
 */
export type MetadataRecord =
  | ScramRecord
  | DelegationTokenRecord
  | { readonly kind: "cluster"; readonly clusterId: string }
  /** The process started; raises every partition's leader epoch. */
  | { readonly kind: "started"; readonly startEpoch: number }
  | {
      readonly kind: "topic";
      readonly name: string;
      readonly topicId: string;
      /** Replicas by partition; the first one leads. */
      readonly replicas: readonly (readonly number[])[];
      readonly configs: Readonly<Record<string, string>>;
      /** In snapshots: where they differ from a new topic's. */
      readonly leaders?: readonly number[];
      readonly leaderEpochs?: readonly number[];
    }
  | { readonly kind: "partitions"; readonly topicId: string; readonly replicas: readonly (readonly number[])[] }
  | { readonly kind: "leader"; readonly topicId: string; readonly partition: number; readonly leader: number }
  | { readonly kind: "assignment"; readonly topicId: string; readonly partition: number; readonly replicas: readonly number[] }
  | { readonly kind: "topic-deleted"; readonly topicId: string }
  /** The whole set of overrides of one resource; empty means none. */
  | {
      readonly kind: "configs";
      readonly resource: ConfigResourceKind;
      readonly name: string;
      readonly configs: Readonly<Record<string, string>>;
    }
  /** An ACL that was not there. */
  | { readonly kind: "acl"; readonly acl: AclBinding }
  | { readonly kind: "acl-removed"; readonly acl: AclBinding }
  /** All limits of one entity; none means that it has none any more. */
  | { readonly kind: "client-quota"; readonly entity: QuotaEntity; readonly limits: QuotaLimits }
  /** Producer ids below `nextProducerId` may have been handed out. */
  | { readonly kind: "producer-ids"; readonly nextProducerId: number }
  /** Levels of features that somebody has set; those that are not named stay. */
  | { readonly kind: "features"; readonly epoch: number; readonly levels: Readonly<Record<string, number>> };

/** Broker resources have the node id as name, "" meaning the cluster-wide default. */
export type ConfigResourceKind = "topic" | "broker" | "group" | "client-metrics";

const KINDS: Readonly<Record<MetadataRecord["kind"], true>> = {
  cluster: true,
  started: true,
  topic: true,
  partitions: true,
  leader: true,
  assignment: true,
  "topic-deleted": true,
  configs: true,
  acl: true,
  "acl-removed": true,
  "client-quota": true,
  "producer-ids": true,
  features: true,
  "scram-credential": true,
  "scram-credential-deleted": true,
  "delegation-token": true,
  "delegation-token-removed": true,
  "scram-decoys": true,
};

/** Whether this version knows such records. */
export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}
