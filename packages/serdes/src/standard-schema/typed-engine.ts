import { type StandardSchema, validated } from "@ottla/base";
import type { ContractCodec, FormatEngine, LoadedSchema, ValueReader, ValueWriter } from "../serde/format-engine.ts";
import type { Change } from "./change-values.ts";

/** What a format has in place of a type's values, by the schema that they are written with. */
export interface TypedValues {
  readonly engine: FormatEngine;
  toWire(schema: LoadedSchema): Change;
  fromWire(written: LoadedSchema): Change;
}

/** A format whose values are those of a validator: asked before a value is written, and what is read is the type's output. */
export class TypedEngine implements FormatEngine {
  readonly #type: StandardSchema;
  readonly #values: TypedValues;

  constructor(type: StandardSchema, values: TypedValues) {
    this.#type = type;
    this.#values = values;
  }

  recordName(schema: LoadedSchema): string | undefined {
    return this.#values.engine.recordName(schema);
  }

  writer(schema: LoadedSchema): ValueWriter {
    const writer = this.#values.engine.writer(schema);
    const change = this.#values.toWire(schema);
    const type = this.#type;
    return {
      write(value, before) {
        // Sent as it was given: whoever reads it transforms it.
        const checked = validated(type, value);
        if (checked instanceof Promise) return checked.then(() => writer.write(change(value), before));
        return writer.write(change(value), before);
      },
    };
  }

  reader(written: LoadedSchema, as: LoadedSchema | undefined): ValueReader {
    const reader = this.#values.engine.reader(written, as);
    const change = this.#values.fromWire(written);
    const type = this.#type;
    return { read: (bytes, from, context) => validated(type, change(reader.read(bytes, from, context))) };
  }

  contract(schema: LoadedSchema): ContractCodec {
    return this.#values.engine.contract(schema);
  }
}
