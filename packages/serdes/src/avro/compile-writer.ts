import {
  type AvroEnum,
  type AvroRecord,
  type AvroType,
  branchName,
  isWrapped,
  kindOfType,
  logicalTypeOf,
  type ValueKind,
} from "@ottla/registry/formats/avro";
import { kindOfValue, type AvroShape } from "./avro-shape.ts";
import { defaultBytes } from "./default-bytes.ts";
import { recordWriter } from "./record-code.ts";
import { type Trace, traced } from "./trace.ts";
import { refuse, type Write, writeLogical, writePrimitive } from "./write-leaf.ts";

/** Makes what writes values of a type. With a trace it is slower, and knows where it is. */
export function compileWriter(type: AvroType, shape: AvroShape, trace?: Trace): Write {
  return new WriterCompiler(shape, trace).compile(type);
}

class WriterCompiler {
  readonly #shape: AvroShape;
  readonly #trace: Trace | undefined;
  readonly #records = new Map<AvroRecord, Write>();

  constructor(shape: AvroShape, trace: Trace | undefined) {
    this.#shape = shape;
    this.#trace = trace;
  }

  compile(type: AvroType): Write {
    const logical = this.#shape.logicalTypes ? logicalTypeOf(type) : undefined;
    if (logical !== undefined) return writeLogical(logical, type);
    switch (type.kind) {
      case "array":
        return this.#array(this.compile(type.items));
      case "map":
        return this.#map(this.compile(type.values));
      case "union":
        return this.#union(type.branches);
      case "enum":
        return writeEnum(type);
      case "fixed":
        return (out, value) => {
          if (!(value instanceof Uint8Array) || value.length !== type.size) refuse(value, `${type.size} bytes (a Uint8Array)`);
          out.raw(value);
        };
      case "record":
        return this.#record(type);
      case "null":
      case "boolean":
      case "int":
      case "long":
      case "float":
      case "double":
      case "bytes":
      case "string":
        return writePrimitive[type.kind];
    }
  }

  #array(write: Write): Write {
    const trace = this.#trace;
    return (out, value) => {
      if (!Array.isArray(value)) refuse(value, "an array");
      if (value.length > 0) out.long(value.length);
      for (let index = 0; index < value.length; index++) {
        trace?.push(index);
        write(out, value[index]);
        trace?.pop();
      }
      out.byte(0);
    };
  }

  #map(write: Write): Write {
    const trace = this.#trace;
    return (out, value) => {
      if (kindOfValue(value) !== "object" || value instanceof Map) refuse(value, "an object");
      const given = value as Readonly<Record<string, unknown>>;
      const keys = Object.keys(given);
      if (keys.length > 0) out.long(keys.length);
      for (const key of keys) {
        out.text(key);
        trace?.push(key);
        write(out, given[key]);
        trace?.pop();
      }
      out.byte(0);
    };
  }

  #record(type: AvroRecord): Write {
    const known = this.#records.get(type);
    if (known !== undefined) return known;
    // A record that stands in itself is written by what is not there yet.
    this.#records.set(type, (out, value) => compiled(out, value));
    const compiled = recordWriter(
      type.fields.map((field) => ({
        name: field.name,
        write: traced(this.#trace, field.name, this.compile(field.type)),
        defaultBytes: field.default === undefined ? undefined : defaultBytes(field.type, field.default),
      })),
    );
    this.#records.set(type, compiled);
    return compiled;
  }

  #union(branches: readonly AvroType[]): Write {
    const writes = branches.map((branch) => this.compile(branch));
    const nullAt = branches.findIndex(({ kind }) => kind === "null");
    if (isWrapped(branches, this.#shape)) return this.#wrapped(branches, writes, nullAt);
    if (branches.length === 2 && nullAt >= 0) {
      const valueAt = 1 - nullAt;
      const write = writes[valueAt]!;
      return (out, value) => {
        out.byte((value == null ? nullAt : valueAt) << 1);
        if (value != null) write(out, value);
      };
    }
    const byKind = new Map<ValueKind | undefined, number>(branches.map((branch, index) => [kindOfType(branch, this.#shape), index]));
    const names = branches.map(branchName).join(", ");
    return (out, value) => {
      const index = byKind.get(kindOfValue(value)) ?? refuse(value, `of one of the union's types (${names})`);
      out.int(index);
      writes[index]!(out, value);
    };
  }

  #wrapped(branches: readonly AvroType[], writes: readonly Write[], nullAt: number): Write {
    const byName = new Map(branches.map((branch, index) => [branchName(branch), index]));
    const names = [...byName.keys()].join(", ");
    const traces = branches.map((branch, index) => traced(this.#trace, branchName(branch), writes[index]!));
    return (out, value) => {
      if (value == null && nullAt >= 0) return out.int(nullAt);
      const keys = kindOfValue(value) === "object" ? Object.keys(value as object) : [];
      const index = keys.length === 1 ? byName.get(keys[0]!) : undefined;
      if (index === undefined)
        refuse(value, `an object with one key, the name of a branch (${names}), since values of its types cannot be told apart`);
      out.int(index);
      traces[index]!(out, (value as Readonly<Record<string, unknown>>)[keys[0]!]);
    };
  }
}

function writeEnum({ symbols }: AvroEnum): Write {
  const indexes = new Map(symbols.map((symbol, index) => [symbol, index]));
  return (out, value) => {
    const index = indexes.get(value as string);
    if (index === undefined) refuse(value, `one of ${symbols.slice(0, 10).join(", ")}${symbols.length > 10 ? ", …" : ""}`);
    out.int(index);
  };
}
