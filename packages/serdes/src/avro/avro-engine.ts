import { type AvroType, fullName, type ParsedAvro, parseAvroSource } from "@ottla/registry/formats/avro";
import { pathTags } from "../rules/path-tags.ts";
import { type ContractCodec, type FormatEngine, type LoadedSchema, ValueProblem } from "../serde/format-engine.ts";
import { SerdeError } from "../serdes-error.ts";
import { avroFields } from "./avro-fields.ts";
import { AvroInput } from "./avro-input.ts";
import { AvroOutput } from "./avro-output.ts";
import type { AvroShape } from "./avro-shape.ts";
import { compileReader, UnresolvableSchema } from "./compile-reader.ts";
import { compileWriter } from "./compile-writer.ts";
import type { Read } from "./record-code.ts";
import { placed, type Trace } from "./trace.ts";

/** Avro values: code for each schema, and pair of schemas, made once. */
export class AvroEngine implements FormatEngine {
  readonly #shape: AvroShape;

  constructor(shape: AvroShape) {
    this.#shape = shape;
  }

  recordName(schema: LoadedSchema): string | undefined {
    const { root } = parsed(schema);
    return "name" in root ? fullName(root.name) : undefined;
  }

  writer(schema: LoadedSchema): { write(value: unknown, before: number): Buffer } {
    const { root } = parsed(schema);
    const shape = this.#shape;
    const write = compileWriter(root, shape);
    const output = new AvroOutput();
    return {
      write(value, before) {
        output.begin(before);
        try {
          write(output, value);
        } catch (error) {
          throw placeOfWriting(root, shape, { value, error });
        }
        return output.take();
      },
    };
  }

  reader(written: LoadedSchema, as: LoadedSchema | undefined): { read(bytes: Buffer, from: number): unknown } {
    const writer = parsed(written);
    const reader = as === undefined ? writer : parsed(as);
    const compile = (trace?: Trace): Read => compileReader(writer.root, reader.root, this.#shape, trace);
    const read = this.#compiled(compile, writer, reader);
    const input = new AvroInput(Buffer.alloc(0), 0);
    return {
      read(bytes, from) {
        input.begin(bytes, from);
        let value: unknown;
        try {
          value = read(input);
        } catch (error) {
          throw placeOfReading(compile, { bytes, from, error });
        } finally {
          // A value must not keep the fetched answer that it came in.
          input.bytes = NO_BYTES;
        }
        if (input.at < bytes.length) throw new ValueProblem("", `${bytes.length - input.at} bytes come after the value`);
        return value;
      },
    };
  }

  contract(schema: LoadedSchema): ContractCodec {
    const { root } = parsed(schema);
    const written = new AvroEngine(RULES_SHAPE);
    const writer = written.writer(schema);
    const reader = written.reader(schema, undefined);
    return {
      decode: (bytes, from) => reader.read(bytes, from),
      encode: (value, before) => writer.write(value, before),
      check: (value) => void writer.write(value, 0),
      fields: avroFields(root, RULES_SHAPE, pathTags(schema.definition.metadata)),
    };
  }

  #compiled(compile: () => Read, writer: ParsedAvro, reader: ParsedAvro): Read {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof UnresolvableSchema)) throw error;
      const differences = reader.problemsReading(writer).slice(0, DIFFERENCES_SHOWN);
      const told = differences.map(({ message, path }) => `${path}: ${message}`).join(" ");
      throw new SerdeError(
        "SERDE_UNREADABLE_SCHEMA",
        `the schema that it was written with cannot be read as this serde's schema: ${told || `${error.message}.`}`,
      );
    }
  }
}

const RULES_SHAPE: AvroShape = { int64: "bigint", logicalTypes: false };
const NO_BYTES = Buffer.alloc(0);
const DIFFERENCES_SHOWN = 5;

function parsed({ definition, resolved, registered }: LoadedSchema): ParsedAvro {
  try {
    return parseAvroSource({ schema: definition.schema, resolved });
  } catch (cause) {
    const which = registered === undefined ? "The schema" : `The schema ${registered.id}`;
    throw new SerdeError("SERDE_BAD_SCHEMA", `${which} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** The same again, slower, to say where it fails. */
function placeOfWriting(root: AvroType, shape: AvroShape, { value, error }: { readonly value: unknown; readonly error: unknown }): unknown {
  const trace: Trace = [];
  try {
    const output = new AvroOutput();
    output.begin(0);
    compileWriter(root, shape, trace)(output, value);
  } catch (again) {
    return placed(again, trace);
  }
  return error;
}

function placeOfReading(
  compile: (trace: Trace) => Read,
  { bytes, from, error }: { readonly bytes: Buffer; readonly from: number; readonly error: unknown },
): unknown {
  const trace: Trace = [];
  try {
    compile(trace)(new AvroInput(bytes, from));
  } catch (again) {
    return placed(again, trace);
  }
  return error;
}
