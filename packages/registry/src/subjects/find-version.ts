import { RegistryError } from "../registry-error.ts";
import type { SchemaVersion } from "./registry-record.ts";
import type { RegistryState } from "./registry-state.ts";

/**
 * A version of a subject; `latest` is the latest that is not deleted.
 * @param deleted whether softly deleted ones count too
 * @throws RegistryError `REGISTRY_SUBJECT_NOT_FOUND`, `REGISTRY_VERSION_NOT_FOUND`
 */
export function findVersion(state: RegistryState, subject: string, version: number | "latest", deleted: boolean): SchemaVersion {
  const versions = deleted ? state.versions(subject) : state.liveVersions(subject);
  if (versions.length === 0) throw new RegistryError("REGISTRY_SUBJECT_NOT_FOUND", `There is no subject "${subject}".`);
  const found = version === "latest" ? (state.liveVersions(subject).at(-1) ?? versions.at(-1)) : state.version(subject, version);
  if (found !== undefined && (deleted || !found.isDeleted)) return found;
  throw new RegistryError("REGISTRY_VERSION_NOT_FOUND", `The subject "${subject}" has no version ${version}.`);
}

/**
 * A version by what stands in a path: a whole number from 1, `latest` or -1.
 * @throws RegistryError `REGISTRY_INVALID_VERSION`
 */
export function parseVersion(written: string): number | "latest" {
  if (written === "latest" || written === "-1") return "latest";
  const version = /^\d{1,10}$/.test(written) ? Number(written) : 0;
  if (version >= 1 && version <= 0x7fff_ffff) return version;
  throw new RegistryError(
    "REGISTRY_INVALID_VERSION",
    `"${written.slice(0, 40)}" is no version: a whole number from 1 to 2^31 - 1, or "latest".`,
  );
}
