import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import type { ClusterLink, VersionRanges } from "./cluster-link.ts";

async function rangesOf(link: ClusterLink): Promise<VersionRanges> {
  const answer = await link.ask(apiVersionsApi, 3, makeApiVersionsRequest({ clientSoftwareName: "script", clientSoftwareVersion: "1" }));
  if (typeof answer === "string") throw new Error(`ApiVersions was not answered: ${answer}.`);
  return new Map(answer.apiKeys.map((entry) => [entry.apiKey, entry]));
}

/** The versions that both clusters take, by key; keys of one alone are left out. */
export async function commonRanges(kafka: ClusterLink, ours: ClusterLink): Promise<VersionRanges> {
  const [theirs, own] = await Promise.all([rangesOf(kafka), rangesOf(ours)]);
  const common = new Map<number, { readonly minVersion: number; readonly maxVersion: number }>();
  for (const [key, range] of theirs) {
    const other = own.get(key);
    if (other === undefined) continue;
    const minVersion = Math.max(range.minVersion, other.minVersion);
    const maxVersion = Math.min(range.maxVersion, other.maxVersion);
    if (minVersion <= maxVersion) common.set(key, { minVersion, maxVersion });
  }
  return common;
}
