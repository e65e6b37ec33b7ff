import { functionOf } from "@ottla/base";
import { DataError } from "../../data/data-error.ts";
import { fieldOf } from "../../data/struct-value.ts";
import type { ConnectSchema, ConnectType } from "../../data/schema.ts";
import type { JsonOutput } from "./json-output.ts";
import { textOf } from "./json-text.ts";

/** Writes all fields of a struct's value, in braces. */
export type WriteFields = (out: JsonOutput, value: Readonly<Record<string, unknown>>) => void;

/** A field, and what writes each value of it, whatever it is. */
export interface FieldToWrite {
  readonly name: string;
  readonly schema: ConnectSchema;
  readonly write: (out: JsonOutput, value: unknown) => void;
}

/** V8 makes good code of functions that are not too long. */
const FIELDS_OF_FUNCTION = 40;
/** As many fields are written by code of their own; more by a loop. */
const FIELDS_MAX = 1000;
/** Longer names are copied. */
const WORDS_MAX = 16;

/** What every object has without having it itself. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** What writes the fields, in their order: code of their own where there may be some, else a loop. */
export function fieldsWriter(fields: readonly FieldToWrite[]): WriteFields {
  const before = fields.map(({ name }, index) => Buffer.from(`${index === 0 ? "{" : ","}${textOf(name)}:`));
  const pieces: WriteFields[] = [];
  if (fields.length <= FIELDS_MAX)
    for (let from = 0; from < fields.length; from += FIELDS_OF_FUNCTION) {
      const piece = inCode(fields, before, from, Math.min(fields.length, from + FIELDS_OF_FUNCTION));
      if (piece === undefined) return inLoop(fields, before);
      pieces.push(piece);
    }
  if (pieces.length === 0) return inLoop(fields, before);
  if (pieces.length === 1) return pieces[0]!;
  return (out, value) => {
    for (const piece of pieces) piece(out, value);
  };
}

function inLoop(fields: readonly FieldToWrite[], before: readonly Uint8Array[]): WriteFields {
  return (out, value) => {
    for (const [index, { name, write }] of fields.entries()) {
      try {
        out.raw(before[index]!);
        write(out, fieldOf(value, name));
      } catch (error) {
        throw DataError.within(name, error);
      }
    }
    out.ascii(fields.length === 0 ? "{}" : "}");
  };
}

/** One function for fields that always meet the same shape. Values of the most frequent types are written here, all others by the field's own writer. */
function inCode(fields: readonly FieldToWrite[], before: readonly Uint8Array[], from: number, to: number): WriteFields | undefined {
  const lines: string[] = [];
  for (let index = from; index < to; index++) {
    const { name, schema } = fields[index]!;
    const key = JSON.stringify(name);
    lines.push(
      `field = ${index};`,
      nameCode(before[index]!, index),
      `item = ${INHERITED.has(name) ? `fieldOf(value, ${key})` : `value[${key}]`};`,
      valueCode(schema, index),
    );
  }
  const body = `return function writeFields(out, value) {
    let field = 0, item;
    try {
      ${lines.join("\n      ")}
    } catch (error) { throw within(field, error); }
    ${to === fields.length ? 'out.ascii("}");' : ""}
  }`;
  const names = ["fieldOf", "within"];
  const values: unknown[] = [fieldOf, (field: number, error: unknown): unknown => DataError.within(fields[field]!.name, error)];
  for (let index = from; index < to; index++) {
    names.push(`b${index}`, `w${index}`);
    values.push(before[index], fields[index]!.write);
  }
  return functionOf(names, body)?.(...values) as WriteFields | undefined;
}

/** The name in words of four bytes; what stands behind it in the last one is written over by the value. */
function nameCode(bytes: Uint8Array, index: number): string {
  const words = Math.ceil(bytes.length / 4);
  if (words > WORDS_MAX) return `out.raw(b${index});`;
  const padded = Buffer.alloc(words * 4);
  padded.set(bytes);
  const stores = Array.from(
    { length: words },
    (_, word) => `out.view.setInt32(out.at + ${word * 4}, ${padded.readInt32LE(word * 4)}, true);`,
  );
  return `if (out.at + ${words * 4} > out.end) out.grow(${words * 4}); ${stores.join(" ")} out.at += ${bytes.length};`;
}

/** Types whose values are written here: how one is known, and by what. */
const QUICK: Partial<Record<ConnectType, readonly [test: string, write: string]>> = {
  int32: ['typeof item === "number" && (item | 0) === item', "int"],
  int64: ['typeof item === "bigint"', "bigint"],
  double: ['typeof item === "number"', "double"],
  string: ['typeof item === "string"', "text"],
};

function valueCode({ type, name }: ConnectSchema, index: number): string {
  const other = `w${index}(out, item);`;
  // A logical type has values of its own.
  const quick = name === undefined ? QUICK[type] : undefined;
  return quick === undefined ? other : `if (${quick[0]}) out.${quick[1]}(item); else ${other}`;
}
