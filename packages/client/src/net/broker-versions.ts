import type { Api } from "@ottla/protocol";
import type { ApiVersionsResponse } from "@ottla/protocol/apis/api-versions";
import { ClientError } from "../client-error.ts";

/** Bounds that the meaning of a call sets, beside what both sides can encode. */
export interface VersionBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What one broker speaks, as it said when the connection was opened. */
export class BrokerVersions {
  readonly response: ApiVersionsResponse;
  readonly #ranges = new Map<number, { readonly minVersion: number; readonly maxVersion: number }>();

  constructor(response: ApiVersionsResponse) {
    this.response = response;
    for (const entry of response.apiKeys) this.#ranges.set(entry.apiKey, entry);
  }

  /** The highest version that both sides know within the bounds; undefined when there is none. */
  find(api: Api<unknown, unknown>, bounds: VersionBounds = {}): number | undefined {
    const range = this.#ranges.get(api.key);
    if (range === undefined) return undefined;
    const version = Math.min(api.maxVersion, range.maxVersion, bounds.max ?? Infinity);
    return version >= Math.max(api.minVersion, range.minVersion, bounds.min ?? 0) ? version : undefined;
  }

  /** As {@link find}; throws `ClientError` NO_COMMON_VERSION. */
  choose(api: Api<unknown, unknown>, bounds: VersionBounds = {}): number {
    const version = this.find(api, bounds);
    if (version !== undefined) return version;
    const range = this.#ranges.get(api.key);
    const theirs = range === undefined ? "does not have it" : `has versions ${range.minVersion} to ${range.maxVersion}`;
    const low = Math.max(api.minVersion, bounds.min ?? 0);
    const high = Math.min(api.maxVersion, bounds.max ?? Infinity);
    throw new ClientError("NO_COMMON_VERSION", `This needs ${api.name} in a version from ${low} to ${high}, and the broker ${theirs}.`);
  }

  /** The level a cluster feature was finalised at; 0 when it does not know the feature. */
  finalizedLevel(feature: string): number {
    return this.response.finalizedFeatures.find((f) => f.name === feature)?.maxVersionLevel ?? 0;
  }
}
