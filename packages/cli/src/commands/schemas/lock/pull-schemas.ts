import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { OttlaError } from "@ottla/base";
import { compatibilityLevels, isTransitive, type SchemaReference } from "@ottla/registry";
import type { CommandContext, RunCommand } from "../../../command.ts";
import { printJson, shown } from "../../../output.ts";
import { type RegistryCalls, registryOf } from "../../../registry/registry-calls.ts";
import type { RegisteredSchema } from "../../../registry/registered-schema.ts";
import { fileNameOf } from "../export/file-names.ts";
import { unknownSubject } from "../list-schemas.ts";
import { ENDING_OF_TYPE, readableSchema } from "../schema-text.ts";
import { type Dependency, hashOf, LOCK_FILE, type LockedSubject, type LockFile, readLock, writeLock } from "./lock-file.ts";

const FOLDER = "schemas";
const DEPENDENCIES_MAX = 10_000;

interface Pulled {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly file: string;
  readonly outcome: "new" | "updated" | "unchanged" | "kept";
}

export const pullSchemas: RunCommand = async (context) => {
  const { options, positionals, signal } = context;
  const path = options.text("lock") ?? LOCK_FILE;
  const before = await readLock(path);
  const registry = await registryOf(context);
  const names =
    positionals.length > 0
      ? positionals
      : before === undefined || options.has("prefix")
        ? await registry.subjects(options.text("prefix"), false)
        : Object.keys(before.subjects);
  const subjects = new Map(positionals.length > 0 ? Object.entries(before?.subjects ?? {}) : []);
  const dependencies = new Map((before?.dependencies ?? []).map((each) => [`${each.version} ${each.subject}`, each]));
  const pulled: Pulled[] = [];
  for (const subject of names) {
    signal.throwIfAborted();
    const locked = await lockedSubject(context, registry, subject, path, before?.subjects[subject]);
    await addDependencies(
      registry,
      locked.versions.flatMap(({ references }) => references),
      dependencies,
    );
    pulled.push(await writeSchema(context, path, subject, locked, before?.subjects[subject]));
    subjects.set(subject, locked);
  }
  const lock: LockFile = {
    lockVersion: 1,
    registry: registry.connection.name,
    subjects: Object.fromEntries([...subjects].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    dependencies: usedOf([...subjects.values()], dependencies),
  };
  await writeLock(path, lock);
  return report(context, path, pulled);
};

async function lockedSubject(
  context: CommandContext,
  registry: RegistryCalls,
  subject: string,
  lock: string,
  before: LockedSubject | undefined,
): Promise<LockedSubject> {
  const numbers = await registry.versions(subject, false);
  if (numbers === undefined) throw unknownSubject(subject);
  const level = await registry.level(subject);
  const found: RegisteredSchema[] = [];
  for (const version of isTransitive(level) ? numbers : numbers.slice(-1)) found.push(await registry.version(subject, version));
  const latest = found.at(-1);
  if (latest === undefined) throw unknownSubject(subject);
  const isLenient = (await registry.ownConfig(subject))?.["compatibilityPolicy"] === "LENIENT";
  const folder = context.options.text("out") ?? join(dirname(lock), FOLDER);
  const file = relative(resolve(dirname(lock)), resolve(folder, `${fileNameOf(subject)}.${ENDING_OF_TYPE[latest.schemaType]}`));
  return {
    type: latest.schemaType,
    level: compatibilityLevels.find((each) => each === level) ?? "BACKWARD",
    ...(isLenient && { policy: "LENIENT" as const }),
    file: before?.type === latest.schemaType && !context.options.has("out") ? before.file : file.split(sep).join(posix.sep),
    versions: found.map(({ version, id, guid, references, schema }) => ({
      version,
      id,
      ...(guid !== undefined && { guid }),
      hash: hashOf(schema),
      references: [...references],
      schema,
    })),
  };
}

/** A file that somebody changed since it was pulled is theirs. */
async function writeSchema(
  { options }: CommandContext,
  lock: string,
  subject: string,
  locked: LockedSubject,
  before: LockedSubject | undefined,
): Promise<Pulled> {
  const path = join(dirname(lock), locked.file);
  const latest = locked.versions.at(-1);
  if (latest === undefined) throw unknownSubject(subject);
  const text = readableSchema({ schemaType: locked.type, schema: latest.schema });
  const there = await readFile(path, "utf8").catch(() => undefined);
  const was = before?.versions.at(-1);
  const pulledBefore =
    was === undefined || before === undefined ? undefined : readableSchema({ schemaType: before.type, schema: was.schema });
  const facts = { subject, version: latest.version, id: latest.id, file: locked.file };
  if (there === text) return { ...facts, outcome: "unchanged" };
  if (there !== undefined && there !== pulledBefore && !options.has("force")) return { ...facts, outcome: "kept" };
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new OttlaError("FOLDER_UNUSABLE", `${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, {
      cause,
    });
  }
  return { ...facts, outcome: there === undefined ? "new" : "updated" };
}

async function addDependencies(
  registry: RegistryCalls,
  references: readonly SchemaReference[],
  known: Map<string, Dependency>,
): Promise<void> {
  const open = [...references];
  // A list that grows while it is walked.
  for (const { name, subject, version } of open) {
    if (known.has(`${version} ${subject}`)) continue;
    const found = await registry.findVersion(subject, version, true);
    if (found === undefined)
      throw new OttlaError("UNKNOWN_REFERENCE", `The reference "${name}" means version ${version} of ${subject}, which is not there.`);
    if (known.size >= DEPENDENCIES_MAX)
      throw new OttlaError("SCHEMA_TOO_LARGE", `The schemas stand on more than ${DEPENDENCIES_MAX} others.`);
    known.set(`${version} ${subject}`, {
      subject,
      version,
      type: found.schemaType,
      references: [...found.references],
      schema: found.schema,
    });
    open.push(...found.references);
  }
}

function usedOf(subjects: readonly LockedSubject[], dependencies: ReadonlyMap<string, Dependency>): Dependency[] {
  const used = new Set<Dependency>();
  const open = subjects.flatMap(({ versions }) => versions.flatMap(({ references }) => references));
  for (const { subject, version } of open) {
    const found = dependencies.get(`${version} ${subject}`);
    if (found === undefined || used.has(found)) continue;
    used.add(found);
    open.push(...found.references);
  }
  return [...used].toSorted((a, b) => (a.subject === b.subject ? a.version - b.version : a.subject < b.subject ? -1 : 1));
}

function report(context: CommandContext, path: string, pulled: readonly Pulled[]): 0 | 1 {
  const { options, stdout, stderr } = context;
  if (options.has("json")) printJson(context, { lock: path, pulled });
  else {
    for (const { subject, version, id, file, outcome } of pulled)
      stdout.write(shown`${outcome.padEnd(9)} ${file}  ${subject} version ${version}, id ${id}\n`);
    stdout.write(shown`${path} has ${pulled.length} ${pulled.length === 1 ? "subject" : "subjects"}.\n`);
  }
  const kept = pulled.filter(({ outcome }) => outcome === "kept");
  for (const { file } of kept) stderr.write(shown`ottla: ${file} was changed here and is left as it is; --force writes over it.\n`);
  return kept.length > 0 ? 1 : 0;
}
