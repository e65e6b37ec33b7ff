import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CompatibilityLevel, CompatibilityPolicy, ParsedSchema } from "@ottla/registry";
import { type CommandContext, UsageError } from "../../../command.ts";
import { type RegistryCalls, registryOf } from "../../../registry/registry-calls.ts";
import { LinkedFiles } from "../files/link-files.ts";
import { schemasAt } from "../files/git-base.ts";
import { portable, type SchemaFile, subjectOfPath } from "../files/schema-file.ts";
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

/** Where older versions come from. */
export interface BaseSchemas {
  /** For people: `schemas.lock.json`, `git HEAD`, a registry's address. */
  readonly name: string;
  of(file: SchemaFile): Promise<FileBase>;
}

/** What `--against` says: `lock`, `registry`, `git` or `git:COMMIT`; without it the lock file where there is one, the registry where one is named, else git. Throws {@link UsageError}. */
export async function baseSchemas(context: CommandContext, engine: SchemaEngine): Promise<BaseSchemas> {
  const { options, env } = context;
  const lockPath = options.text("lock") ?? LOCK_FILE;
  const isRegistryNamed = options.has("registry-url") || (env["OTTLA_REGISTRY_URL"] ?? "") !== "";
  const against = options.text("against") ?? (existsSync(lockPath) ? "lock" : isRegistryNamed ? "registry" : "git");
  const lock = await readLock(lockPath);
  const level = options.text("level") as CompatibilityLevel | undefined;
  if (against === "lock") {
    if (lock === undefined)
      throw new UsageError(`There is no ${lockPath} to compare with; "ottla schemas pull" writes it, or give --against git or registry.`);
    return new LockBase(lockPath, lock, engine, level);
  }
  if (against === "registry") return new RegistryBase(await registryOf(context), lock, lockPath, engine, level);
  if (against !== "git" && !against.startsWith("git:"))
    throw new UsageError(`--against is "${against}"; it must be lock, registry, git or git:COMMIT.`);
  // In a pull request's workflow the branch that it is for, else what was committed last.
  const target = env["GITHUB_BASE_REF"] ?? "";
  const ref = against.slice(4) || (target === "" ? "HEAD" : `origin/${target}`);
  return new GitBase(ref, new LinkedFiles(await schemasAt(ref, context.signal)), lock, lockPath, engine, level);
}

/** The subject whose file it is by the lock file, else the one of its name. */
function subjectOf(file: SchemaFile, lock: LockFile | undefined, lockPath: string): string {
  for (const [subject, locked] of Object.entries(lock?.subjects ?? {}))
    if (portable(join(dirname(lockPath), locked.file)) === file.path) return subject;
  return subjectOfPath(file.path);
}

class LockBase implements BaseSchemas {
  readonly name: string;
  readonly #lock: LockFile;
  readonly #engine: SchemaEngine;
  readonly #level: CompatibilityLevel | undefined;

  constructor(path: string, lock: LockFile, engine: SchemaEngine, level: CompatibilityLevel | undefined) {
    this.name = path;
    this.#lock = lock;
    this.#engine = engine;
    this.#level = level;
  }

  of(file: SchemaFile): Promise<FileBase> {
    const subject = subjectOf(file, this.#lock, this.name);
    const locked = Object.hasOwn(this.#lock.subjects, subject) ? this.#lock.subjects[subject] : undefined;
    const versions = (locked?.versions ?? []).map(({ version, schema, references }) => ({
      version,
      schema: this.#engine.parse(locked?.type ?? file.schemaType, schema, resolvedInLock(this.#lock, references)),
    }));
    return Promise.resolve({ subject, level: this.#level ?? locked?.level ?? "BACKWARD", policy: locked?.policy ?? "STRICT", versions });
  }
}

class RegistryBase implements BaseSchemas {
  readonly name: string;
  readonly #registry: RegistryCalls;
  readonly #subjectOf: (file: SchemaFile) => string;
  readonly #engine: SchemaEngine;
  readonly #level: CompatibilityLevel | undefined;

  constructor(
    registry: RegistryCalls,
    lock: LockFile | undefined,
    lockPath: string,
    engine: SchemaEngine,
    level: CompatibilityLevel | undefined,
  ) {
    this.name = registry.connection.name;
    this.#registry = registry;
    this.#subjectOf = (file) => subjectOf(file, lock, lockPath);
    this.#engine = engine;
    this.#level = level;
  }

  async of(file: SchemaFile): Promise<FileBase> {
    const subject = this.#subjectOf(file);
    const level = this.#level ?? (await this.#registry.level(subject));
    const numbers = (await this.#registry.versions(subject, false)) ?? [];
    const versions: BaseVersion[] = [];
    for (const version of level.endsWith("_TRANSITIVE") ? numbers : numbers.slice(-1)) {
      const found = await this.#registry.version(subject, version);
      versions.push({ version, schema: await this.#engine.parseRegistered(this.#registry, found) });
    }
    const isLenient = (await this.#registry.ownConfig(subject))?.["compatibilityPolicy"] === "LENIENT";
    return { subject, level, policy: isLenient ? "LENIENT" : "STRICT", versions };
  }
}

class GitBase implements BaseSchemas {
  readonly name: string;
  readonly #files: LinkedFiles;
  readonly #lock: LockFile | undefined;
  readonly #lockPath: string;
  readonly #engine: SchemaEngine;
  readonly #level: CompatibilityLevel | undefined;

  constructor(
    ref: string,
    files: LinkedFiles,
    lock: LockFile | undefined,
    lockPath: string,
    engine: SchemaEngine,
    level: CompatibilityLevel | undefined,
  ) {
    this.name = `git ${ref}`;
    this.#files = files;
    this.#lock = lock;
    this.#lockPath = lockPath;
    this.#engine = engine;
    this.#level = level;
  }

  of(file: SchemaFile): Promise<FileBase> {
    const subject = subjectOf(file, this.#lock, this.#lockPath);
    const locked = this.#lock?.subjects[subject];
    const before = this.#files.get(file.path);
    const versions =
      before === undefined
        ? []
        : [{ version: 1, schema: this.#engine.parse(before.schemaType, before.text, this.#files.resolvedOf(before)) }];
    return Promise.resolve({ subject, level: this.#level ?? locked?.level ?? "BACKWARD", policy: locked?.policy ?? "STRICT", versions });
  }
}
