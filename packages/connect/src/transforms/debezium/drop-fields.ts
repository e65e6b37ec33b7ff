import type { ConnectRecord } from "../../data/connect-record.ts";
import { isPlainObject } from "../../data/check-value.ts";
import { DataError } from "../../data/data-error.ts";
import { PerSchema } from "../../data/per-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { setField } from "../../data/struct-value.ts";
import { structLike } from "../requirements.ts";

/** As many sets of fields are remembered for a schema. */
const SETS_MAX = 1000;

export interface DropFieldsOptions {
  readonly headerName: string;
  readonly fromKey: boolean;
  /** Only what is optional goes, so that readers of the whole schema can read it. */
  readonly keepCompatible: boolean;
}

/** Takes out of a row the fields that a header of its record names: those that a change left as they were. */
export class DropFields {
  readonly #options: DropFieldsOptions;
  readonly #schemas = new PerSchema(() => new Map<string, ConnectSchema>());

  constructor(options: DropFieldsOptions) {
    this.#options = options;
  }

  /** @throws ConnectError CONNECT_DATA for a header that is no list of names. */
  apply<R extends ConnectRecord>(record: R): R {
    const { fromKey, headerName } = this.#options;
    const names = record.headers.find(({ key }) => key === headerName)?.value;
    if (names === null || names === undefined) return record;
    if (!Array.isArray(names) || names.some((name) => typeof name !== "string"))
      throw new DataError(`drop.fields.header.name is ${headerName}, a header that is no list of names`);
    if (names.length === 0) return record;
    const value = this.#without(record.valueSchema, record.value, names as readonly string[]);
    const key = fromKey ? this.#without(record.keySchema, record.key, names as readonly string[]) : undefined;
    return {
      ...record,
      ...(value === undefined ? {} : { valueSchema: value.schema, value: value.value }),
      ...(key === undefined ? {} : { keySchema: key.schema, key: key.value }),
    };
  }

  #without(
    schema: ConnectSchema | undefined,
    value: unknown,
    names: readonly string[],
  ): { readonly schema: ConnectSchema; readonly value: unknown } | undefined {
    if (schema?.fields === undefined || !isPlainObject(value)) return undefined;
    const known = this.#schemas.of(schema);
    const id = JSON.stringify(names);
    let other = known.get(id);
    if (other === undefined) {
      const gone = new Set(names);
      const { keepCompatible } = this.#options;
      other = structLike(
        schema,
        schema.fields.filter((field) => !gone.has(field.name) || (keepCompatible && !field.schema.optional)),
      );
      if (known.size >= SETS_MAX) known.clear();
      known.set(id, other);
    }
    const kept: Record<string, unknown> = {};
    for (const { name } of other.fields!) setField(kept, name, value[name] ?? null);
    return { schema: other, value: kept };
  }
}
