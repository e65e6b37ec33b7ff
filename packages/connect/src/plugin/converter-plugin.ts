import type { ConfigShape, ConfigValues } from "./config-shape.ts";
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
  /** Nobody reads any more what `fromConnect` gave, so that it may be written over. Not told of all; the last given are told of first. */
  giveBack?(bytes: Uint8Array): void;
  close?(): Promise<void> | void;
}

/** What a converter is for. */
export interface ConverterRole {
  readonly part: "key" | "value" | "header";
}

/** A kind of converter and its settings, which stand behind the converter's own: `value.converter.schemas.enable` is `schemas.enable`. One and the same serves keys, values and headers. */
export interface ConverterPlugin<Shape extends ConfigShape = ConfigShape> {
  readonly kind: "converter";
  /** What `value.converter` may say. */
  readonly name: string;
  /** Class names of Java's that mean it. */
  readonly aliases?: readonly string[] | undefined;
  readonly version: string;
  readonly doc?: string | undefined;
  readonly config: Shape;
  /** Throws `ConnectError` (CONNECT_CONFIG) where settings contradict each other. What is dear to load is loaded here. */
  open(config: ConfigValues<Shape>, role: ConverterRole): Converter | Promise<Converter>;
}
