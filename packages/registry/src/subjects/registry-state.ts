import type { CompatibilityLevel } from "../compatibility/compatibility-level.ts";
import type { RegistryMode, RegistryRecord, SchemaVersion, SubjectConfig } from "./registry-record.ts";
import { ContextIds } from "./context-ids.ts";
import { DEFAULT_CONTEXT, GLOBAL_CONTEXT, parseSubjectName } from "./subject-name.ts";

/** A key under which {@link RegistryState} remembers ids that were given away and whose schemas are gone. It has the form of a context's config, so that any registry reads it. */
export const SPENT_IDS_SUBJECT = ":.__ottla_ids:";

/** Where neither subject nor context nor the whole says something. */
const DEFAULT_LEVEL: CompatibilityLevel = "BACKWARD";

const NO_VERSIONS: readonly SchemaVersion[] = [];

/**
 * What a registry knows: subjects with their versions, ids, configs, modes. Changed by {@link apply} alone, with the records of its topic in their order; equal records give equal states.
 */
export class RegistryState {
  readonly #subjects = new Map<string, SchemaVersion[]>();
  #sorted: readonly string[] | undefined;
  readonly #contexts = new Map<string, ContextIds>();
  readonly #configs = new Map<string, SubjectConfig>();
  readonly #modes = new Map<string, RegistryMode>();
  readonly #spentIds = new Map<string, string>();
  /** Of each version that is referred to, those that do; soft deletes do not count. */
  readonly #referrers = new Map<string, Set<SchemaVersion>>();

  apply(record: RegistryRecord): void {
    switch (record.type) {
      case "SCHEMA":
        this.#putVersion(record.subject, record.version, record.value);
        break;
      case "CONFIG":
        if (record.subject === SPENT_IDS_SUBJECT) this.#spend(record.value?.defaultMetadata?.properties ?? {});
        else put(this.#configs, record.subject ?? "", record.value);
        break;
      case "MODE":
        put(this.#modes, record.subject ?? "", record.value);
        break;
      case "DELETE_SUBJECT":
        for (const each of this.versions(record.subject).filter(({ version }) => version <= record.version)) {
          if (!each.isDeleted) this.#putVersion(record.subject, each.version, { ...each, isDeleted: true });
        }
        break;
      case "CLEAR_SUBJECT":
        for (const { version } of [...this.versions(record.subject)]) this.#putVersion(record.subject, version, null);
        break;
    }
  }

  /** All versions of a subject, softly deleted ones too, lowest first. */
  versions(subject: string): readonly SchemaVersion[] {
    return this.#subjects.get(subject) ?? NO_VERSIONS;
  }

  liveVersions(subject: string): readonly SchemaVersion[] {
    return this.versions(subject).filter(({ isDeleted }) => !isDeleted);
  }

  version(subject: string, version: number): SchemaVersion | undefined {
    const versions = this.versions(subject);
    const at = placeOf(versions, version);
    return versions[at]?.version === version ? versions[at] : undefined;
  }

  /** Names of subjects with a version, in no order. */
  subjects(): IterableIterator<string> {
    return this.#subjects.keys();
  }

  /** Names of subjects with a version, in the order of their characters. Sorted again only when one came or went. */
  sortedSubjects(): readonly string[] {
    this.#sorted ??= [...this.#subjects.keys()].sort();
    return this.#sorted;
  }

  /** Contexts in which something is, in the order in which they came. */
  contexts(): readonly string[] {
    return [...this.#contexts].filter(([, ids]) => ids.size > 0).map(([context]) => context);
  }

  /** Asking makes no context: names of any length and number may be asked for. */
  ids(context: string): ContextIds {
    return this.#contexts.get(context) ?? new ContextIds();
  }

  #idsOf(context: string): ContextIds {
    let ids = this.#contexts.get(context);
    if (ids === undefined) this.#contexts.set(context, (ids = new ContextIds()));
    return ids;
  }

  /** By context, the highest ids that are known by nothing but a record of their own. */
  spentIds(): ReadonlyMap<string, string> {
    return this.#spentIds;
  }

  /** Versions that refer to this one and are not deleted. */
  referrers(subject: string, version: number): readonly SchemaVersion[] {
    return this.allReferrers(subject, version).filter(({ isDeleted }) => !isDeleted);
  }

  /** Those that are softly deleted, too. */
  allReferrers(subject: string, version: number): readonly SchemaVersion[] {
    return [...(this.#referrers.get(referenceKey(subject, version)) ?? [])];
  }

  /** Places that have a mode of their own; null for what is global. */
  modePlaces(): readonly (string | null)[] {
    return [...this.#modes.keys()].map((place) => (place === "" ? null : place));
  }

  /** Subjects that have another name, by that name. */
  *aliases(): IterableIterator<readonly [alias: string, subject: string]> {
    for (const [place, { alias }] of this.#configs) if (alias !== undefined && alias !== "") yield [place, alias];
  }

  /** What is said for exactly this subject, a context (`:.context:`), or for all (null). */
  ownConfig(subject: string | null): SubjectConfig | undefined {
    return this.#configs.get(subject ?? "");
  }

  ownMode(subject: string | null): RegistryMode | undefined {
    return this.#modes.get(subject ?? "");
  }

  /** What holds for a subject: each part from the nearest place that says it. */
  config(subject: string): SubjectConfig {
    const said = placesOf(subject).map((place) => this.#configs.get(place) ?? {});
    return Object.assign({ compatibilityLevel: DEFAULT_LEVEL }, ...said.reverse()) as SubjectConfig;
  }

  mode(subject: string): RegistryMode {
    const [own, ...around] = placesOf(subject).map((place) => this.#modes.get(place));
    // READONLY_OVERRIDE around a subject holds whatever the subject says.
    if (around.includes("READONLY_OVERRIDE")) return "READONLY_OVERRIDE";
    return own ?? around.find((mode) => mode !== undefined) ?? "READWRITE";
  }

  #putVersion(subject: string, version: number, value: SchemaVersion | null): void {
    const versions = this.#subjects.get(subject) ?? [];
    const at = placeOf(versions, version);
    const before = versions[at]?.version === version ? versions[at] : undefined;
    const ids = this.#idsOf(parseSubjectName(subject).context);
    if (before !== undefined) {
      ids.remove(before);
      this.#refer(before, "delete");
    }
    versions.splice(at, before === undefined ? 0 : 1, ...(value === null ? [] : [value]));
    if (value !== null) {
      ids.add(value);
      this.#refer(value, "add");
    }
    if (versions.length === 0 || !this.#subjects.has(subject)) this.#sorted = undefined;
    if (versions.length === 0) this.#subjects.delete(subject);
    else this.#subjects.set(subject, versions);
  }

  #refer(from: SchemaVersion, verb: "add" | "delete"): void {
    for (const { subject, version } of from.references) {
      const key = referenceKey(subject, version);
      const referrers = this.#referrers.get(key) ?? new Set<SchemaVersion>();
      referrers[verb](from);
      if (referrers.size === 0) this.#referrers.delete(key);
      else this.#referrers.set(key, referrers);
    }
  }

  #spend(idByContext: Readonly<Record<string, string>>): void {
    for (const [context, id] of Object.entries(idByContext)) {
      if (!/^\d{1,10}$/.test(id)) continue;
      this.#spentIds.set(context, id);
      this.#idsOf(context).spend(Number(id));
    }
  }
}

/** The places that speak for a subject, the nearest first. */
function placesOf(subject: string): readonly string[] {
  const { context } = parseSubjectName(subject);
  return [subject, context === DEFAULT_CONTEXT ? "" : `:${context}:`, `:${GLOBAL_CONTEXT}:`];
}

function put<T>(map: Map<string, T>, key: string, value: T | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

function referenceKey(subject: string, version: number): string {
  return `${version} ${subject}`;
}

/** Where a version is, or would be. */
function placeOf(versions: readonly SchemaVersion[], version: number): number {
  let [from, to] = [0, versions.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((versions[middle] as SchemaVersion).version < version) from = middle + 1;
    else to = middle;
  }
  return from;
}
