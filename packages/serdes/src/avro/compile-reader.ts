import {
  type AvroEnum,
  type AvroField,
  type AvroNamed,
  type AvroRecord,
  type AvroType,
  branchName,
  fullName,
  isNamed,
  isWrapped,
  logicalTypeOf,
  typeName,
} from "@ottla/registry/formats/avro";
import { AvroInput } from "./avro-input.ts";
import type { AvroShape } from "./avro-shape.ts";
import { defaultBytes } from "./default-bytes.ts";
import { leastBytes } from "./least-bytes.ts";
import { readConverted, readLeaf } from "./read-leaf.ts";
import { failing, type FieldToRead, type Read, recordReader, setOwn } from "./record-code.ts";
import type { Trace } from "./trace.ts";

/** The reader's schema cannot read what the writer's wrote. */
export class UnresolvableSchema extends Error {
  override readonly name = "UnresolvableSchema";
}

/**
 * Makes what reads data of `writer` and hands it out as `reader` (Avro's "Schema Resolution", as Java's compatibility check has it: names without namespaces, aliases of the reader). With a trace it is
 * slower, and knows where it is.
 * @throws UnresolvableSchema
 */
export function compileReader(writer: AvroType, reader: AvroType, shape: AvroShape, trace?: Trace): Read {
  return new ReaderCompiler(shape, trace).compile(writer, reader);
}

class ReaderCompiler {
  readonly #shape: AvroShape;
  readonly #trace: Trace | undefined;
  readonly #records = new Map<AvroType, Map<AvroType, Read>>();

  constructor(shape: AvroShape, trace: Trace | undefined) {
    this.#shape = shape;
    this.#trace = trace;
  }

  compile(writer: AvroType, reader: AvroType): Read {
    if (writer.kind === "union") return this.#ofUnion(writer.branches, reader);
    if (reader.kind === "union") return this.#intoUnion(writer, reader.branches);
    if (isNamed(writer) && isNamed(reader) && writer.kind === reader.kind && !haveOneName(reader, writer))
      throw new UnresolvableSchema(`${typeName(writer)} was written, and the reader knows ${typeName(reader)}; give the reader an alias`);
    if (writer.kind === "record" && reader.kind === "record") return this.#record(writer, reader);
    if (writer.kind === "array" && reader.kind === "array") return this.#array(writer.items, this.compile(writer.items, reader.items));
    if (writer.kind === "map" && reader.kind === "map") return this.#map(this.compile(writer.values, reader.values));
    if (writer.kind === "enum" && reader.kind === "enum") return readEnum(writer, reader);
    if (writer.kind === "fixed" && reader.kind === "fixed" && writer.size !== reader.size)
      throw new UnresolvableSchema(`${typeName(writer)} has ${writer.size} bytes, and the reader's ${reader.size}`);
    const leaf = readLeaf(writer, reader, this.#shape);
    if (leaf === undefined)
      throw new UnresolvableSchema(`${typeName(writer)} was written, which a reader that expects ${typeName(reader)} cannot read`);
    if (!this.#shape.logicalTypes) return leaf;
    const logical = logicalTypeOf(reader);
    return logical === undefined
      ? leaf
      : readConverted({ reader, logical, written: logicalTypeOf(writer), writer, leaf, int64: this.#shape.int64 });
  }

  /** What was written in a branch is read by what reads that branch; one that nobody can read fails when it comes. */
  #ofUnion(branches: readonly AvroType[], reader: AvroType): Read {
    const reads = branches.map((branch) => this.#orFailing(branch, reader));
    if (reads.length > 0 && branches.every((branch, index) => reads[index] instanceof UnresolvableSchema && branch !== undefined))
      throw reads[0] as UnresolvableSchema;
    const ready = reads.map((read) => (read instanceof UnresolvableSchema ? failing(read.message) : read));
    const [first, second] = ready;
    if (ready.length === 2 && branches[0]!.kind === "null") {
      return (input) => (branchIndex(input, 2) === 0 ? first!(input) : second!(input));
    }
    return (input) => ready[branchIndex(input, ready.length)]!(input);
  }

  #orFailing(writer: AvroType, reader: AvroType): Read | UnresolvableSchema {
    try {
      return this.compile(writer, reader);
    } catch (error) {
      if (error instanceof UnresolvableSchema) return error;
      throw error;
    }
  }

  #intoUnion(writer: AvroType, branches: readonly AvroType[]): Read {
    const inOrder = branches.toSorted((left, right) => closeness(right, writer) - closeness(left, writer));
    let problem: UnresolvableSchema | undefined;
    for (const branch of inOrder) {
      const read = this.#orFailing(writer, branch);
      if (!(read instanceof UnresolvableSchema)) return this.#wrapped(read, branch, branches);
      problem ??= read;
    }
    throw new UnresolvableSchema(
      `no branch of the reader's union takes ${typeName(writer)}${problem === undefined ? "" : ` (${problem.message})`}`,
    );
  }

  #wrapped(read: Read, branch: AvroType, branches: readonly AvroType[]): Read {
    if (branch.kind === "null" || !isWrapped(branches, this.#shape)) return read;
    const name = branchName(branch);
    return (input) => {
      const wrapped = {};
      setOwn(wrapped, name, read(input));
      return wrapped;
    };
  }

  #array(items: AvroType, read: Read): Read {
    const least = leastBytes(items);
    const trace = this.#trace;
    return (input) => {
      const values: unknown[] = [];
      for (let count = input.block(least); count > 0; count = input.block(least)) {
        for (; count > 0; count--) {
          trace?.push(values.length);
          values.push(read(input));
          trace?.pop();
        }
      }
      return values;
    };
  }

  #map(read: Read): Read {
    const trace = this.#trace;
    return (input) => {
      const values = {};
      for (let count = input.block(1); count > 0; count = input.block(1)) {
        for (; count > 0; count--) {
          const key = input.text();
          trace?.push(key);
          setOwn(values, key, read(input));
          trace?.pop();
        }
      }
      return values;
    };
  }

  #record(writer: AvroRecord, reader: AvroRecord): Read {
    const ofWriter = this.#records.get(writer) ?? new Map<AvroType, Read>();
    this.#records.set(writer, ofWriter);
    const known = ofWriter.get(reader);
    if (known !== undefined) return known;
    let compiled: Read | undefined;
    // A record that stands in itself is read by what is not there yet.
    ofWriter.set(reader, (input) => compiled!(input));
    try {
      compiled = this.#recordOf(writer, reader);
    } catch (error) {
      ofWriter.delete(reader);
      throw error;
    }
    ofWriter.set(reader, compiled);
    return compiled;
  }

  #recordOf(writer: AvroRecord, reader: AvroRecord): Read {
    const targets = new Map<string, number>();
    for (const [index, field] of reader.fields.entries()) {
      const source = sourceOf(field, writer);
      if (source !== undefined) targets.set(source.name, index);
      else if (field.default === undefined)
        throw new UnresolvableSchema(`the data of ${typeName(writer)} has no field "${field.name}", and the reader has no default for it`);
    }
    const steps = writer.fields.map((field): FieldToRead => {
      const to = targets.get(field.name);
      const as = to === undefined ? field.type : reader.fields[to]!.type;
      return { read: this.#traced(field.name, this.compile(field.type, as)), to };
    });
    const found = new Set(targets.values());
    const result = reader.fields.map((field, index) => ({
      name: field.name,
      makeDefault: found.has(index) ? undefined : this.#default(field),
    }));
    return recordReader(steps, result);
  }

  #traced(name: string, read: Read): Read {
    const trace = this.#trace;
    if (trace === undefined) return read;
    return (input) => {
      trace.push(name);
      const value = read(input);
      trace.pop();
      return value;
    };
  }

  #default(field: AvroField): () => unknown {
    const bytes = defaultBytes(field.type, field.default!);
    let read: Read | undefined;
    return () => {
      read ??= this.compile(field.type, field.type);
      // Each one is its own: whoever gets it may change it.
      return read(new AvroInput(bytes, 0));
    };
  }
}

/** Of a reader's branches the one that is the writer's own type goes first, then one of its name, then what it can become. */
function closeness(branch: AvroType, writer: AvroType): number {
  if (branch.kind !== writer.kind) return 0;
  if (!isNamed(branch) || !isNamed(writer)) return 3;
  if (fullName(branch.name) === fullName(writer.name)) return 3;
  return haveOneName(branch, writer) ? 2 : 1;
}

function haveOneName(reader: AvroNamed, writer: AvroNamed): boolean {
  if (reader.name.name === writer.name.name) return true;
  const written = fullName(writer.name);
  return reader.aliases?.some((alias) => fullName(alias) === written) === true;
}

function sourceOf(field: AvroField, writer: AvroRecord): AvroField | undefined {
  return writer.fields.find(({ name }) => name === field.name) ?? writer.fields.find(({ name }) => field.aliases?.includes(name) === true);
}

function branchIndex(input: AvroInput, count: number): number {
  const index = input.int();
  if (index < 0 || index >= count) input.noBranch(index, count);
  return index;
}

function readEnum(writer: AvroEnum, reader: AvroEnum): Read {
  const known = new Set(reader.symbols);
  const symbols = writer.symbols.map((symbol) => (known.has(symbol) ? symbol : reader.default));
  return (input) => {
    const index = input.int();
    const symbol = symbols[index];
    if (symbol === undefined) input.noSymbol(index, writer.symbols[index]);
    return symbol;
  };
}
