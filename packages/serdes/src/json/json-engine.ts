import { type StandardSchema, validated } from "@ottla/base";
import type { ContractCodec, FormatEngine, LoadedSchema, ValueReader, ValueWriter } from "../serde/format-engine.ts";
import { ValueProblem } from "../serde/format-engine.ts";
import type { CompileJsonSchema, JsonCheck } from "./compile-json-schema.ts";
import { pathTags } from "../rules/path-tags.ts";
import { readJson, writeJson } from "./exact-json.ts";
import { jsonFields } from "./json-fields.ts";

export interface JsonChecks {
  /** A type whose validator is asked as well. */
  readonly type: StandardSchema | undefined;
  readonly onSend: boolean;
  readonly onRead: boolean;
}

/** JSON values: text, and ajv to say whether it is the schema's. */
export class JsonEngine implements FormatEngine {
  readonly #compile: CompileJsonSchema;
  readonly #checks: JsonChecks;

  constructor(compile: CompileJsonSchema, checks: JsonChecks) {
    this.#compile = compile;
    this.#checks = checks;
  }

  recordName({ definition }: LoadedSchema): string | undefined {
    const json = JSON.parse(definition.schema) as { title?: unknown } | boolean;
    return typeof json === "object" && typeof json.title === "string" ? json.title : undefined;
  }

  writer(schema: LoadedSchema): ValueWriter {
    const { onSend, type } = this.#checks;
    const check = onSend ? this.#compile(schema) : undefined;
    const write = (value: unknown, before: number): Buffer => {
      const { isPlain, text } = writeJson(value);
      if (check !== undefined) checkText(check, { value, text, isPlain });
      const size = Buffer.byteLength(text);
      const bytes = Buffer.allocUnsafe(before + size);
      bytes.write(text, before, size, "utf8");
      return bytes;
    };
    if (type === undefined || !onSend) return { write };
    return {
      write(value, before) {
        // Sent as it was given: whoever reads it transforms it.
        const checked = validated(type, value);
        return checked instanceof Promise ? checked.then(() => write(value, before)) : write(value, before);
      },
    };
  }

  contract(schema: LoadedSchema): ContractCodec {
    const check = this.#checks.onSend ? this.#compile(schema) : undefined;
    return {
      decode: (bytes, from) => readJson(bytes, from).exact,
      encode: encoded,
      check(value) {
        if (check !== undefined) checkText(check, { value, ...writeJson(value) });
      },
      fields: jsonFields(JSON.parse(schema.definition.schema), pathTags(schema.definition.metadata)),
    };
  }

  reader(written: LoadedSchema, as: LoadedSchema | undefined): ValueReader {
    const { onRead, type } = this.#checks;
    if (type !== undefined) return { read: (bytes, from) => validated(type, readJson(bytes, from).exact) };
    const check = onRead ? this.#compile(as ?? written) : undefined;
    return {
      read(bytes, from) {
        const { exact, plain } = readJson(bytes, from);
        const problem = check?.(plain);
        if (problem !== undefined) throw problem;
        return exact;
      },
    };
  }
}

function encoded(value: unknown, before: number): Buffer {
  const { text } = writeJson(value);
  const size = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(before + size);
  bytes.write(text, before, size, "utf8");
  return bytes;
}

/** What is plain is looked at as it is. What then fits not may do so as its text has it: dates are texts there, and what is undefined is not there. */
function checkText(
  check: JsonCheck,
  { isPlain, text, value }: { readonly value: unknown; readonly text: string; readonly isPlain: boolean },
): void {
  if (isPlain && isLikeItsText(value) && check(value) === undefined) return;
  const problem = check(JSON.parse(text));
  if (problem !== undefined) throw new ValueProblem(problem.path, problem.message);
}

/** What has a text of its own making is another thing there. */
function isLikeItsText(value: unknown): boolean {
  return typeof value !== "object" || value === null || !("toJSON" in value);
}
