import { createHash } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { OttlaError } from "@ottla/base";
import { compatibilityLevels, type ResolvedReference, type SchemaReference } from "@ottla/registry";
import { z } from "zod";

export const LOCK_FILE = "schemas.lock.json";

const references = z.array(z.object({ name: z.string(), subject: z.string(), version: z.int() }));
const type = z.enum(["AVRO", "JSON", "PROTOBUF"]);
const lockedVersion = z.object({
  version: z.int().min(1),
  id: z.int().min(1),
  guid: z.string().optional(),
  hash: z.string(),
  references,
  schema: z.string(),
});
const lockedSubject = z.object({
  type,
  level: z.enum(compatibilityLevels),
  policy: z.enum(["STRICT", "LENIENT"]).optional(),
  /** From the folder of the lock file, with slashes. */
  file: z.string(),
  /** Oldest first; the last is the one that files and types are made of. All under a transitive level, else the last alone. */
  versions: z.array(lockedVersion).min(1),
});
const dependency = z.object({ subject: z.string(), version: z.int().min(1), type, references, schema: z.string() });
/** Zod's own records leave out `__proto__`; subjects may be called so, or as what every object has: "constructor". */
const lockedSubjects = z
  .custom<object>((given) => typeof given === "object" && given !== null)
  .transform((given, { issues }) => {
    const subjects = Object.create(null) as Record<string, z.infer<typeof lockedSubject>>;
    for (const [subject, value] of Object.entries(given)) {
      const { data, error } = lockedSubject.safeParse(value);
      if (data !== undefined) subjects[subject] = data;
      for (const { message, path } of error?.issues ?? []) issues.push({ code: "custom", message, path: [subject, ...path], input: value });
    }
    return subjects;
  });
const lockFile = z.object({
  lockVersion: z.literal(1),
  registry: z.string(),
  subjects: lockedSubjects,
  /** Versions that others refer to, of whatever subject. */
  dependencies: z.array(dependency),
});

/** What a project's schemas were when they were pulled: enough to check a change without a registry. */
export type LockFile = z.infer<typeof lockFile>;
export type LockedSubject = z.infer<typeof lockedSubject>;
export type LockedVersion = z.infer<typeof lockedVersion>;
export type Dependency = z.infer<typeof dependency>;

export function hashOf(schema: string): string {
  return `sha256-${createHash("sha256").update(schema).digest("base64")}`;
}

/** The lock file; undefined where there is none. Throws `LOCK_UNREADABLE`. */
export async function readLock(path: string): Promise<LockFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(path, (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
  try {
    const lock = lockFile.parse(JSON.parse(text.replace(/^\uFEFF/, "")));
    for (const [subject, { versions }] of Object.entries(lock.subjects))
      for (const { version, hash, schema } of versions)
        if (hashOf(schema) !== hash) throw new Error(`version ${version} of ${subject} is not what its hash says`);
    return lock;
  } catch (error) {
    const why = error instanceof z.ZodError ? `${error.issues[0]?.path.join(".")}: ${error.issues[0]?.message}` : (error as Error).message;
    throw unreadable(path, why, error);
  }
}

/** Whole or not at all. */
export async function writeLock(path: string, lock: LockFile): Promise<void> {
  await writeFile(`${path}.part`, `${JSON.stringify(lock, undefined, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** What references of a locked version stand for, each after what it needs. Throws `LOCK_UNREADABLE`. */
export function resolvedInLock(lock: LockFile, direct: readonly SchemaReference[]): readonly ResolvedReference[] {
  const known = new Map<string, { readonly schema: string; readonly references: readonly SchemaReference[] }>();
  for (const each of lock.dependencies) known.set(`${each.version} ${each.subject}`, each);
  const resolved: ResolvedReference[] = [];
  const seen = new Set<string>();
  const visit = ({ name, subject, version }: SchemaReference): void => {
    const key = `${version} ${subject} ${name}`;
    if (seen.has(key)) return;
    seen.add(key);
    const found = known.get(`${version} ${subject}`);
    if (found === undefined) throw unreadable("The lock file", `version ${version} of ${subject}, which a schema refers to, is not in it`);
    for (const each of found.references) visit(each);
    resolved.push({ name, schema: found.schema, isStored: true });
  };
  for (const each of direct) visit(each);
  return resolved;
}

function unreadable(path: string, why: string, cause?: unknown): OttlaError {
  return new OttlaError(
    "LOCK_UNREADABLE",
    `${path} cannot be used: ${why}. Put back the one before, or remove it and run "ottla schemas pull SUBJECT…".`,
    { cause },
  );
}
