/** What is known of an API without its codec. */
export interface ApiVersionInfo {
  readonly key: number;
  readonly name: string;
  /** The oldest version the codec reads; what a broker advertises is `advertisedMinVersion`. */
  readonly minVersion: number;
  readonly maxVersion: number;
  /** The first version with compact lengths and tagged fields; `Infinity` where there is none. */
  readonly firstFlexibleVersion: number;
}
