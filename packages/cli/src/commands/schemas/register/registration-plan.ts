import { OttlaError } from "@ottla/base";
import { checkCompatibility, type ParsedSchema, type SchemaReference } from "@ottla/registry";
import type { RegisteredSchema, SchemaContent } from "../../../registry/registered-schema.ts";
import type { RegistryCalls } from "../../../registry/registry-calls.ts";
import { registeredBase } from "../check/base-schemas.ts";
import { type LinkedFiles, usedNamesOf } from "../files/link-files.ts";
import type { LockedLinks } from "../files/locked-links.ts";
import { type SchemaFile, subjectOfPath } from "../files/schema-file.ts";
import type { SchemaEngine } from "../schema-engine.ts";

/** A schema to be registered behind those that it uses. */
export interface PlannedSchema {
  readonly file: SchemaFile;
  readonly subject: string;
  /** Other files, registered before it. */
  readonly uses: readonly { readonly name: string; readonly path: string }[];
  /** What has its version already. */
  readonly references: readonly SchemaReference[];
}

/** What would become of a planned schema. */
export interface PlannedOutcome {
  readonly planned: PlannedSchema;
  readonly outcome: "registered" | "new" | "refused";
  /** Where it is registered already. */
  readonly there?: RegisteredSchema;
  /** Why not. */
  readonly reasons: readonly string[];
}

/**
 * What registering a file comes to: each file that it stands on first, then itself.
 * @param given what `--reference` says; of files that are used, those whose names they use
 * Errors: `SCHEMAS_GO_ROUND`, `SUBJECT_OF_TWO_FILES`, `NAME_IN_TWO_FILES`.
 */
export function planRegistration(
  root: SchemaFile,
  subject: string,
  linked: LinkedFiles,
  locked: LockedLinks | undefined,
  given: readonly SchemaReference[],
): readonly PlannedSchema[] {
  const planned = new Map<string, PlannedSchema>();
  const pathOf = new Map<string, string>([[subject, root.path]]);
  for (const { file } of [...linked.usedBy(root), { file: root }]) {
    if (planned.has(file.path)) continue;
    const own = file.path === root.path ? subject : (locked?.subjectOf(file.path) ?? subjectOfPath(file.path));
    const other = pathOf.get(own);
    if (other !== undefined && other !== file.path)
      throw new OttlaError(
        "SUBJECT_OF_TWO_FILES",
        `${other} and ${file.path} both mean the subject "${own}"; say where one of them is registered with --reference NAME=SUBJECT@VERSION, or rename its file.`,
      );
    pathOf.set(own, file.path);
    const uses = linked.referencesOf(file);
    for (const use of uses) {
      const second = linked.otherDefiner(use);
      if (second !== undefined)
        throw new OttlaError(
          "NAME_IN_TWO_FILES",
          `${file.path} uses "${use.name}", which ${use.path} and ${second} both define; say which one with --reference ${use.name}=SUBJECT@VERSION.`,
        );
    }
    const fitting = file.path === root.path ? given : given.filter(({ name }) => usedNamesOf(file).includes(name));
    planned.set(file.path, {
      file,
      subject: own,
      uses,
      references: [...fitting, ...linked.lockedReferencesOf(file)],
    });
  }
  return [...planned.values()];
}

/** The schema with the versions that those it uses have by now; undefined while one of them has none. */
export function contentOf(
  { file, uses, references }: PlannedSchema,
  registered: ReadonlyMap<string, { readonly subject: string; readonly version: number }>,
): SchemaContent | undefined {
  const found: SchemaReference[] = [];
  for (const { name, path } of uses) {
    const used = registered.get(path);
    if (used === undefined) return undefined;
    found.push({ name, subject: used.subject, version: used.version });
  }
  return { schemaType: file.schemaType, schema: file.text, references: [...references, ...found] };
}

/** Judges each planned schema here, as the registry would, without changing anything there. */
export async function judgePlan(
  plan: readonly PlannedSchema[],
  linked: LinkedFiles,
  engine: SchemaEngine,
  registry: RegistryCalls,
  normalize: boolean,
): Promise<readonly PlannedOutcome[]> {
  const registered = new Map<string, RegisteredSchema>();
  const outcomes: PlannedOutcome[] = [];
  for (const planned of plan) {
    const content = contentOf(planned, registered);
    const there = content === undefined ? undefined : await registry.lookUp(planned.subject, content, normalize);
    if (there !== undefined) {
      registered.set(planned.file.path, there);
      outcomes.push({ planned, outcome: "registered", there, reasons: [] });
      continue;
    }
    const reasons = await reasonsAgainst(planned, linked, engine, registry);
    outcomes.push({ planned, outcome: reasons.length === 0 ? "new" : "refused", reasons });
  }
  return outcomes;
}

async function reasonsAgainst(
  { file, subject, references }: PlannedSchema,
  linked: LinkedFiles,
  engine: SchemaEngine,
  registry: RegistryCalls,
): Promise<readonly string[]> {
  let schema: ParsedSchema;
  try {
    const resolved = [...(await engine.resolved(registry, references)), ...linked.resolvedOf(file)];
    schema = engine.parse(file.schemaType, file.text, resolved);
  } catch (error) {
    if (!(error instanceof OttlaError) || error.code === "REGISTRY_UNREACHABLE") throw error;
    return [error.message];
  }
  const { level, policy, versions } = await registeredBase(registry, engine, subject);
  const { incompatibilities, passesUnder } = checkCompatibility(schema, versions, level, policy);
  const reasons = incompatibilities.flatMap(({ version, differences }) =>
    differences.map(({ kind, path, message }) => `${kind} at ${path === "" ? "/" : path}, against version ${version}: ${message}`),
  );
  return reasons.length === 0 ? [] : [...reasons, `It would pass under ${passesUnder.join(", ")}.`];
}
