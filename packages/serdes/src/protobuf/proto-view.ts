import { type DescField, type DescMessage, fromBinary, ScalarType, toBinary } from "@bufbuild/protobuf";
import { reflect, type ReflectList, type ReflectMap, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { setOwn } from "../avro/record-code.ts";
import { pointer } from "../rules/field-tree.ts";
import { ValueProblem } from "../serde/format-engine.ts";

/** A message as rules see it: a plain object of the fields that are set, and those without presence, under the names that the `.proto` text gives them. */
export type ProtoView = Readonly<Record<string, unknown>>;

/** What belongs to a message and is none of its fields; expressions do not see it. */
const MESSAGE = Symbol("message");
const UNKNOWN = Symbol("unknown");
/** As deep as the library reads. */
const DEPTH_MAX = 100;

/** Which message a view is of. */
export function messageOfView(view: unknown): DescMessage | undefined {
  return typeof view === "object" && view !== null ? (view as { readonly [MESSAGE]?: DescMessage })[MESSAGE] : undefined;
}

/** The same message of what an expression made in its place. */
export function viewOf(message: DescMessage, fields: object): ProtoView {
  return { ...fields, [MESSAGE]: message };
}

/** Throws {@link ValueProblem} for bytes that hold no such message. */
export function readView(message: DescMessage, data: Uint8Array): ProtoView {
  try {
    return view(reflect(message, fromBinary(message, data)));
  } catch (cause) {
    throw new ValueProblem("", `it is no ${message.typeName} (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

function view(message: ReflectMessage): ProtoView {
  const made = {};
  for (const field of message.fields) {
    const isThere = message.isSet(field) || (field.fieldKind !== "message" && field.presence !== 1 && field.oneof === undefined);
    if (isThere) setOwn(made, field.name, part(message, field));
  }
  const unknown = message.getUnknown();
  return { ...made, [MESSAGE]: message.desc, ...(unknown !== undefined && { [UNKNOWN]: unknown }) };
}

function part(message: ReflectMessage, field: DescField): unknown {
  const value: unknown = message.get(field);
  if (field.fieldKind === "list") return [...(value as ReflectList)].map(leaf);
  if (field.fieldKind !== "map") return leaf(value);
  const made = {};
  for (const [key, each] of value as ReflectMap) setOwn(made, String(key), leaf(each));
  return made;
}

function leaf(value: unknown): unknown {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? view(value as ReflectMessage) : value;
}

/** The bytes of a view. Throws {@link ValueProblem} for what is no such message. */
export function writeView(message: DescMessage, fields: unknown): Uint8Array {
  const made = messageFrom(message, fields, "", 0);
  try {
    return toBinary(message, made.message);
  } catch (cause) {
    throw new ValueProblem("", cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function messageFrom(message: DescMessage, given: unknown, path: string, depth: number): ReflectMessage {
  if (typeof given !== "object" || given === null || Array.isArray(given) || given instanceof Uint8Array)
    throw new ValueProblem(path, `it must be a ${message.typeName}`);
  if (depth > DEPTH_MAX) throw new ValueProblem(path, `more than ${DEPTH_MAX} messages stand inside each other`);
  const made = reflect(message);
  const byName = new Map(message.fields.map((field) => [field.name, field]));
  for (const [name, value] of Object.entries(given)) {
    const at = pointer(path, name);
    const field = byName.get(name);
    if (field === undefined) throw new ValueProblem(at, `${message.typeName} has no such field`);
    if (value == null) continue;
    setField(made, field, { value, at, depth });
  }
  const unknown = (given as { readonly [UNKNOWN]?: NonNullable<ReturnType<ReflectMessage["getUnknown"]>> })[UNKNOWN];
  if (unknown !== undefined) made.setUnknown(unknown);
  return made;
}

interface Given {
  readonly value: unknown;
  readonly at: string;
  readonly depth: number;
}

function setField(message: ReflectMessage, field: DescField, { at, depth, value }: Given): void {
  const one = (each: unknown, path: string): unknown =>
    field.message === undefined ? each : messageFrom(field.message, each, path, depth + 1);
  // A map gives itself where all is well.
  const failed = (problem: unknown, path: string): void => {
    if (problem instanceof Error) throw new ValueProblem(path, problem.message, problem);
  };
  if (field.fieldKind === "list") {
    if (!Array.isArray(value)) throw new ValueProblem(at, "it must be an array");
    const list: ReflectList = message.get(field);
    for (const [index, each] of value.entries()) failed(list.add(one(each, pointer(at, index))), pointer(at, index));
  } else if (field.fieldKind === "map") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ValueProblem(at, "it must be an object");
    const map: ReflectMap = message.get(field);
    for (const [key, each] of Object.entries(value))
      failed(map.set(keyOf(field.mapKey, key), one(each, pointer(at, key))), pointer(at, key));
  } else failed(message.set(field, one(value, at)), at);
}

const KEYS_OF_64_BITS: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

function keyOf(type: ScalarType, key: string): string | number | bigint | boolean {
  if (type === ScalarType.STRING) return key;
  if (type === ScalarType.BOOL) return key === "true";
  if (!KEYS_OF_64_BITS.has(type)) return Number(key);
  return /^-?\d+$/.test(key) ? BigInt(key) : key;
}
