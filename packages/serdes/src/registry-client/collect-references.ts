import type { ReferencedSchema, SchemaDefinition, SubjectVersion } from "../schema-types.ts";
import { RegistryClientError } from "./registry-client-error.ts";

const REFERENCES_MAX = 1_000;

/** All that a schema refers to, directly or not, each after what it needs and once by its name. */
export async function collectReferences(
  schema: SchemaDefinition,
  find: (subject: string, version: number) => Promise<SubjectVersion>,
): Promise<readonly ReferencedSchema[]> {
  const found = new Map<string, ReferencedSchema>();
  const begun = new Set<string>();
  const visit = async ({ references = [] }: SchemaDefinition): Promise<void> => {
    for (const { name, subject, version } of references) {
      if (begun.has(name)) continue;
      begun.add(name);
      if (begun.size > REFERENCES_MAX)
        throw new RegistryClientError("REGISTRY_BAD_ANSWER", `A schema refers to more than ${REFERENCES_MAX} others; they are not read.`);
      const referenced = await find(subject, version);
      await visit(referenced);
      found.set(name, { name, schema: referenced.schema });
    }
  };
  await visit(schema);
  return [...found.values()];
}
