import { existsSync } from "node:fs";
import type { CompatibilityLevel, CompatibilityPolicy, ParsedSchema } from "@ottla/registry";
import { type CommandContext, UsageError } from "../../../command.ts";
import { type RegistryCalls, registryOf } from "../../../registry/registry-calls.ts";
import { LinkedFiles } from "../files/link-files.ts";
import { schemasAt } from "../files/git-base.ts";
import { LockedLinks } from "../files/locked-links.ts";
import { type SchemaFile, subjectOfPath } from "../files/schema-file.ts";
import { LOCK_FILE, type LockFile, readLock, resolvedInLock } from "../lock/lock-file.ts";
import type { SchemaEngine } from "../schema-engine.ts";

/** An older version of a file's schema. */
interface BaseVersion {
  readonly version: number;
  readonly schema: ParsedSchema;
}

/** What a file's schema must fit. */
export interface FileBase {
  readonly subject: string;
  readonly level: CompatibilityLevel;
  readonly policy: CompatibilityPolicy;
  /** Oldest first; none of a schema that is new. */
  readonly versions: readonly BaseVersion[];
}

/** A file that older versions were in. */
export interface OlderFile {
  /** As {@link SchemaFile} has it; a file that is there no more has its last text. */
  readonly file: SchemaFile;
  readonly subject: string;
  /** Whether the lock file names it. */
  readonly isLocked: boolean;
}

/** Where older versions come from. */
export interface BaseSchemas {
  /** For people: `schemas.lock.json`, `git HEAD`, a registry's address. */
  readonly name: string;
  of(file: SchemaFile): Promise<FileBase>;
  /** The files that there were; those of the lock file where the other knows none. */
  readonly olderFiles: readonly OlderFile[];
  /** What the lock file says of files, where there is one. */
  readonly locked: LockedLinks | undefined;
}

/** What `--against` says: `lock`, `registry`, `git` or `git:COMMIT`; without it the lock file where there is one, the registry where one is named, else git. Throws {@link UsageError}. */
export async function baseSchemas(context: CommandContext, engine: SchemaEngine): Promise<BaseSchemas> {
  const { options, env } = context;
  const lockPath = options.text("lock") ?? LOCK_FILE;
  const isRegistryNamed = options.has("registry-url") || (env["OTTLA_REGISTRY_URL"] ?? "") !== "";
  const against = options.text("against") ?? (existsSync(lockPath) ? "lock" : isRegistryNamed ? "registry" : "git");
  const lock = await readLock(lockPath);
  const locked = lock === undefined ? undefined : new LockedLinks(lock, lockPath);
  const level = options.text("level") as CompatibilityLevel | undefined;
  if (against === "lock") {
    if (lock === undefined)
      throw new UsageError(`There is no ${lockPath} to compare with; "ottla schemas pull" writes it, or give --against git or registry.`);
    return new LockBase(lockPath, lock, engine, level);
  }
  if (against === "registry") return new RegistryBase(await registryOf(context), lock, locked, engine, level);
  if (against !== "git" && !against.startsWith("git:"))
    throw new UsageError(`--against is "${against}"; it must be lock, registry, git or git:COMMIT.`);
  // In a pull request's workflow the branch that it is for, else what was committed last.
  const target = env["GITHUB_BASE_REF"] ?? "";
  const ref = against.slice(4) || (target === "" ? "HEAD" : `origin/${target}`);
  return new GitBase(ref, await schemasAt(ref, context.signal), lock, locked, engine, level);
}

/** The subject whose file it is by the lock file, else the one of its name. */
function subjectOf(file: SchemaFile, locked: LockedLinks | undefined): string {
  return locked?.subjectOf(file.path) ?? subjectOfPath(file.path);
}

function lockedFiles(lock: LockFile, locked: LockedLinks): readonly OlderFile[] {
  return [...locked.files].flatMap(([subject, path]): readonly OlderFile[] => {
    const { type: schemaType, versions } = lock.subjects[subject] ?? { versions: [] };
    const text = versions.at(-1)?.schema;
    return schemaType === undefined || text === undefined ? [] : [{ subject, file: { path, schemaType, text }, isLocked: true }];
  });
}

/** What a registry asks of a subject's next version. */
export async function registeredBase(
  registry: RegistryCalls,
  engine: SchemaEngine,
  subject: string,
  asked?: CompatibilityLevel,
): Promise<FileBase> {
  const level = asked ?? (await registry.level(subject));
  const numbers = (await registry.versions(subject, false)) ?? [];
  const versions: BaseVersion[] = [];
  for (const version of level.endsWith("_TRANSITIVE") ? numbers : numbers.slice(-1)) {
    const found = await registry.version(subject, version);
    versions.push({ version, schema: await engine.parseRegistered(registry, found) });
  }
  const isLenient = (await registry.ownConfig(subject))?.["compatibilityPolicy"] === "LENIENT";
  return { subject, level, policy: isLenient ? "LENIENT" : "STRICT", versions };
}

class LockBase implements BaseSchemas {
  readonly name: string;
  readonly olderFiles: readonly OlderFile[];
  readonly #lock: LockFile;
  readonly locked: LockedLinks;
  readonly #engine: SchemaEngine;
  readonly #level: CompatibilityLevel | undefined;

  constructor(path: string, lock: LockFile, engine: SchemaEngine, level: CompatibilityLevel | undefined) {
    this.name = path;
    this.#lock = lock;
    this.locked = new LockedLinks(lock, path);
    this.olderFiles = lockedFiles(lock, this.locked);
    this.#engine = engine;
    this.#level = level;
  }

  of(file: SchemaFile): Promise<FileBase> {
    const subject = subjectOf(file, this.locked);
    const locked = Object.hasOwn(this.#lock.subjects, subject) ? this.#lock.subjects[subject] : undefined;
    const versions = (locked?.versions ?? []).map(({ version, schema, references }) => ({
      version,
      schema: this.#engine.parseStored(locked?.type ?? file.schemaType, schema, resolvedInLock(this.#lock, references)),
    }));
    return Promise.resolve({ subject, level: this.#level ?? locked?.level ?? "BACKWARD", policy: locked?.policy ?? "STRICT", versions });
  }
}

class RegistryBase implements BaseSchemas {
  readonly name: string;
  readonly olderFiles: readonly OlderFile[];
  readonly #registry: RegistryCalls;
  readonly locked: LockedLinks | undefined;
  readonly #engine: SchemaEngine;
  readonly #level: CompatibilityLevel | undefined;

  constructor(
    registry: RegistryCalls,
    lock: LockFile | undefined,
    locked: LockedLinks | undefined,
    engine: SchemaEngine,
    level: CompatibilityLevel | undefined,
  ) {
    this.name = registry.connection.name;
    this.olderFiles = lock === undefined || locked === undefined ? [] : lockedFiles(lock, locked);
    this.#registry = registry;
    this.locked = locked;
    this.#engine = engine;
    this.#level = level;
  }

  of(file: SchemaFile): Promise<FileBase> {
    return registeredBase(this.#registry, this.#engine, subjectOf(file, this.locked), this.#level);
  }
}

class GitBase implements BaseSchemas {
  readonly name: string;
  readonly olderFiles: readonly OlderFile[];
  readonly #files: LinkedFiles;
  readonly #lock: LockFile | undefined;
  readonly locked: LockedLinks | undefined;
  readonly #engine: SchemaEngine;
  readonly #level: CompatibilityLevel | undefined;

  constructor(
    ref: string,
    files: readonly SchemaFile[],
    lock: LockFile | undefined,
    locked: LockedLinks | undefined,
    engine: SchemaEngine,
    level: CompatibilityLevel | undefined,
  ) {
    this.name = `git ${ref}`;
    this.olderFiles = files.map((file) => ({
      file,
      subject: subjectOf(file, locked),
      isLocked: locked?.subjectOf(file.path) !== undefined,
    }));
    this.#files = new LinkedFiles(files, { locked });
    this.#lock = lock;
    this.locked = locked;
    this.#engine = engine;
    this.#level = level;
  }

  of(file: SchemaFile): Promise<FileBase> {
    const subject = subjectOf(file, this.locked);
    const locked = this.#lock?.subjects[subject];
    const before = this.#files.get(file.path);
    const versions =
      before === undefined
        ? []
        : [{ version: 1, schema: this.#engine.parseStored(before.schemaType, before.text, this.#files.resolvedOf(before)) }];
    return Promise.resolve({ subject, level: this.#level ?? locked?.level ?? "BACKWARD", policy: locked?.policy ?? "STRICT", versions });
  }
}
