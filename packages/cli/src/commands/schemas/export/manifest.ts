import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OttlaError } from "@ottla/base";
import type { SchemaType } from "@ottla/registry";
import { z } from "zod";
import type { SchemaContent } from "../../../registry/registered-schema.ts";

export const MANIFEST_FILE = "manifest.json";

const reference = z.object({ name: z.string(), subject: z.string(), version: z.int().min(1) });
const version = z.object({
  version: z.int().min(1).max(0x7fff_ffff),
  id: z.int().min(1).max(0x7fff_ffff),
  guid: z.string().optional(),
  type: z.enum(["AVRO", "JSON", "PROTOBUF"]),
  /** From the folder, with slashes; never out of it. */
  file: z.string().regex(/^subjects\/[^/\\]+\/v\d{1,10}\.(avsc|json|proto)$/),
  sha256: z.string(),
  references: z.array(reference),
  metadata: z.record(z.string(), z.unknown()).optional(),
  ruleSet: z.record(z.string(), z.unknown()).optional(),
  deleted: z.boolean().optional(),
});
const settings = { config: z.record(z.string(), z.unknown()).optional(), mode: z.string().optional() };
const manifest = z.object({
  format: z.literal("ottla-schemas-export/1"),
  global: z.object(settings),
  subjects: z.array(z.object({ subject: z.string().min(1), ...settings, versions: z.array(version) })),
});

/** What an export holds: everything but the texts, which are files. `config` and `mode` are a subject's own. */
export type Manifest = z.infer<typeof manifest>;
export type ManifestVersion = z.infer<typeof version>;

/** A version with its text. */
export interface ExportedVersion extends SchemaContent {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly isDeleted: boolean;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The manifest of a folder; undefined where there is none. Throws `EXPORT_UNREADABLE`. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(`${folder} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, error);
  }
  try {
    return manifest.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? `${error.issues[0]?.path.join(".")}: ${error.issues[0]?.message}` : (error as Error).message;
    throw unreadable(`${join(folder, MANIFEST_FILE)} is no manifest of an export: ${why}`, error);
  }
}

/** Every text of an export, each held against its hash. Throws `EXPORT_UNREADABLE`. */
export async function readVersions(folder: string, { subjects }: Manifest): Promise<readonly ExportedVersion[]> {
  const found: ExportedVersion[] = [];
  for (const { subject, versions } of subjects) {
    for (const { version: number, id, type, file, sha256: hash, references, metadata, ruleSet, deleted = false } of versions) {
      let schema: string;
      try {
        schema = await readFile(join(folder, file), "utf8");
      } catch (error) {
        throw unreadable(
          `${join(folder, file)} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); export again`,
          error,
        );
      }
      if (sha256(schema) !== hash)
        throw unreadable(
          `${join(folder, file)} is not what the manifest says of it: it was changed; export again, or register the change as a new version`,
        );
      const extras = { ...(metadata !== undefined && { metadata }), ...(ruleSet !== undefined && { ruleSet }) };
      found.push({
        subject,
        version: number,
        id,
        schemaType: type satisfies SchemaType,
        schema,
        references,
        ...extras,
        isDeleted: deleted,
      });
    }
  }
  return found;
}

function unreadable(what: string, cause?: unknown): OttlaError {
  return new OttlaError("EXPORT_UNREADABLE", `${what}.`, { cause });
}
