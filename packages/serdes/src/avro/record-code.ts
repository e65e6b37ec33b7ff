import { functionOf } from "@ottla/base";
import { ValueProblem } from "../serde/format-engine.ts";
import type { AvroInput } from "./avro-input.ts";
import type { AvroOutput } from "./avro-output.ts";
import { DEPTH_MAX, tooDeep } from "./trace.ts";
import { refuse, type Write } from "./write-leaf.ts";

/** Reads one value of one type. */
export type Read = (input: AvroInput) => unknown;

export interface FieldToWrite {
  readonly name: string;
  readonly write: Write;
  /** Written where the field is left out. */
  readonly defaultBytes: Uint8Array | undefined;
}

/** A step of reading a record, in the writer's order. */
export interface FieldToRead {
  readonly read: Read;
  /** Where the value goes; undefined for what nobody asks for. */
  readonly to: number | undefined;
}

/** What a record that is read has: by what it was written, or where it is not in the data by its default. */
export interface FieldOfResult {
  readonly name: string;
  readonly makeDefault: (() => unknown) | undefined;
}

/** As many fields are read by one function of code; larger ones by a loop. */
const FIELDS_MAX = 1_000;

/** What every object has without having it itself. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

export function recordWriter(fields: readonly FieldToWrite[]): Write {
  if (fields.length > FIELDS_MAX) return loopingWriter(fields);
  const lines = fields.map(({ defaultBytes, name }, index) => {
    const key = JSON.stringify(name);
    const get = INHERITED.has(name) ? `own(value, ${key})` : `value[${key}]`;
    if (defaultBytes === undefined) return `w${index}(out, ${get});`;
    return `f = ${get}; if (f === undefined) out.raw(d${index}); else w${index}(out, f);`;
  });
  const parameters = fields.flatMap((_field, index) => [`w${index}`, `d${index}`]);
  const body = `return function writeRecord(out, value) {
    if (typeof value !== "object" || value === null || isArray(value)) refuse(value, "an object");
    if (++out.depth > ${DEPTH_MAX}) tooDeep();
    let f;
    ${lines.join("\n    ")}
    out.depth--;
  }`;
  const make = functionOf(["refuse", "tooDeep", "own", "isArray", ...parameters], body);
  if (make === undefined) return loopingWriter(fields);
  const given = fields.flatMap(({ write, defaultBytes }) => [write, defaultBytes]);
  return make(refuse, tooDeep, own, Array.isArray, ...given) as Write;
}

function loopingWriter(fields: readonly FieldToWrite[]): Write {
  return (out: AvroOutput, value: unknown): void => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(value, "an object");
    if (++out.depth > DEPTH_MAX) tooDeep();
    for (const { defaultBytes, name, write } of fields) {
      const given = own(value, name);
      if (given === undefined && defaultBytes !== undefined) out.raw(defaultBytes);
      else write(out, given);
    }
    out.depth--;
  };
}

/** A property of the object itself, or of its class, but not of all objects. */
function own(value: object, name: string): unknown {
  const given = (value as Readonly<Record<string, unknown>>)[name];
  return INHERITED.has(name) && !Object.hasOwn(value, name) ? undefined : given;
}

export function recordReader(steps: readonly FieldToRead[], result: readonly FieldOfResult[]): Read {
  if (steps.length > FIELDS_MAX || result.length > FIELDS_MAX) return loopingReader(steps, result);
  const lines = steps.map(({ to }, index) => (to === undefined ? `r${index}(input);` : `const v${to} = r${index}(input);`));
  const members = result.map(({ makeDefault, name }, index) => {
    // Without brackets `__proto__` would set the prototype.
    const key = name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
    return `${key}: ${makeDefault === undefined ? `v${index}` : `d${index}()`}`;
  });
  const body = `return function readRecord(input) {
    if (++input.depth > ${DEPTH_MAX}) tooDeep();
    ${lines.join("\n    ")}
    input.depth--;
    return { ${members.join(", ")} };
  }`;
  const parameters = [...steps.map((_step, index) => `r${index}`), ...result.map((_field, index) => `d${index}`)];
  const make = functionOf(["tooDeep", ...parameters], body);
  if (make === undefined) return loopingReader(steps, result);
  return make(tooDeep, ...steps.map(({ read }) => read), ...result.map(({ makeDefault }) => makeDefault)) as Read;
}

function loopingReader(steps: readonly FieldToRead[], result: readonly FieldOfResult[]): Read {
  return (input) => {
    if (++input.depth > DEPTH_MAX) tooDeep();
    const values: unknown[] = [];
    for (const { read, to } of steps) {
      const value = read(input);
      if (to !== undefined) values[to] = value;
    }
    input.depth--;
    const made = {};
    for (const [index, { makeDefault, name }] of result.entries())
      setOwn(made, name, makeDefault === undefined ? values[index] : makeDefault());
    return made;
  };
}

/** Sets a property of the object itself, whatever its name. */
export function setOwn(object: object, name: string, value: unknown): void {
  if (name === "__proto__") Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else (object as Record<string, unknown>)[name] = value;
}

/** A reader that fails whenever it is met. */
export function failing(problem: string): Read {
  return () => {
    throw new ValueProblem("", problem);
  };
}
