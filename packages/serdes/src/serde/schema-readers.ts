import { systemClock } from "@ottla/base/node";
import type { RecordHeader, SerdeContext } from "@ottla/client";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import type { DataKeys } from "../encryption/data-keys.ts";
import { subjectOf } from "./subject-name.ts";
import { loadMigrations, type Migrations } from "../rules/migration.ts";
import type { RulePlace } from "../rules/schema-rules.ts";
import { loadRules, readerWithMigrations, readerWithRules } from "./with-rules.ts";
import { SerdeError } from "../serdes-error.ts";
import { describeBytes } from "../wire/guess-bytes.ts";
import { readFraming } from "../wire/wire-format.ts";
import { type FormatEngine, type LoadedSchema, type SerdeFormat, ValueProblem, type ValueReader } from "./format-engine.ts";
import type { Payload, SchemaSerdeOptions } from "./schema-serde-types.ts";

/** As many schemas are read at a time; beyond, the one that was met first is loaded again. */
const READERS_MAX = 10_000;
/** A registry that is asked for many at once is asked for so many at a time. */
const PREFETCH_WIDTH = 16;
/** A subject whose migrations cannot be carried out may be mended: so long it is taken to be as it was. */
const REFUSED_MS = 5_000;
const NO_MIGRATIONS: Migrations = new Map();
const NO_HEADERS: readonly RecordHeader[] = [];

type Id = number | string;

/** For each schema that data was written with, what reads it, found once. */
export class SchemaReaders {
  readonly #format: SerdeFormat;
  readonly #load: () => Promise<FormatEngine>;
  readonly #options: SchemaSerdeOptions;
  readonly #keys: DataKeys | undefined;
  readonly #contextSubject: string | undefined;
  readonly #readers = new Map<Id, ValueReader>();
  readonly #loading = new Map<Id, Promise<ValueReader>>();
  #own: Promise<LoadedSchema | undefined> | undefined;
  #lastId: Id | undefined;
  #last: ValueReader | undefined;

  /** `contextSubject`: a subject in whose context of the registry ids are looked up; undefined: the default one. */
  constructor(
    format: SerdeFormat,
    load: () => Promise<FormatEngine>,
    options: SchemaSerdeOptions,
    keys: DataKeys | undefined,
    contextSubject?: string,
  ) {
    this.#keys = keys;
    this.#contextSubject = contextSubject;
    this.#format = format;
    this.#load = load;
    this.#options = options;
  }

  /** A promise only until the schema is there. */
  read(bytes: Buffer, context: SerdeContext, headers: readonly RecordHeader[]): unknown {
    const framing = readFraming(bytes, context.field, headers);
    if (framing === undefined) throw notFramed(bytes, context);
    const { schema: id, dataAt } = framing;
    const reader = id === this.#lastId ? this.#last : this.#readers.get(id);
    if (reader !== undefined) {
      this.#lastId = id;
      this.#last = reader;
      return readWith(reader, { bytes, dataAt, id, context });
    }
    return this.#open(id).then(
      (opened) => readWith(opened, { bytes, dataAt, id, context }),
      (cause: unknown) => {
        throw unreadable(cause, { bytes, dataAt, id, context });
      },
    );
  }

  async prefetch(payloads: readonly Payload[], field: "key" | "value"): Promise<void> {
    const ids = new Set<Id>();
    for (const { bytes, headers = NO_HEADERS } of payloads) {
      const id = readFraming(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), field, headers)?.schema;
      if (id !== undefined && !this.#readers.has(id)) ids.add(id);
    }
    const queue = [...ids];
    const work = async (): Promise<void> => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        // What cannot be read is told by whoever reads it.
        await this.#open(id).catch((error: unknown) => {
          if (error instanceof RegistryClientError && !error.isNotFound) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(PREFETCH_WIDTH, queue.length) }, work));
  }

  #open(id: Id): Promise<ValueReader> {
    const known = this.#loading.get(id);
    if (known !== undefined) return known;
    const loading = this.#readerOf(id);
    this.#loading.set(id, loading);
    loading.then(
      (reader) => this.#keep(id, reader),
      () => this.#loading.delete(id),
    );
    return loading;
  }

  #keep(id: Id, reader: ValueReader): void {
    this.#loading.delete(id);
    this.#readers.set(id, reader);
    if (this.#readers.size > READERS_MAX) this.#readers.delete(this.#readers.keys().next().value!);
  }

  async #readerOf(id: Id): Promise<ValueReader> {
    const { registry } = this.#options;
    const [engine, registered] = await Promise.all([
      this.#load(),
      typeof id === "number" ? registry.schemaById(id, { subject: this.#contextSubject }) : registry.schemaByGuid(id),
    ]);
    if (registered.schemaType !== this.#format.name) {
      const message = `it was written with the schema ${id}, which is of the format ${registered.schemaType}, and this serde reads ${this.#format.name}`;
      throw new SerdeError("SERDE_OTHER_FORMAT", message, { schemaId: id });
    }
    const written: LoadedSchema = { definition: registered, registered, resolved: await registry.referencesOf(registered) };
    const rules = await loadRules(engine, written, { way: "READ", keys: this.#keys, place: { schemaId: id } });
    const own = await this.#ownSchema();
    const migrations = await this.#migrations({ registry, engine, written, id, contextSubject: this.#contextSubject }, own);
    const values = migrations.size === 0 ? engine.reader(written, own) : undefined;
    if (rules === undefined && values !== undefined) return values;
    const recordName = engine.recordName(written);
    const subjectIn = (context: SerdeContext): string => subjectOf(this.#options.subject ?? "topic", context, recordName);
    const placeOf = (context: SerdeContext): RulePlace => ({ ...context, subject: subjectIn(context), schemaId: id });
    const reader = values ?? readerWithMigrations({ engine, written, own }, migrations, placeOf);
    const whole = rules === undefined ? reader : readerWithRules(reader, rules, placeOf);
    return [...migrations.values()].some((each) => each instanceof Error) ? this.#askedAgain(id, whole) : whole;
  }

  /** After a while the registry is asked again, and what it says by then holds for the value at hand, too. */
  #askedAgain(id: Id, reader: ValueReader): ValueReader {
    const untilMs = systemClock.monotonicMs() + REFUSED_MS;
    return {
      read: (bytes, from, context) => {
        if (systemClock.monotonicMs() > untilMs) {
          this.#readers.delete(id);
          if (this.#lastId === id) this.#lastId = undefined;
          return this.#open(id).then((opened) => opened.read(bytes, from, context));
        }
        return reader.read(bytes, from, context);
      },
    };
  }

  /** To the one schema that there is, or to each subject's where a format's schema depends on it. */
  async #migrations(question: Omit<Parameters<typeof loadMigrations>[0], "own">, own: LoadedSchema | undefined): Promise<Migrations> {
    const { forSubject } = this.#format;
    if (own !== undefined)
      return own.definition.schema === question.written.definition.schema ? NO_MIGRATIONS : loadMigrations({ ...question, own });
    if (forSubject === undefined) return NO_MIGRATIONS;
    const ownIn = async (subject: string): Promise<LoadedSchema> => {
      const { definition } = await forSubject(question.registry, subject);
      return { definition, registered: undefined, resolved: await question.registry.referencesOf(definition) };
    };
    return loadMigrations({ ...question, own: ownIn });
  }

  /** What data is handed out as; undefined for as it was written. */
  #ownSchema(): Promise<LoadedSchema | undefined> {
    if (this.#options.readAs === "writer" || this.#format.definition === undefined) return Promise.resolve(undefined);
    return (this.#own ??= this.#loadOwn());
  }

  async #loadOwn(): Promise<LoadedSchema | undefined> {
    const { definition } = this.#format;
    if (definition === undefined) return undefined;
    try {
      return { definition, registered: undefined, resolved: await this.#options.registry.referencesOf(definition) };
    } catch (error) {
      this.#own = undefined;
      throw error;
    }
  }
}

interface Read {
  readonly bytes: Buffer;
  readonly dataAt: number;
  readonly id: Id;
  readonly context: SerdeContext;
}

function readWith(reader: ValueReader, read: Read): unknown {
  try {
    const value = reader.read(read.bytes, read.dataAt, read.context);
    if (!(value instanceof Promise)) return value;
    return value.catch((cause: unknown) => {
      throw unreadable(cause, read);
    });
  } catch (cause) {
    throw unreadable(cause, read);
  }
}

function notFramed(bytes: Buffer, context: SerdeContext): SerdeError {
  const message = `The ${context.field} of ${context.topic} does not begin with a schema's id, and no header has one; ${describeBytes(bytes)}.`;
  return new SerdeError("SERDE_NOT_FRAMED", message, { ...context });
}

/** What is wrong with the registry stays what it is; all else names the data. */
function unreadable(cause: unknown, { bytes, id, context }: Read): unknown {
  const place = { ...context, schemaId: id, cause };
  const what = `The ${context.field} of ${context.topic}`;
  if (cause instanceof RegistryClientError) {
    if (!cause.isNotFound) return cause;
    const message = `${what} says that it was written with the schema ${id}, which the registry does not know (${cause.errorCode ?? cause.status}); another registry wrote it, or it is no registry's data: ${describeBytes(bytes)}.`;
    return new SerdeError("SERDE_UNKNOWN_SCHEMA", message, place);
  }
  if (cause instanceof SerdeError) {
    return new SerdeError(cause.code, `${what} cannot be read: ${cause.message}; ${describeBytes(bytes)}.`, {
      ...place,
      path: cause.path,
      rule: cause.rule,
    });
  }
  const path = cause instanceof ValueProblem ? cause.path : "";
  const problem = cause instanceof Error ? cause.message : String(cause);
  const message = `${what} is no data of the schema ${id}: ${path === "" ? "" : `at ${path}: `}${problem}; ${describeBytes(bytes)}.`;
  return new SerdeError("SERDE_BAD_BYTES", message, { ...place, path });
}
