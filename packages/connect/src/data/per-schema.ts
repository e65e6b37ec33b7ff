import type { ConnectSchema } from "./schema.ts";

/** What is derived of a schema, made once for each and kept as long as the schema is. The last one is found at once: most topics have one. */
export class PerSchema<T> {
  readonly #make: (schema: ConnectSchema) => T;
  readonly #made = new WeakMap<ConnectSchema, T>();
  #lastSchema: ConnectSchema | undefined;
  #last: T | undefined;

  constructor(make: (schema: ConnectSchema) => T) {
    this.#make = make;
  }

  of(schema: ConnectSchema): T {
    if (schema === this.#lastSchema) return this.#last as T;
    let made = this.#made.get(schema);
    if (made === undefined) {
      made = this.#make(schema);
      this.#made.set(schema, made);
    }
    this.#lastSchema = schema;
    this.#last = made;
    return made;
  }
}
