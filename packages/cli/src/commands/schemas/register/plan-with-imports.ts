import { existsSync } from "node:fs";
import type { CommandContext } from "../../../command.ts";
import type { SchemaContent } from "../../../registry/registered-schema.ts";
import { filesAround } from "../files/files-around.ts";
import { LinkedFiles } from "../files/link-files.ts";
import { LockedLinks } from "../files/locked-links.ts";
import { portable, type SchemaFile } from "../files/schema-file.ts";
import { LOCK_FILE, readLock } from "../lock/lock-file.ts";
import { type PlannedSchema, planRegistration } from "./registration-plan.ts";

/** A schema's file behind what it uses, as `--with`, `--lock` and `--reference` say. Standard input has no place beside which others stand. */
export async function planWithImports(
  { options, signal }: CommandContext,
  subject: string,
  path: string,
  { schemaType, schema, references }: SchemaContent,
): Promise<{ readonly plan: readonly PlannedSchema[]; readonly linked: LinkedFiles }> {
  const root: SchemaFile = { path: path === "-" ? "-" : portable(path), schemaType, text: schema };
  const lockPath = options.text("lock") ?? LOCK_FILE;
  const lock = options.has("lock") || existsSync(lockPath) ? await readLock(lockPath) : undefined;
  const locked = lock === undefined ? undefined : new LockedLinks(lock, lockPath);
  const files = path === "-" ? [root] : await filesAround(root, options.texts("with"), locked, signal);
  const linked = new LinkedFiles(files, { locked, leftOut: new Set(references.map(({ name }) => name)) });
  return { plan: planRegistration(root, subject, linked, locked, references), linked };
}
