import type { SerdeContext } from "@ottla/client";
import type { SchemaSerdeOptions } from "./schema-serde-types.ts";
import type { SchemaReaders } from "./schema-readers.ts";

/** Fields of so many topics are remembered. */
const FIELDS_MAX = 10_000;
/** `:.context:subject`. */
const IN_CONTEXT = /^:\.[^:]+:/;

/** An id means a schema within a context of the registry. Where a function names subjects, each context that it names has readers of its own. */
export class ContextReaders {
  readonly #naming: SchemaSerdeOptions["subject"];
  readonly #make: (contextSubject: string | undefined) => SchemaReaders;
  readonly #usual: SchemaReaders;
  readonly #byContext = new Map<string, SchemaReaders>();
  readonly #byField = new Map<string, SchemaReaders>();

  constructor(naming: SchemaSerdeOptions["subject"], make: (contextSubject: string | undefined) => SchemaReaders) {
    this.#naming = naming;
    this.#make = make;
    this.#usual = make(undefined);
  }

  of(context: SerdeContext): SchemaReaders {
    if (typeof this.#naming !== "function") return this.#usual;
    const field = `${context.field} ${context.topic}`;
    return this.#byField.get(field) ?? this.#find(field, context);
  }

  #find(field: string, context: SerdeContext): SchemaReaders {
    const subject = this.#subjectOf(context);
    const [name] = IN_CONTEXT.exec(subject) ?? [""];
    const readers = name === "" ? this.#usual : (this.#byContext.get(name) ?? this.#make(subject));
    if (name !== "") this.#byContext.set(name, readers);
    if (this.#byField.size >= FIELDS_MAX) this.#byField.clear();
    this.#byField.set(field, readers);
    return readers;
  }

  /** The name of the record is in the schema, which is not known yet. What the function makes of that is told where its subject is needed. */
  #subjectOf(context: SerdeContext): string {
    try {
      return typeof this.#naming === "function" ? String(this.#naming({ ...context, recordName: undefined })) : "";
    } catch {
      return "";
    }
  }
}
