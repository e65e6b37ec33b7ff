import type { ApiSpec } from "./spec.ts";
import { intersect, isEmpty, parseVersions } from "./versions.ts";

/** The table of all APIs, which a broker needs before it loads a single codec. */
export function emitApiKeys(specs: readonly ApiSpec[]): string {
  const sorted = specs.toSorted((a, b) => a.key - b.key);
  const rows = sorted.map((spec) => {
    const valid = parseVersions(spec.versions);
    const flexible = intersect(parseVersions(spec.flexible), valid);
    const first = isEmpty(flexible) ? "Number.POSITIVE_INFINITY" : `${flexible.first}`;
    return `  { key: ${spec.key}, name: "${spec.name}", minVersion: ${valid.first}, maxVersion: ${valid.last}, firstFlexibleVersion: ${first} },\n`;
  });
  return `// Generated from packages/protocol/spec/apis by \`npm run gen\`. Do not edit.

import type { ApiVersionInfo } from "../api-version-info.ts";

/** The key of every client-facing API by its name. */
export const ApiKey = {
${sorted.map((spec) => `  ${spec.name}: ${spec.key},\n`).join("")}} as const;

export const apiTable: readonly ApiVersionInfo[] = [
${rows.join("")}];
`;
}
