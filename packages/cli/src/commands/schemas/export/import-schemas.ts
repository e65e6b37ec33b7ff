import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OttlaError } from "@ottla/base";
import type { CommandContext, RunCommand } from "../../../command.ts";
import { grouped, printJson, shown } from "../../../output.ts";
import { RegistryCalls, registryOf } from "../../../registry/registry-calls.ts";
import { type ImportPlan, planImport } from "./import-plan.ts";
import { type ExportedVersion, type Manifest, MANIFEST_FILE, readManifest, readVersions } from "./manifest.ts";

/** Beside the manifest while an import runs: the modes that subjects had, for one that is killed. Null: none of its own. */
const JOURNAL_FILE = "import-in-progress.json";

type Modes = Readonly<Record<string, string | null>>;

export const importSchemas: RunCommand = async (context) => {
  const { options, positionals, signal } = context;
  const [folder] = positionals as [string];
  const manifest = await readManifest(folder);
  if (manifest === undefined)
    throw new OttlaError("EXPORT_UNREADABLE", `${folder} has no ${MANIFEST_FILE}; "ottla schemas export ${folder}" writes one.`);
  const versions = await readVersions(folder, manifest);
  const registry = await registryOf(context);
  const isDry = options.has("dry-run");
  if (!isDry) await restoreAfterKill(context, registry, folder);
  const plan = await planImport(registry, versions, signal);
  if (plan.conflicts.length > 0) return refuse(context, plan);
  if (!isDry) {
    await importMissing(registry, plan, folder, signal);
    await importSettings(registry, manifest, options.has("global"));
  }
  const outcome = { imported: [...plan.undeleted, ...plan.missing].map(facts), present: plan.present.length };
  if (options.has("json")) printJson(context, { dryRun: isDry, ...outcome });
  else
    context.stdout.write(
      `${isDry ? "Would import" : "Imported"} ${grouped(outcome.imported.length)} versions; ${grouped(outcome.present)} were there already.\n`,
    );
  return 0;
};

function facts({ subject, version, id, isDeleted }: ExportedVersion) {
  return { subject, version, id, ...(isDeleted && { deleted: true }) };
}

function refuse(context: CommandContext, { conflicts, present }: ImportPlan): 1 {
  if (context.options.has("json")) printJson(context, { imported: [], present: present.length, conflicts });
  for (const conflict of conflicts.slice(0, 20)) context.stderr.write(shown`ottla: ${conflict}.\n`);
  if (conflicts.length > 20) context.stderr.write(`ottla: ${conflicts.length - 20} more conflicts.\n`);
  context.stderr.write("ottla: Nothing was imported; ids cannot mean two schemas. Import into an empty registry or another context.\n");
  return 1;
}

async function importMissing(
  registry: RegistryCalls,
  { missing, undeleted }: ImportPlan,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  // What refers goes before what it refers to, and all of it only when nothing more has to find it.
  const deleted = [...undeleted, ...missing].filter(({ isDeleted }) => isDeleted).toReversed();
  const steps = missing.length + deleted.length;
  if (steps === 0) return;
  const subjects = [...new Set([...missing, ...deleted].map(({ subject }) => subject))];
  const modes: Record<string, string | null> = Object.create(null) as Record<string, string | null>;
  for (const subject of subjects) modes[subject] = (await registry.ownMode(subject)) ?? null;
  const journal = join(folder, JOURNAL_FILE);
  await writeFile(journal, `${JSON.stringify({ registry: registry.connection.name, modes }, undefined, 2)}\n`);
  let done = 0;
  try {
    for (const subject of subjects) await registry.setMode(subject, "IMPORT", true);
    for (const { subject, version, id, schemaType, schema, references, metadata, ruleSet } of missing) {
      signal.throwIfAborted();
      const extras = { ...(metadata !== undefined && { metadata }), ...(ruleSet !== undefined && { ruleSet }) };
      await registry.register(subject, { schemaType, schema, references, ...extras, id, version });
      done++;
    }
    for (const { subject, version } of deleted) {
      signal.throwIfAborted();
      await registry.deleteVersion(subject, version, false);
      done++;
    }
  } catch (cause) {
    const place = [...missing, ...deleted][done];
    const what = done < missing.length ? `${done} of ${missing.length} versions were imported` : "All versions were imported";
    const why = signal.aborted ? "it was stopped" : (cause as Error).message.replace(/\.$/, "");
    throw new OttlaError(
      "IMPORT_INCOMPLETE",
      `${what}, then at ${place?.subject} version ${place?.version}${done < missing.length ? "" : ", which is to be deleted softly"}: ${why}. Modes are as they were; run it again and it goes on.`,
      { cause },
    );
  } finally {
    await restoreModes(new RegistryCalls(registry.connection.withoutSignal()), modes);
    await rm(journal, { force: true });
  }
}

/** Every mode is tried, whatever became of the others. Throws `MODES_NOT_RESTORED` with the commands that mend it. */
async function restoreModes(registry: RegistryCalls, modes: Modes): Promise<void> {
  const failed: string[] = [];
  let cause: unknown;
  for (const [subject, mode] of Object.entries(modes)) {
    try {
      if (mode === null) await registry.deleteMode(subject);
      else await registry.setMode(subject, mode, true);
    } catch (error) {
      failed.push(subject);
      cause = error;
    }
  }
  if (failed.length === 0) return;
  const names = failed.slice(0, 5).join(", ");
  throw new OttlaError(
    "MODES_NOT_RESTORED",
    `${failed.length} subjects are still in mode IMPORT (${names}${failed.length > 5 ? ", …" : ""}): ${(cause as Error).message.replace(/\.$/, "")}. Run the import again, which puts their modes back first.`,
    { cause },
  );
}

/** An import that was killed left modes as no failure does; they are put back before anything else. */
async function restoreAfterKill({ stderr }: CommandContext, registry: RegistryCalls, folder: string): Promise<void> {
  const journal = join(folder, JOURNAL_FILE);
  let left: { readonly registry?: unknown; readonly modes?: unknown } | null;
  try {
    left = JSON.parse(await readFile(journal, "utf8")) as typeof left;
  } catch {
    // Not there, or killed while it was written, before the first mode changed.
    return;
  }
  if (typeof left !== "object" || left === null || typeof left.modes !== "object" || left.modes === null) return;
  if (left.registry !== registry.connection.name)
    throw new OttlaError(
      "IMPORT_INCOMPLETE",
      `An import of this folder into ${String(left.registry)} was ended in its middle, and subjects there may be in mode IMPORT. Run it there again, which puts their modes back, or remove ${journal}.`,
    );
  await restoreModes(registry, left.modes as Modes);
  await rm(journal, { force: true });
  stderr.write("ottla: An earlier import was ended in its middle; the modes of its subjects are back.\n");
}

async function importSettings(registry: RegistryCalls, { global, subjects }: Manifest, withGlobal: boolean): Promise<void> {
  if (withGlobal && global.config !== undefined) await registry.setConfig(null, global.config);
  for (const { subject, config, mode } of subjects) {
    if (config !== undefined) await registry.setConfig(subject, config);
    if (mode !== undefined && mode !== (await registry.ownMode(subject))) await registry.setMode(subject, mode, true);
  }
  if (withGlobal && global.mode !== undefined) await registry.setMode(null, global.mode, true);
}
