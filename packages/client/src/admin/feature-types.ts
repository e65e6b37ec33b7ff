/** What a broker can do and what the cluster has agreed on. */
export interface FeaturesDescription {
  /** By name: the levels that every broker asked for supports. */
  readonly supported: ReadonlyMap<string, { readonly minLevel: number; readonly maxLevel: number }>;
  /** By name: the level that is in force. */
  readonly finalized: ReadonlyMap<string, number>;
  /** Of the finalized levels; undefined when the broker knows none. */
  readonly finalizedEpoch: number | undefined;
}

/** Which level a feature is to have; 0 takes it away. */
export interface FeatureUpdate {
  readonly name: string;
  readonly level: number;
  /** `upgrade` (default), `safeDowngrade` loses nothing, `unsafeDowngrade` may lose metadata. */
  readonly type?: "upgrade" | "safeDowngrade" | "unsafeDowngrade" | undefined;
}
