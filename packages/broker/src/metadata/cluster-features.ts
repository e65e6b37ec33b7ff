import { ErrorCode } from "@ottla/protocol";

/** A feature of KIP-584: its levels that this broker can work at, and the one that the cluster works at. Level 0 means "off". */
export interface ClusterFeature {
  readonly name: string;
  readonly minLevel: number;
  readonly maxLevel: number;
  readonly level: number;
}

/** Metadata of Apache Kafka 4.4 (IBP_4_4): consoles read the cluster's release from it. Ours has one level, and cannot be moved. */
const METADATA_LEVEL = 33;

/**
 * The features that are served, of the seven that Apache Kafka 4.4 names. Clients change what they do by the others: with transaction.version 2 they leave
 * AddPartitionsToTxn out, with group.version, share.version or streams.version 1 they may join such groups; eligible.leader.replicas.version needs replicas.
 * Each is added here together with what it stands for. kraft.version 0 is a quorum whose voters never change, as our only one.
 */
export const clusterFeatures: readonly ClusterFeature[] = [
  { name: "kraft.version", minLevel: 0, maxLevel: 0, level: 0 },
  { name: "metadata.version", minLevel: METADATA_LEVEL, maxLevel: METADATA_LEVEL, level: METADATA_LEVEL },
];

/** No level ever changes while a cluster lives, so what is finalized has one epoch. */
export const FEATURES_EPOCH = 0;

export type FeatureUpdateOutcome = { readonly errorCode: 0 } | { readonly errorCode: number; readonly message: string };

/** UpdateFeatures for one feature: only the level that it has is accepted. Errors: INVALID_UPDATE_VERSION. */
export function decideFeatureUpdate(name: string, level: number): FeatureUpdateOutcome {
  const feature = clusterFeatures.find((each) => each.name === name);
  if (feature?.level === level) return { errorCode: 0 };
  const why = feature === undefined ? "this broker does not serve it" : `this broker works at level ${feature.level} alone`;
  return { errorCode: ErrorCode.INVALID_UPDATE_VERSION, message: `The feature ${name} cannot be set to level ${level}: ${why}.` };
}
