import type { SerdeContext } from "@ottla/client";
import type { RegisteredSchema } from "../schema-types.ts";
import { SerdeError } from "../serdes-error.ts";
import { guidHeader, guidHeaders, ID_PREFIX_BYTES, isGuid, writeIdPrefix } from "../wire/wire-format.ts";
import { ValueProblem, type ValueWriter } from "./format-engine.ts";

/** Where a serde puts headers. */
export interface HeaderSink {
  readonly set: (key: string, value: Buffer) => void;
}

interface Target {
  readonly context: SerdeContext;
  readonly subject: string;
  readonly idIn: "payload" | "header";
}

/** Writes the keys or values of one topic with one schema. */
export class TopicWriter {
  readonly #values: ValueWriter;
  readonly #registered: RegisteredSchema;
  readonly #target: Target;
  readonly #guid: Buffer | undefined;

  constructor(values: ValueWriter, registered: RegisteredSchema, target: Target) {
    this.#values = values;
    this.#registered = registered;
    this.#target = target;
    if (target.idIn === "payload") return;
    const { guid } = registered;
    if (guid === undefined || !isGuid(guid)) {
      const message = `The registry gives no GUID for the schema ${registered.id} of "${target.subject}", which idIn: "header" needs; registries have them since 8.0.`;
      throw new SerdeError("SERDE_INVALID_OPTION", message, { ...target.context, subject: target.subject });
    }
    this.#guid = guidHeader(guid);
  }

  write(value: unknown, headers: HeaderSink | undefined): Buffer | Promise<Buffer> {
    try {
      const written = this.#values.write(value, this.#guid === undefined ? ID_PREFIX_BYTES : 0);
      if (!(written instanceof Promise)) return this.#framed(written, headers);
      return written.then(
        (bytes) => this.#framed(bytes, headers),
        (cause: unknown) => {
          throw this.#refused(cause);
        },
      );
    } catch (cause) {
      throw this.#refused(cause);
    }
  }

  #framed(bytes: Buffer, headers: HeaderSink | undefined): Buffer {
    if (this.#guid === undefined) writeIdPrefix(bytes, this.#registered.id);
    else if (headers !== undefined) headers.set(guidHeaders[this.#target.context.field], this.#guid);
    else
      throw new SerdeError(
        "SERDE_INVALID_OPTION",
        'Whoever calls this serde takes no headers; leave out idIn: "header".',
        this.#target.context,
      );
    return bytes;
  }

  #refused(cause: unknown): unknown {
    if (cause instanceof SerdeError) return cause;
    const { context, subject } = this.#target;
    const { id } = this.#registered;
    const path = cause instanceof ValueProblem ? cause.path : "";
    const problem = cause instanceof Error ? cause.message : String(cause);
    const message = `The ${context.field} for ${context.topic} is no value of the schema ${id} ("${subject}"): ${path === "" ? "" : `at ${path}: `}${problem}.`;
    return new SerdeError("SERDE_BAD_VALUE", message, { ...context, subject, schemaId: id, path, cause });
  }
}
