import type { ParsedSchema, ResolvedReference, SchemaFormat, SchemaReference, SchemaSource, SchemaType } from "../formats/schema-format.ts";
import { elsewhereOnly, readHere } from "../off-loop/elsewhere.ts";
import type { OffLoop, TypedSource } from "../off-loop/off-loop.ts";
import { answerOf, atOnce, type Steps } from "../steps.ts";
import { RegistryError } from "../registry-error.ts";
import type { SchemaVersion } from "./registry-record.ts";
import type { RegistryState } from "./registry-state.ts";
import { schemaIdentity } from "./schema-identity.ts";
import { referredSubject } from "./subject-name.ts";

/** Formats by the name in `schemaType`. */
export type SchemaFormats = Readonly<Partial<Record<SchemaType, SchemaFormat>>>;

/** A text that may become a schema, and what it refers to. */
export interface SchemaText {
  readonly schemaType: SchemaType;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
}

const MAX_CACHED = 500;
const MAX_REFERENCED = 1_000;
/** What is longer, with all that it refers to, is read and compared elsewhere where there is such a place: up to here nothing takes long. */
const HERE_CHARS_MAX = 12 * 1024;

/** Reads schemas with what they refer to. Those of stored versions are kept, up to a bound, least used ones dropped first. */
export class SchemaReader {
  readonly #formats: SchemaFormats;
  readonly #offLoop: OffLoop | undefined;
  readonly #read = new Map<string, ParsedSchema>();

  constructor(formats: SchemaFormats, offLoop?: OffLoop) {
    this.#formats = formats;
    this.#offLoop = offLoop;
  }

  /** The types that can be read, as registries list them. */
  types(): readonly SchemaType[] {
    return (["JSON", "PROTOBUF", "AVRO"] as const).filter((type) => this.#formats[type] !== undefined);
  }

  /**
   * References as they are stored: -1 became the version that is the latest now.
   * @throws RegistryError `REGISTRY_UNKNOWN_REFERENCE`
   */
  pinned(state: RegistryState, references: readonly SchemaReference[], context: string): readonly SchemaReference[] {
    return references.map(({ name, subject, version }) => {
      const target = referredSubject(subject, context);
      const found = version === -1 ? state.liveVersions(target).at(-1) : state.version(target, version);
      if (found === undefined || found.isDeleted) {
        const message = `The reference "${name}" means version ${version === -1 ? "latest" : version} of the subject "${subject}", which is not there; register it first.`;
        throw new RegistryError("REGISTRY_UNKNOWN_REFERENCE", message);
      }
      return { name, subject: found.subject, version: found.version };
    });
  }

  /**
   * @param isStored whether a version has the text already, to which rules for new ones do not apply
   * @throws RegistryError what the format says of the text, and `REGISTRY_UNKNOWN_REFERENCE`.
   */
  *readInSteps(state: RegistryState, { schemaType, schema, references }: SchemaText, isStored = false): Steps<ParsedSchema> {
    const format = this.#formats[schemaType];
    if (format === undefined) {
      const known = Object.keys(this.#formats).join(", ");
      throw new RegistryError("REGISTRY_INVALID_SCHEMA", `"${schemaType}" is no type of schema that is known here; there are ${known}.`);
    }
    const source = { schema, isStored, resolved: this.#resolved(state, references) };
    const typed: TypedSource = { schemaType, source };
    if (this.#offLoop !== undefined && isLarge(source))
      return elsewhereOnly(this.#offLoop, typed, yield* answerOf(this.#offLoop.read(typed)));
    const parsed = format.parseInSteps === undefined ? format.parse(source) : yield* format.parseInSteps(source);
    return this.#offLoop === undefined ? parsed : readHere(this.#offLoop, typed, parsed);
  }

  /** A large one is not read before it is compared. */
  readStored(state: RegistryState, version: SchemaVersion): ParsedSchema {
    if (this.#offLoop !== undefined) {
      const { schemaType, schema } = version;
      const source = { schema, isStored: true, resolved: this.#resolved(state, version.references) };
      if (isLarge(source)) return elsewhereOnly(this.#offLoop, { schemaType, source }, undefined);
    }
    const identity = schemaIdentity(version);
    const known = this.#read.get(identity);
    this.#read.delete(identity);
    const parsed = known ?? atOnce(this.readInSteps(state, version, true));
    this.#read.set(identity, parsed);
    if (this.#read.size > MAX_CACHED) this.#read.delete(this.#read.keys().next().value as string);
    return parsed;
  }

  /** Each once, after all that it refers to itself. References cannot go round: a version refers to earlier ones. */
  #resolved(state: RegistryState, references: readonly SchemaReference[]): readonly ResolvedReference[] {
    const resolved: ResolvedReference[] = [];
    const seen = new Set<string>();
    const visit = (reference: SchemaReference): void => {
      const key = `${reference.version} ${reference.subject} ${reference.name}`;
      if (seen.has(key)) return;
      seen.add(key);
      if (seen.size > MAX_REFERENCED) {
        throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", `A schema stands on more than ${MAX_REFERENCED} others.`);
      }
      const found = state.version(reference.subject, reference.version);
      if (found === undefined) {
        const message = `The reference "${reference.name}" means version ${reference.version} of the subject "${reference.subject}", which is not there.`;
        throw new RegistryError("REGISTRY_UNKNOWN_REFERENCE", message);
      }
      for (const each of found.references) visit(each);
      resolved.push({ name: reference.name, schema: found.schema, isStored: true });
    };
    for (const reference of references) visit(reference);
    return resolved;
  }
}

function isLarge({ schema, resolved }: SchemaSource): boolean {
  return resolved.reduce((sum, each) => sum + each.schema.length, schema.length) > HERE_CHARS_MAX;
}
