import type { ApiVersionInfo } from "./api-version-info.ts";
import { ApiKey, apiTable } from "./generated/api-keys.ts";

export type { ApiVersionInfo };
export { ApiKey, apiTable };

const byKey: (ApiVersionInfo | undefined)[] = [];
for (const info of apiTable) byKey[info.key] = info;

/** The API of a key, or `undefined` for a key that no client may send. */
export function apiInfo(key: number): ApiVersionInfo | undefined {
  return byKey[key];
}

/** Whether the codec knows this version. A broker may serve fewer. */
export function isVersionSupported(info: ApiVersionInfo, version: number): boolean {
  return version >= info.minVersion && version <= info.maxVersion;
}

/**
 * The minimum a broker puts into its ApiVersions answer. Produce is listed from 0 although 0 to 2 are not served,
 * because old librdkafka looks for version 0 before it compresses.
 */
export function advertisedMinVersion(info: ApiVersionInfo): number {
  return info.key === ApiKey.Produce ? 0 : info.minVersion;
}
