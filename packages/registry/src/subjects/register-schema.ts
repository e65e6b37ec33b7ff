import { compatibilitySteps, type ExistingVersion, verdictMessages } from "../compatibility/check-compatibility.ts";
import type { ParsedSchema, SchemaReference, SchemaType } from "../formats/schema-format.ts";
import { RegistryError } from "../registry-error.ts";
import { atOnce, type Steps } from "../steps.ts";
import {
  propertyOf,
  type RegistryRecord,
  type RuleSet,
  type SchemaMetadata,
  type SchemaVersion,
  type SubjectConfig,
} from "./registry-record.ts";
import type { RegistryState } from "./registry-state.ts";
import { bareIdentity, type SchemaContent, schemaIdentity } from "./schema-identity.ts";
import type { SchemaReader, SchemaText } from "./schema-reader.ts";
import { parseSubjectName, requireSubjectName, writeSubjectName } from "./subject-name.ts";

/** A schema that somebody wants to register or looks for. */
export interface SchemaRequest {
  readonly subject: string;
  readonly schemaType: SchemaType;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
  readonly metadata?: SchemaMetadata | undefined;
  readonly ruleSet?: RuleSet | undefined;
  /** Undefined: as the subject's config says. */
  readonly normalize?: boolean | undefined;
  /** In mode IMPORT only. */
  readonly id?: number | undefined;
  /** In mode IMPORT, or the version that must come next. */
  readonly version?: number | undefined;
}

/** What a request comes to: records to be appended in one piece, and the version that then holds. */
export interface Registration {
  readonly records: readonly RegistryRecord[];
  readonly version: SchemaVersion;
}

/** The largest id and version: Java's int. */
const MAX_INT = 0x7fff_ffff;

/**
 * Registers a schema: the version that has it already, or a new one.
 * @throws RegistryError `REGISTRY_INVALID_SUBJECT`, `REGISTRY_NOT_PERMITTED`, `REGISTRY_INVALID_SCHEMA`, `REGISTRY_UNKNOWN_REFERENCE`, `REGISTRY_INCOMPATIBLE_SCHEMA` with all differences in `details`,
 * `REGISTRY_ID_MISMATCH`, `REGISTRY_INVALID_VERSION`.
 */
export function registerSchema(state: RegistryState, reader: SchemaReader, request: SchemaRequest): Registration {
  return atOnce(registrationSteps(state, reader, request));
}

/** As {@link registerSchema}, in steps. The state must be the same at all of them. */
export function* registrationSteps(state: RegistryState, reader: SchemaReader, request: SchemaRequest): Steps<Registration> {
  const subject = targetSubject(state, request.subject);
  const mode = state.mode(subject);
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE") {
    throw new RegistryError("REGISTRY_NOT_PERMITTED", `The subject "${subject}" is in mode ${mode}: nothing can be registered.`);
  }
  const isImport = mode === "IMPORT";
  requireImportFields(request, subject, isImport);
  const { content, parsed } = yield* contentInSteps(state, reader, subject, request);
  yield;
  const identity = schemaIdentity(content);
  const present = state.liveVersions(subject).find((each) => schemaIdentity(each) === identity);
  if (present !== undefined && (request.id === undefined || request.id === present.id)) return { records: [], version: present };
  if (!isImport) yield* requireCompatible(state, reader, subject, content, parsed);

  const ids = state.ids(parseSubjectName(subject).context);
  const id = request.id ?? ids.idOf(identity) ?? ids.highest + 1;
  if (id > MAX_INT) throw new RegistryError("REGISTRY_NOT_PERMITTED", "All ids that an int can hold are given away.");
  if (request.id !== undefined) requireSameContent(state, subject, request.id, identity);
  const version = versionFor(state, subject, request.version, isImport, identity);
  const value: SchemaVersion = { subject, version, id, guid: identity, ...content, isDeleted: false };
  return { records: [{ type: "SCHEMA", subject, version, value }], version: value };
}

/**
 * The version of a subject that has a schema, undefined when none has.
 * @param deleted whether softly deleted versions count too
 * @throws RegistryError as {@link registerSchema} for what is no schema
 */
export function findSchema(
  state: RegistryState,
  reader: SchemaReader,
  request: SchemaRequest,
  deleted: boolean,
): SchemaVersion | undefined {
  return atOnce(findingSteps(state, reader, request, deleted));
}

/** So many versions are compared in one step. */
const COMPARED_AT_ONCE = 200;

/** As {@link findSchema}, in steps, between which the state may change. */
export function* findingSteps(
  state: RegistryState,
  reader: SchemaReader,
  request: SchemaRequest,
  deleted: boolean,
): Steps<SchemaVersion | undefined> {
  const subject = targetSubject(state, request.subject);
  const { content } = yield* contentInSteps(state, reader, subject, request);
  const versions = deleted ? [...state.versions(subject)] : state.liveVersions(subject);
  const sought = schemaIdentity(content);
  const found = versions.findLast((each) => schemaIdentity(each) === sought);
  // Who looks for a bare schema means whatever metadata and rules it was registered with.
  const isBare = request.metadata === undefined && request.ruleSet === undefined;
  if (found !== undefined || !isBare) return found;
  const soughtBare = bareIdentity(content);
  for (let at = versions.length - 1; at >= 0; at--) {
    const version = versions[at] as SchemaVersion;
    if (bareIdentity(version) === soughtBare) return version;
    if (at % COMPARED_AT_ONCE === 0) yield;
  }
  return undefined;
}

/** The subject that a name means: its own, or the one that its config's alias says. */
export function targetSubject(state: RegistryState, written: string): string {
  const name = requireSubjectName(written);
  const subject = writeSubjectName(name);
  const alias = state.ownConfig(subject)?.alias;
  // One step only: an alias of an alias would go round at times.
  return alias === undefined || alias === "" ? subject : writeSubjectName(requireSubjectName(alias));
}

function requireImportFields({ id, version }: SchemaRequest, subject: string, isImport: boolean): void {
  for (const [name, value] of [["id", id] as const, ["version", version] as const]) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > MAX_INT)) {
      throw new RegistryError(
        name === "id" ? "REGISTRY_ID_MISMATCH" : "REGISTRY_INVALID_VERSION",
        `The ${name} ${value} is no whole number from 1 to 2^31 - 1.`,
      );
    }
  }
  if (isImport && id === undefined) {
    throw new RegistryError("REGISTRY_NOT_PERMITTED", `The subject "${subject}" is in mode IMPORT: a schema must bring its id.`);
  }
  if (!isImport && id !== undefined) {
    throw new RegistryError(
      "REGISTRY_NOT_PERMITTED",
      `The subject "${subject}" is not in mode IMPORT: a schema cannot bring its id. Set the mode first.`,
    );
  }
}

/** A request's content as it would be stored in a subject, and read. */
export function* contentInSteps(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  request: SchemaRequest,
): Steps<{ readonly content: SchemaContent; readonly parsed: ParsedSchema }> {
  // What is no Unicode has no bytes: texts that differ in it alone would be one schema to the hash, and to whoever reads it.
  if (!request.schema.isWellFormed()) {
    throw new RegistryError("REGISTRY_INVALID_SCHEMA", "The schema's text has half of a surrogate pair, which is no Unicode character.");
  }
  const { context } = parseSubjectName(subject);
  const references = reader.pinned(state, request.references, context);
  const parsed = yield* readRequested(state, reader, subject, { ...request, references });
  yield;
  const config = state.config(subject);
  const schema = (request.normalize ?? config.normalize ?? false) ? parsed.normalized : parsed.canonical;
  const metadata = merged(merged(config.defaultMetadata, request.metadata), config.overrideMetadata);
  const ruleSet = config.overrideRuleSet ?? request.ruleSet ?? config.defaultRuleSet;
  return { content: { schemaType: request.schemaType, schema, references, metadata, ruleSet }, parsed };
}

/** A text that a version of the subject has is read as stored ones are, so that it is found and registered again whatever is asked of new ones. */
function* readRequested(state: RegistryState, reader: SchemaReader, subject: string, text: SchemaText): Steps<ParsedSchema> {
  try {
    return yield* reader.readInSteps(state, text);
  } catch (refusal) {
    const isRefused = refusal instanceof RegistryError && refusal.code === "REGISTRY_INVALID_SCHEMA";
    const stored = state.versions(subject).filter(({ schemaType }) => schemaType === text.schemaType);
    if (!isRefused || stored.length === 0) throw refusal;
    const parsed = yield* reader.readInSteps(state, text, true);
    if (stored.some(({ schema }) => schema === parsed.canonical || schema === parsed.normalized)) return parsed;
    throw refusal;
  }
}

function* requireCompatible(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  content: SchemaContent,
  parsed: ParsedSchema,
): Steps<void> {
  const config = state.config(subject);
  const level = config.compatibilityLevel ?? "BACKWARD";
  if (level === "NONE") return;
  const existing = versionsToFit(state, reader, subject, content, config);
  const verdict = yield* compatibilitySteps(parsed, existing, level, config.compatibilityPolicy);
  if (verdict.isCompatible) return;
  const details = verdictMessages(verdict, (version) => state.version(subject, version)?.schema ?? "");
  const first = verdict.incompatibilities[0];
  const why =
    first === undefined
      ? ""
      : ` ${first.differences[0]?.message ?? ""} (version ${first.version}${first.differences.length > 1 ? `, ${first.differences.length} differences` : ""})`;
  const message = `The schema is incompatible with those of the subject "${subject}" under ${level}.${why} It would pass under ${verdict.passesUnder.join(", ")}.`;
  throw new RegistryError("REGISTRY_INCOMPATIBLE_SCHEMA", message, { details });
}

/** Live versions that a new schema must fit: with a compatibility group only those of its group. Each is read when its schema is asked for. */
export function versionsToFit(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  content: SchemaContent,
  config: SubjectConfig,
): readonly ExistingVersion[] {
  const group = config.compatibilityGroup;
  const groupOf = (metadata: SchemaMetadata | undefined): string | undefined =>
    group === undefined ? undefined : propertyOf(metadata, group);
  const own = groupOf(content.metadata);
  return state
    .liveVersions(subject)
    .filter(({ metadata }) => groupOf(metadata) === own)
    .map((each) => ({
      version: each.version,
      get schema() {
        return reader.readStored(state, each);
      },
    }));
}

function requireSameContent(state: RegistryState, subject: string, id: number, identity: string): void {
  const used = state.ids(parseSubjectName(subject).context).uses(id)[0];
  if (used === undefined || schemaIdentity(used) === identity) return;
  throw new RegistryError("REGISTRY_ID_MISMATCH", `The id ${id} means another schema already, in the subject "${used.subject}".`);
}

function versionFor(state: RegistryState, subject: string, wanted: number | undefined, isImport: boolean, identity: string): number {
  const next = (state.versions(subject).at(-1)?.version ?? 0) + 1;
  if (wanted === undefined || wanted === next) {
    if (next <= MAX_INT) return next;
    throw new RegistryError("REGISTRY_NOT_PERMITTED", `All versions of the subject "${subject}" that an int can hold are given away.`);
  }
  if (!isImport)
    throw new RegistryError("REGISTRY_INVALID_VERSION", `The next version of the subject "${subject}" is ${next}, not ${wanted}.`);
  const taken = state.version(subject, wanted);
  if (taken !== undefined && !taken.isDeleted) {
    throw new RegistryError("REGISTRY_INVALID_VERSION", `The subject "${subject}" has a version ${wanted} with another schema.`);
  }
  // Records that were written with it are to be read still.
  if (taken !== undefined && schemaIdentity(taken) !== identity) {
    throw new RegistryError(
      "REGISTRY_INVALID_VERSION",
      `The subject "${subject}" has a softly deleted version ${wanted} with another schema; delete it with permanent=true first.`,
    );
  }
  return wanted;
}

/** What the second says goes before what the first says, key by key. */
function merged(under: SchemaMetadata | undefined, over: SchemaMetadata | undefined): SchemaMetadata | undefined {
  if (under === undefined || over === undefined) return over ?? under;
  const [tags, properties] = [
    { ...under.tags, ...over.tags },
    { ...under.properties, ...over.properties },
  ];
  const sensitive = [...new Set([...(under.sensitive ?? []), ...(over.sensitive ?? [])])];
  return {
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(sensitive.length > 0 && { sensitive }),
  };
}
