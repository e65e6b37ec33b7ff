import { filesAt } from "../../../git-files.ts";
import { typeOfPath } from "../schema-text.ts";
import { isSchemaText, type SchemaFile } from "./schema-file.ts";

/**
 * The schemas of a commit, under their paths from here.
 * @param ref what git knows a commit by. Errors: `GIT_FAILED`.
 */
export async function schemasAt(ref: string, signal: AbortSignal): Promise<readonly SchemaFile[]> {
  const remedy = "Name a commit that is there with --against git:COMMIT, or compare with a lock file or a registry.";
  const files = await filesAt(ref, (path) => typeOfPath(path) !== undefined, remedy, signal);
  return files.flatMap(({ path, text }): readonly SchemaFile[] => {
    const schemaType = typeOfPath(path);
    return schemaType !== undefined && isSchemaText(path, text) ? [{ path, schemaType, text }] : [];
  });
}
