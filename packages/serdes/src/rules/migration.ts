import type { RegistryClient } from "../registry-client/registry-client-types.ts";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import type { SchemaDefinition, SubjectVersion } from "../schema-types.ts";
import type { ContractCodec, FormatEngine, LoadedSchema } from "../serde/format-engine.ts";
import { SerdeError } from "../serdes-error.ts";
import { migrationRules } from "./active-rules.ts";
import { type RulePlace, SchemaRules, SharedCost } from "./schema-rules.ts";

/** A schema is looked at in so many subjects, and between two versions so many others. */
const SUBJECTS_MAX = 16;
const VERSIONS_MAX = 1_000;
/** A registry is asked for so many at a time. */
const WIDTH = 16;

/** Brings values that were written with one version of a subject to another one, by the rules of all versions between. */
export interface Migration {
  readonly from: ContractCodec;
  readonly to: ContractCodec;
  /** What it brings values to. */
  readonly own: LoadedSchema;
  run(value: unknown, place: RulePlace): unknown;
}

interface Question {
  readonly registry: RegistryClient;
  readonly engine: FormatEngine;
  readonly written: LoadedSchema;
  /** The id or GUID that the data names. */
  readonly id: number | string;
  /** A subject of the context that an id is of; undefined: the default one. */
  readonly contextSubject: string | undefined;
  /** What this serde reads data as; a function where that depends on the subject. */
  readonly own: LoadedSchema | ((subject: string) => Promise<LoadedSchema>);
}

/** By subject; in place of one whose rules cannot be carried out what is wrong with them (`SERDE_RULE_FAILED`), so that no value of that subject goes past them. */
export type Migrations = ReadonlyMap<string, Migration | SerdeError>;

/** The migrations of a schema; none where no version between has rules for the way. Asked for once for each schema that data names. Rejects with `RegistryClientError`. */
export async function loadMigrations(question: Question): Promise<Migrations> {
  const found = new Map<string, Migration | SerdeError>();
  for (const { subject, version } of await placesOf(question)) {
    const migration = await migrationIn(question, subject, version).catch((error: unknown) => {
      if (error instanceof SerdeError) return error;
      throw error;
    });
    if (migration !== undefined) found.set(subject, migration);
  }
  return found;
}

async function migrationIn(question: Question, subject: string, from: number): Promise<Migration | undefined> {
  const { engine, registry, written } = question;
  const own = await ownIn(question, subject);
  if (own === undefined || own.definition.schema === written.definition.schema) return undefined;
  const to = await versionOf(registry, subject, own.definition);
  if (to === from) return undefined;
  const way = to === undefined || to > from ? "UPGRADE" : "DOWNGRADE";
  // Rules of a version bring values to it from the one before, or back.
  const [low, high] = way === "UPGRADE" ? [from, to] : [to!, from];
  const versions = (await registry.versions(subject)).filter((each) => each >= low && (high === undefined || each <= high));
  if (versions.length > VERSIONS_MAX) throw tooMany(subject, versions.length);
  const between = await versionsOf(registry, subject, versions.slice(1));
  const steps = between.map((version) => ({ version, rules: migrationRules(version, way) })).filter(({ rules }) => rules.length > 0);
  if (steps.length === 0) return undefined;
  const place = { subject, schemaId: question.id };
  if (to === undefined) {
    const [{ rules, version }] = steps as [(typeof steps)[number]];
    const message = `The version ${version.version} of "${subject}" has migration rules ("${rules[0]!.name}"), and this serde's schema is no version of it, so that nothing says which of them data of version ${from} needs; register it.`;
    throw new SerdeError("SERDE_RULE_FAILED", message, place);
  }
  const codecOf = async (version: number): Promise<ContractCodec> => {
    if (version === from) return engine.contract(written);
    if (version === to) return engine.contract(own);
    const definition = await registry.version(subject, version);
    return engine.contract({ definition, registered: definition, resolved: await registry.referencesOf(definition) });
  };
  const loaded: SchemaRules[] = [];
  for (const { rules, version } of way === "UPGRADE" ? steps : steps.toReversed()) {
    const before = versions[versions.indexOf(version.version) - 1]!;
    const [given, made] = way === "UPGRADE" ? [before, version.version] : [version.version, before];
    loaded.push(await SchemaRules.load({ rules, way, codec: await codecOf(given), into: await codecOf(made), keys: undefined, place }));
  }
  const [fromCodec, toCodec] = [await codecOf(from), await codecOf(to)];
  const run = (value: unknown, at: RulePlace): unknown => {
    const cost = new SharedCost();
    return loaded.reduce((now, rules) => rules.migrate(now, at, cost), value);
  };
  return { from: fromCodec, to: toCodec, own, run };
}

/** Where it depends on the subject it is asked for only in one with rules: what goes wrong there is nothing to other subjects' data. */
async function ownIn({ own, registry }: Question, subject: string): Promise<LoadedSchema | undefined> {
  if (typeof own !== "function") return own;
  const versions = await registry.versions(subject);
  for (let at = 0; at < versions.length; at += WIDTH) {
    for (const version of await versionsOf(registry, subject, versions.slice(at, at + WIDTH)))
      if (migrationRules(version, "UPGRADE").length > 0 || migrationRules(version, "DOWNGRADE").length > 0) return own(subject);
  }
  return undefined;
}

/** The subjects and versions that a schema is. A registry that has no such list knows no contracts. */
async function placesOf({
  contextSubject,
  id,
  registry,
}: Question): Promise<readonly { readonly subject: string; readonly version: number }[]> {
  const ids = typeof id === "number" ? [{ id, of: contextSubject }] : await idsOf(registry, id);
  const places: { subject: string; version: number }[] = [];
  for (const { id: each, of } of ids.slice(0, SUBJECTS_MAX)) {
    const query = of === undefined ? "" : `?subject=${encodeURIComponent(of)}`;
    places.push(...(await listed<{ subject: string; version: number }>(registry, `/schemas/ids/${each}/versions${query}`)));
  }
  return places.filter((place) => typeof place?.subject === "string" && Number.isInteger(place.version)).slice(0, SUBJECTS_MAX);
}

/** The ids of a GUID, in each context that has it. */
async function idsOf(registry: RegistryClient, guid: string): Promise<readonly { readonly id: number; readonly of: string | undefined }[]> {
  const answers = await listed<{ readonly context?: unknown; readonly id?: unknown } | null>(
    registry,
    `/schemas/guids/${encodeURIComponent(guid)}/ids`,
  );
  return answers.flatMap((answer) => {
    if (typeof answer?.id !== "number") return [];
    const { context, id } = answer;
    return [{ id, of: typeof context === "string" && context !== "." ? `:${context}:` : undefined }];
  });
}

async function listed<T>(registry: RegistryClient, path: string): Promise<readonly T[]> {
  try {
    const answer = await registry.request({ method: "GET", path });
    return Array.isArray(answer) ? (answer as readonly T[]) : [];
  } catch (error) {
    if (error instanceof RegistryClientError && (error.status === 404 || error.status === 405)) return [];
    throw error;
  }
}

async function versionOf(registry: RegistryClient, subject: string, definition: SchemaDefinition): Promise<number | undefined> {
  try {
    return (await registry.lookup(subject, definition)).version;
  } catch (error) {
    if (error instanceof RegistryClientError && error.isNotFound) return undefined;
    throw error;
  }
}

async function versionsOf(registry: RegistryClient, subject: string, versions: readonly number[]): Promise<readonly SubjectVersion[]> {
  const found: SubjectVersion[] = [];
  for (let at = 0; at < versions.length; at += WIDTH)
    found.push(...(await Promise.all(versions.slice(at, at + WIDTH).map((version) => registry.version(subject, version)))));
  return found;
}

function tooMany(subject: string, count: number): SerdeError {
  return new SerdeError(
    "SERDE_RULE_FAILED",
    `${count} versions of "${subject}" lie between data and reader, whose migration rules would be asked for; at most ${VERSIONS_MAX} are.`,
    { subject },
  );
}
