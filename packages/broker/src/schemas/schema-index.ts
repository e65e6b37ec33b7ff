import type { TimeSlice } from "@ottla/base";

/** As many versions are known. A registry that holds more cannot be asked here. */
const MAX_VERSIONS = 1_000_000;

/** A schema as records name it: an id, or a GUID as 16 characters of Latin-1. */
export type SchemaMark = number | string;

/** Larger values are passed over: registries take schemas of 1 MiB. */
const MAX_VALUE_BYTES = 2 * 1024 * 1024;
/** Prefixes that are counted by themselves; beyond that all are counted anew. */
const MAX_PREFIXES = 1_000;

/** How often each mark is in use. */
type Uses = Map<SchemaMark, number>;

interface Version {
  readonly marks: readonly SchemaMark[];
  readonly isDeleted: boolean;
}

interface Subject {
  /** Without its context: ids in records name none. */
  readonly name: string;
  readonly versions: Map<number, Version>;
}

const GUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const NO_USES: ReadonlyMap<SchemaMark, number> = new Map();

/**
 * Which schemas are registered under which subjects, as a registry's topic says: ids, GUIDs and subjects, nothing of the schemas themselves. Changed by {@link apply} alone, with the topic's records in their
 * order. What cannot be read changes nothing. Deleted versions, softly deleted ones too, do not count.
 */
export class SchemaIndex {
  readonly #subjects = new Map<string, Subject>();
  /** Of all subjects, and of those of one name in any context. */
  readonly #all: Uses = new Map();
  readonly #byName = new Map<string, Uses>();
  /** Of all subjects whose names begin so; only of those that were asked for. */
  readonly #byPrefix = new Map<string, Uses>();
  #versions = 0;

  /** It has been given more than it may hold, and knows no longer what is registered. */
  get isOverfull(): boolean {
    return this.#versions > MAX_VERSIONS;
  }

  /**
   * Takes a record in. A subject may have any number of versions: what deletes them gives what is left to do, version by version, so that its caller can rest in between. The index is to be asked and given
   * the next record only when that is done.
   */
  apply(key: Buffer | null, value: Buffer | null): Iterable<void> | undefined {
    const about = objectIn(key);
    const subject = about?.["subject"];
    if (about === undefined || typeof subject !== "string") return undefined;
    switch (about["keytype"]) {
      case "SCHEMA": {
        const version = about["version"];
        if (isVersion(version)) this.#put(subject, version, value === null ? undefined : versionIn(objectIn(value)), value === null);
        return undefined;
      }
      case "DELETE_SUBJECT": {
        const upTo = objectIn(value)?.["version"];
        return isVersion(upTo) ? this.#deleteUpTo(subject, upTo) : undefined;
      }
      case "CLEAR_SUBJECT":
        return value === null ? undefined : this.#clear(subject);
      default:
        return undefined;
    }
  }

  isKnown(mark: SchemaMark): boolean {
    return this.#all.has(mark);
  }

  isUnder(subject: string, mark: SchemaMark): boolean {
    return (this.#byName.get(subject) ?? NO_USES).has(mark);
  }

  /** Whether {@link isUnderPrefix} knows the prefix. */
  hasPrefix(prefix: string): boolean {
    return this.#byPrefix.has(prefix);
  }

  /** Only after {@link countPrefix}. */
  isUnderPrefix(prefix: string, mark: SchemaMark): boolean {
    return (this.#byPrefix.get(prefix) ?? NO_USES).has(mark);
  }

  /** Looks at all subjects for those whose names begin so, and goes on counting them. Nothing may be applied meanwhile. */
  async countPrefix(prefix: string, slice: TimeSlice): Promise<void> {
    const uses: Uses = new Map();
    for (const { name, versions } of this.#subjects.values()) {
      if (name.startsWith(prefix)) for (const version of versions.values()) count(uses, version, 1);
      if (slice.isOver) await slice.rest();
    }
    if (this.#byPrefix.size >= MAX_PREFIXES) this.#byPrefix.clear();
    this.#byPrefix.set(prefix, uses);
  }

  *#deleteUpTo(subject: string, upTo: number): Generator<void> {
    for (const [version, { marks, isDeleted }] of this.#subjects.get(subject)?.versions ?? []) {
      if (version <= upTo && !isDeleted) this.#put(subject, version, { marks, isDeleted: true }, false);
      yield;
    }
  }

  *#clear(subject: string): Generator<void> {
    // A map may lose what its walk has passed.
    for (const version of this.#subjects.get(subject)?.versions.keys() ?? []) {
      this.#put(subject, version, undefined, true);
      yield;
    }
  }

  /** `isGone`: the record takes the version away; a version that cannot be read changes nothing. */
  #put(written: string, number: number, version: Version | undefined, isGone: boolean): void {
    if (version === undefined && !isGone) return;
    const subject = this.#subjects.get(written) ?? { name: nameIn(written), versions: new Map<number, Version>() };
    const before = subject.versions.get(number);
    if (before !== undefined) this.#count(subject, before, -1);
    this.#versions += (version === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
    if (version === undefined) subject.versions.delete(number);
    else if (!this.isOverfull) {
      subject.versions.set(number, version);
      this.#count(subject, version, 1);
    }
    if (subject.versions.size === 0) this.#subjects.delete(written);
    else this.#subjects.set(written, subject);
  }

  #count({ name }: Subject, version: Version, by: 1 | -1): void {
    count(this.#all, version, by);
    const named = this.#byName.get(name) ?? new Map<SchemaMark, number>();
    count(named, version, by);
    if (named.size === 0) this.#byName.delete(name);
    else this.#byName.set(name, named);
    for (const [prefix, uses] of this.#byPrefix) if (name.startsWith(prefix)) count(uses, version, by);
  }
}

function count(uses: Uses, { marks, isDeleted }: Version, by: 1 | -1): void {
  if (isDeleted) return;
  for (const mark of marks) {
    const left = (uses.get(mark) ?? 0) + by;
    if (left === 0) uses.delete(mark);
    else uses.set(mark, left);
  }
}

function versionIn(value: Readonly<Record<string, unknown>> | undefined): Version | undefined {
  const id = value?.["id"];
  if (value === undefined || typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > 0x7fff_ffff) return undefined;
  const guid = value["guid"];
  const isGuid = typeof guid === "string" && GUID.test(guid);
  const marks = isGuid ? [id, Buffer.from(guid.replaceAll("-", ""), "hex").toString("latin1")] : [id];
  return { marks, isDeleted: value["deleted"] === true };
}

function objectIn(text: Buffer | null): Readonly<Record<string, unknown>> | undefined {
  if (text === null || text.length > MAX_VALUE_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(text.toString());
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function isVersion(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 0x7fff_ffff;
}

/** `:.context:name` is a name in a context. */
function nameIn(subject: string): string {
  if (!subject.startsWith(":.")) return subject;
  const end = subject.indexOf(":", 1);
  return end < 0 ? subject : subject.slice(end + 1);
}
