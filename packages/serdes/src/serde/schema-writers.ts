import type { SerdeContext } from "@ottla/client";
import type { Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import type { RegisteredSchema, SchemaDefinition } from "../schema-types.ts";
import type { DataKeys } from "../encryption/data-keys.ts";
import { loadRules, writerWithRules } from "./with-rules.ts";
import { SerdeError } from "../serdes-error.ts";
import type { FormatEngine, LoadedSchema, SerdeFormat } from "./format-engine.ts";
import type { SchemaSerdeOptions } from "./schema-serde-types.ts";
import { subjectOf } from "./subject-name.ts";
import { TopicWriter } from "./topic-writer.ts";

/** How many topics one serde writes to; beyond, the one that was opened first is opened again. */
const TOPICS_MAX = 10_000;
/** How often "latest" is looked at again. The registry's client keeps its answer, too, and has the last word. */
const LATEST_MS = 60_000;

interface Open {
  writer: TopicWriter | undefined;
  opening: Promise<TopicWriter> | undefined;
  openedAtMs: number;
}

/** For each topic and field the schema that is written with, found once. */
export class SchemaWriters {
  readonly #format: SerdeFormat;
  readonly #load: () => Promise<FormatEngine>;
  readonly #options: SchemaSerdeOptions;
  readonly #clock: Clock = systemClock;
  readonly #keys: DataKeys | undefined;
  readonly #isLatest: boolean;
  readonly #open = new Map<string, Open>();
  #last: SerdeContext | undefined;
  #lastOpen: Open | undefined;

  constructor(format: SerdeFormat, load: () => Promise<FormatEngine>, options: SchemaSerdeOptions, keys: DataKeys | undefined) {
    this.#keys = keys;
    this.#format = format;
    this.#load = load;
    this.#options = options;
    this.#isLatest = options.useLatestVersion === true || options.useLatestWithMetadata !== undefined;
  }

  /** A promise only until it is there. */
  find(context: SerdeContext): TopicWriter | Promise<TopicWriter> {
    const open = context === this.#last ? this.#lastOpen! : this.#openOf(context);
    const { writer } = open;
    if (writer === undefined) return open.opening ?? this.#begin(open, context);
    if (this.#isLatest && this.#clock.monotonicMs() - open.openedAtMs > LATEST_MS) this.#renew(open, context);
    return writer;
  }

  #openOf(context: SerdeContext): Open {
    const key = `${context.field} ${context.topic}`;
    let open = this.#open.get(key);
    if (open === undefined) {
      open = { writer: undefined, opening: undefined, openedAtMs: 0 };
      this.#open.set(key, open);
      if (this.#open.size > TOPICS_MAX) this.#open.delete(this.#open.keys().next().value!);
    }
    this.#last = context;
    this.#lastOpen = open;
    return open;
  }

  #begin(open: Open, context: SerdeContext): Promise<TopicWriter> {
    open.openedAtMs = this.#clock.monotonicMs();
    const opening = this.#writerOf(context);
    open.opening = opening;
    opening
      .then((writer) => {
        open.writer = writer;
      })
      // Who waits is told; who comes later begins anew.
      .catch(() => {})
      .finally(() => {
        if (open.opening === opening) open.opening = undefined;
      });
    return opening;
  }

  /** In the background; what there is serves meanwhile, and goes on when the registry cannot be asked. */
  #renew(open: Open, context: SerdeContext): void {
    if (open.opening === undefined) this.#begin(open, context).catch(() => {});
  }

  async #writerOf(context: SerdeContext): Promise<TopicWriter> {
    const { registry, subject: naming = "topic" } = this.#options;
    const engine = await this.#load();
    const fixed = await this.#loaded(this.#format.definition);
    const recordName = fixed === undefined ? this.#format.recordName : engine.recordName(fixed);
    const subject = subjectOf(naming, context, recordName);
    const forSubject = this.#isLatest ? undefined : await this.#format.forSubject?.(registry, subject);
    const own = fixed ?? (await this.#loaded(forSubject?.definition));
    const registered = await this.#registered(subject, own?.definition, context);
    await forSubject?.confirm();
    if (registered.schemaType !== this.#format.name) {
      const message = `The subject "${subject}" has a schema of the format ${registered.schemaType}, and this serde writes ${this.#format.name}; take the other serde.`;
      throw new SerdeError("SERDE_OTHER_FORMAT", message, { ...context, subject, schemaId: registered.id });
    }
    const schema: LoadedSchema =
      own === undefined || this.#isLatest
        ? { definition: registered, registered, resolved: await registry.referencesOf(registered) }
        : { ...own, registered };
    const place = { ...context, subject, schemaId: registered.id };
    const idIn = this.#options.idIn ?? "payload";
    const rules = await loadRules(engine, contractOf(schema, registered), { way: "WRITE", keys: this.#keys, place });
    const values = engine.writer(schema);
    const schemaId = idIn === "header" ? (registered.guid ?? "") : registered.id;
    const ruled = rules === undefined ? values : writerWithRules(values, rules, { ...place, schemaId });
    return new TopicWriter(ruled, registered, { context, subject, idIn });
  }

  async #loaded(definition: SchemaDefinition | undefined): Promise<LoadedSchema | undefined> {
    if (definition === undefined) return undefined;
    return { definition, registered: undefined, resolved: await this.#options.registry.referencesOf(definition) };
  }

  async #registered(subject: string, definition: SchemaDefinition | undefined, context: SerdeContext): Promise<RegisteredSchema> {
    const { autoRegister = true, normalize, registry, useLatestVersion, useLatestWithMetadata } = this.#options;
    try {
      if (useLatestWithMetadata !== undefined) return await registry.latestWithMetadata(subject, useLatestWithMetadata);
      if (useLatestVersion === true) return await registry.version(subject, "latest");
      if (definition === undefined)
        throw new SerdeError(
          "SERDE_INVALID_OPTION",
          `Nothing says what the ${context.field} of ${context.topic} is written with; give "schema", or set useLatestVersion.`,
          context,
        );
      if (!autoRegister) return await registry.lookup(subject, definition, { normalize });
      const registered = await registry.register(subject, definition, { normalize });
      // Answers to registrations often have no GUID; the look-up's has.
      if (registered.guid !== undefined || this.#options.idIn !== "header") return registered;
      return await registry.lookup(subject, definition, { normalize });
    } catch (cause) {
      if (!(cause instanceof RegistryClientError) || !cause.isNotFound) throw cause;
      const remedy =
        definition === undefined || useLatestVersion === true || useLatestWithMetadata !== undefined
          ? "register a schema first"
          : "register it, or leave out autoRegister: false";
      const message = `The schema for the ${context.field} of ${context.topic} is not registered under "${subject}" (${cause.message}); ${remedy}.`;
      throw new SerdeError("SERDE_NOT_REGISTERED", message, { ...context, subject, cause });
    }
  }
}

/** A registry that knows no contracts leaves them out of its answer; they hold for who wrote them down all the same. */
function contractOf(schema: LoadedSchema, { metadata, ruleSet }: RegisteredSchema): LoadedSchema {
  const { definition } = schema;
  return { ...schema, definition: { ...definition, metadata: metadata ?? definition.metadata, ruleSet: ruleSet ?? definition.ruleSet } };
}
