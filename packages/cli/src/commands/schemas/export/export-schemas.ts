import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OttlaError } from "@ottla/base";
import type { RunCommand } from "../../../command.ts";
import { grouped, printJson, shown } from "../../../output.ts";
import { type RegistryCalls, registryOf } from "../../../registry/registry-calls.ts";
import type { RegisteredSchema } from "../../../registry/registered-schema.ts";
import { ENDING_OF_TYPE } from "../schema-text.ts";
import { fileNameOf } from "./file-names.ts";
import { type Manifest, MANIFEST_FILE, type ManifestVersion, readManifest, sha256 } from "./manifest.ts";

/** Every context's. */
const ALL = ":*:";

export const exportSchemas: RunCommand = async (context) => {
  const { options, positionals, stdout, signal } = context;
  const [folder] = positionals as [string];
  const before = await requireOwnFolder(folder);
  const registry = await registryOf(context);
  const deleted = options.has("deleted");
  const subjects: Manifest["subjects"] = [];
  const written = new Set<string>();
  for (const subject of (await registry.subjects(options.text("prefix") ?? ALL, deleted)).toSorted()) {
    const versions: ManifestVersion[] = [];
    // Gone between the list and the question is gone.
    const live = new Set(await registry.versions(subject, false));
    for (const number of (await registry.versions(subject, deleted)) ?? []) {
      signal.throwIfAborted();
      const found = await registry.findVersion(subject, number, deleted);
      if (found === undefined) continue;
      const described = describe(found, !live.has(number));
      await writeText(join(folder, described.file), found.schema);
      written.add(described.file);
      versions.push(described);
    }
    subjects.push({ subject, ...(await settingsOf(registry, subject)), versions });
  }
  const manifest: Manifest = { format: "ottla-schemas-export/1", global: await settingsOf(registry, null), subjects };
  await writeText(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
  // Only now: an export that ends in the middle leaves the files that the older manifest names.
  const stale = (before?.subjects ?? []).flatMap(({ versions }) => versions.map(({ file }) => file)).filter((file) => !written.has(file));
  for (const file of stale) await rm(join(folder, file), { force: true });
  const counts = { subjects: subjects.length, versions: written.size, removed: stale.length };
  if (options.has("json")) printJson(context, { folder, ...counts });
  else stdout.write(shown`${grouped(counts.versions)} versions of ${grouped(counts.subjects)} subjects are in ${folder}.\n`);
  return 0;
};

/** Nothing of somebody else's is written over. */
async function requireOwnFolder(folder: string): Promise<Manifest | undefined> {
  const manifest = await readManifest(folder);
  if (manifest !== undefined) return manifest;
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new OttlaError("FOLDER_UNUSABLE", `${folder} cannot be used (${error.code}); name another folder.`, { cause: error });
  });
  // An export that was broken off left its texts.
  if (entries.every((name) => name === "subjects")) return undefined;
  throw new OttlaError(
    "FOLDER_UNUSABLE",
    `${folder} holds other files and no ${MANIFEST_FILE}; name an empty folder, or one with an export.`,
  );
}

function describe(
  { subject, version, id, guid, schemaType, schema, references, metadata, ruleSet }: RegisteredSchema,
  isDeleted: boolean,
): ManifestVersion {
  return {
    version,
    id,
    ...(guid !== undefined && { guid }),
    type: schemaType,
    file: `subjects/${fileNameOf(subject)}/v${version}.${ENDING_OF_TYPE[schemaType]}`,
    sha256: sha256(schema),
    references: [...references],
    ...(metadata !== undefined && { metadata }),
    ...(ruleSet !== undefined && { ruleSet }),
    ...(isDeleted && { deleted: true }),
  };
}

async function settingsOf(registry: RegistryCalls, subject: string | null) {
  const [config, mode] = [await registry.ownConfig(subject), await registry.ownMode(subject)];
  return { ...(config !== undefined && { config }), ...(mode !== undefined && { mode }) };
}

/** Whole or not at all. */
async function writeText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  } catch (cause) {
    throw new OttlaError("FOLDER_UNUSABLE", `${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, {
      cause,
    });
  }
}
