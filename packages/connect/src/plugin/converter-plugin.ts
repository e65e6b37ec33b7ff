import type { SchemaAndValue } from "../data/schema.ts";

/** A header as it is on the wire. */
export interface HeaderBytes {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Between a record's bytes and Connect's data. A promise only where a registry has to be asked; behind the first record of a schema it is none. */
export interface Converter {
  /** Null without a schema is null bytes. `headers` are those that the record will have; a converter may add to them. */
  fromConnect(topic: string, data: SchemaAndValue, headers: HeaderBytes[]): Uint8Array | null | Promise<Uint8Array | null>;
  toConnect(topic: string, bytes: Uint8Array | null, headers: readonly HeaderBytes[]): SchemaAndValue | Promise<SchemaAndValue>;
  close?(): Promise<void> | void;
}
