import type { ParsedSchema, ResolvedReference, SchemaReference, SchemaType } from "@ottla/registry";
import { loadFormats } from "@ottla/registry/formats";
import { OttlaError } from "@ottla/base";
import type { RegistryCalls } from "../../registry/registry-calls.ts";
import type { SchemaContent } from "../../registry/registered-schema.ts";

const MAX_REFERENCED = 1_000;

/** Reads schemas here, without a registry. */
export class SchemaEngine {
  readonly #formats: Awaited<ReturnType<typeof loadFormats>>;

  private constructor(formats: Awaited<ReturnType<typeof loadFormats>>) {
    this.#formats = formats;
  }

  static async load(): Promise<SchemaEngine> {
    return new SchemaEngine(await loadFormats());
  }

  /** @throws RegistryError what the format says of it */
  parse(schemaType: SchemaType, schema: string, resolved: readonly ResolvedReference[]): ParsedSchema {
    return this.#formats[schemaType].parse({ schema, resolved });
  }

  /** A text that was taken before, by a registry or into a lock file or a commit. Throws `REGISTRY_INVALID_SCHEMA`. */
  parseStored(schemaType: SchemaType, schema: string, resolved: readonly ResolvedReference[]): ParsedSchema {
    return this.#formats[schemaType].parse({ schema, isStored: true, resolved });
  }

  /** With what it refers to, as the registry has it. */
  async parseRegistered(registry: RegistryCalls, { schemaType, schema, references }: SchemaContent): Promise<ParsedSchema> {
    return this.parseStored(schemaType, schema, await this.resolved(registry, references));
  }

  /** What references stand for in a registry, each after what it needs itself. Throws `UNKNOWN_REFERENCE`. */
  resolved(registry: RegistryCalls, references: readonly SchemaReference[]): Promise<readonly ResolvedReference[]> {
    return resolvedIn(registry, references);
  }
}

/** Each once, after all that it refers to itself. */
async function resolvedIn(registry: RegistryCalls, references: readonly SchemaReference[]): Promise<readonly ResolvedReference[]> {
  const resolved: ResolvedReference[] = [];
  const seen = new Set<string>();
  const visit = async ({ name, subject, version }: SchemaReference): Promise<void> => {
    const key = `${version} ${subject} ${name}`;
    if (seen.has(key)) return;
    seen.add(key);
    if (seen.size > MAX_REFERENCED) throw new OttlaError("SCHEMA_TOO_LARGE", `A schema stands on more than ${MAX_REFERENCED} others.`);
    const found = await registry.findVersion(subject, version === -1 ? "latest" : version, true);
    if (found === undefined)
      throw new OttlaError(
        "UNKNOWN_REFERENCE",
        `The reference "${name}" means version ${version} of the subject "${subject}", which is not there.`,
      );
    for (const each of found.references) await visit(each);
    resolved.push({ name, schema: found.schema, isStored: true });
  };
  for (const reference of references) await visit(reference);
  return resolved;
}
