import { RegistryError } from "../registry-error.ts";
import { findVersion } from "./find-version.ts";
import type { RegistryRecord, SchemaVersion } from "./registry-record.ts";
import { type RegistryState, SPENT_IDS_SUBJECT } from "./registry-state.ts";
import { parseSubjectName, requireSubjectName, writeSubjectName } from "./subject-name.ts";

/** What a deletion comes to: records to be appended in one piece, and the versions that they delete. */
export interface Deletion {
  readonly records: readonly RegistryRecord[];
  readonly versions: readonly number[];
}

/**
 * Deletes one version, softly, or for ever when it is softly deleted already.
 * @throws RegistryError `REGISTRY_SUBJECT_NOT_FOUND`, `REGISTRY_VERSION_NOT_FOUND`, `REGISTRY_VERSION_SOFT_DELETED` (deleted softly a second time), `REGISTRY_VERSION_NOT_SOFT_DELETED`,
 * `REGISTRY_REFERENCE_EXISTS`, `REGISTRY_NOT_PERMITTED`
 */
export function deleteVersion(state: RegistryState, written: string, version: number | "latest", permanent: boolean): Deletion {
  const subject = writeSubjectName(requireSubjectName(written));
  requireWritable(state, subject);
  const found = findVersion(state, subject, version, true);
  requireUnreferenced(state, [found], permanent);
  if (!permanent) {
    if (found.isDeleted) {
      const message = `Version ${found.version} of the subject "${subject}" was deleted softly; delete it with permanent=true to be rid of it.`;
      throw new RegistryError("REGISTRY_VERSION_SOFT_DELETED", message);
    }
    const value: SchemaVersion = { ...found, isDeleted: true };
    return { records: [{ type: "SCHEMA", subject, version: found.version, value }], versions: [found.version] };
  }
  if (!found.isDeleted) {
    const message = `Version ${found.version} of the subject "${subject}" must be deleted softly first.`;
    throw new RegistryError("REGISTRY_VERSION_NOT_SOFT_DELETED", message);
  }
  const gone: RegistryRecord = { type: "SCHEMA", subject, version: found.version, value: null };
  return { records: [...spentIds(state, subject, [found]), gone], versions: [found.version] };
}

/**
 * Deletes all versions of a subject, softly, or for ever when all are softly deleted already.
 * @throws RegistryError `REGISTRY_SUBJECT_NOT_FOUND`, `REGISTRY_SUBJECT_SOFT_DELETED`, `REGISTRY_SUBJECT_NOT_SOFT_DELETED`, `REGISTRY_REFERENCE_EXISTS`, `REGISTRY_NOT_PERMITTED`
 */
export function deleteSubject(state: RegistryState, written: string, permanent: boolean): Deletion {
  const subject = writeSubjectName(requireSubjectName(written));
  requireWritable(state, subject);
  const all = state.versions(subject);
  if (all.length === 0) throw new RegistryError("REGISTRY_SUBJECT_NOT_FOUND", `There is no subject "${subject}".`);
  const live = state.liveVersions(subject);
  requireUnreferenced(state, all, permanent);
  if (permanent) {
    if (live.length > 0) {
      throw new RegistryError("REGISTRY_SUBJECT_NOT_SOFT_DELETED", `The subject "${subject}" must be deleted softly first.`);
    }
    // Each version's own record goes as well, so that compaction leaves nothing that could come back.
    const gone = all.map(({ version }): RegistryRecord => ({ type: "SCHEMA", subject, version, value: null }));
    const settings = settingsGone(state, subject);
    const records: RegistryRecord[] = [...spentIds(state, subject, all), { type: "CLEAR_SUBJECT", subject }, ...gone, ...settings];
    return { records, versions: all.map(({ version }) => version) };
  }
  const last = live.at(-1);
  if (last === undefined) {
    const message = `The subject "${subject}" was deleted softly; delete it with permanent=true to be rid of it.`;
    throw new RegistryError("REGISTRY_SUBJECT_SOFT_DELETED", message);
  }
  const records: RegistryRecord[] = [{ type: "DELETE_SUBJECT", subject, version: last.version }, ...settingsGone(state, subject)];
  return { records, versions: live.map(({ version }) => version) };
}

function requireWritable(state: RegistryState, subject: string): void {
  const mode = state.mode(subject);
  if (mode !== "READONLY" && mode !== "READONLY_OVERRIDE") return;
  throw new RegistryError("REGISTRY_NOT_PERMITTED", `The subject "${subject}" is in mode ${mode}: nothing can be deleted.`);
}

/** What goes for ever takes with it whatever refers to it: records of a softly deleted version are to be read still, and it is not read without what it refers to. */
function requireUnreferenced(state: RegistryState, versions: readonly SchemaVersion[], permanent: boolean): void {
  for (const { subject, version } of versions) {
    const referrers = permanent ? state.allReferrers(subject, version) : state.referrers(subject, version);
    const referrer = referrers.find((each) => each.subject !== subject || !versions.includes(each));
    if (referrer === undefined) continue;
    const how = referrer.isDeleted ? ", which was deleted softly; delete that with permanent=true first." : "; delete that first.";
    const message = `Version ${version} of the subject "${subject}" is referred to by version ${referrer.version} of "${referrer.subject}"${how}`;
    throw new RegistryError("REGISTRY_REFERENCE_EXISTS", message);
  }
}

/** A subject that is made again begins without the settings of the one that went. */
function settingsGone(state: RegistryState, subject: string): readonly RegistryRecord[] {
  const config: RegistryRecord[] = state.ownConfig(subject) === undefined ? [] : [{ type: "CONFIG", subject, value: null }];
  const mode: RegistryRecord[] = state.ownMode(subject) === undefined ? [] : [{ type: "MODE", subject, value: null }];
  return [...config, ...mode];
}

/** Once the record with the highest id is compacted away nothing in the topic would say that the id was used. */
function spentIds(state: RegistryState, subject: string, gone: readonly SchemaVersion[]): readonly RegistryRecord[] {
  const { context } = parseSubjectName(subject);
  const { highest } = state.ids(context);
  if (!gone.some(({ id }) => id === highest)) return [];
  const properties = { ...Object.fromEntries(state.spentIds()), [context]: String(highest) };
  return [{ type: "CONFIG", subject: SPENT_IDS_SUBJECT, value: { defaultMetadata: { properties } } }];
}
