import { ErrorCode } from "@ottla/protocol";
import type { MetadataRecord } from "./metadata-records.ts";

/** A feature of KIP-584: its levels that this broker can work at, and the one that a new cluster works at. Level 0 means "off". */
export interface ClusterFeature {
  readonly name: string;
  readonly minLevel: number;
  readonly maxLevel: number;
  readonly newClusterLevel: number;
}

/** Metadata of Apache Kafka 4.4 (IBP_4_4): consoles read the cluster's release from it. Ours has one level, and cannot be moved. */
const METADATA_LEVEL = 33;

/**
 * The features that are served, of the seven that Apache Kafka 4.4 names. Clients change what they do by the others: with transaction.version 2 they leave
 * AddPartitionsToTxn out, with streams.version 1 they may join streams groups, with share.version 1 share groups; eligible.leader.replicas.version needs replicas.
 * Each is added here together with what it stands for. kraft.version 0 is a quorum whose voters never change, as our only one.
 */
export const clusterFeatures: readonly ClusterFeature[] = [
  { name: "group.version", minLevel: 0, maxLevel: 1, newClusterLevel: 1 },
  { name: "kraft.version", minLevel: 0, maxLevel: 0, newClusterLevel: 0 },
  { name: "metadata.version", minLevel: METADATA_LEVEL, maxLevel: METADATA_LEVEL, newClusterLevel: METADATA_LEVEL },
  { name: "streams.version", minLevel: 0, maxLevel: 1, newClusterLevel: 1 },
  { name: "transaction.version", minLevel: 0, maxLevel: 2, newClusterLevel: 2 },
];

/** What metadata says of features. */
export interface FeatureLevels {
  /** Undefined while nobody has set it. */
  featureLevel(name: string): number | undefined;
  /** Rises with every change. */
  readonly featuresEpoch: number;
}

/** The level that the cluster works at; 0 for features that are not served. */
export function levelOf(levels: FeatureLevels, name: string): number {
  return levels.featureLevel(name) ?? clusterFeatures.find((each) => each.name === name)?.newClusterLevel ?? 0;
}

/** Whether a level may rise, or sink. Numbered as in UpdateFeatures. */
const UPGRADE = 1;
const UPGRADE_TYPES: ReadonlySet<number> = new Set([UPGRADE, 2, 3]);

/** One change that a client wants. */
export interface FeatureChange {
  readonly feature: string;
  readonly maxVersionLevel: number;
  /** 1 upgrade, 2 safe downgrade, 3 unsafe downgrade. */
  readonly upgradeType: number;
}

export type FeatureUpdateOutcome =
  | { readonly kind: "refused"; readonly errorCode: number; readonly message: string }
  | { readonly kind: "change"; readonly records: readonly MetadataRecord[] };

/** UpdateFeatures: all of the changes or none. Errors: INVALID_UPDATE_VERSION. Source: KIP-584, KIP-778. */
export function decideFeatureUpdates(levels: FeatureLevels, changes: readonly FeatureChange[]): FeatureUpdateOutcome {
  const changed: Record<string, number> = {};
  for (const { feature, maxVersionLevel, upgradeType } of changes) {
    const why = reasonAgainst(levels, feature, maxVersionLevel, upgradeType);
    if (why !== undefined) {
      const message = `The feature ${feature} cannot be set to level ${maxVersionLevel}: ${why}.`;
      return { kind: "refused", errorCode: ErrorCode.INVALID_UPDATE_VERSION, message };
    }
    if (maxVersionLevel !== levelOf(levels, feature)) changed[feature] = maxVersionLevel;
  }
  const hasChanges = Object.keys(changed).length > 0;
  return { kind: "change", records: hasChanges ? [{ kind: "features", epoch: levels.featuresEpoch + 1, levels: changed }] : [] };
}

function reasonAgainst(levels: FeatureLevels, name: string, level: number, upgradeType: number): string | undefined {
  const feature = clusterFeatures.find((each) => each.name === name);
  if (!feature) return "this broker does not serve it";
  const { minLevel, maxLevel } = feature;
  if (level < minLevel || level > maxLevel) {
    return minLevel === maxLevel
      ? `this broker works at level ${minLevel} alone`
      : `this broker works at levels ${minLevel} to ${maxLevel}`;
  }
  if (!UPGRADE_TYPES.has(upgradeType)) return `${upgradeType} is no upgrade type`;
  const present = levelOf(levels, name);
  if (level < present && upgradeType === UPGRADE) return `it is at level ${present}, and goes lower only as a safe or an unsafe downgrade`;
  if (level > present && upgradeType !== UPGRADE) return `it is at level ${present}, and does not rise by a downgrade`;
  return undefined;
}
